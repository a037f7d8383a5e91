#include "api/handlers/probes.h"

#include "api/json/body.h"
#include "api/json/json_writer.h"
#include "net/server/problem.h"

namespace cardvault::api {

Handler probe(const ProbeService& service, ProbeHandler handler) {
  return [&service, handler](const Request& request) {
    auto result = handler(service, request);
    return result ? std::move(*result) : problem_response(result.error(), request.id());
  };
}

namespace handlers {
namespace {

/// Ten years in each direction: enough for any test, and no time overflows.
constexpr std::int64_t kFarthest = 10LL * 366 * 24 * 60 * 60;

Response status_response(std::string_view status) {
  JsonWriter out;
  out.open_object().member("status", status).close_object();
  return json_response(200, out.take());
}

}  // namespace

Result<Response> livez(const ProbeService&, const Request&) {
  return status_response("alive");
}

Result<Response> readyz(const ProbeService& service, const Request&) {
  TRY(service.ready());
  return status_response("ready");
}

Result<Response> metrics(const ProbeService& service, const Request&) {
  return Response{.status = 200,
                  .body = service.metrics.render(service.gate) + service.closures.render() +
                          service.key_metrics(),
                  .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

Result<Response> advance_clock(const ProbeService& service, const Request& request) {
  TRY_VALUE(const auto by, read_body(request.body(), [](Body& body) {
              body.require("advance_s");
              return body.maybe_integer("advance_s", -kFarthest, kFarthest).value_or(0);
            }));
  service.test_clock->advance(Seconds(by));
  JsonWriter out;
  out.open_object().member("now", service.clock.now()).close_object();
  return json_response(200, out.take());
}

}  // namespace handlers
}  // namespace cardvault::api
