#include "api/handlers/keys.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "api/body.h"
#include "api/handlers/members.h"
#include "api/json_writer.h"
#include "api/keys/key_inventory.h"
#include "api/keys/seal_json.h"
#include "base/log.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kLongestSecret = 1024;
constexpr std::size_t kLongestWord = 64;

Result<Response> seal_response(const AdminService& service) {
  const auto text = render_seal(service.keeper, !service.vault.keyring.is_open(), service.seal);
  if (!text) return fail(text.error());
  return json_response(200, *text);
}

struct OpenRequest {
  std::optional<SecretText> share;
  std::optional<SecretText> typed;
};

OpenRequest read_open_request(Body& body) {
  return {body.maybe_secret("share", kLongestSecret), body.maybe_secret("typed", kLongestSecret)};
}

/// By what the seal holds itself, or by what somebody typed: a server has nobody to ask.
Status open_without_shares(const AdminService& service, std::optional<SecretText> typed) {
  const auto head = service.keeper.head();
  if (!head) return fail(head.error());
  if (head->kind == SealKind::shamir) {
    return fail(ErrorCode::share_refused, "The vault is opened by its custodians' shares.");
  }
  const std::string_view asks = typed_for(head->kind, service.seal);
  if (asks.empty() == typed.has_value()) {
    return fail(invalid_field("typed", typed ? "not_allowed" : "required"));
  }
  const auto seal =
      api::open_seal(head->kind, service.seal, std::move(typed), service.vault.random);
  if (!seal) return fail(seal.error());
  return service.keeper.open(**seal);
}

/// The keys need the first client at once, not only when housekeeping looks.
void log_opened(const AdminService& service) {
  if (!service.vault.keyring.is_open()) return;
  log::write(log::Level::info, "vault_unsealed");
  if (const auto seen = service.clients.refresh(); !seen) {
    log::write(log::Level::warning, "clients_not_refreshed",
               {{"code", error_code_name(seen.error().code)}});
  }
}

Result<std::unique_ptr<Seal>> next_seal(const AdminService& service, SealRequest wanted) {
  RandomSource& random = service.vault.random;
  if (!wanted.shared) {
    return create_seal(wanted.kind, wanted.options, std::move(wanted.typed), random);
  }
  SharedRoot& shared = *wanted.shared;
  return std::make_unique<ShamirSeal>(std::move(shared.ceremony), std::move(shared.root), random);
}

/// The present custodians, who give up a root key that is in shares; nothing when it is not.
std::unique_ptr<Seal> present_seal(const AdminService& service, std::optional<SecretBytes> root) {
  const auto head = service.keeper.head();
  if (!root || !head || head->kind != SealKind::shamir) return nullptr;
  auto ceremony = ShamirSeal::ceremony_of(head->wrapped);
  if (!ceremony) return nullptr;
  return std::make_unique<ShamirSeal>(std::move(*ceremony), std::move(*root), service.vault.random);
}

/// Who gave it is not known: the share's number says no more than a name that anybody may write.
void log_share(const Result<bool>& offered) {
  if (offered) {
    log::write(log::Level::info, "share_accepted", {{"opened", *offered}});
  } else if (offered.error().code == ErrorCode::share_refused) {
    log::write(log::Level::warning, "share_refused",
               {{"why", std::string_view(offered.error().inside.text)}});
  }
}

Response job_response(int status, const KeyJobs& jobs) {
  return json_response(status, jobs.render());
}

/// What is said of a key that somebody wants to take away.
struct StateRequest {
  KeyId id = 0;
  std::optional<KeyState> state;
};

constexpr std::array kKeyStates{KeyState::enabled, KeyState::disabled, KeyState::destroyed};
constexpr std::array<std::string_view, 2> kJobs{"rewrap", "count"};

std::optional<KeyState> parse_state(std::string_view name) {
  for (const KeyState state : kKeyStates) {
    if (name == key_state_name(state)) return state;
  }
  return std::nullopt;
}

StateRequest read_state_request(Body& body) {
  StateRequest request;
  request.id = static_cast<KeyId>(body.maybe_integer("id", 1, 0xffff'ffff).value_or(0));
  if (request.id == 0) body.refuse("id", "required");
  request.state = parse_state(body.word("state", kLongestWord));
  if (!request.state) {
    body.refuse_other_than("state", kKeyStates | std::views::transform(key_state_name));
  }
  return request;
}

}  // namespace

Result<Response> show_seal(const AdminService& service, const Request&) {
  return seal_response(service);
}

Result<Response> open_seal(const AdminService& service, const Request& request) {
  auto wanted = read_body(request.body(), read_open_request);
  if (!wanted) return fail(wanted.error());
  if (service.vault.keyring.is_open()) return seal_response(service);
  if (wanted->share) {
    const auto offered = service.keeper.offer_share(*wanted->share);
    log_share(offered);
    if (!offered) return fail(offered.error());
  } else if (auto opened = open_without_shares(service, std::move(wanted->typed)); !opened) {
    return fail(std::move(opened.error()));
  }
  log_opened(service);
  return seal_response(service);
}

Result<Response> close_seal(const AdminService& service, const Request&) {
  service.keeper.close();
  log::write(log::Level::info, "vault_sealed");
  return seal_response(service);
}

Result<Response> seal_anew(const AdminService& service, const Request& request) {
  auto wanted = read_body(request.body(), read_seal_request);
  if (!wanted) return fail(wanted.error());
  const auto present = present_seal(service, std::move(wanted->present_root));
  const auto seal = next_seal(service, std::move(*wanted));
  if (!seal) return fail(seal.error());
  const auto changed = service.keeper.seal_anew(**seal, present.get());
  if (!changed) return fail(changed.error());
  log::write(log::Level::info, "vault_sealed_anew", {{"seal", seal_name((*seal)->kind())}});
  return seal_response(service);
}

Result<Response> show_keyring(const AdminService& service, const Request&) {
  if (const auto looked = service.keeper.look(); !looked) return fail(looked.error());
  const auto keyring = service.vault.keyring.opened();
  if (!keyring) return fail(keyring.error());
  const auto head = service.keeper.head();
  if (!head) return fail(head.error());
  return json_response(200, render_inventory(**keyring, *head, service.vault.clock.now()));
}

Result<Response> rotate_key(const AdminService& service, const Request& request) {
  const auto purpose = read_body(request.body(), [](Body& body) {
    const auto named = parse_purpose(body.word("purpose", kLongestWord));
    if (!named) {
      body.refuse_other_than("purpose", kPurposes | std::views::transform(purpose_name));
    }
    return named.value_or(Purpose::wallet_records);
  });
  if (!purpose) return fail(purpose.error());
  const auto id = service.keeper.rotate(*purpose);
  if (!id) return fail(id.error());
  log::write(log::Level::info, "key_added",
             {{"purpose", purpose_name(*purpose)}, {"key", std::int64_t{*id}}});
  JsonWriter out;
  out.open_object()
      .member("id", std::size_t{*id})
      .member("purpose", purpose_name(*purpose))
      .member("waits", service.keeper.shared())
      .close_object();
  return json_response(201, out.take());
}

Result<Response> set_key_state(const AdminService& service, const Request& request) {
  const auto wanted = read_body(request.body(), read_state_request);
  if (!wanted) return fail(wanted.error());
  if (*wanted->state == KeyState::enabled) {
    const auto enabled = service.keeper.set_state(wanted->id, KeyState::enabled);
    if (!enabled) return fail(enabled.error());
    log::write(log::Level::info, "key_enabled", {{"key", std::int64_t{wanted->id}}});
    return show_keyring(service, request);
  }
  const auto taken = service.jobs.take_away(wanted->id, *wanted->state);
  if (!taken) return fail(taken.error());
  return job_response(202, service.jobs);
}

Result<Response> start_key_job(const AdminService& service, const Request& request) {
  struct Wanted {
    std::string job;
    std::uint64_t rate = 0;
  };
  const auto wanted = read_body(request.body(), [](Body& body) {
    Wanted read{body.word("job", kLongestWord), 0};
    if (std::ranges::find(kJobs, read.job) == kJobs.end()) body.refuse_other_than("job", kJobs);
    read.rate = static_cast<std::uint64_t>(body.maybe_integer("rate", 0, kMostRate).value_or(0));
    return read;
  });
  if (!wanted) return fail(wanted.error());
  const auto started =
      wanted->job == "rewrap" ? service.jobs.rewrap(wanted->rate) : service.jobs.count();
  if (!started) return fail(started.error());
  return job_response(202, service.jobs);
}

Result<Response> show_key_job(const AdminService& service, const Request&) {
  return job_response(200, service.jobs);
}

Result<Response> compact_store(const AdminService& service, const Request&) {
  if (const auto done = service.vault.store.compact(); !done) return fail(done.error());
  log::write(log::Level::info, "store_compacted");
  JsonWriter out;
  out.open_object().member("compacted", true).close_object();
  return json_response(200, out.take());
}

}  // namespace cardvault::api::handlers
