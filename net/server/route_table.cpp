#include "net/server/route_table.h"

#include <map>

namespace cardvault {
namespace {

std::size_t index_of(Method method) {
  return static_cast<std::size_t>(method);
}

/// Takes "/segment" from the front of `rest`.
std::string_view take_segment(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(segment.size());
  return segment;
}

}  // namespace

struct RouteTable::Node {
  std::map<std::string, Node, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  Place place;
  bool occupied = false;
};

std::string_view RouteMatch::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

const Route* RouteTable::Place::route(Method method) const {
  return routes_[index_of(method)];
}

template <class Keep>
std::string RouteTable::Place::methods_where(Keep keep) const {
  std::string list;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i] == nullptr || !keep(*routes_[i])) continue;
    if (!list.empty()) list += ", ";
    list += kMethodNames[i];
    if (i == index_of(Method::get)) list += ", HEAD";
  }
  return list;
}

std::string RouteTable::Place::allow() const {
  return methods_where([](const Route&) { return true; });
}

std::string RouteTable::Place::allow(Plane plane) const {
  return methods_where([plane](const Route& route) { return route.plane == plane; });
}

Result<RouteTable> RouteTable::compile(std::vector<Route> routes) {
  RouteTable table;
  table.routes_ = std::make_unique<std::vector<Route>>(std::move(routes));
  table.root_ = std::make_shared<Node>();
  for (const Route& route : *table.routes_) {
    TRY(table.add(route));
  }
  return table;
}

Status RouteTable::add(const Route& route) {
  std::string_view rest = route.pattern;
  if (!rest.starts_with('/')) {
    return fail(ErrorCode::internal, "The route " + route.pattern + " does not begin with '/'.");
  }
  Node* node = root_.get();
  while (!rest.empty()) {
    const auto segment = take_segment(rest);
    if (segment.starts_with(':')) {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      node = &node->literals.try_emplace(std::string(segment)).first->second;
    }
  }
  const Route*& slot = node->place.routes_[index_of(route.method)];
  if (slot != nullptr) {
    return fail(ErrorCode::internal, "The route " + route.pattern + " is registered twice.");
  }
  slot = &route;
  node->occupied = true;
  return {};
}

const RouteTable::Place* RouteTable::find(std::string_view path,
                                          std::vector<std::string_view>& values) const {
  values.clear();
  return path.starts_with('/') ? descend(*root_, path, values) : nullptr;
}

const RouteTable::Place* RouteTable::descend(const Node& node, std::string_view rest,
                                             std::vector<std::string_view>& values) {
  if (rest.empty()) return node.occupied ? &node.place : nullptr;
  const auto segment = take_segment(rest);
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (const Place* found = descend(literal->second, rest, values)) return found;
  }
  if (segment.empty() || !node.parameter) return nullptr;
  values.push_back(segment);
  if (const Place* found = descend(*node.parameter, rest, values)) return found;
  values.pop_back();
  return nullptr;
}

RouteMatch RouteTable::match(const Route& route, const std::vector<std::string_view>& values) {
  RouteMatch match{.route = &route, .params = {}};
  std::string_view rest = route.pattern;
  for (const std::string_view value : values) {
    std::string_view segment = take_segment(rest);
    while (!segment.starts_with(':')) segment = take_segment(rest);
    match.params.emplace_back(segment.substr(1), value);
  }
  return match;
}

}  // namespace cardvault
