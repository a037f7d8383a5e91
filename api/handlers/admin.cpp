#include "api/handlers/admin.h"

#include "api/body.h"
#include "api/client_json.h"
#include "api/closure_json.h"
#include "api/handlers/members.h"
#include "api/json_writer.h"
#include "api/problem.h"
#include "vault/receipt/published_keys.h"
#include "vault/use_cases/close_channels.h"
#include "vault/use_cases/deregister_card.h"

namespace cardvault::api {

Handler admin(const AdminService& service, AdminHandler handler) {
  return [&service, handler](const Request& request) {
    auto result = handler(service, request);
    return result ? std::move(*result) : problem_response(result.error(), request.id());
  };
}

namespace handlers {
namespace {

/// Ten years either way: far enough for any test, near enough that no time overflows.
constexpr std::int64_t kFarthest = 10LL * 366 * 24 * 60 * 60;
constexpr std::size_t kWalletsOnAPage = 100;

Response status_response(std::string_view status) {
  JsonWriter out;
  out.open_object().member("status", status).close_object();
  return json(200, out.take());
}

}  // namespace

Result<Response> livez(const AdminService&, const Request&) {
  return status_response("alive");
}

Result<Response> readyz(const AdminService& service, const Request&) {
  if (!service.accepting) return fail(ErrorCode::shutting_down, "The server is stopping.");
  if (const auto healthy = service.vault.store.health(); !healthy) return fail(healthy.error());
  return status_response("ready");
}

Result<Response> metrics(const AdminService& service, const Request&) {
  return Response{.status = 200,
                  .body = service.metrics.render(service.vault.gate) + service.closures.render(),
                  .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

Result<Response> advance_clock(const AdminService& service, const Request& request) {
  const auto by = read_body(request.body(), [](Body& body) {
    if (!body.has("advance_s")) body.refuse("advance_s", "required");
    return body.maybe_integer("advance_s", -kFarthest, kFarthest).value_or(0);
  });
  if (!by) return fail(by.error());
  service.test_clock->advance(Seconds(*by));
  JsonWriter out;
  out.open_object().member("now", service.vault.clock.now()).close_object();
  return json(200, out.take());
}

Result<Response> add_client(const AdminService& service, const Request& request) {
  const auto wanted = read_body(request.body(), read_client_request);
  if (!wanted) return fail(wanted.error());
  const auto added =
      service.clients.add(wanted->name, wanted->permissions, service.vault.clock.now());
  if (!added) return fail(added.error());
  return json(201, render_added_client(*added));
}

Result<Response> list_clients(const AdminService& service, const Request&) {
  return json(200, render_clients(service.clients.list()));
}

Result<Response> remove_client(const AdminService& service, const Request& request) {
  const auto id = ClientId::parse(request.param("client"));
  if (!id) return fail(ErrorCode::client_key_invalid, "There is no such client.");
  if (const auto removed = service.clients.remove(*id); !removed) return fail(removed.error());
  return no_content();
}

Result<Response> open_closures(const AdminService& service, const Request& request) {
  const auto cursor = request.query("cursor");
  const auto after = cursor ? WalletId::parse(*cursor) : WalletId();
  if (!after) return fail(invalid_field("cursor", "invalid_format"));
  const auto page = list_open_deregistrations(service.vault, *after, kWalletsOnAPage);
  if (!page) return fail(page.error());
  return json(200, render_open_page(*page, service.vault.clock.now()));
}

Result<Response> show_closures(const AdminService& service, const Request& request) {
  const auto wallet = wallet_in_path(request);
  if (!wallet) return fail(wallet.error());
  const auto id = deregistration_in_path(request);
  if (!id) return fail(id.error());
  const auto found = read_deregistration(service.vault, *wallet, *id);
  if (!found) return fail(found.error());
  return json(200, render_deregistration(*wallet, *found, service.vault.clock.now()));
}

Result<Response> retry_closures(const AdminService& service, const Request& request) {
  const auto wallet = wallet_in_path(request);
  if (!wallet) return fail(wallet.error());
  const auto id = deregistration_in_path(request);
  if (!id) return fail(id.error());
  const auto channel =
      read_body(request.body(), [](Body& body) { return maybe_channel(body, "channel"); });
  if (!channel) return fail(channel.error());
  const auto count = cardvault::retry_closures(service.vault, {"operator"}, *wallet, *id, *channel);
  if (!count) return fail(count.error());
  JsonWriter out;
  out.open_object().member("retried", *count).close_object();
  return json(200, out.take());
}

Result<Response> show_keys(const AdminService& service, const Request&) {
  return json(200, render_published_keys(service.vault.keyring));
}

}  // namespace handlers
}  // namespace cardvault::api
