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

/// A request for a handler: within the limits, and with its body read. All views live as long as
/// the request.
class Request {
 public:
  virtual ~Request() = default;

  [[nodiscard]] virtual Method method() const = 0;
  /// The path without the query.
  [[nodiscard]] virtual std::string_view path() const = 0;
  /// The value of a field with that name (any case), nullopt if there is none. If the field is
  /// repeated, the choice is unspecified; check_fields() refuses repeats of fields that must be
  /// single.
  [[nodiscard]] virtual std::optional<std::string_view> field(std::string_view name) const = 0;
  /// The same, but "" if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return field(name).value_or(std::string_view());
  }
  /// The part of the path in place of `:name` in the route, "" if the route has no such part.
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

/// Audience of a route. It decides CORS and nothing else; the handler authenticates.
enum class Plane : std::uint8_t { backend, front_end, admin };

/// One line of a route table. `pattern` has the form "/v1/wallets/:wallet/devices".
struct Route {
  Method method = Method::get;
  std::string pattern;
  Plane plane = Plane::backend;
  Handler handler;
};

}  // namespace cardvault
