#include <array>

#include "api/handlers/handlers.h"
#include "api/handlers/members.h"
#include "api/json/body.h"
#include "api/json/json_writer.h"
#include "crypto/error_codes.h"
#include "crypto/webhook_signature.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/deregister_card.h"
#include "vault/closing/published_keys.h"
#include "vault/closing/settle.h"

namespace cardvault::api::handlers {
namespace {

constexpr std::size_t kLongestPanText = 64;
constexpr std::array<std::string_view, 2> kReports{"closure.completed", "closure.failed"};
constexpr std::array<std::string_view, 1> kBankEvents{"card.cancelled"};

/// The channel that sent the message, proven by its signature.
Result<Channel> sender_of(const Service& service, const Request& request, Body& body) {
  const auto channel = parse_channel(body.word("channel", 64));
  const ChannelProfile* profile = channel ? service.vault.channels.find(*channel) : nullptr;
  if (profile == nullptr || !profile->callback_key) {
    return fail(CryptoError::signature_invalid,
                "No configured channel with this name sends reports.");
  }
  const WebhookHeaders headers{.id = std::string(request.header("Webhook-Id")),
                               .timestamp = std::string(request.header("Webhook-Timestamp")),
                               .signature = std::string(request.header("Webhook-Signature"))};
  TRY(verify_webhook(*profile->callback_key, headers, service.vault.clock.now(), request.body()));
  return *channel;
}

template <class IdType>
IdType read_id(Body& body, std::string_view name) {
  const std::string text = body.word(name, 64);
  const auto id = IdType::parse(text);
  if (!id && !text.empty()) body.refuse(name, "invalid_format");
  return id.value_or(IdType());
}

/// The time in a timestamp header that verify_webhook has accepted.
Time sent_at(const Request& request) {
  return Time{Seconds(std::stoll(std::string(request.header("Webhook-Timestamp"))))};
}

Result<ClosureReport> read_report(const Service& service, const Request& request) {
  TRY_VALUE(auto body, Body::parse(request.body()));
  TRY_VALUE(const auto channel, sender_of(service, request, body));
  ClosureReport report;
  report.key = {.wallet = read_id<WalletId>(body, "wallet"),
                .deregistration = read_id<DeregistrationId>(body, "deregistration"),
                .channel = channel};
  const std::string type = body.word("type", 64);
  report.done = type == kReports[0];
  if (!report.done && type != kReports[1] && !type.empty()) {
    body.refuse_other_than("type", kReports);
  }
  TRY(body.finish());
  report.sent_at = sent_at(request);
  report.message_hash = sha256(as_bytes(request.body()));
  return report;
}

struct BankEvent {
  SecretText pan;
  std::string reason;
  std::optional<Time> occurred_at;
};

BankEvent read_bank_event(Body& body) {
  const std::string type = body.word("type", 64);
  if (!type.empty() && type != kBankEvents[0]) body.refuse_other_than("type", kBankEvents);
  BankEvent event;
  event.pan = body.secret("pan", kLongestPanText);
  event.reason = body.maybe_text("reason", 1, kLongestReason).value_or("bank_cancelled");
  if (const auto text = body.maybe_word("occurred_at", 64)) {
    event.occurred_at = parse_rfc3339(*text);
    if (!event.occurred_at) body.refuse("occurred_at", "invalid_format");
  }
  return event;
}

}  // namespace

Result<Response> published_keys(const Service& service, const Request&) {
  TRY_VALUE(const auto keyring, service.vault.keyring.opened());
  Response response = json_response(200, render_published_keys(*keyring));
  response.headers.emplace_back("Cache-Control", "public, max-age=60");
  response.headers.emplace_back("Vary", "Origin");
  return response;
}

Result<Response> take_channel_event(const Service& service, const Request& request) {
  TRY_VALUE(const auto report, read_report(service, request));
  TRY_VALUE(const auto reported, report_closure(service.vault, service.closing.backoff, report));
  service.closing.observer.settled(report.key.wallet, reported.settled);
  JsonWriter out;
  out.open_object().member("result", report_outcome_name(reported.outcome)).close_object();
  return json_response(200, out.take());
}

Result<Response> take_bank_event(const BackendCall& call) {
  TRY_VALUE(const auto event, read_body(call.request.body(), read_bank_event));
  TRY_VALUE(auto pan, Pan::parse(event.pan));
  TRY_VALUE(const auto count,
            cancel_card_everywhere(
                call.service.vault, call.actor,
                {.pan = std::move(pan), .reason = event.reason, .occurred_at = event.occurred_at}));
  JsonWriter out;
  out.open_object().member("type", "card.cancelled").member("cards_ended", count).close_object();
  return json_response(202, out.take());
}

}  // namespace cardvault::api::handlers
