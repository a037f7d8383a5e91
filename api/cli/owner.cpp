#include "api/cli/owner.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "api/app/offline_vault.h"
#include "api/cli/admin_client.h"
#include "api/handlers/routes.h"
#include "net/server/error_codes.h"
#include "net/server/route_table.h"

namespace cardvault::api {
namespace {

/// A request made in this process, without a connection.
class LocalRequest final : public Request {
 public:
  LocalRequest(Method method, std::string_view target, std::string_view body)
      : method_(method), path_(target.substr(0, target.find('?'))), body_(body) {
    if (path_.size() < target.size()) query_ = target.substr(path_.size() + 1);
  }
  void match(const RouteMatch& match) { match_ = match; }

  [[nodiscard]] Method method() const override { return method_; }
  [[nodiscard]] std::string_view path() const override { return path_; }
  [[nodiscard]] std::optional<std::string_view> field(std::string_view) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::string_view param(std::string_view name) const override {
    return match_.param(name);
  }
  /// No percent-decoding: the commands send only ids and numbers.
  [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const override {
    for (std::string_view rest = query_; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      const auto equals = pair.find('=');
      if (pair.substr(0, equals) == name) return pair.substr(std::min(pair.size(), equals + 1));
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string_view body() const override { return body_; }
  [[nodiscard]] const RequestId& id() const override { return id_; }

 private:
  Method method_;
  std::string_view path_;
  std::string_view query_;
  std::string_view body_;
  RouteMatch match_;
  RequestId id_;
};

}  // namespace

Owner::Owner(DataPaths paths) : paths_(std::move(paths)) {}

Owner::~Owner() = default;

Result<bool> Owner::is_server() {
  if (is_server_) return *is_server_;
  TRY_VALUE(const auto owned, is_owned_by_another(paths_));
  is_server_ = owned;
  return owned;
}

Result<std::string> Owner::ask(const std::string& method, const std::string& target,
                               const std::string& body, std::chrono::seconds patience) {
  TRY_VALUE(const auto server, is_server());
  if (server) return ask_server(paths_.socket(), method, target, body, patience);
  return ask_here(method, target, body);
}

Result<std::string> Owner::ask_here(const std::string& method, const std::string& target,
                                    const std::string& body) {
  if (!offline_) {
    TRY_VALUE(auto opened, OfflineVault::open(paths_));
    offline_ = std::move(opened);
  }
  const AdminService service = offline_->service();
  TRY_VALUE(const auto routes, RouteTable::compile(socket_routes(service)));
  LocalRequest request(parse_http_method(method).value_or(Method::get), target, body);
  std::vector<std::string_view> values;
  const auto* place = routes.find(request.path(), values);
  const Route* route = place == nullptr ? nullptr : place->route(request.method());
  if (route == nullptr) return fail(HttpError::route_not_found, "No such path.");
  request.match(RouteTable::match(*route, values));
  const Response response = route->handler(request);
  return body_or_error(response.status, response.body);
}

}  // namespace cardvault::api
