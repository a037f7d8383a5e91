#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace cardvault {

enum class Method : std::uint8_t { get, post, put, patch, del };

/// A request as a handler sees it: already bounded, with its body read. All views live as long as
/// the request.
class Request {
 public:
  virtual ~Request() = default;

  [[nodiscard]] virtual Method method() const = 0;
  /// Without the query.
  [[nodiscard]] virtual std::string_view path() const = 0;
  /// The value of the first field of that name (any case), nullopt when there is none.
  [[nodiscard]] virtual std::optional<std::string_view> field(std::string_view name) const = 0;
  /// The same, "" when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return field(name).value_or(std::string_view());
  }
  /// The part of the path that stands for `:name` in the route, "" when the route has none.
  [[nodiscard]] virtual std::string_view param(std::string_view name) const = 0;
  [[nodiscard]] virtual std::optional<std::string_view> query(std::string_view name) const = 0;
  [[nodiscard]] virtual std::string_view body() const = 0;
  [[nodiscard]] virtual const RequestId& id() const = 0;
};

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  HeaderFields headers = {};
};

using Handler = std::function<Response(const Request&)>;

/// Who a route is for; decides CORS and nothing else (the handler authenticates).
enum class Plane : std::uint8_t { backend, front_end, admin };

/// One line of a route table. `pattern` has the form "/v1/wallets/:wallet/devices".
struct Route {
  Method method = Method::get;
  std::string pattern;
  Plane plane = Plane::backend;
  Handler handler;
};

}  // namespace cardvault
