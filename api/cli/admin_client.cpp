#include "api/cli/admin_client.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "base/strict_json.h"
#include "net/client/http_client.h"

namespace cardvault::api {
namespace {

constexpr std::chrono::seconds kToStart{10};
constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr std::chrono::seconds kToConnect{5};
constexpr std::size_t kMostBody = std::size_t{64} << 20;

/// A server owns the directory before it listens on the socket, so a failed connection is retried.
/// It is safe: a request without a connection was not sent.
HttpReply send_when_it_listens(HttpCall& call, std::chrono::seconds patience) {
  HttpClient client({});
  const auto give_up = std::chrono::steady_clock::now() + kToStart;
  while (true) {
    const auto now = std::chrono::steady_clock::now();
    call.deadline = now + patience;
    auto reply = client.send(call);
    if (reply.failure != NetFailure::connect_failed || now > give_up) return reply;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

std::unexpected<Error> no_answer(NetFailure failure) {
  if (failure == NetFailure::connect_failed) {
    return fail(ErrorCode::store_unavailable,
                "The server that owns the data directory does not listen on its socket: it is "
                "starting or stopping. Nothing was changed. Try again.");
  }
  return fail(ErrorCode::store_unavailable,
              "The server that owns the data directory does not answer on its socket. It may have "
              "executed the command. Check before you try again.");
}

}  // namespace

Result<std::string> ask_server(const std::filesystem::path& socket, const std::string& method,
                               const std::string& path, const std::string& body,
                               std::chrono::seconds patience) {
  TRY_VALUE(auto url, Url::parse("http://localhost" + path));
  HttpCall call{.method = method,
                .url = std::move(url),
                .body = body,
                .unix_socket = socket.string(),
                .connect_timeout = kToConnect,
                .wanted = BodyOf::any_but_3xx,
                .most_body = kMostBody};
  if (!body.empty()) call.fields.emplace_back("Content-Type", "application/json");
  auto reply = send_when_it_listens(call, patience);
  if (reply.failure != NetFailure::none && reply.failure != NetFailure::http_status) {
    return no_answer(reply.failure);
  }
  return body_or_error(reply.status, std::move(reply.body));
}

Result<std::string> body_or_error(int status, std::string body) {
  const auto problem = parse_strict_json(body);
  if (status >= 200 && status < 300) {
    if (problem || body.empty()) return body;
    return fail(
        ErrorCode::store_unavailable,
        "The server's answer is not JSON. Check that server and command have the same version.");
  }
  Error error =
      make_error(ErrorCode::invalid_request,
                 "The server refused the request with status " + std::to_string(status) + ".");
  if (problem && problem->is_object()) {
    error.detail = problem->value("detail", error.detail);
    for (const auto& field : problem->value("errors", nlohmann::json::array())) {
      error.fields.push_back({field.value("field", ""), field.value("reason", ""),
                              field.value("allowed", std::vector<std::string>())});
    }
  }
  return fail(std::move(error));
}

}  // namespace cardvault::api
