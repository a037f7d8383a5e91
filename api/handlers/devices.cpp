#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/json/body.h"
#include "api/json/render.h"
#include "vault/access/manage_devices.h"
#include "vault/access/wallet_access.h"
#include "vault/wallet/error_codes.h"

namespace cardvault::api::handlers {

Result<Response> bind_device(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto wanted, read_body(call.request.body(), read_new_device));
  TRY_VALUE(const auto idempotency, idempotency_of(call.service, call.request, call.actor.name));
  const auto render = [&](const Device& device) {
    return Answer{.body = render_device(device),
                  .location = "/v1/wallets/" + wallet.text() + "/devices/" + device.id.text()};
  };
  TRY_VALUE(auto answer, cardvault::bind_device(call.service.vault, wallet, call.actor, wanted,
                                                idempotency, render));
  return answer_response(std::move(answer), 201);
}

Result<Response> list_devices(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto opened, open_wallet(call.service.vault, wallet));
  return json_response(200, render_devices(opened.wallet.devices));
}

Result<Response> get_device(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto device, device_in_path(call.request));
  TRY_VALUE(const auto opened, open_wallet(call.service.vault, wallet));
  const Device* found = find_device(opened.wallet, device);
  if (found == nullptr) {
    return fail(WalletError::device_not_found, "The wallet has no such device.");
  }
  return json_response(200, render_device(*found));
}

Result<Response> unbind_device(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto device, device_in_path(call.request));
  TRY(cardvault::unbind_device(call.service.vault, wallet, call.actor, device));
  return no_content();
}

}  // namespace cardvault::api::handlers
