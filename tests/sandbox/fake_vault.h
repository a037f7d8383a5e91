#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/webhook_signature.h"

namespace cardvault::test {

/// A report that a channel made.
struct Event {
  WebhookHeaders headers;
  std::string body;
};

/// A vault as a sandbox sees it, on a free loopback port: publishes its key, signs messages, takes
/// reports. Safe from any thread.
class FakeVault {
 public:
  FakeVault();
  ~FakeVault();
  FakeVault(const FakeVault&) = delete;
  FakeVault& operator=(const FakeVault&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] WebhookHeaders sign(std::string_view id, std::string_view body,
                                    Time at = SystemClock{}.now()) const;
  /// With the key that it publishes for receipts.
  [[nodiscard]] WebhookHeaders sign_as_receipt(std::string_view id, std::string_view body) const;
  /// Signs and publishes with another key from here on.
  void change_key();
  /// How often the key document was asked for.
  [[nodiscard]] int key_fetches() const;

  /// What reports are answered with: each of `first` once, then 204.
  void answer_events(std::vector<int> first);
  /// Waits until there are `count`; fails the test when they do not come.
  [[nodiscard]] std::vector<Event> await_events(std::size_t count) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace cardvault::test
