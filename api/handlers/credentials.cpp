#include <ranges>

#include "api/body.h"
#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/render.h"
#include "vault/use_cases/manage_credentials.h"
#include "vault/use_cases/unlock.h"

namespace cardvault::api::handlers {
namespace {

Result<UnlockMethod> method_in_path(const Request& request) {
  if (const auto method = parse_method(request.param("method"))) return *method;
  return fail(ErrorCode::route_not_found, "A credential is either password or gesture.");
}

UnlockRequest read_unlock(Body& body) {
  UnlockRequest wanted;
  wanted.device = read_device_id(body);
  const auto method = parse_method(body.word("method", 16));
  if (!method && body.has("method")) {
    body.refuse_other_than("method", kUnlockMethods | std::views::transform([](UnlockMethod one) {
                                       return cardvault::method_name(one);
                                     }));
  }
  wanted.method = method.value_or(UnlockMethod::password);
  wanted.secret = body.secret("secret", kLongestSecretBytes);
  wanted.channel = maybe_channel(body, "channel");
  return wanted;
}

}  // namespace

Result<Response> set_credential(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto method = method_in_path(call.request);
  if (!method) return fail(method.error());
  const auto secret = read_body(call.request.body(), [&](Body& body) {
    return body.secret(cardvault::method_name(*method), kLongestSecretBytes);
  });
  if (!secret) return fail(secret.error());
  const auto set =
      cardvault::set_credential(call.service.vault, *wallet, call.actor, *method, *secret);
  if (!set) return fail(set.error());
  return json_response(200, render_credential(*method, &*set, call.service.vault.clock.now()));
}

Result<Response> get_credential(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto method = method_in_path(call.request);
  if (!method) return fail(method.error());
  const auto opened = open_wallet(call.service.vault, *wallet);
  if (!opened) return fail(opened.error());
  const Wallet& found = opened->wallet;
  return json_response(200, render_credential(*method, found.find_credential(*method),
                                              call.service.vault.clock.now()));
}

Result<Response> remove_credential(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto method = method_in_path(call.request);
  if (!method) return fail(method.error());
  const auto removed =
      cardvault::remove_credential(call.service.vault, *wallet, call.actor, *method);
  if (!removed) return fail(removed.error());
  return no_content();
}

Result<Response> unlock(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  auto wanted = read_body(call.request.body(), read_unlock);
  if (!wanted) return fail(wanted.error());
  wanted->on_lockout = [&] { call.service.metrics.locked_out(wanted->method); };
  const auto issued = cardvault::unlock(call.service.vault, *wallet, call.actor, *wanted);
  if (!issued) return fail(issued.error());
  return json_response(200, render_token(*issued));
}

}  // namespace cardvault::api::handlers
