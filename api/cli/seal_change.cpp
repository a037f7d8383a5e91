#include "api/cli/seal_change.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/cli/seal_requests.h"
#include "api/json/seal_json.h"
#include "crypto/error_codes.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/seals/share_collector.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

/// Gives the shares to the custodians before the keyring is sealed under them.
Status give_out(const ShareOutput& output, const SharedRoot& shared, RandomSource& random) {
  const Ceremony& ceremony = shared.ceremony;
  const auto shares = split_root(ceremony, shared.root.expose(), random);
  if (auto done = hand_out(output, ceremony, shares); !done || !output.json) return done;
  const json printed{{"threshold", ceremony.threshold},
                     {"custodians", ceremony.custodians},
                     {"shares", printed_shares(output, shares)}};
  print(printed.dump());
  if (std::fflush(stdout) == 0) return {};
  return fail(ErrorCode::store_unavailable, "The shares cannot be printed.");
}

/// Says which shares open the vault from now on, after a change that failed or reported a failure.
std::string what_now(const Common& common, const Ceremony& handed_out) {
  const auto seal = ask_seal(common, "GET", "/seal");
  if (!seal) {
    return " It is not known whether the new shares open the vault. Keep the old and the new "
           "shares until `cardvault seal status --json` shows the seal version, `sealing`.";
  }
  const auto wrapped = from_base64url(seal->value("wrapped", ""));
  const auto present = ShamirSeal::ceremony_of(wrapped.value_or(Bytes()));
  if (present && *present == handed_out) {
    return " But the new shares already open the vault: keep them.";
  }
  return " The new shares do not open the vault now. The change may still be in flight: check "
         "again with `cardvault seal status` before you destroy them.";
}

/// Hands out shares of `root` and seals the vault with them. `present` is the present root key if
/// it is in shares already.
int change_to_shares(const Common& common, const SealChange& wanted, SecretBytes root,
                     std::optional<SecretBytes> present) {
  SystemRandom random;
  auto ceremony =
      Ceremony::make(wanted.to.threshold, wanted.to.shares, wanted.to.custodians, random);
  if (!ceremony) return report(ceremony.error());
  SealRequest request{.kind = SealKind::shamir};
  request.shared = SharedRoot{std::move(*ceremony), std::move(root)};
  request.present_root = std::move(present);
  if (const auto given = give_out(wanted.output, *request.shared, random); !given) {
    Error error = given.error();
    error.detail += " Nothing was changed. Destroy the new shares.";
    return report(error);
  }
  const auto answer = tell_seal(common, "/seal/anew", render_seal_request(request));
  if (answer) return common.json ? 0 : show_seal(common, answer);
  Error error = answer.error();
  error.detail += what_now(common, request.shared->ceremony);
  return report(error);
}

/// The state of the seal. Fails if the seal cannot be changed now, before any secret is made.
Result<json> open_vault(const Common& common) {
  auto seal = ask_seal(common, "GET", "/seal");
  if (seal && seal->at("sealed").get<bool>()) return fail(vault_sealed());
  return seal;
}

/// The root key from the present custodians' shares. It is tried on the stored keyring key.
Result<SecretBytes> collect_root(const json& seal, RandomSource& random) {
  const auto wrapped = from_base64url(seal.value("wrapped", ""));
  if (!wrapped || wrapped->empty()) {
    return fail(CryptoError::key_unavailable, "The root key of this vault is not in shares.");
  }
  ShareCollector collector(random);
  while (true) {
    TRY_VALUE(const auto share, next_share("Current share: "));
    if (!share) return fail(share_refused("standard input has too few shares"));
    TRY_VALUE(auto outcome, collector.offer(*share, *wrapped, std::chrono::steady_clock::now()));
    auto* opened = std::get_if<ShareCollector::Opened>(&outcome);
    if (opened != nullptr) return opened->seal->root().clone();
  }
}

/// Before a root key in shares is replaced, its custodians must give it. nullopt for any other
/// seal.
Result<std::optional<SecretBytes>> present_root(const json& seal, RandomSource& random) {
  if (seal.at("kind") != "shamir") return std::nullopt;
  TRY_VALUE(auto root, collect_root(seal, random));
  return root;
}

Result<SealRequest> request_for(const SealOptions& to) {
  SealRequest request{.kind = *to.kind, .options = to};
  if (request.kind == SealKind::key_file && to.root_key_file.empty()) {
    return fail(ErrorCode::invalid_request, "Name the new file with --to-root-key-file.");
  }
  if (typed_for(request.kind, to).empty()) return request;
  TRY_VALUE(auto typed, request.kind == SealKind::passphrase ? new_passphrase(to) : ask_pin());
  request.typed = std::move(typed);
  return request;
}

}  // namespace

int migrate_seal(const Common& common, const SealChange& wanted) {
  const SealOptions& to = wanted.to;
  if (!to.kind) {
    return report(make_error(ErrorCode::invalid_request, "Name the new seal with --to."));
  }
  const bool to_shares = *to.kind == SealKind::shamir;
  if (to_shares) {
    if (const auto place = check_output(wanted.output); !place) return report(place.error());
  }
  const auto seal = open_vault(common);
  if (!seal) return report(seal.error());
  SystemRandom random;
  auto present = present_root(*seal, random);
  if (!present) return report(present.error());
  if (to_shares) {
    return change_to_shares(common, wanted, SecretBytes::random(kSharedRootSize, random),
                            std::move(*present));
  }
  auto request = request_for(to);
  if (!request) return report(request.error());
  request->present_root = std::move(*present);
  return show_seal(common, tell_seal(common, "/seal/anew", render_seal_request(*request)));
}

int replace_custodians(const Common& common, const SealChange& wanted) {
  if (const auto place = check_output(wanted.output); !place) return report(place.error());
  const auto seal = open_vault(common);
  if (!seal) return report(seal.error());
  SystemRandom random;
  auto root = collect_root(*seal, random);
  if (!root) return report(root.error());
  auto present = root->clone();
  return change_to_shares(common, wanted, std::move(*root), std::move(present));
}

}  // namespace cardvault::api
