#include "vault/closing/published_keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/webhook_signature.h"
#include "vault/closing/canonical_json.h"

namespace cardvault {
namespace {

using nlohmann::json;

bool signs(const Key& key) {
  const bool for_signing =
      key.purpose == Purpose::receipt_signing || key.purpose == Purpose::channel_signing;
  return for_signing && key.state != KeyState::destroyed;
}

std::optional<PublishedKey> read_key(const json& entry) {
  if (entry.value("kty", "") != "OKP" || entry.value("crv", "") != "Ed25519") return std::nullopt;
  const auto bytes = from_base64url(entry.value("x", ""));
  PublishedKey key{.id = entry.value("kid", ""), .purpose = entry.value("purpose", "")};
  if (!bytes || bytes->size() != key.key.size()) return std::nullopt;
  std::ranges::copy(*bytes, key.key.begin());
  return key;
}

}  // namespace

std::vector<PublishedKey> published_keys(const Keyring& keyring) {
  std::vector<PublishedKey> published;
  for (const auto& [id, key] : keyring.keys()) {
    if (!signs(key)) continue;
    published.push_back({std::to_string(id), std::string(purpose_name(key.purpose)),
                         ed25519_public_key(key.material.expose())});
  }
  return published;
}

std::string render_published_keys(const Keyring& keyring) {
  nlohmann::ordered_json keys = nlohmann::ordered_json::array();
  for (const auto& [id, key] : keyring.keys()) {
    if (!signs(key)) continue;
    const Ed25519PublicKey half = ed25519_public_key(key.material.expose());
    keys.push_back({{"kty", "OKP"},
                    {"crv", "Ed25519"},
                    {"kid", std::to_string(id)},
                    {"x", to_base64url(half)},
                    {"use", "sig"},
                    {"alg", "EdDSA"},
                    {"purpose", purpose_name(key.purpose)},
                    {"webhook_key", webhook_public_key(half)},
                    {"created_at", format_rfc3339(key.created_at)}});
  }
  return nlohmann::ordered_json{{"keys", std::move(keys)}}.dump();
}

Result<std::vector<PublishedKey>> parse_published_keys(std::string_view document) {
  TRY_VALUE(const auto parsed, parse_strict_json(document));
  const auto wrong = [] {
    return fail(ErrorCode::invalid_request, "This is not a document of published keys.");
  };
  if (!parsed.is_object() || !parsed.contains("keys") || !parsed.at("keys").is_array()) {
    return wrong();
  }
  std::vector<PublishedKey> keys;
  try {
    for (const auto& entry : parsed.at("keys")) {
      if (auto key = read_key(entry)) keys.push_back(std::move(*key));
    }
  } catch (const json::exception&) {
    return wrong();
  }
  return keys;
}

}  // namespace cardvault
