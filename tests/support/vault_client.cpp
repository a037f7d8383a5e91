#include "tests/support/vault_client.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>

namespace cardvault::test {
namespace {

/// Longer than any answer takes under the sanitizers on a busy machine.
constexpr std::chrono::seconds kPatience{60};

bool same_name(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(one, other, {}, lower, lower);
}

}  // namespace

std::string Answer::field(std::string_view name) const {
  for (const auto& [field_name, value] : fields) {
    if (same_name(field_name, name)) return value;
  }
  return {};
}

std::string Answer::text(const std::string& member) const {
  const Json document = json();
  if (!document.is_object() || !document.contains(member)) return {};
  return document[member].is_string() ? document[member].get<std::string>() : std::string();
}

void Transcript::add(const Answer& answer) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, value] : answer.fields)
    text_.append(name).append(": ").append(value) += '\n';
  text_.append(answer.body) += '\n';
}

std::string Transcript::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

struct VaultClient::Connection {
  httplib::Client client;
  Fields standing;
  std::shared_ptr<Transcript> transcript;

  Connection(std::uint16_t port, Fields fields, std::shared_ptr<Transcript> written)
      : client("127.0.0.1", port), standing(std::move(fields)), transcript(std::move(written)) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_path_encode(false);
    client.set_read_timeout(kPatience);
    client.set_write_timeout(kPatience);
  }
};

VaultClient::VaultClient(std::uint16_t port, Fields standing,
                         std::shared_ptr<Transcript> transcript)
    : connection_(std::make_unique<Connection>(port, std::move(standing), std::move(transcript))) {}
VaultClient::~VaultClient() = default;
VaultClient::VaultClient(VaultClient&&) noexcept = default;
VaultClient& VaultClient::operator=(VaultClient&&) noexcept = default;

Answer VaultClient::get(const std::string& path, const Fields& fields) {
  return send("GET", path, "", fields);
}
Answer VaultClient::del(const std::string& path, const Fields& fields) {
  return send("DELETE", path, "", fields);
}
Answer VaultClient::post(const std::string& path, const Json& body, const Fields& fields) {
  return send("POST", path, body.dump(), fields);
}
Answer VaultClient::put(const std::string& path, const Json& body, const Fields& fields) {
  return send("PUT", path, body.dump(), fields);
}
Answer VaultClient::patch(const std::string& path, const Json& body, const Fields& fields) {
  return send("PATCH", path, body.dump(), fields);
}

Answer VaultClient::send(const std::string& method, const std::string& path,
                         const std::string& body, const Fields& fields) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  for (const auto& [name, value] : connection_->standing) request.set_header(name, value);
  for (const auto& [name, value] : fields) request.set_header(name, value);
  const auto result = connection_->client.send(request);
  Answer answer;
  if (result) {
    answer.status = result->status;
    answer.fields.assign(result->headers.begin(), result->headers.end());
    answer.body = result->body;
  } else {
    answer.body = "no answer: " + httplib::to_string(result.error());
  }
  connection_->transcript->add(answer);
  return answer;
}

}  // namespace cardvault::test
