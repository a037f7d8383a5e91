#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {

/// A vault and the sandbox that plays its channels, each the real program.
class Cascade {
 public:
  /// `sandbox_options` for the sandbox; `vault_options` besides the channels file and the
  /// permission to call loopback.
  explicit Cascade(std::vector<std::string> sandbox_options = {},
                   std::vector<std::string> vault_options = {});

  [[nodiscard]] ServedVault& vault() { return *vault_; }
  [[nodiscard]] VaultClient sandbox() const { return {sandbox_.port(), {}, transcript_}; }
  [[nodiscard]] const Transcript& sandbox_transcript() const { return *transcript_; }
  [[nodiscard]] std::string channels_file() const { return sandbox_.channels_file().string(); }

  /// Turns knobs of one channel.
  void turn(const std::string& channel, const Json& knobs) const;
  /// A counter of one channel of /stats.
  [[nodiscard]] int stat(const std::string& channel, const std::string& counter) const;

  /// A card bound for `channels` and deregistered; what the 202 said.
  [[nodiscard]] Json deregister(const Holder& holder, const std::string& pan, const Json& channels);
  [[nodiscard]] Json read(const Holder& holder, const Json& deregistration);
  /// Waits until the deregistration fulfils the condition; what it was then.
  Json await(const Holder& holder, const Json& deregistration,
             const std::function<bool(const Json&)>& condition);
  Json await_state(const Holder& holder, const Json& deregistration, const std::string& state);
  /// Moves the clocks of vault and sandbox.
  void advance(long seconds);
  /// `cardvault WORDS --data DIR --json`; must succeed.
  [[nodiscard]] Json command(std::vector<std::string> words) const;
  /// Tells the sandbox where the vault is; after each start of the vault, whose port changes.
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
