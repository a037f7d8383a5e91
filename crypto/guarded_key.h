#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "crypto/secret.h"

namespace cardvault {

/// A key for rare use and long keeping. Between uses its pages can be neither read nor written. So
/// a stray or malicious read of memory ends the process and does not reveal the key. Moves, never
/// copies. Threads may share it; they use the key one at a time.
class GuardedKey {
 public:
  explicit GuardedKey(SecretBytes key) : state_(std::make_unique<State>()) {
    state_->key = std::move(key);
    state_->key.forbid_access();
  }

  /// Returns the result of `use(bytes)`. The bytes are readable only during this call.
  template <class Use>
  [[nodiscard]] auto with(Use use) const {
    const std::scoped_lock lock(state_->mutex);
    const Reading reading(state_->key);
    return use(state_->key.expose());
  }

 private:
  struct State {
    std::mutex mutex;
    SecretBytes key;
  };
  class Reading {
   public:
    explicit Reading(SecretBytes& key) : key_(key) { key_.allow_reading(); }
    ~Reading() { key_.forbid_access(); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    SecretBytes& key_;
  };

  std::unique_ptr<State> state_;
};

}  // namespace cardvault
