#include <algorithm>

#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/handlers/validator.h"
#include "api/json/body.h"
#include "api/json/render.h"
#include "vault/cards/bank_catalogue.h"
#include "vault/cards/bind_card.h"
#include "vault/cards/view_cards.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kLongestNickname = 32;

ViewerChange read_change(Body& body) {
  ViewerChange wanted;
  CardChange& change = wanted.appearance;
  change.nickname = body.maybe_text("nickname", 0, kLongestNickname);
  change.is_default = body.maybe_boolean("is_default");
  const auto order = body.maybe_integer("order", 0, static_cast<std::int64_t>(kMaxCards) - 1);
  if (order) change.order = static_cast<std::uint32_t>(*order);
  wanted.channels = read_channel_change(body);
  const auto names = {"nickname", "is_default", "order", "open_channel", "close_channel"};
  if (std::ranges::none_of(names, [&](const char* name) { return body.has(name); })) {
    body.refuse("nickname", "required");
  }
  return wanted;
}

ChannelChange read_backend_change(Body& body) {
  ChannelChange change = read_channel_change(body);
  change.reason = body.maybe_text("reason", 1, kLongestReason).value_or(change.reason);
  if (!body.has("open_channel") && !body.has("close_channel")) {
    body.refuse("open_channel", "required");
  }
  return change;
}

}  // namespace

Result<Response> import_card(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(auto members, read_body(call.request.body(), read_card_members));
  TRY_VALUE(const auto wanted, parse_new_card(std::move(members)));
  TRY_VALUE(const auto idempotency, idempotency_of(call.service, call.request, call.actor.name));
  const BankCatalogue& banks = call.service.vault.banks;
  const auto render = [&](const Wallet& opened, const Card& card) {
    return Answer{.body = render_card(opened, card, banks),
                  .location = "/v1/cards/" + card.id.text()};
  };
  TRY_VALUE(auto answer, cardvault::import_card(call.service.vault, wallet, call.actor, wanted,
                                                idempotency, render));
  return answer_response(std::move(answer), 201);
}

Result<Response> list_cards(const FrontEndCall& call) {
  const Viewer& viewer = call.viewer;
  std::string body =
      render_card_list(viewer.wallet, visible_cards(viewer), call.service.vault.banks);
  TRY_VALUE(auto etag, validator_of(call.service.vault.keyring, viewer, body));
  Response response = lists_tag(call.request.header("If-None-Match"), etag)
                          ? Response{.status = 304, .body = {}, .content_type = {}}
                          : json_response(200, std::move(body));
  response.headers.emplace_back("ETag", std::move(etag));
  return response;
}

Result<Response> get_card(const FrontEndCall& call) {
  TRY_VALUE(const auto id, card_in_path(call.request));
  TRY_VALUE(const auto card, visible_card(call.viewer, id));
  return json_response(200,
                       render_card_detail(call.viewer.wallet, *card, call.service.vault.banks));
}

Result<Response> change_card(const FrontEndCall& call) {
  TRY_VALUE(const auto id, card_in_path(call.request));
  TRY_VALUE(const auto change, read_body(call.request.body(), read_change));
  const auto wallet = cardvault::change_card(call.service.vault, call.viewer, id, change);
  if (!wallet) return fail(wallet.error());
  return json_response(
      200, render_card_detail(*wallet, *wallet->find_card(id), call.service.vault.banks));
}

Result<Response> change_channels(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto card, card_in_path(call.request));
  TRY_VALUE(const auto change, read_body(call.request.body(), read_backend_change));
  const auto after =
      cardvault::change_channels(call.service.vault, wallet, call.actor, card, change);
  if (!after) return fail(after.error());
  return json_response(200, render_card(*after, *after->find_card(card), call.service.vault.banks));
}

}  // namespace cardvault::api::handlers
