#include "net/server/exchange.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/time.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "net/server/error_codes.h"
#include "net/server/problem.h"
#include "net/server/request_checks.h"

namespace cardvault {
namespace {

/// Request fields that select an answer besides its target: the caller, its device and its page.
constexpr const char* kSelectingFields = "Authorization, Device-Id, Origin";

constexpr std::array<std::string_view, 7> kKnownMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};

std::string_view known_method(std::string_view asked) {
  const auto found = std::ranges::find(kKnownMethods, asked);
  return found == kKnownMethods.end() ? "other" : *found;
}

RequestId make_request_id() {
  SystemRandom random;
  return RequestId::make(SystemClock{}.now(), random);
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %T GMT", &parts)};
}

bool asks_to_close(const httplib::Request& in) {
  const auto options = httplib::detail::case_ignore::to_lower(in.get_header_value("Connection"));
  return in.version != "HTTP/1.1" || options.contains("close");
}

/// The target as sent, without the query. httplib decodes its own path.
std::string_view raw_path(const httplib::Request& in) {
  return std::string_view(in.target).substr(0, in.target.find('?'));
}

bool leaves_connection_usable(ErrorCode code, const httplib::Request& in) {
  return (code == HttpError::route_not_found || code == HttpError::method_not_allowed) &&
         !may_have_body(in);
}

}  // namespace

Exchange::Exchange(Site& site, bool turned_away)
    : site_(site),
      turned_away_(turned_away),
      id_(make_request_id()),
      began_(std::chrono::steady_clock::now()) {
  ++site_.in_flight;
}

Exchange::~Exchange() {
  --site_.in_flight;
}

bool Exchange::admit(const httplib::Request& in, httplib::Response& out) {
  in_ = &in;
  if (auto allowed = check(); !allowed) {
    refuse(allowed.error(), in, out);
  } else if (preflight_) {
    answer(Cors::preflight(preflight_methods()), out);
  }
  return !answered_;
}

Status Exchange::check() {
  auto sound = check_fields(*in_);
  place_ = raw_path(*in_) == in_->path ? site_.routes.find(in_->path, values_) : nullptr;
  preflight_ = sound && is_preflight();
  if (!preflight_) {
    TRY(check_serving());
    if (!sound) return sound;
    TRY(find_route());
    TRY(site_.open());
  }
  body_size_ = in_->get_header_value_u64("Content-Length");
  return check_announced_body(*in_);
}

Status Exchange::check_serving() const {
  if (turned_away_) {
    return fail(ErrorCode::busy, "All connections are in use. Try again after Retry-After.");
  }
  if (site_.draining) {
    return fail(HttpError::shutting_down,
                "This instance is shutting down. Try again: another instance may answer.");
  }
  return {};
}

Status Exchange::find_route() {
  if (place_ == nullptr) return fail(HttpError::route_not_found, kNoSuchPath);
  const auto method = parse_http_method(in_->method);
  const Route* const route = method ? place_->route(*method) : nullptr;
  if (route == nullptr) {
    return fail(HttpError::method_not_allowed,
                "This path does not support this method. Use a method from the Allow field.");
  }
  method_ = *method;
  match_ = RouteTable::match(*route, values_);
  return {};
}

bool Exchange::is_preflight() const {
  if (in_->method != "OPTIONS" || !site_.cors.allows(header("Origin"))) return false;
  const auto method = parse_http_method(header("Access-Control-Request-Method"));
  if (!method || place_ == nullptr) return method.has_value();
  const Route* const route = place_->route(*method);
  return route != nullptr ? route->plane == Plane::front_end
                          : !place_->allow(Plane::front_end).empty();
}

std::string Exchange::preflight_methods() const {
  std::string methods = place_ != nullptr ? place_->allow(Plane::front_end) : "";
  const auto wanted = parse_http_method(header("Access-Control-Request-Method"));
  if (wanted && (place_ == nullptr || place_->route(*wanted) == nullptr)) {
    if (!methods.empty()) methods += ", ";
    methods += method_name(*wanted);
  }
  return methods;
}

void Exchange::handle(httplib::Response& out) {
  body_read_ = true;
  answer(match_.route->handler(*this), out);
}

void Exchange::refuse(const Error& error, const httplib::Request& in, httplib::Response& out) {
  left_unread_ = !body_read_ && !leaves_connection_usable(error.code, in);
  Response problem = problem_response(error, id_);
  if (error.code == HttpError::method_not_allowed && place_ != nullptr) {
    problem.headers.emplace_back("Allow", place_->allow());
  }
  answer(std::move(problem), out);
}

void Exchange::answer(Response answer, httplib::Response& out) {
  answered_ = true;
  out.status = answer.status;
  out.headers.clear();
  for (const auto& [name, value] : answer.headers) out.set_header(name, value);
  out.body.clear();
  if (!answer.body.empty()) out.set_content(std::move(answer.body), answer.content_type);
}

void Exchange::finish(const httplib::Request& in, httplib::Response& out) {
  in_ = &in;
  out.set_header("Request-Id", id_.text());
  out.set_header("Date", http_date());
  out.set_header("X-Content-Type-Options", "nosniff");
  if (!out.has_header("Cache-Control")) out.set_header("Cache-Control", "no-store");
  if (!out.has_header("Vary")) out.set_header("Vary", kSelectingFields);
  if (const auto origin = header("Origin"); site_.cors.allows(origin)) {
    for (const auto& [name, value] : Cors::readable_by(origin)) out.set_header(name, value);
  }
  const bool no_place_here = preflight_ && (turned_away_ || site_.draining);
  closes_ = left_unread_ || no_place_here || asks_to_close(in);
  for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges"}) out.headers.erase(name);
  if (closes_) out.set_header("Connection", "close");
  if (out.status == 204 || out.status == 304) out.headers.erase("Content-Length");
  wipe(const_cast<httplib::Request&>(in).body);
  report(out.status);
}

void Exchange::report(int status) const {
  const Finished finished{
      .route = match_.route != nullptr ? std::string_view(match_.route->pattern) : "",
      .method = known_method(in_->method),
      .status = status,
      .took = std::chrono::steady_clock::now() - began_};
  if (site_.observer) site_.observer(finished);
  const std::string request_id = id_.text();
  log::write(log::Level::debug, "request",
             {{"method", finished.method},
              {"route", finished.route},
              {"status", std::int64_t{status}},
              {"took_us", std::int64_t{finished.took / std::chrono::microseconds(1)}},
              {"request_id", std::string_view(request_id)}});
}

std::string_view Exchange::path() const {
  return in_->path;
}

std::optional<std::string_view> Exchange::field(std::string_view name) const {
  const auto found = in_->headers.find(std::string(name));
  if (found == in_->headers.end()) return std::nullopt;
  return found->second;
}

std::string_view Exchange::param(std::string_view name) const {
  return match_.param(name);
}

std::optional<std::string_view> Exchange::query(std::string_view name) const {
  const auto found = in_->params.find(std::string(name));
  if (found == in_->params.end()) return std::nullopt;
  return found->second;
}

std::string_view Exchange::body() const {
  return in_->body;
}

}  // namespace cardvault
