#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/result.h"
#include "net/server/http.h"

namespace cardvault {

inline constexpr auto kMethodNames =
    names_from<Method::get>("GET", "POST", "PUT", "PATCH", "DELETE");

/// The method whose routes serve a request. The route of GET serves HEAD (RFC 9110, 9.3.2).
[[nodiscard]] constexpr std::optional<Method> parse_http_method(std::string_view word) {
  return word == "HEAD" ? Method::get : parse_name(kMethodNames, word);
}

[[nodiscard]] constexpr std::string_view method_name(Method method) {
  return name_of(kMethodNames, method);
}

/// A route with the parameters from the path.
struct RouteMatch {
  const Route* route = nullptr;
  /// Names and values of the route's parameters, in the order of the pattern.
  std::vector<std::pair<std::string_view, std::string_view>> params;

  [[nodiscard]] std::string_view param(std::string_view name) const;
};

/// The routes as a tree of path segments. So the cost of a search depends on the length of the path
/// and not on the number of routes. A literal segment wins over a parameter. A parameter is never
/// empty. "/a/" is not "/a".
class RouteTable {
 public:
  /// `internal` if a pattern does not begin with '/', or if a method and pattern appear twice.
  [[nodiscard]] static Result<RouteTable> compile(std::vector<Route> routes);

  /// The routes of one path: at most one for each method.
  class Place {
   public:
    [[nodiscard]] const Route* route(Method method) const;
    /// The value of Allow, as in "GET, HEAD, POST".
    [[nodiscard]] std::string allow() const;
    /// The same, only for the methods of one plane.
    [[nodiscard]] std::string allow(Plane plane) const;

   private:
    friend class RouteTable;
    template <class Keep>
    [[nodiscard]] std::string methods_where(Keep keep) const;

    std::array<const Route*, kMethodNames.size()> routes_{};
  };

  /// Null if no route has this path. Otherwise `values` holds the values of the path's parameters.
  [[nodiscard]] const Place* find(std::string_view path,
                                  std::vector<std::string_view>& values) const;

  /// Combines the route's own parameter names with the values from find().
  [[nodiscard]] static RouteMatch match(const Route& route,
                                        const std::vector<std::string_view>& values);

 private:
  struct Node;

  [[nodiscard]] Status add(const Route& route);
  [[nodiscard]] static const Place* descend(const Node& node, std::string_view rest,
                                            std::vector<std::string_view>& values);

  std::unique_ptr<std::vector<Route>> routes_;
  std::shared_ptr<Node> root_;
};

}  // namespace cardvault
