#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/render.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kLongestToken = 4096;
constexpr std::size_t kLongestHint = 64;

ScopeSet read_scopes(Body& body) {
  const auto names = body.maybe_texts("scopes");
  body.require("scopes");
  if (!names) return {};
  if (names->empty()) body.refuse("scopes", "too_short");
  ScopeSet scopes;
  for (const std::string& name : *names) {
    const auto scope = parse_name(kScopeNames, name);
    if (scope) scopes.insert(*scope);
    if (!scope) body.refuse_other_than("scopes", kScopeNames);
  }
  return scopes;
}

TokenRequest read_token_request(Body& body) {
  TokenRequest request;
  request.device = read_device_id(body);
  request.scopes = read_scopes(body);
  const auto life = body.maybe_integer("ttl_s", 1, kLongestTokenLife.count());
  if (life) request.life = Seconds(*life);
  request.card = maybe_card_id(body);
  request.channel = maybe_channel(body, "channel");
  return request;
}

/// The token is a member of the request and a secret. token_type_hint (RFC 7009 and RFC 7662, 2.1)
/// is ignored: there is only one place to look.
Result<SecretText> token_in_body(const Request& request) {
  return read_body(request.body(), [](Body& body) {
    static_cast<void>(body.maybe_word("token_type_hint", kLongestHint));
    return body.secret("token", kLongestToken);
  });
}

}  // namespace

Result<Response> issue_token(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY_VALUE(const auto wanted, read_body(call.request.body(), read_token_request));
  TRY_VALUE(const auto idempotency, idempotency_of(call.service, call.request, call.actor.name));
  const auto render = [](const IssuedToken& issued) {
    return Answer{.body = render_token(issued)};
  };
  TRY_VALUE(auto answer, cardvault::issue_token(call.service.vault, wallet, call.actor, wanted,
                                                idempotency, render));
  return answer_response(std::move(answer), 201);
}

Result<Response> revoke_all_tokens(const BackendCall& call) {
  TRY_VALUE(const auto wallet, wallet_in_path(call.request));
  TRY(cardvault::revoke_all_tokens(call.service.vault, wallet, call.actor));
  return no_content();
}

Result<Response> introspect_token(const BackendCall& call) {
  TRY_VALUE(const auto token, token_in_body(call.request));
  TRY_VALUE(const auto claims, cardvault::introspect_token(call.service.vault, token.expose()));
  return json_response(200, render_introspection(claims ? &*claims : nullptr));
}

Result<Response> revoke_token(const BackendCall& call) {
  TRY_VALUE(const auto token, token_in_body(call.request));
  TRY(cardvault::revoke_token(call.service.vault, call.actor, token.expose()));
  return json_response(200, "{}");
}

}  // namespace cardvault::api::handlers
