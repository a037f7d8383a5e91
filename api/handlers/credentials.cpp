#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/render.h"
#include "net/server/error_codes.h"
#include "vault/access/manage_credentials.h"
#include "vault/access/unlock.h"
#include "vault/access/wallet_access.h"

namespace cardvault::api::handlers {
namespace {

Result<UnlockMethod> method_in_path(const Request& request) {
  if (const auto method = parse_method(request.param("method"))) return *method;
  return fail(HttpError::route_not_found, "The credential kind must be password or gesture.");
}

UnlockRequest read_unlock(Body& body) {
  UnlockRequest wanted;
  wanted.device = read_device_id(body);
  const auto method = parse_method(body.word("method", 16));
  if (!method && body.has("method")) {
    body.refuse_other_than("method", kUnlockMethodNames);
  }
  wanted.method = method.value_or(UnlockMethod::password);
  wanted.secret = body.secret("secret", kLongestSecretBytes);
  wanted.channel = maybe_channel(body, "channel");
  return wanted;
}

}  // namespace

Result<Response> set_credential(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto method, method_in_path(call.request));
  TRY_VALUE(const auto secret, read_body(call.request.body(), [&](Body& body) {
              return body.secret(cardvault::method_name(method), kLongestSecretBytes);
            }));
  TRY_VALUE(const auto set,
            cardvault::set_credential(call.service.vault, wallet, call.actor, method, secret));
  return json_response(200, render_credential(method, &set, call.service.vault.clock.now()));
}

Result<Response> get_credential(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto method, method_in_path(call.request));
  TRY_VALUE(const auto opened, open_wallet(call.service.vault, wallet));
  const Wallet& found = opened.wallet;
  return json_response(200, render_credential(method, find_credential(found, method),
                                              call.service.vault.clock.now()));
}

Result<Response> remove_credential(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto method, method_in_path(call.request));
  TRY(cardvault::remove_credential(call.service.vault, wallet, call.actor, method));
  return no_content();
}

Result<Response> unlock(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(auto wanted, read_body(call.request.body(), read_unlock));
  wanted.on_lockout = [&] { call.service.metrics.locked_out(wanted.method); };
  TRY_VALUE(const auto issued, cardvault::unlock(call.service.vault, wallet, call.actor, wanted));
  return json_response(200, render_token(issued));
}

}  // namespace cardvault::api::handlers
