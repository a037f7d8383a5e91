#include "sandbox/vault_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/strict_json.h"
#include "base/url.h"
#include "crypto/error_codes.h"

namespace cardvault::sandbox {
namespace {

using nlohmann::json;

/// More keys than a vault has between two rotations. Each key costs one verification of a forged
/// message.
constexpr std::size_t kMostKeys = 16;
constexpr std::chrono::seconds kFetchTimeout{2};

bool has(const json& key, const char* name, std::string_view value) {
  const auto found = key.find(name);
  return found != key.end() && found->is_string() && found->get_ref<const std::string&>() == value;
}

std::optional<Ed25519PublicKey> parse_key(const json& key) {
  if (!key.is_object() || !has(key, "kty", "OKP") || !has(key, "crv", "Ed25519") ||
      !has(key, "purpose", "channel_signing")) {
    return std::nullopt;
  }
  const auto x = key.find("x");
  if (x == key.end() || !x->is_string()) return std::nullopt;
  const auto bytes = from_base64url(x->get_ref<const std::string&>());
  Ed25519PublicKey parsed{};
  if (!bytes || bytes->size() != parsed.size()) return std::nullopt;
  std::ranges::copy(*bytes, parsed.begin());
  return parsed;
}

SignatureVerdict judge(const PublicKeys& keys, const WebhookHeaders& headers, Time now,
                       std::string_view body) {
  for (const Ed25519PublicKey& key : keys) {
    const auto verified = verify_webhook(key, headers, now, body);
    if (verified) return SignatureVerdict::valid;
    if (verified.error().code == CryptoError::signature_expired) return SignatureVerdict::expired;
  }
  return SignatureVerdict::invalid;
}

}  // namespace

PublicKeys parse_key_document(std::string_view text) {
  PublicKeys keys;
  const auto document = parse_strict_json(text);
  if (!document || !document->is_object()) return keys;
  const auto list = document->find("keys");
  if (list == document->end() || !list->is_array()) return keys;
  for (const json& one : *list) {
    const auto key = parse_key(one);
    if (key && keys.size() < kMostKeys) keys.push_back(*key);
  }
  return keys;
}

SignatureVerdict VaultKeys::verify(const WebhookHeaders& headers, Time now, std::string_view body) {
  const Snapshot known = current();
  if (known) {
    const SignatureVerdict verdict = judge(*known, headers, now, body);
    if (verdict != SignatureVerdict::invalid) return verdict;
  }
  const Snapshot newer = newer_than(known);
  if (!newer) return SignatureVerdict::not_judged;
  return newer == known ? SignatureVerdict::invalid : judge(*newer, headers, now, body);
}

void VaultKeys::forget() {
  const std::lock_guard one_at_a_time(fetching_);
  const std::lock_guard lock(mutex_);
  keys_.reset();
  next_fetch_ = {};
}

VaultKeys::Snapshot VaultKeys::current() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::optional<PublicKeys> VaultKeys::fetch(const std::string& vault) {
  const auto answer = http_.send({.method = "GET",
                                  .url = Url::parse(vault + "/.well-known/cardvault-keys").value(),
                                  .connect_timeout = kFetchTimeout,
                                  .deadline = std::chrono::steady_clock::now() + kFetchTimeout});
  PublicKeys keys = parse_key_document(answer.body);
  if (!keys.empty()) return keys;
  log::write(log::Level::warning, "keys_not_fetched",
             {{"vault", vault}, {"status", std::int64_t{answer.status}}});
  return std::nullopt;
}

VaultKeys::Snapshot VaultKeys::newer_than(const Snapshot& seen) {
  const std::lock_guard one_at_a_time(fetching_);
  if (auto keys = current(); keys != seen) return keys;
  const auto url = vault_.url();
  if (!url || std::chrono::steady_clock::now() < next_fetch_) return seen;
  auto fetched = fetch(*url);
  // Counted from the end of the fetch: callers that waited while a slow vault failed do not retry
  // one after the other.
  next_fetch_ = std::chrono::steady_clock::now() + refetch_after_;
  if (!fetched) return seen;
  const std::lock_guard lock(mutex_);
  keys_ = std::make_shared<const PublicKeys>(*std::move(fetched));
  return keys_;
}

}  // namespace cardvault::sandbox
