#include "api/handlers/admin.h"

#include "api/callers/error_codes.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/client_json.h"
#include "api/json/closure_json.h"
#include "api/json/json_writer.h"
#include "base/log.h"
#include "net/server/problem.h"
#include "vault/audit/audit_repair.h"
#include "vault/closing/deregister_card.h"
#include "vault/closing/published_keys.h"
#include "vault/closing/settle.h"

namespace cardvault::api {

Handler admin(const AdminService& service, AdminHandler handler) {
  return [&service, handler](const Request& request) {
    auto result = handler(service, request);
    return result ? std::move(*result) : problem_response(result.error(), request.id());
  };
}

namespace handlers {
namespace {

constexpr std::size_t kDeregistrationsOnAPage = 100;
constexpr std::size_t kLongestPath = 4096;

}  // namespace

Result<Response> add_client(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto wanted, read_body(request.body(), read_client_request));
  TRY_VALUE(const auto added,
            service.clients.add(wanted.name, wanted.permissions, service.vault.clock.now()));
  return json_response(201, render_added_client(added));
}

Result<Response> list_clients(const AdminService& service, const Request&) {
  return json_response(200, render_clients(service.clients.list()));
}

Result<Response> remove_client(const AdminService& service, const Request& request) {
  const auto id = ClientId::parse(request.param("client"));
  if (!id) return fail(CallerError::client_key_invalid, "There is no such client.");
  TRY(service.clients.remove(*id));
  return no_content();
}

Result<Response> open_closures(const AdminService& service, const Request& request) {
  const auto cursor = request.query("cursor");
  const auto after = cursor ? WalletId::parse(*cursor) : WalletId();
  if (!after) return fail(invalid_field("cursor", "invalid_format"));
  TRY_VALUE(const auto page,
            list_open_deregistrations(service.vault, *after, kDeregistrationsOnAPage));
  return json_response(200, render_open_page(page, service.vault.clock.now()));
}

Result<Response> show_closures(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto wallet, wallet_in_path(request));
  TRY_VALUE(const auto id, deregistration_in_path(request));
  TRY_VALUE(const auto found, read_deregistration(service.vault, wallet, id));
  return json_response(200, render_deregistration(wallet, found, service.vault.clock.now()));
}

Result<Response> retry_closures(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto wallet, wallet_in_path(request));
  TRY_VALUE(const auto id, deregistration_in_path(request));
  TRY_VALUE(const auto channel,
            read_body(request.body(), [](Body& body) { return maybe_channel(body, "channel"); }));
  TRY_VALUE(const auto count,
            cardvault::retry_closures(service.vault, {"operator"}, wallet, id, channel));
  JsonWriter out;
  out.open_object().member("retried", count).close_object();
  return json_response(200, out.take());
}

Result<Response> start_verify(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto wanted, read_body(request.body(), [](Body& body) {
              VerifyJob::Wanted read;
              read.rate =
                  static_cast<std::uint64_t>(body.maybe_integer("rate", 0, kMostRate).value_or(0));
              const bool index = body.maybe_boolean("index").value_or(true);
              read.index = index ? VerifyIndex::yes : VerifyIndex::no;
              read.file = body.maybe_word("file", kLongestPath).value_or("");
              return read;
            }));
  TRY(service.verify.start(wanted));
  return json_response(202, service.verify.render());
}

Result<Response> show_verify(const AdminService& service, const Request&) {
  return json_response(200, service.verify.render());
}

Result<Response> repair_audit(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto wallet, wallet_in_path(request));
  TRY_VALUE(const auto repaired, repair_audit_log(service.vault, wallet, {"operator"}));
  if (repaired.first_broken > 0) {
    const std::string id = wallet.text();
    log::write(log::Level::warning, "audit_log_repaired",
               {{"wallet", std::string_view(id)},
                {"first_broken", static_cast<std::int64_t>(repaired.first_broken)},
                {"lost", static_cast<std::int64_t>(repaired.lost)}});
  }
  JsonWriter out;
  out.open_object()
      .member("wallet", wallet)
      .member("first_broken", std::size_t{repaired.first_broken})
      .member("entries", std::size_t{repaired.entries})
      .member("lost", std::size_t{repaired.lost})
      .close_object();
  return json_response(200, out.take());
}

Result<Response> show_keys(const AdminService& service, const Request&) {
  TRY_VALUE(const auto keyring, service.vault.keyring.opened());
  return json_response(200, render_published_keys(*keyring));
}

}  // namespace handlers
}  // namespace cardvault::api
