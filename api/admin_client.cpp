#include "api/admin_client.h"

#include <httplib.h>
#include <sys/socket.h>

#include <nlohmann/json.hpp>

namespace cardvault::api {

Result<std::string> ask_server(const std::filesystem::path& socket, const std::string& method,
                               const std::string& path, const std::string& body) {
  httplib::Client client(socket.string());
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(5);
  client.set_read_timeout(30);
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.set_header("Host", "localhost");
  if (!body.empty()) {
    request.body = body;
    request.set_header("Content-Type", "application/json");
  }
  const auto result = client.send(request);
  if (!result) {
    return fail(ErrorCode::store_unavailable,
                "The server that owns the data directory does not answer on its socket.");
  }
  if (result->status >= 200 && result->status < 300) return result->body;
  const auto problem = nlohmann::json::parse(result->body, nullptr, false);
  std::string detail = "The server refused: status " + std::to_string(result->status) + ".";
  if (problem.is_object()) detail = problem.value("detail", detail);
  return fail(ErrorCode::invalid_request, detail);
}

}  // namespace cardvault::api
