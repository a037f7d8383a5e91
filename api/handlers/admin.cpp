#include "api/handlers/admin.h"

#include "api/body.h"
#include "api/client_json.h"
#include "api/closure_json.h"
#include "api/handlers/members.h"
#include "api/json_writer.h"
#include "api/problem.h"
#include "base/log.h"
#include "vault/receipt/published_keys.h"
#include "vault/use_cases/audit_repair.h"
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

constexpr std::size_t kWalletsOnAPage = 100;
constexpr std::size_t kLongestPath = 4096;

}  // namespace

Result<Response> add_client(const AdminService& service, const Request& request) {
  const auto wanted = read_body(request.body(), read_client_request);
  if (!wanted) return fail(wanted.error());
  const auto added =
      service.clients.add(wanted->name, wanted->permissions, service.vault.clock.now());
  if (!added) return fail(added.error());
  return json_response(201, render_added_client(*added));
}

Result<Response> list_clients(const AdminService& service, const Request&) {
  return json_response(200, render_clients(service.clients.list()));
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
  return json_response(200, render_open_page(*page, service.vault.clock.now()));
}

Result<Response> show_closures(const AdminService& service, const Request& request) {
  const auto wallet = wallet_in_path(request);
  if (!wallet) return fail(wallet.error());
  const auto id = deregistration_in_path(request);
  if (!id) return fail(id.error());
  const auto found = read_deregistration(service.vault, *wallet, *id);
  if (!found) return fail(found.error());
  return json_response(200, render_deregistration(*wallet, *found, service.vault.clock.now()));
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
  return json_response(200, out.take());
}

Result<Response> start_verify(const AdminService& service, const Request& request) {
  const auto wanted = read_body(request.body(), [](Body& body) {
    VerifyJob::Wanted read;
    read.rate = static_cast<std::uint64_t>(body.maybe_integer("rate", 0, kMostRate).value_or(0));
    const bool index = body.maybe_boolean("index").value_or(true);
    read.index = index ? VerifyIndex::yes : VerifyIndex::no;
    read.file = body.maybe_word("file", kLongestPath).value_or("");
    return read;
  });
  if (!wanted) return fail(wanted.error());
  if (const auto started = service.verify.start(*wanted); !started) return fail(started.error());
  return json_response(202, service.verify.render());
}

Result<Response> show_verify(const AdminService& service, const Request&) {
  return json_response(200, service.verify.render());
}

Result<Response> repair_audit(const AdminService& service, const Request& request) {
  const auto wallet = wallet_in_path(request);
  if (!wallet) return fail(wallet.error());
  const auto repaired = repair_audit_log(service.vault, *wallet, {"operator"});
  if (!repaired) return fail(repaired.error());
  if (repaired->first_broken > 0) {
    const std::string id = wallet->text();
    log::write(log::Level::warning, "audit_log_repaired",
               {{"wallet", std::string_view(id)},
                {"first_broken", static_cast<std::int64_t>(repaired->first_broken)},
                {"lost", static_cast<std::int64_t>(repaired->lost)}});
  }
  JsonWriter out;
  out.open_object()
      .member("wallet", *wallet)
      .member("first_broken", std::size_t{repaired->first_broken})
      .member("entries", std::size_t{repaired->entries})
      .member("lost", std::size_t{repaired->lost})
      .close_object();
  return json_response(200, out.take());
}

Result<Response> show_keys(const AdminService& service, const Request&) {
  const auto keyring = service.vault.keyring.opened();
  if (!keyring) return fail(keyring.error());
  return json_response(200, render_published_keys(**keyring));
}

}  // namespace handlers
}  // namespace cardvault::api
