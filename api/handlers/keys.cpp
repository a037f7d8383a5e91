#include "api/handlers/keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/json_writer.h"
#include "api/json/key_inventory.h"
#include "api/json/seal_json.h"
#include "base/log.h"
#include "crypto/keys/error_codes.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kLongestSecret = 1024;
constexpr std::size_t kLongestWord = 64;

Result<Response> seal_response(const AdminService& service) {
  TRY_VALUE(const auto text,
            render_seal(service.keeper, !service.vault.keyring.is_open(), service.seal));
  return json_response(200, text);
}

struct OpenRequest {
  std::optional<SecretText> share;
  std::optional<SecretText> typed;
};

OpenRequest read_open_request(Body& body) {
  return {body.maybe_secret("share", kLongestSecret), body.maybe_secret("typed", kLongestSecret)};
}

/// Opens a seal that is not in shares. `typed` is the secret that the operator typed: a server
/// cannot ask for it.
Status open_without_shares(const AdminService& service, std::optional<SecretText> typed) {
  TRY_VALUE(const auto head, service.keeper.head());
  if (head.kind == SealKind::shamir) {
    return fail(KeyError::share_refused,
                "The root key of this vault is in shares. Send a custodian's share.");
  }
  const std::string_view asks = typed_for(head.kind, service.seal);
  if (asks.empty() == typed.has_value()) {
    return fail(invalid_field("typed", typed ? "not_allowed" : "required"));
  }
  TRY_VALUE(const auto seal,
            api::open_seal(head.kind, service.seal, std::move(typed), service.vault.random));
  return service.keeper.open(*seal);
}

/// Logs the unsealing and loads the clients now, so that client keys work at once.
void log_opened(const AdminService& service) {
  if (!service.vault.keyring.is_open()) return;
  log::write(log::Level::info, "vault_unsealed");
  if (const auto seen = service.clients.refresh(); !seen) {
    log::write(log::Level::warning, "clients_not_refreshed", {{"code", seen.error().code.name}});
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

/// The present Shamir seal with its custodians' root key; nullptr for any other seal.
std::unique_ptr<Seal> present_seal(const AdminService& service, std::optional<SecretBytes> root) {
  const auto head = service.keeper.head();
  if (!root || !head || head->kind != SealKind::shamir) return nullptr;
  auto ceremony = ShamirSeal::ceremony_of(head->wrapped);
  if (!ceremony) return nullptr;
  return std::make_unique<ShamirSeal>(std::move(*ceremony), std::move(*root), service.vault.random);
}

/// The log names no custodian: the number in a share does not prove its sender.
void log_share(const Result<bool>& offered) {
  if (offered) {
    log::write(log::Level::info, "share_accepted", {{"opened", *offered}});
  } else if (offered.error().code == KeyError::share_refused) {
    log::write(log::Level::warning, "share_refused",
               {{"why", std::string_view(offered.error().inside.text)}});
  }
}

Response job_response(int status, const KeyJobs& jobs) {
  return json_response(status, jobs.render());
}

/// A request to change the state of a key.
struct StateRequest {
  KeyId id = 0;
  std::optional<KeyState> state;
};

constexpr std::array<std::string_view, 2> kJobs{"rewrap", "count"};

StateRequest read_state_request(Body& body) {
  StateRequest request;
  request.id = static_cast<KeyId>(body.maybe_integer("id", 1, 0xffff'ffff).value_or(0));
  if (request.id == 0) body.refuse("id", "required");
  request.state = parse_name(kKeyStateNames, body.word("state", kLongestWord));
  if (!request.state) {
    body.refuse_other_than("state", kKeyStateNames);
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
  } else {
    TRY(open_without_shares(service, std::move(wanted->typed)));
  }
  log_opened(service);
  return seal_response(service);
}

Result<Response> close_seal(const AdminService& service, const Request&) {
  service.keeper.close();
  log::write(log::Level::info, "vault_sealed");
  return seal_response(service);
}

Result<Response> reseal(const AdminService& service, const Request& request) {
  TRY_VALUE(auto wanted, read_body(request.body(), read_seal_request));
  const auto present = present_seal(service, std::move(wanted.present_root));
  TRY_VALUE(const auto seal, next_seal(service, std::move(wanted)));
  TRY(service.keeper.reseal(*seal, present.get()));
  log::write(log::Level::info, "vault_sealed_anew", {{"seal", seal_name(seal->kind())}});
  return seal_response(service);
}

Result<Response> show_keyring(const AdminService& service, const Request&) {
  TRY(service.keeper.refresh());
  TRY_VALUE(const auto keyring, service.vault.keyring.opened());
  TRY_VALUE(const auto head, service.keeper.head());
  return json_response(200, render_inventory(*keyring, head, service.vault.clock.now()));
}

Result<Response> rotate_key(const AdminService& service, const Request& request) {
  TRY_VALUE(const auto purpose, read_body(request.body(), [](Body& body) {
              const auto named = parse_purpose(body.word("purpose", kLongestWord));
              if (!named) {
                body.refuse_other_than("purpose", kPurposeNames);
              }
              return named.value_or(Purpose::wallet_records);
            }));
  TRY_VALUE(const auto id, service.keeper.rotate(purpose));
  log::write(log::Level::info, "key_added",
             {{"purpose", purpose_name(purpose)}, {"key", std::int64_t{id}}});
  JsonWriter out;
  out.open_object()
      .member("id", std::size_t{id})
      .member("purpose", purpose_name(purpose))
      .member("waits", service.keeper.shared())
      .close_object();
  return json_response(201, out.take());
}

Result<Response> set_key_state(const AdminService& service, const Request& request) {
  const auto wanted = read_body(request.body(), read_state_request);
  if (!wanted) return fail(wanted.error());
  if (*wanted->state == KeyState::enabled) {
    TRY(service.keeper.set_state(wanted->id, KeyState::enabled));
    log::write(log::Level::info, "key_enabled", {{"key", std::int64_t{wanted->id}}});
    return show_keyring(service, request);
  }
  TRY(service.jobs.take_away(wanted->id, *wanted->state));
  return job_response(202, service.jobs);
}

Result<Response> start_key_job(const AdminService& service, const Request& request) {
  struct Wanted {
    std::string job;
    std::uint64_t rate = 0;
  };
  TRY_VALUE(const auto wanted, read_body(request.body(), [](Body& body) {
              Wanted read{body.word("job", kLongestWord), 0};
              if (std::ranges::find(kJobs, read.job) == kJobs.end())
                body.refuse_other_than("job", kJobs);
              read.rate =
                  static_cast<std::uint64_t>(body.maybe_integer("rate", 0, kMostRate).value_or(0));
              return read;
            }));
  TRY(wanted.job == "rewrap" ? service.jobs.rewrap(wanted.rate) : service.jobs.count());
  return job_response(202, service.jobs);
}

Result<Response> show_key_job(const AdminService& service, const Request&) {
  return job_response(200, service.jobs);
}

Result<Response> compact_store(const AdminService& service, const Request&) {
  TRY(service.vault.store.compact());
  log::write(log::Level::info, "store_compacted");
  JsonWriter out;
  out.open_object().member("compacted", true).close_object();
  return json_response(200, out.take());
}

}  // namespace cardvault::api::handlers
