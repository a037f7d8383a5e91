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

/// A channel as shown.
struct ChannelState {
  Knobs knobs;
  Counters counters;
};

/// The seven channels behind their addresses. Safe from any thread: signatures are verified and
/// messages read outside the one lock, which is held for microseconds.
class Desk {
 public:
  /// Keeps references to `clock` and `random`. `settings.vault` has been parsed.
  Desk(const Settings& settings, const Clock& clock, RandomSource& random);

  /// What the channel answers to a message. 401 for a signature that is not the vault's, 503 while
  /// no vault, or no key of it, is known, 400 for a signed message that does not ask this channel
  /// to close a card, 503 when too many callbacks wait. A message accepted before is answered as
  /// the first time, and does nothing unless its callback was given up: then it is sent once more.
  [[nodiscard]] Answer receive(ChannelIndex channel, const WebhookHeaders& headers,
                               std::string_view body);

  /// See apply_patch(); the knobs after it.
  [[nodiscard]] Result<Knobs> turn_knobs(ChannelIndex channel, std::string_view patch);
  /// Messages are judged by the keys of this vault from here on. `url` has been parsed.
  void set_vault(std::string url);
  /// For a vault in test mode whose clock was moved: signatures carry the time. The time after it.
  Time advance_clock(Seconds by);
  /// As after the start: knobs, counters, messages and ids; callbacks that wait are dropped. The
  /// vault, its keys, the channels' own keys and the clock stay.
  void reset();

  [[nodiscard]] PerChannel<ChannelState> channels() const;
  [[nodiscard]] std::vector<Message> newest_messages(
      std::size_t limit, std::optional<ChannelIndex> channel = {}) const;
  [[nodiscard]] std::optional<std::string> vault_url() const { return vault_.url(); }
  [[nodiscard]] std::string public_key(ChannelIndex channel) const {
    return own_keys_.public_key(channel);
  }

 private:
  /// The answer of a channel that is as it should be; `message` learns what it was.
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
  /// Last, because its threads use all of the above.
  CallbackSender callbacks_;
};

}  // namespace cardvault::sandbox
