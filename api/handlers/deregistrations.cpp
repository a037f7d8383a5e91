#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/closure_json.h"
#include "vault/cards/view_cards.h"
#include "vault/closing/change_channels.h"
#include "vault/closing/deregister_card.h"
#include "vault/closing/wallet_closures.h"

namespace cardvault::api::handlers {
namespace {

Result<Response> deregister(const Service& service, const Request& request, const WalletId& wallet,
                            const CardId& card, const Actor& actor,
                            const Admission& admission = {}) {
  TRY_VALUE(const auto reason, read_body(request.body(), [](Body& body) {
              return body.text("reason", 1, kLongestReason);
            }));
  TRY_VALUE(const auto idempotency, idempotency_of(service, request, actor.name));
  const auto render = [&](const Deregistration& one) {
    return Answer{.body = render_deregistration(wallet, one, service.vault.clock.now()),
                  .location = "/v1/wallets/" + wallet.text() + "/deregistrations/" + one.id.text()};
  };
  TRY_VALUE(auto answer, cardvault::deregister_card(service.vault, wallet, actor, card, reason,
                                                    idempotency, render, admission));
  return answer_response(std::move(answer), 202);
}

/// Also accepts a card that has already ended, if the viewer's list could have shown it: a retry
/// gets the same deregistration.
Status find_endable(const Viewer& viewer, const CardId& card) {
  const auto visible = visible_card(viewer, card);
  if (visible) return {};
  const Deregistration* ended = find_deregistration_of(viewer.wallet, card);
  const auto& channel = viewer.claims.channel;
  const bool was_visible = ended != nullptr && !viewer.claims.card &&
                           (!channel || ended->find_closure(*channel) != nullptr);
  return was_visible ? Status{} : fail(visible.error());
}

Channel read_channel(Body& body) {
  const auto channel = maybe_channel(body, "channel");
  body.require("channel");
  return channel.value_or(Channel::wechat_pay);
}

}  // namespace

Result<Response> deregister_card(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto card, card_in_path(call.request));
  return deregister(call.service, call.request, wallet, card, call.actor);
}

Result<Response> deregister_own_card(const FrontEndCall& call) {
  TRY_VALUE(const auto id, card_in_path(call.request));
  TRY(find_endable(call.viewer, id));
  return deregister(
      call.service, call.request, call.viewer.wallet.id, id, viewer_actor(call.viewer),
      [&](const Wallet& opened) { return check_token_alive(opened, call.viewer.claims); });
}

Result<Response> get_deregistration(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto id, deregistration_in_path(call.request));
  TRY_VALUE(const auto found, read_deregistration(call.service.vault, wallet, id));
  return json_response(200, render_deregistration(wallet, found, call.service.vault.clock.now()));
}

Result<Response> list_deregistrations(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto all, cardvault::list_deregistrations(call.service.vault, wallet));
  return json_response(200, render_deregistrations(wallet, all, call.service.vault.clock.now()));
}

Result<Response> withdraw_consent(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto channel, read_body(call.request.body(), read_channel));
  TRY_VALUE(const auto idempotency, idempotency_of(call.service, call.request, call.actor.name));
  const auto render = [&](const std::vector<Deregistration>& made) {
    return Answer{.body = render_deregistrations(wallet, made, call.service.vault.clock.now())};
  };
  TRY_VALUE(auto answer, cardvault::withdraw_consent(call.service.vault, wallet, call.actor,
                                                     channel, idempotency, render));
  return answer_response(std::move(answer), 202);
}

}  // namespace cardvault::api::handlers
