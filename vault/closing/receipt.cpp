#include "vault/closing/receipt.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/error_codes.h"
#include "vault/closing/canonical_json.h"

namespace cardvault {
namespace {

using nlohmann::json;

// Raise the number with any change of the members. A receipt is made from the record each time it
// is shown, and must then be identical to the signed one.
constexpr std::string_view kType = "cardvault.deregistration_receipt.1";
constexpr std::string_view kAlgorithm = "Ed25519";

json channels_of(const Deregistration& closed) {
  json channels = json::array();
  for (const Closure& closure : closed.closures) {
    channels.push_back({{"channel", channel_name(closure.channel)},
                        {"closed_at", format_rfc3339(closure.closed_at.value_or(Time{}))},
                        {"attempts", closure.attempts},
                        {"acknowledgement_sha256", to_hex(closure.acknowledgement)}});
  }
  return channels;
}

json statement_of(const WalletId& wallet, const Deregistration& closed, KeyId key, Time issued_at) {
  json statement{{"type", kType},
                 {"algorithm", kAlgorithm},
                 {"key_id", std::to_string(key)},
                 {"wallet", wallet.text()},
                 {"deregistration", closed.id.text()},
                 {"card", closed.card.text()},
                 {"extent", extent_name(closed.extent)},
                 {"last4", closed.last4},
                 {"reason", closed.reason},
                 {"requested_at", format_rfc3339(closed.requested_at)},
                 {"pan_shredded_at", nullptr},
                 {"deadline", format_rfc3339(closed.deadline)},
                 {"deadline_basis", closed.deadline_provisional ? "weekends" : "calendar"},
                 {"deadline_met", closed.closed_at() <= closed.deadline},
                 {"closed_at", format_rfc3339(closed.closed_at())},
                 {"issued_at", format_rfc3339(issued_at)},
                 {"channels", channels_of(closed)}};
  // The commit that ended the card destroyed its PAN record.
  if (closed.extent == Extent::card) {
    statement["pan_shredded_at"] = format_rfc3339(closed.requested_at);
  }
  return statement;
}

std::unexpected<Error> no_receipt() {
  return fail(ErrorCode::invalid_request, "This is not a receipt in a known format.");
}

std::unexpected<Error> not_genuine() {
  return fail(CryptoError::signature_invalid,
              "The receipt is not genuine: its signature does not match its content.");
}

/// Removes the signature from `receipt` and returns it.
std::optional<Ed25519Signature> take_signature(json& receipt) {
  const auto bytes = from_base64(receipt.value("signature", ""));
  receipt.erase("signature");
  Ed25519Signature signature;
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::ranges::copy(*bytes, signature.begin());
  return signature;
}

Result<VerifiedReceipt> verify_statement(json receipt, const std::vector<PublishedKey>& keys) {
  if (!receipt.is_object() || receipt.value("type", "") != kType ||
      receipt.value("algorithm", "") != kAlgorithm) {
    return no_receipt();
  }
  const std::string key_id = receipt.at("key_id");
  const auto key = std::ranges::find_if(keys, [&](const PublishedKey& one) {
    return one.id == key_id && one.purpose == purpose_name(Purpose::receipt_signing);
  });
  if (key == keys.end()) {
    return fail(CryptoError::key_unavailable,
                "The receipt names a key that the published keys do not contain.");
  }
  const auto signature = take_signature(receipt);
  const auto signed_text = canonical_json(receipt);
  if (!signature || !signed_text || !verify_ed25519(key->key, as_bytes(*signed_text), *signature)) {
    return not_genuine();
  }
  std::vector<std::string> channels;
  for (const json& one : receipt.at("channels")) channels.push_back(one.at("channel"));
  return VerifiedReceipt{.deregistration = receipt.at("deregistration"),
                         .card = receipt.at("card"),
                         .extent = receipt.at("extent"),
                         .channels = std::move(channels),
                         .closed_at = receipt.at("closed_at"),
                         .key_id = key_id,
                         .deadline_met = receipt.at("deadline_met")};
}

}  // namespace

Result<ReceiptSeal> seal_receipt(const LiveKeyring& keyring, const WalletId& wallet,
                                 const Deregistration& closed, Time now) {
  TRY_VALUE(const auto key, keyring.current(Purpose::receipt_signing));
  TRY_VALUE(const auto text, canonical_json(statement_of(wallet, closed, key->id, now)));
  return ReceiptSeal{.key = key->id,
                     .issued_at = now,
                     .signature = sign_ed25519(key->material.expose(), as_bytes(text))};
}

std::string render_receipt(const WalletId& wallet, const Deregistration& closed) {
  const ReceiptSeal& seal = closed.receipt.value();
  json receipt = statement_of(wallet, closed, seal.key, seal.issued_at);
  receipt["signature"] = to_base64(seal.signature);
  return receipt.dump();
}

Result<VerifiedReceipt> verify_receipt(std::string_view document,
                                       const std::vector<PublishedKey>& keys) {
  TRY_VALUE(auto parsed, parse_strict_json(document));
  try {
    if (!parsed.is_object() || !parsed.contains("receipt")) {
      return verify_statement(std::move(parsed), keys);
    }
    auto verified = verify_statement(parsed.at("receipt"), keys);
    const bool fits = !verified || (parsed.at("id") == verified->deregistration &&
                                    parsed.at("card") == verified->card);
    if (!fits) {
      return fail(ErrorCode::invalid_request,
                  "The receipt does not belong to the deregistration around it.");
    }
    return verified;
  } catch (const json::exception&) {
    return no_receipt();
  }
}

}  // namespace cardvault
