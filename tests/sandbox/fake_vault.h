#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/webhook_signature.h"

namespace cardvault::test {

/// A report from a channel.
struct Event {
  WebhookHeaders headers;
  std::string body;
};

/// The vault as a sandbox sees it, on a free loopback port. It publishes its key, signs messages
/// and receives reports. Safe from any thread.
class FakeVault {
 public:
  FakeVault();
  ~FakeVault();
  FakeVault(const FakeVault&) = delete;
  FakeVault& operator=(const FakeVault&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] WebhookHeaders sign(std::string_view id, std::string_view body,
                                    Time at = SystemClock{}.now()) const;
  /// Signs with the key that it publishes for receipts.
  [[nodiscard]] WebhookHeaders sign_as_receipt(std::string_view id, std::string_view body) const;
  /// From now on, signs with another key and publishes it.
  void change_key();
  /// Number of requests for the key document.
  [[nodiscard]] int key_fetches() const;

  /// Sets the answers to reports: each status of `first` once, then 204.
  void answer_events(std::vector<int> first);
  /// Waits until `count` reports have come; fails the test if they do not come.
  [[nodiscard]] std::vector<Event> await_events(std::size_t count) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace cardvault::test
