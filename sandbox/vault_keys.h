#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/webhook_signature.h"
#include "net/client/http_client.h"
#include "sandbox/message_log.h"
#include "sandbox/vault_link.h"

namespace cardvault::sandbox {

using PublicKeys = std::vector<Ed25519PublicKey>;

/// The Ed25519 keys with purpose channel_signing of a vault's key document, at most 16 of them.
/// Keys of another kind or purpose are left out; none is left of a text that is no such document.
[[nodiscard]] PublicKeys parse_key_document(std::string_view text);

/// The vault's public keys: fetched from URL/.well-known/cardvault-keys when the first message
/// comes and again when a signature fits none of those known, but not sooner than `refetch_after`
/// after the last time, so that forged messages cannot make this program pester the vault. A vault
/// that does not answer keeps the keys it had. Safe from any thread; while one fetches, messages
/// that no known key fits wait for it, the others do not.
class VaultKeys {
 public:
  /// Keeps a reference to `vault`.
  VaultKeys(const VaultLink& vault, std::chrono::milliseconds refetch_after)
      : vault_(vault), refetch_after_(refetch_after) {}

  /// not_judged when there is no vault, or no key of it could be had.
  [[nodiscard]] SignatureVerdict verify(const WebhookHeaders& headers, Time now,
                                        std::string_view body);
  /// For another vault: the next message fetches at once.
  void forget();

 private:
  using Snapshot = std::shared_ptr<const PublicKeys>;

  [[nodiscard]] Snapshot current() const;
  /// nullopt when the vault did not answer with a document that has keys.
  [[nodiscard]] std::optional<PublicKeys> fetch(const std::string& vault);
  /// Newer keys than `seen`, or `seen` itself when there are none to be had yet.
  [[nodiscard]] Snapshot newer_than(const Snapshot& seen);

  const VaultLink& vault_;
  const std::chrono::milliseconds refetch_after_;
  mutable std::mutex mutex_;
  Snapshot keys_;
  std::mutex fetching_;
  HttpClient http_{{}};
  std::chrono::steady_clock::time_point next_fetch_{};
};

}  // namespace cardvault::sandbox
