#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {

/// A vault and the sandbox that plays its channels; both are the real programs.
class Cascade {
 public:
  /// `sandbox_options` are for the sandbox. `vault_options` are added to the channels file and the
  /// permission to call loopback.
  explicit Cascade(std::vector<std::string> sandbox_options = {},
                   std::vector<std::string> vault_options = {});

  [[nodiscard]] ServedVault& vault() { return *vault_; }
  [[nodiscard]] VaultClient sandbox() const { return {sandbox_.port(), {}, transcript_}; }
  [[nodiscard]] const Transcript& sandbox_transcript() const { return *transcript_; }
  [[nodiscard]] std::string channels_file() const { return sandbox_.channels_file().string(); }

  /// Changes knobs of one channel.
  void turn(const std::string& channel, const Json& knobs) const;
  /// A counter of one channel in /stats.
  [[nodiscard]] int stat(const std::string& channel, const std::string& counter) const;

  /// Binds a card for `channels` and deregisters it; returns the body of the 202.
  [[nodiscard]] Json deregister(const Holder& holder, const std::string& pan, const Json& channels);
  [[nodiscard]] Json read(const Holder& holder, const Json& deregistration);
  /// Waits until the deregistration meets the condition; returns it.
  Json await(const Holder& holder, const Json& deregistration,
             const std::function<bool(const Json&)>& condition);
  Json await_state(const Holder& holder, const Json& deregistration, const std::string& state);
  /// Moves the clocks of the vault and the sandbox.
  void advance(long seconds);
  /// Runs `cardvault WORDS --data DIR --json`, which must succeed.
  [[nodiscard]] Json command(std::vector<std::string> words) const;
  /// Tells the sandbox the vault's address. Call it after each start of the vault, because its port
  /// changes.
  void introduce() const;

 private:
  TempDirectory directory_;
  SandboxServer sandbox_;
  std::shared_ptr<Transcript> transcript_ = std::make_shared<Transcript>();
  std::unique_ptr<ServedVault> vault_;
};

/// One channel of a deregistration.
[[nodiscard]] Json channel_of(const Json& deregistration, const std::string& name);

}  // namespace cardvault::test
