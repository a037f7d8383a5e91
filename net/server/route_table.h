#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/server/http.h"

namespace cardvault {

inline constexpr std::size_t kMethods = 5;

/// The method whose routes serve a request: HEAD is served by the route of GET (RFC 9110, 9.3.2).
[[nodiscard]] std::optional<Method> parse_http_method(std::string_view word);
[[nodiscard]] std::string_view method_name(Method method);

/// A route with what its path said.
struct RouteMatch {
  const Route* route = nullptr;
  /// Names and values of the route's parameters, in order.
  std::vector<std::pair<std::string_view, std::string_view>> params;

  [[nodiscard]] std::string_view param(std::string_view name) const;
};

/// The routes as a tree of path segments, so finding one costs the length of the path, however many
/// there are. A literal segment wins over a parameter; a parameter is never empty; "/a/" is not
/// "/a".
class RouteTable {
 public:
  /// `internal` when a pattern does not begin with '/' or a method and pattern stand twice.
  [[nodiscard]] static Result<RouteTable> compile(std::vector<Route> routes);

  /// What stands at one path: a route or none for each method.
  class Place {
   public:
    [[nodiscard]] const Route* route(Method method) const;
    /// "GET, HEAD, POST": the value of Allow.
    [[nodiscard]] std::string allow() const;
    /// The same for the methods of one plane.
    [[nodiscard]] std::string allow(Plane plane) const;

   private:
    friend class RouteTable;
    template <class Keep>
    [[nodiscard]] std::string methods_where(Keep keep) const;

    std::array<const Route*, kMethods> routes_{};
  };

  /// Null for a path without any route. Otherwise `values` holds what its parameters stand for.
  [[nodiscard]] const Place* find(std::string_view path,
                                  std::vector<std::string_view>& values) const;

  /// The route's own names for the values that find() gave.
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
