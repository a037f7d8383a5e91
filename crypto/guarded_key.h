#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "crypto/secret.h"

namespace cardvault {

/// A key that is used seldom and kept long: between uses its pages can be neither read nor written,
/// so that a stray or malicious read of memory ends the process instead of yielding it. Moves,
/// never copies; threads take turns.
class GuardedKey {
 public:
  explicit GuardedKey(SecretBytes key) : state_(std::make_unique<State>()) {
    state_->key = std::move(key);
    state_->key.forbid_access();
  }

  /// What `use` makes of the bytes, which are there for as long as it runs.
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
