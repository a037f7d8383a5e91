#include "api/cli/admin_client.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/strict_json.h"
#include "crypto/secret.h"

namespace cardvault::api {
namespace {

constexpr std::chrono::seconds kToStart{10};
constexpr std::chrono::milliseconds kBetweenLooks{20};

/// A server owns the directory before it listens on the socket. What never connected was not sent.
httplib::Result send_when_it_listens(httplib::Client& client, const httplib::Request& request) {
  const auto give_up = std::chrono::steady_clock::now() + kToStart;
  auto result = client.send(request);
  while (!result && result.error() == httplib::Error::Connection &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(kBetweenLooks);
    result = client.send(request);
  }
  return result;
}

std::unexpected<Error> no_answer(httplib::Error error) {
  if (error == httplib::Error::Connection) {
    return fail(ErrorCode::store_unavailable,
                "The server that owns the data directory does not listen on its socket: it is "
                "starting or stopping. Nothing was done; try again.");
  }
  return fail(ErrorCode::store_unavailable,
              "The server that owns the data directory does not answer on its socket; what was "
              "asked may have been done.");
}

}  // namespace

Result<std::string> ask_server(const std::filesystem::path& socket, const std::string& method,
                               const std::string& path, const std::string& body,
                               std::chrono::seconds patience) {
  httplib::Client client(socket.string());
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(5);
  client.set_read_timeout(patience);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.set_header("Host", "localhost");
  if (!body.empty()) {
    request.body = body;
    request.set_header("Content-Type", "application/json");
  }
  auto result = send_when_it_listens(client, request);
  wipe(request.body);
  if (!result) return no_answer(result.error());
  return body_or_error(result->status, std::move(result->body));
}

Result<std::string> body_or_error(int status, std::string body) {
  const auto problem = parse_strict_json(body);
  if (status >= 200 && status < 300) {
    if (problem || body.empty()) return body;
    return fail(ErrorCode::store_unavailable,
                "The server's answer is not JSON. Is it of another version?");
  }
  Error error = make_error(ErrorCode::invalid_request,
                           "The server refused: status " + std::to_string(status) + ".");
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
