#include "api/body.h"
#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/render.h"
#include "vault/use_cases/manage_devices.h"

namespace cardvault::api::handlers {

Result<Response> bind_device(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto wanted = read_body(call.request.body(), read_new_device);
  if (!wanted) return fail(wanted.error());
  const auto idempotency = idempotency_of(call.service, call.request, call.actor.name);
  if (!idempotency) return fail(idempotency.error());
  const auto render = [&](const Device& device) {
    return Answer{.body = render_device(device),
                  .location = "/v1/wallets/" + wallet->text() + "/devices/" + device.id.text()};
  };
  auto answer = cardvault::bind_device(call.service.vault, *wallet, call.actor, *wanted,
                                       *idempotency, render);
  if (!answer) return fail(answer.error());
  return answer_response(std::move(*answer), 201);
}

Result<Response> list_devices(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto opened = open_wallet(call.service.vault, *wallet);
  if (!opened) return fail(opened.error());
  return json_response(200, render_devices(opened->wallet.devices));
}

Result<Response> get_device(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto device = device_in_path(call.request);
  if (!device) return fail(device.error());
  const auto opened = open_wallet(call.service.vault, *wallet);
  if (!opened) return fail(opened.error());
  const Device* found = opened->wallet.find_device(*device);
  if (found == nullptr) {
    return fail(ErrorCode::device_not_found, "The wallet has no such device.");
  }
  return json_response(200, render_device(*found));
}

Result<Response> unbind_device(const BackendCall& call) {
  const auto wallet = wallet_in_path(call.request);
  if (!wallet) return fail(wallet.error());
  const auto device = device_in_path(call.request);
  if (!device) return fail(device.error());
  const auto unbound = cardvault::unbind_device(call.service.vault, *wallet, call.actor, *device);
  if (!unbound) return fail(unbound.error());
  return no_content();
}

}  // namespace cardvault::api::handlers
