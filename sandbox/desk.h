#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/manual_clock.h"
#include "base/random.h"
#include "sandbox/answer.h"
#include "sandbox/callback_sender.h"
#include "sandbox/channel_keys.h"
#include "sandbox/channels.h"
#include "sandbox/counters.h"
#include "sandbox/id_memory.h"
#include "sandbox/knobs.h"
#include "sandbox/message_log.h"
#include "sandbox/settings.h"
#include "sandbox/vault_keys.h"
#include "sandbox/vault_link.h"

namespace cardvault::sandbox {

/// The visible state of a channel.
struct ChannelState {
  Knobs knobs;
  Counters counters;
};

/// The seven channels behind their addresses. Safe from any thread. Signatures are verified and
/// messages are read outside the only lock, which is held for microseconds.
class Desk {
 public:
  /// Keeps references to `clock` and `random`. `settings.vault` must have been parsed.
  Desk(const Settings& settings, const Clock& clock, RandomSource& random);

  /// A channel's answer to a message, unless a fault knob answers first:
  /// - 401 if the signature is not the vault's;
  /// - 503 while the vault or its keys are not known;
  /// - 400 if a signed message does not ask this channel to close a card;
  /// - 503 if too many callbacks wait.
  ///
  /// A message that was accepted before gets its first answer again and does nothing. If its
  /// callback was given up, the callback is sent once more.
  [[nodiscard]] Answer receive(ChannelIndex channel, const WebhookHeaders& headers,
                               std::string_view body);

  /// Applies apply_patch() and returns the new knobs.
  [[nodiscard]] Result<Knobs> turn_knobs(ChannelIndex channel, std::string_view patch);
  /// From now on, messages are verified with the keys of this vault. `url` must have been parsed.
  void set_vault(std::string url);
  /// Moves the clock and returns the new time. Use it after the clock of a vault in test mode was
  /// moved, because signatures carry the time.
  Time advance_clock(Seconds by);
  /// Resets knobs, counters, messages and ids to their state after the start and drops waiting
  /// callbacks. The vault, its keys, the channels' own keys and the clock stay.
  void reset();

  [[nodiscard]] PerChannel<ChannelState> channels() const;
  [[nodiscard]] std::vector<Message> newest_messages(
      std::size_t limit, std::optional<ChannelIndex> channel = {}) const;
  [[nodiscard]] std::optional<std::string> vault_url() const { return vault_.url(); }
  [[nodiscard]] std::string public_key(ChannelIndex channel) const {
    return own_keys_.public_key(channel);
  }

 private:
  /// The answer of a channel without a fault. Updates `message`.
  [[nodiscard]] Answer judge(Message& message, const IdDigest& id);
  [[nodiscard]] Answer accept(Message& message, const IdDigest& id);
  [[nodiscard]] bool offer_callback(const Message& message, const IdDigest& closure);
  void callback_tried(const CallbackTry& tried);
  [[nodiscard]] PerChannel<ChannelState> fresh_channels() const;

  const PerChannel<bool> calls_back_;
  AdjustableClock clock_;
  RandomSource& random_;
  const ChannelKeys own_keys_;
  VaultLink vault_;
  VaultKeys vault_keys_;
  mutable std::mutex mutex_;
  PerChannel<ChannelState> channels_;
  MessageLog messages_;
  IdMemory accepted_;
  /// Closures whose callback was given up.
  std::unordered_set<IdDigest, IdDigestHash> unreported_;
  std::uint64_t epoch_ = 0;
  /// Last, because its threads use all other members.
  CallbackSender callbacks_;
};

}  // namespace cardvault::sandbox
