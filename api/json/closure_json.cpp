#include "api/json/closure_json.h"

#include "api/json/json_writer.h"
#include "vault/closing/receipt.h"

namespace cardvault::api {
namespace {

void write_closure(JsonWriter& out, const Closure& closure, Time deadline, Time now) {
  out.open_object()
      .member("channel", channel_name(closure.channel))
      .member("state", closure_state_name(closure, deadline, now))
      .member("attempts", static_cast<std::int64_t>(closure.attempts));
  if (const std::string error = last_error_of(closure); error.empty()) {
    out.key("last_error").null();
  } else {
    out.member("last_error", error);
  }
  out.member("next_attempt_at", closure.next_attempt_at)
      .member("closed_at", closure.closed_at)
      .close_object();
}

void write_deregistration(JsonWriter& out, const WalletId& wallet, const Deregistration& one,
                          Time now) {
  out.open_object()
      .member("id", one.id)
      .member("wallet", wallet)
      .member("card", one.card)
      .member("extent", extent_name(one.extent))
      .member("last4", one.last4)
      .member("reason", one.reason)
      .member("state", deregistration_state_name(one, now))
      .member("requested_at", one.requested_at)
      .member("deadline", one.deadline)
      .member("deadline_basis", one.deadline_provisional ? "weekends" : "calendar");
  out.key("channels").open_list();
  for (const Closure& closure : one.closures) write_closure(out, closure, one.deadline, now);
  out.close_list();
  if (one.receipt) out.key("receipt").raw(render_receipt(wallet, one));
  out.close_object();
}

}  // namespace

std::string render_deregistration(const WalletId& wallet, const Deregistration& one, Time now) {
  JsonWriter out;
  write_deregistration(out, wallet, one, now);
  return out.take();
}

std::string render_deregistrations(const WalletId& wallet, const std::vector<Deregistration>& all,
                                   Time now) {
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const Deregistration& one : all) write_deregistration(out, wallet, one, now);
  out.close_list().member("has_more", false).key("next_cursor").null().close_object();
  return out.take();
}

std::string render_open_page(const OpenPage& page, Time now) {
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const OpenDeregistration& one : page.data) {
    write_deregistration(out, one.wallet, one.deregistration, now);
  }
  out.close_list().member("has_more", page.next.has_value());
  if (page.next) {
    out.member("next_cursor", *page.next);
  } else {
    out.key("next_cursor").null();
  }
  out.close_object();
  return out.take();
}

std::string last_error_of(const Closure& closure) {
  if (closure.last_failure == CloseFailure::none) return {};
  if (closure.last_failure != CloseFailure::http_status) {
    return std::string(close_failure_name(closure.last_failure));
  }
  return "http_" + std::to_string(closure.last_status);
}

}  // namespace cardvault::api
