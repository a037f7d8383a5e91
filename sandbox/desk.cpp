#include "sandbox/desk.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "crypto/error_codes.h"
#include "sandbox/quotable.h"

namespace cardvault::sandbox {
namespace {

using Json = nlohmann::ordered_json;

/// Limit of closures whose report was given up. Above it, a repeated message does not send the
/// report again.
constexpr std::size_t kMostUnreported = 100'000;

struct EventKind {
  static constexpr std::string_view prefix = "evt_";
};
using EventId = Id<EventKind>;

PerChannel<bool> marked(const std::vector<ChannelIndex>& channels) {
  PerChannel<bool> marks{};
  for (const ChannelIndex channel : channels) marks[channel] = true;
  return marks;
}

Answer play_status(int status, ChannelIndex channel) {
  if (status >= 400) {
    return problem(status,
                   make_error(ErrorCode::internal, "A knob of this channel causes this failure."));
  }
  Answer answer = json_answer(status, {{"channel", kChannels[channel]}, {"closed", false}});
  // A client that follows the redirect with GET gets a 200.
  if (status >= 300) answer.location = "/livez";
  return answer;
}

/// The answer of a fault knob; nullopt if none is set.
std::optional<Answer> play_fault(Knobs& knobs, ChannelIndex channel) {
  if (knobs.down) return Answer{.status = 0, .dropped = true};
  if (knobs.fail_next > 0) {
    --knobs.fail_next;
    return play_status(500, channel);
  }
  if (knobs.status) return play_status(*knobs.status, channel);
  return std::nullopt;
}

std::string event_body(const Message& message, bool failed) {
  return Json{{"type", failed ? "closure.failed" : "closure.completed"},
              {"channel", kChannels[message.channel]},
              {"wallet", message.says.wallet},
              {"deregistration", message.says.deregistration}}
      .dump();
}

}  // namespace

Desk::Desk(const Settings& settings, const Clock& clock, RandomSource& random)
    : calls_back_(marked(settings.callback_channels)),
      clock_(clock),
      random_(random),
      own_keys_(random),
      vault_keys_(vault_, settings.keys_refetch_after),
      channels_(fresh_channels()),
      callbacks_(vault_, own_keys_, clock_, settings.callback_first_retry,
                 [this](const CallbackTry& tried) { callback_tried(tried); }) {
  if (!settings.vault.empty()) vault_.set(settings.vault);
}

Answer Desk::receive(ChannelIndex channel, const WebhookHeaders& headers, std::string_view body) {
  Message message{.at = clock_.now(),
                  .channel = channel,
                  .webhook_id = quotable(headers.id),
                  .says = read_close_request(body)};
  message.signature = vault_keys_.verify(headers, message.at, body);
  const IdDigest id = digest_of_id(kChannels[channel], headers.id);

  const std::lock_guard lock(mutex_);
  auto& [knobs, counters] = channels_[channel];
  ++counters.received;
  const bool refused = message.signature == SignatureVerdict::invalid ||
                       message.signature == SignatureVerdict::expired;
  if (refused) ++counters.signatures_refused;
  auto fault = play_fault(knobs, channel);
  if (fault) ++counters.faults;
  Answer answer = fault ? *std::move(fault) : judge(message, id);
  answer.delay = knobs.delay;
  message.status = answer.status;
  messages_.add(std::move(message));
  return answer;
}

Answer Desk::judge(Message& message, const IdDigest& id) {
  switch (message.signature) {
    case SignatureVerdict::valid:
      break;
    case SignatureVerdict::invalid:
      return problem(make_error(CryptoError::signature_invalid, "The vault did not sign this."));
    case SignatureVerdict::expired:
      return problem(make_error(CryptoError::signature_expired,
                                "The vault's signature is too old or too new."));
    case SignatureVerdict::not_judged:
      return problem(make_error(
          CryptoError::key_unavailable,
          vault_.url() ? "The vault's keys cannot be loaded."
                       : "The vault's address is not known. Set it with POST /control/vault."));
  }
  if (!message.says.asks_to_close(kChannels[message.channel])) {
    return problem(make_error(ErrorCode::invalid_request,
                              "The message does not ask this channel to close a card."));
  }
  return accept(message, id);
}

Answer Desk::accept(Message& message, const IdDigest& id) {
  auto& [knobs, counters] = channels_[message.channel];
  message.duplicate = accepted_.knows(id);
  const bool report_due = !message.duplicate || unreported_.contains(id);
  if (knobs.callback && report_due && !offer_callback(message, id)) {
    return problem(make_error(ErrorCode::busy, "Too many callbacks are waiting. Try again later."));
  }
  unreported_.erase(id);
  accepted_.add(id);
  ++counters.accepted;
  if (message.duplicate) ++counters.duplicates;
  return json_answer(knobs.callback ? 202 : 200, {{"channel", kChannels[message.channel]},
                                                  {"closed", !knobs.callback},
                                                  {"card", message.says.card}});
}

bool Desk::offer_callback(const Message& message, const IdDigest& closure) {
  auto& [knobs, counters] = channels_[message.channel];
  const bool offered = callbacks_.offer({.channel = message.channel,
                                         .id = EventId::make(message.at, random_).text(),
                                         .body = event_body(message, knobs.callback_failed),
                                         .forged = knobs.callback_forged,
                                         .closure = closure,
                                         .epoch = epoch_},
                                        knobs.callback_copies, knobs.callback_delay);
  if (offered) counters.callbacks_pending += static_cast<std::uint64_t>(knobs.callback_copies);
  return offered;
}

void Desk::callback_tried(const CallbackTry& tried) {
  const std::lock_guard lock(mutex_);
  if (tried.callback->epoch != epoch_) return;
  Counters& counters = channels_[tried.callback->channel].counters;
  ++counters.callbacks_sent;
  ++counters.callback_answers[tried.status];
  if (!tried.ended) return;
  --counters.callbacks_pending;
  if (is_success(tried.status)) return;
  ++counters.callbacks_given_up;
  if (unreported_.size() < kMostUnreported) unreported_.insert(tried.callback->closure);
  log::write(log::Level::warning, "callback_given_up",
             {{"channel", kChannels[tried.callback->channel]}, {"webhook_id", tried.callback->id}});
}

Result<Knobs> Desk::turn_knobs(ChannelIndex channel, std::string_view patch) {
  const std::lock_guard lock(mutex_);
  auto turned = apply_patch(channels_[channel].knobs, patch);
  if (turned) channels_[channel].knobs = *turned;
  return turned;
}

void Desk::set_vault(std::string url) {
  vault_.set(std::move(url));
  vault_keys_.forget();
}

Time Desk::advance_clock(Seconds by) {
  clock_.advance(by);
  return clock_.now();
}

void Desk::reset() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  callbacks_.clear();
  channels_ = fresh_channels();
  messages_.clear();
  accepted_.clear();
  unreported_.clear();
}

PerChannel<ChannelState> Desk::channels() const {
  const std::lock_guard lock(mutex_);
  return channels_;
}

std::vector<Message> Desk::newest_messages(std::size_t limit,
                                           std::optional<ChannelIndex> channel) const {
  const std::lock_guard lock(mutex_);
  return messages_.newest(limit, channel);
}

PerChannel<ChannelState> Desk::fresh_channels() const {
  PerChannel<ChannelState> fresh;
  for (ChannelIndex i = 0; i < fresh.size(); ++i) fresh[i].knobs.callback = calls_back_[i];
  return fresh;
}

}  // namespace cardvault::sandbox
