#include <charconv>

#include "api/handlers/creations.h"
#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/render.h"
#include "vault/audit/audit_checkpoints.h"
#include "vault/lifecycle/manage_wallet.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kDefaultPage = 50;
constexpr std::size_t kLargestPage = 200;

std::optional<WalletState> maybe_state(Body& body) {
  const auto word = body.maybe_word("state", 16);
  if (!word) return std::nullopt;
  const auto state = parse_name(kWalletStateNames, *word);
  if (!state) body.refuse_other_than("state", kWalletStateNames);
  return state;
}

WalletUpdate read_update(Body& body) {
  WalletUpdate update{.state = maybe_state(body), .locale = maybe_locale(body)};
  update.reason = body.maybe_text("reason", 1, kLongestReason);
  if (body.has("reason") && !body.has("state")) body.refuse("reason", "not_allowed");
  if (!body.has("state") && !body.has("locale")) body.refuse("state", "required");
  return update;
}

Result<std::uint64_t> number_in_query(const Request& request, std::string_view name,
                                      std::uint64_t otherwise, std::uint64_t most) {
  const auto text = request.query(name);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value > most) {
    return fail(invalid_field(std::string(name), "out_of_range"));
  }
  return value;
}

}  // namespace

Result<Response> create_wallet(const BackendCall& call) {
  TRY_VALUE(const auto wanted, read_body(call.request.body(), read_new_wallet));
  TRY_VALUE(const auto idempotency, idempotency_of(call.service, call.request, call.actor.name));
  TRY_VALUE(auto answer,
            cardvault::create_wallet(call.service.vault, call.actor, wanted, idempotency,
                                     [](const Wallet& wallet) {
                                       return Answer{.body = render_wallet(wallet),
                                                     .location = "/v1/wallets/" + wallet.id.text()};
                                     }));
  return answer_response(std::move(answer), 201);
}

Result<Response> get_wallet(const BackendCall& call) {
  TRY_VALUE(const auto id, wallet_in_path(call.request));
  TRY_VALUE(const auto opened, open_wallet(call.service.vault, id));
  return json_response(200, render_wallet(opened.wallet));
}

Result<Response> update_wallet(const BackendCall& call) {
  TRY_VALUE(const auto id, wallet_in_path(call.request));
  TRY_VALUE(const auto update, read_body(call.request.body(), read_update));
  // Closing a wallet deregisters its cards.
  if (update.state == WalletState::closed) {
    TRY(require_permission(call.client, Permission::cards_deregister));
  }
  TRY_VALUE(const auto wallet,
            cardvault::update_wallet(call.service.vault, id, call.actor, update));
  return json_response(200, render_wallet(wallet));
}

Result<Response> get_audit(const BackendCall& call) {
  TRY_VALUE(const auto id, wallet_in_path(call.request));
  TRY_VALUE(const auto after,
            number_in_query(call.request, "cursor", 0, UINT64_MAX - kLargestPage));
  TRY_VALUE(const auto limit, number_in_query(call.request, "limit", kDefaultPage, kLargestPage));
  if (limit == 0) return fail(invalid_field("limit", "out_of_range"));
  TRY_VALUE(const auto page, read_audit(call.service.vault, id, after, limit));
  TRY_VALUE(const auto status, call.service.audits.status(call.service.vault, id, page));
  return json_response(200, render_audit(page, status));
}

}  // namespace cardvault::api::handlers
