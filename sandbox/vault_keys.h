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

/// The Ed25519 keys with purpose channel_signing of a vault's key document, at most 16. Other keys
/// are ignored. The result is empty if the text is not such a document.
[[nodiscard]] PublicKeys parse_key_document(std::string_view text);

/// The vault's public keys, from URL/.well-known/cardvault-keys. They are fetched when the first
/// message comes, and again if no known key verifies a signature. Between two fetches at least
/// `refetch_after` passes, so that forged messages cannot make this program flood the vault. If the
/// vault does not answer, the known keys stay. Safe from any thread. During a fetch, only messages
/// that no known key verifies wait.
class VaultKeys {
 public:
  /// Keeps a reference to `vault`.
  VaultKeys(const VaultLink& vault, std::chrono::milliseconds refetch_after)
      : vault_(vault), refetch_after_(refetch_after) {}

  /// not_judged if the vault is not known, or if no key of it is available.
  [[nodiscard]] SignatureVerdict verify(const WebhookHeaders& headers, Time now,
                                        std::string_view body);
  /// Call it for another vault: the next message fetches at once.
  void forget();

 private:
  using Snapshot = std::shared_ptr<const PublicKeys>;

  [[nodiscard]] Snapshot current() const;
  /// nullopt if the vault did not answer with a document that has keys.
  [[nodiscard]] std::optional<PublicKeys> fetch(const std::string& vault);
  /// Newer keys than `seen`, or `seen` itself if none are available yet.
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
