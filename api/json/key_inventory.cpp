#include "api/json/key_inventory.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "api/json/json_writer.h"
#include "base/log.h"
#include "crypto/keys/cryptoperiod.h"

namespace cardvault::api {
namespace {

struct Use {
  std::string_view algorithm;
  std::string_view used_for;
};

Use use_of(Purpose purpose) {
  constexpr std::string_view kAead = "XChaCha20-Poly1305";
  constexpr std::string_view kHmac = "HMAC-SHA-256";
  switch (purpose) {
    case Purpose::wallet_records:
      return {kAead, "wallet records and the client registry"};
    case Purpose::pan_wrapping:
      return {kAead, "wraps the key of each card number"};
    case Purpose::pan_fingerprint:
      return {kHmac, "finds the same card number again"};
    case Purpose::subject_index:
      return {kHmac, "finds a user's wallet"};
    case Purpose::token:
      return {"PASETO v4.local (XChaCha20, BLAKE2b)", "view tokens"};
    case Purpose::pepper:
      return {kHmac, "passwords and gestures before Argon2id"};
    case Purpose::audit:
      return {"XChaCha20-Poly1305, HMAC-SHA-256", "audit entries and their chain"};
    case Purpose::request_digest:
      return {kHmac, "idempotency keys and request bodies"};
    case Purpose::receipt_signing:
      return {"Ed25519", "receipts of deregistrations"};
    case Purpose::channel_signing:
      return {"Ed25519", "messages to channels"};
  }
  return {};
}

std::string_view use_of_root(SealKind kind) {
  switch (kind) {
    case SealKind::key_file:
      return "XChaCha20-Poly1305 under a key file";
    case SealKind::passphrase:
      return "XChaCha20-Poly1305 under an Argon2id key";
    case SealKind::shamir:
      return "XChaCha20-Poly1305 under a key in Shamir shares";
    case SealKind::pkcs11:
      return "AES-256-GCM in a PKCS #11 token";
    case SealKind::transit:
      return "the transit engine of a key management service";
  }
  return {};
}

bool is_current(const Keyring& keyring, const Key& key) {
  const auto current = keyring.current(key.purpose);
  return current && *current == &key;
}

std::string_view state_of(const Keyring& keyring, const Key& key) {
  if (key.state != KeyState::enabled) return key_state_name(key.state);
  if (!key.promoted_at) return "waiting";
  return is_current(keyring, key) ? "current" : "retired";
}

std::optional<std::string_view> warning_of(const Keyring& keyring, const Key& key, Time now) {
  if (!is_current(keyring, key) || now < key.expires_at() - kWarnBeforeEnd) return std::nullopt;
  return now < key.expires_at() ? "expires_soon" : "expired";
}

void write_key(JsonWriter& out, const Keyring& keyring, const Key& key, Time now) {
  const Use use = use_of(key.purpose);
  out.open_object()
      .member("id", std::size_t{key.id})
      .member("purpose", purpose_name(key.purpose))
      .member("used_for", use.used_for)
      .member("algorithm", use.algorithm)
      .member("bits", std::int64_t{256})
      .member("state", state_of(keyring, key))
      .member("created_at", key.created_at)
      .member("promoted_at", key.promoted_at)
      .member("expires_at", key.expires_at())
      .member("retired_at", keyring.retired_at(key))
      .member("destroyed_at", key.destroyed_at)
      .member("due", is_current(keyring, key) && is_due(keyring, key.purpose, now));
  const auto warning = warning_of(keyring, key, now);
  if (warning) {
    out.member("warning", *warning);
  } else {
    out.key("warning").null();
  }
  out.close_object();
}

void write_other(JsonWriter& out, std::string_view used_for, std::string_view algorithm,
                 std::optional<std::int64_t> bits = 256) {
  out.open_object().member("used_for", used_for).member("algorithm", algorithm);
  if (bits) {
    out.member("bits", *bits);
  } else {
    out.key("bits").null();
  }
  out.close_object();
}

/// Bits of the root key; nullopt for a transit engine, because the vault cannot see the type of its
/// key.
std::optional<std::int64_t> bits_of_root(SealKind kind) {
  if (kind == SealKind::transit) return std::nullopt;
  return 256;
}

template <class Wanted>
std::int64_t count_keys(const Keyring& keyring, Purpose purpose, Wanted wanted) {
  return std::ranges::count_if(keyring.keys(), [&](const auto& entry) {
    return entry.second.purpose == purpose && wanted(entry.second);
  });
}

/// A metric of each purpose that has a current key.
struct Family {
  std::string name;
  std::string_view type;
  std::string_view help;
  std::function<std::int64_t(const Keyring&, Purpose)> value;
};

void write_family(std::string& text, const Keyring& keyring, const Family& family) {
  text.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n");
  text.append("# TYPE ").append(family.name).append(" ").append(family.type).append("\n");
  for (const Purpose purpose : kPurposes) {
    if (!keyring.current(purpose)) continue;
    text.append(family.name)
        .append("{purpose=\"")
        .append(purpose_name(purpose))
        .append("\"} ")
        .append(std::to_string(family.value(keyring, purpose)))
        .append("\n");
  }
}

}  // namespace

std::string render_inventory(const Keyring& keyring, const SealHead& head, Time now) {
  JsonWriter out;
  out.open_object()
      .member("generation", std::size_t{keyring.generation()})
      .member("sealing", std::size_t{head.age.seal_version})
      .member("seal", seal_name(head.kind));
  out.key("keys").open_list();
  for (const auto& [id, key] : keyring.keys()) write_key(out, keyring, key, now);
  out.close_list().key("others").open_list();
  write_other(out, "root key: wraps the keyring key", use_of_root(head.kind),
              bits_of_root(head.kind));
  write_other(out, "keyring key: seals the keyring", "XChaCha20-Poly1305");
  write_other(out, "data key of each card number", "XChaCha20-Poly1305");
  write_other(out, "client keys, as they are kept", "BLAKE2b");
  write_other(out, "passwords and gestures, as they are kept", "Argon2id");
  return out.close_list().close_object().take();
}

std::string render_key_metrics(const LiveKeyring& live, Time now) {
  const auto keyring = live.snapshot();
  std::string text =
      "# HELP cardvault_sealed Whether the keys are not in this process.\n"
      "# TYPE cardvault_sealed gauge\n"
      "cardvault_sealed " +
      std::string(keyring ? "0" : "1") + "\n";
  if (!keyring) return text;
  write_family(text, *keyring,
               {"cardvault_key_expires_timestamp_seconds", "gauge",
                "Time at which the current key's cryptoperiod ends.",
                [](const Keyring& all, Purpose purpose) {
                  const auto end = (*all.current(purpose))->expires_at().time_since_epoch();
                  return std::chrono::floor<Seconds>(end).count();
                }});
  write_family(
      text, *keyring,
      {"cardvault_key_due", "gauge",
       "Whether at most a tenth of the current key's cryptoperiod is left and no newer key waits.",
       [now](const Keyring& all, Purpose purpose) {
         return std::int64_t{is_due(all, purpose, now)};
       }});
  write_family(text, *keyring,
               {"cardvault_keys_made_total", "counter", "Keys ever made, over all processes.",
                [](const Keyring& all, Purpose purpose) {
                  return count_keys(all, purpose, [](const Key&) { return true; });
                }});
  write_family(text, *keyring,
               {"cardvault_keys_destroyed_total", "counter", "Keys ever destroyed.",
                [](const Keyring& all, Purpose purpose) {
                  return count_keys(all, purpose, [](const Key& key) {
                    return key.state == KeyState::destroyed;
                  });
                }});
  write_family(text, *keyring,
               {"cardvault_keys_retired", "gauge",
                "Keys that a newer key has replaced and that are not destroyed.",
                [](const Keyring& all, Purpose purpose) {
                  return count_keys(all, purpose, [&](const Key& key) {
                    return key.state != KeyState::destroyed && all.retired_at(key).has_value();
                  });
                }});
  return text;
}

void warn_of_ends(const LiveKeyring& live, Time now) {
  const auto keyring = live.snapshot();
  if (!keyring) return;
  for (const auto& [id, key] : keyring->keys()) {
    const auto warning = warning_of(*keyring, key, now);
    if (!warning) continue;
    const std::string end = format_rfc3339(key.expires_at());
    const bool stops = *warning == "expired" && seals_or_signs(key.purpose);
    log::write(stops ? log::Level::error : log::Level::warning, "key_ends",
               {{"purpose", purpose_name(key.purpose)},
                {"key", std::int64_t{id}},
                {"expires_at", std::string_view(end)},
                {"state", *warning}});
  }
}

}  // namespace cardvault::api
