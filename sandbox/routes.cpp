#include "sandbox/routes.h"

#include <httplib.h>

#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/json_object.h"
#include "net/server/error_codes.h"
#include "sandbox/page.h"
#include "sandbox/report.h"

namespace cardvault::sandbox {
namespace {

using httplib::Request;
using httplib::Response;

constexpr std::size_t kShownOnPage = 100;
constexpr std::size_t kShownUnlessSaid = 100;
/// Ten years; a test's calendar needs weeks.
constexpr Seconds kFarthest = std::chrono::days(10 * 365);
/// Never sent. It makes the header writer write nothing, which ends the connection.
constexpr const char* kDropMark = "Sandbox-Drop";

ssize_t write_headers_or_drop(httplib::Stream& stream, const httplib::Headers& headers) {
  return headers.contains(kDropMark) ? -1 : httplib::detail::write_headers(stream, headers);
}

void write(Response& response, Answer answer) {
  response.status = answer.dropped ? 500 : answer.status;
  if (answer.dropped) response.set_header(kDropMark, "1");
  if (!answer.location.empty()) response.set_header("Location", answer.location);
  response.set_content(std::move(answer.body), answer.content_type);
}

Answer not_found(const std::string& what) {
  return problem(make_error(HttpError::route_not_found, what));
}

Answer refuse(std::string field, std::string reason) {
  return problem(invalid_field(std::move(field), std::move(reason)));
}

std::optional<ChannelIndex> channel_of(const Request& request) {
  return find_channel(request.path_params.at("channel"));
}

WebhookHeaders webhook_headers(const Request& request) {
  return {.id = request.get_header_value("webhook-id"),
          .timestamp = request.get_header_value("webhook-timestamp"),
          .signature = request.get_header_value("webhook-signature")};
}

Answer close(Desk& desk, const Request& request) {
  const auto channel = channel_of(request);
  if (!channel) return not_found("There is no such channel.");
  return desk.receive(*channel, webhook_headers(request), request.body);
}

Answer turn_knobs(Desk& desk, const Request& request) {
  const auto channel = channel_of(request);
  if (!channel) return not_found("There is no such channel.");
  const auto knobs = desk.turn_knobs(*channel, request.body);
  return knobs ? json_answer(200, to_json(*knobs)) : problem(knobs.error());
}

Answer show_knobs(Desk& desk, const Request&) {
  return json_answer(200, knobs_json(desk.channels(), desk.vault_url()));
}

Answer set_vault(Desk& desk, const Request& request) {
  auto body = JsonObject::parse(request.body);
  if (!body) return problem(body.error());
  body->require("url");
  const std::string* text = body->find_text("url");
  if (const auto done = body->finish(); !done) return problem(done.error());
  const auto url = parse_vault_url(*text);
  if (!url) return problem(url.error());
  desk.set_vault(*url);
  return json_answer(200, {{"vault", *url}});
}

Answer advance_clock(Desk& desk, const Request& request) {
  auto body = JsonObject::parse(request.body);
  if (!body) return problem(body.error());
  body->require("advance_s");
  const auto by = body->maybe_integer("advance_s", -kFarthest.count(), kFarthest.count());
  if (const auto done = body->finish(); !done) return problem(done.error());
  return json_answer(200, {{"now", format_rfc3339(desk.advance_clock(Seconds(*by)))}});
}

Answer reset(Desk& desk, const Request&) {
  desk.reset();
  return json_answer(200, {{"reset", true}});
}

Answer livez(Desk&, const Request&) {
  return json_answer(200, {{"status", "alive"}});
}

Answer stats(Desk& desk, const Request&) {
  return json_answer(200, stats_json(desk.channels()));
}

std::optional<std::size_t> parse_limit(const Request& request) {
  if (!request.has_param("limit")) return kShownUnlessSaid;
  const std::string text = request.get_param_value("limit");
  std::size_t limit = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error != std::errc{} || stop != end || limit < 1 || limit > MessageLog::kKept) {
    return std::nullopt;
  }
  return limit;
}

Answer received(Desk& desk, const Request& request) {
  const auto limit = parse_limit(request);
  if (!limit) return refuse("limit", "out_of_range");
  std::optional<ChannelIndex> channel;
  if (request.has_param("channel")) {
    channel = find_channel(request.get_param_value("channel"));
    if (!channel) return refuse("channel", "not_allowed");
  }
  return json_answer(200, messages_json(desk.newest_messages(*limit, channel)));
}

Answer page(Desk& desk, const Request&) {
  return {
      .body = render_page(desk.channels(), desk.newest_messages(kShownOnPage), desk.vault_url()),
      .content_type = "text/html; charset=utf-8"};
}

void answer_what_httplib_refused(const Request&, Response& response) {
  if (!response.body.empty() || response.has_header(kDropMark)) return;
  const int status = response.status;
  const auto code = status == 404   ? HttpError::route_not_found
                    : status == 413 ? HttpError::body_too_large
                                    : HttpError::bad_http;
  write(response, problem(status, make_error(code, "No such path, or the request is not valid.")));
}

}  // namespace

void add_routes(httplib::Server& server, Desk& desk, Interruptible& patience) {
  using Handle = Answer (*)(Desk&, const Request&);
  const auto by = [&desk, &patience](Handle handle) {
    return [&desk, &patience, handle](const Request& request, Response& response) {
      Answer answer = handle(desk, request);
      if (answer.delay.count() > 0) patience.wait(answer.delay);
      write(response, std::move(answer));
    };
  };
  server.Post("/channels/:channel/close", by(close));
  server.Get("/livez", by(livez));
  server.Get("/stats", by(stats));
  server.Get("/received", by(received));
  server.Get("/", by(page));
  server.Get("/control/channels", by(show_knobs));
  server.Patch("/control/channels/:channel", by(turn_knobs));
  server.Post("/control/vault", by(set_vault));
  server.Post("/control/clock", by(advance_clock));
  server.Post("/control/reset", by(reset));
  server.set_header_writer(write_headers_or_drop);
  server.set_error_handler(answer_what_httplib_refused);
  server.set_exception_handler([](const Request&, Response& response, const std::exception_ptr&) {
    write(response, problem(make_error(ErrorCode::internal, "An internal error occurred.")));
  });
}

}  // namespace cardvault::sandbox
