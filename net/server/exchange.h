#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/server/cors.h"
#include "net/server/http.h"
#include "net/server/route_table.h"
#include "net/server/server.h"

namespace httplib {
struct Request;
struct Response;
}  // namespace httplib

namespace cardvault {

/// State that all exchanges of a server share.
struct Site {
  RouteTable routes;
  Cors cors;
  std::function<Status()> open = [] { return Status(); };
  std::function<void(const Finished&)> observer;
  std::atomic<bool> draining{false};
  std::atomic<std::uint32_t> in_flight{0};
};

/// One request and its answer. httplib calls in this order: admit() if the fields could be read
/// (twice with Expect: 100-continue); then refuse(), or handle() after the body; finish() always
/// last. If a refusal may leave a body unread, it ends the connection. So no byte of that body can
/// become the next request.
class Exchange final : public Request {
 public:
  /// If `turned_away` is true, every request is refused with `busy`.
  Exchange(Site& site, bool turned_away);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Decides by the fields alone. False if `out` now has the answer: a refusal or a preflight.
  [[nodiscard]] bool admit(const httplib::Request& in, httplib::Response& out);
  /// Fills `out` from the route's handler.
  void handle(httplib::Response& out);
  void refuse(const Error& error, const httplib::Request& in, httplib::Response& out);
  /// Adds the fields that every answer carries, decides about the connection, wipes the body, and
  /// reports the request.
  void finish(const httplib::Request& in, httplib::Response& out);

  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] bool expects_body() const { return body_size_ > 0; }
  /// True if the connection ends with this answer.
  [[nodiscard]] bool closes() const { return closes_; }
  /// True if part of the request may still be in flight.
  [[nodiscard]] bool left_unread() const { return left_unread_; }

  [[nodiscard]] Method method() const override { return method_; }
  [[nodiscard]] std::string_view path() const override;
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const override;
  [[nodiscard]] std::string_view param(std::string_view name) const override;
  [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const override;
  [[nodiscard]] std::string_view body() const override;
  [[nodiscard]] const RequestId& id() const override { return id_; }

 private:
  [[nodiscard]] Status check();
  [[nodiscard]] Status check_serving() const;
  [[nodiscard]] Status find_route();
  /// True if an allowed page asks for permission to send a request that belongs to no other plane.
  /// A path without routes belongs to no plane. Its preflight is allowed, so that the page can read
  /// the refusal of the request itself. The same holds for a missing method of a path with
  /// front-end routes.
  [[nodiscard]] bool is_preflight() const;
  [[nodiscard]] std::string preflight_methods() const;
  void answer(Response answer, httplib::Response& out);
  void report(int status) const;

  Site& site_;
  const bool turned_away_;
  const RequestId id_;
  const std::chrono::steady_clock::time_point began_;
  const httplib::Request* in_ = nullptr;
  const RouteTable::Place* place_ = nullptr;
  std::vector<std::string_view> values_;
  RouteMatch match_;
  Method method_ = Method::get;
  std::size_t body_size_ = 0;
  bool preflight_ = false;
  bool answered_ = false;
  bool body_read_ = false;
  bool left_unread_ = false;
  bool closes_ = false;
};

}  // namespace cardvault
