#include "vault/wallet/deregistration_codec.h"

#include "vault/wallet/binary_list.h"

namespace cardvault {
namespace {

void write_closure(BinaryWriter& out, const Closure& closure) {
  out.enumerator(closure.channel);
  out.enumerator(closure.state);
  out.number(closure.attempts);
  out.number(closure.failures);
  out.enumerator(closure.last_failure);
  out.number(closure.last_status);
  out.maybe_time(closure.next_attempt_at);
  out.maybe_time(closure.told_at);
  out.maybe_time(closure.closed_at);
  if (closure.closed_at) out.raw(closure.acknowledgement);
}

Closure read_closure(BinaryReader& in) {
  Closure closure;
  closure.channel = in.enumerator(Channel::wechat_pay, Channel::sms_bank);
  closure.state = in.enumerator(ClosureState::pending, ClosureState::closed);
  closure.attempts = in.number_as<std::uint32_t>();
  closure.failures = in.number_as<std::uint32_t>();
  closure.last_failure = in.enumerator(CloseFailure::none, CloseFailure::reported_failed);
  closure.last_status = in.number_as<std::uint16_t>();
  closure.next_attempt_at = in.maybe_time();
  closure.told_at = in.maybe_time();
  closure.closed_at = in.maybe_time();
  if (closure.closed_at) in.raw(closure.acknowledgement);
  return closure;
}

void write_receipt(BinaryWriter& out, const std::optional<ReceiptSeal>& receipt) {
  out.boolean(receipt.has_value());
  if (!receipt) return;
  out.number(receipt->key);
  out.time(receipt->issued_at);
  out.raw(receipt->signature);
}

std::optional<ReceiptSeal> read_receipt(BinaryReader& in) {
  if (!in.boolean()) return std::nullopt;
  ReceiptSeal receipt;
  receipt.key = in.number_as<KeyId>();
  receipt.issued_at = in.time();
  in.raw(receipt.signature);
  return receipt;
}

}  // namespace

void write_deregistration(BinaryWriter& out, const Deregistration& one) {
  out.id(one.id);
  out.id(one.card);
  out.enumerator(one.extent);
  out.text(one.last4);
  out.text(one.reason);
  out.time(one.requested_at);
  out.time(one.deadline);
  out.boolean(one.deadline_provisional);
  out.maybe_time(one.overdue_since);
  write_list(out, one.closures, write_closure);
  write_receipt(out, one.receipt);
}

Deregistration read_deregistration(BinaryReader& in) {
  Deregistration one;
  one.id = in.id<DeregistrationKind>();
  one.card = in.id<CardKind>();
  one.extent = in.enumerator(Extent::card, Extent::channel);
  one.last4 = in.text();
  one.reason = in.text();
  one.requested_at = in.time();
  one.deadline = in.time();
  one.deadline_provisional = in.boolean();
  one.overdue_since = in.maybe_time();
  one.closures = read_list<Closure>(in, read_closure);
  one.receipt = read_receipt(in);
  return one;
}

}  // namespace cardvault
