#include "api/json/render.h"

#include "vault/cards/card_display.h"
#include "vault/closing/channel_directory.h"

namespace cardvault::api {
namespace {

void write_device(JsonWriter& out, const Device& device) {
  out.open_object()
      .member("id", device.id)
      .member("name", device.name)
      .member("has_sim", device.has_sim)
      .member("has_public_key", !device.public_key.empty())
      .member("bound_at", device.bound_at)
      .close_object();
}

/// Context for rendering the cards of one wallet.
struct CardWords {
  explicit CardWords(const Wallet& wallet, const BankCatalogue& catalogue)
      : locale(wallet.locale), banks(catalogue), twins(wallet.cards) {}

  std::string_view locale;
  const BankCatalogue& banks;
  CardTwins twins;
};

void write_card_members(JsonWriter& out, const Card& card, const CardWords& words) {
  const Bank& bank = words.banks.bank(card.bank_code);
  const std::string_view locale = words.locale;
  const std::optional<Twin> twin = words.twins.find(card);
  out.member("id", card.id);
  out.key("bank").open_object().member("code", bank.code).member("name", bank_name(bank, locale));
  out.close_object();
  out.member("funding", funding_name(card.funding))
      .member("scheme", scheme_name(card.scheme))
      .member("last4", card.last4)
      .member("masked", masked_number(card, locale, twin))
      .member("display", display_name(card, bank, locale, twin))
      .member("a11y_label", spoken_name(card, bank, locale, twin));
  if (card.nickname.empty()) {
    out.key("nickname").null();
  } else {
    out.member("nickname", card.nickname);
  }
  out.member("status", "active")
      .member("is_default", card.is_default)
      .member("bound_at", card.bound_at);
  out.key("channels").open_list();
  for (const Channel channel : card.channels.list()) out.text(channel_name(channel));
  out.close_list();
}

/// Writes the members after `data` of a list that has no pages.
void close_whole_list(JsonWriter& out) {
  out.close_list().member("has_more", false).key("next_cursor").null();
}

std::string_view credential_status(const Credential* credential) {
  if (credential == nullptr) return "not_set";
  return credential->is_void() ? "void" : "active";
}

}  // namespace

std::string render_wallet(const Wallet& wallet) {
  JsonWriter out;
  out.open_object()
      .member("id", wallet.id)
      .member("state", wallet_state_name(wallet.state))
      .member("locale", wallet.locale)
      .member("created_at", wallet.created_at)
      .member("cards", wallet.cards.size())
      .member("devices", wallet.devices.size())
      .member("list_version", static_cast<std::int64_t>(wallet.list_version));
  out.key("credentials").open_list();
  for (const Credential& credential : wallet.credentials) out.text(method_name(credential.method));
  out.close_list().close_object();
  return out.take();
}

std::string render_device(const Device& device) {
  JsonWriter out;
  write_device(out, device);
  return out.take();
}

std::string render_devices(const std::vector<Device>& devices) {
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const Device& device : devices) write_device(out, device);
  close_whole_list(out);
  out.close_object();
  return out.take();
}

std::string render_credential(UnlockMethod method, const Credential* credential, Time now) {
  JsonWriter out;
  out.open_object()
      .member("method", method_name(method))
      .member("set", credential != nullptr)
      .member("status", credential_status(credential));
  if (credential != nullptr) {
    out.member("set_at", credential->set_at).key("locks").open_list();
    for (const Attempts& attempts : credential->attempts) {
      if (const auto until = credential->locked_until(attempts.device, now)) {
        out.open_object()
            .member("device_id", attempts.device)
            .member("locked_until", *until)
            .close_object();
      }
    }
    out.close_list();
  }
  out.close_object();
  return out.take();
}

std::string render_token(const IssuedToken& issued) {
  const TokenClaims& claims = issued.claims;
  const auto life = std::chrono::duration_cast<Seconds>(claims.expires_at - claims.issued_at);
  JsonWriter out;
  out.open_object()
      .member("token", issued.token)
      .member("token_type", "Bearer")
      .member("expires_in", static_cast<std::int64_t>(life.count()))
      .member("expires_at", claims.expires_at);
  out.key("scopes").open_list();
  for (const auto name : names_in(kScopeNames, claims.scopes)) out.text(name);
  out.close_list().close_object();
  return out.take();
}

std::string render_introspection(const TokenClaims* claims) {
  JsonWriter out;
  out.open_object().member("active", claims != nullptr);
  if (claims != nullptr) {
    out.member("scope", scope_text(claims->scopes))
        .member("token_type", "Bearer")
        .member("sub", claims->wallet)
        .member("device_id", claims->device)
        .member("jti", claims->id);
    const auto unix_time = [](Time time) -> std::int64_t {
      return std::chrono::duration_cast<Seconds>(time.time_since_epoch()).count();
    };
    out.member("iat", unix_time(claims->issued_at)).member("exp", unix_time(claims->expires_at));
    if (claims->card) out.member("card_id", *claims->card);
    if (claims->channel) out.member("channel", channel_name(*claims->channel));
  }
  out.close_object();
  return out.take();
}

std::string render_card(const Wallet& wallet, const Card& card, const BankCatalogue& banks) {
  JsonWriter out;
  out.open_object();
  write_card_members(out, card, CardWords(wallet, banks));
  out.member("luhn_valid", card.luhn_valid).close_object();
  return out.take();
}

std::string render_card_detail(const Wallet& wallet, const Card& card, const BankCatalogue& banks) {
  JsonWriter out;
  out.open_object();
  write_card_members(out, card, CardWords(wallet, banks));
  if (card.first6.empty()) {
    out.key("first6").null();
  } else {
    out.member("first6", card.first6);
  }
  out.member("masked_detail", masked_number_in_detail(card))
      .member("kind", name_of(kCardVarietyNames, card.kind))
      .member("luhn_valid", card.luhn_valid)
      .close_object();
  return out.take();
}

std::string render_card_list(const Wallet& wallet, const std::vector<const Card*>& cards,
                             const BankCatalogue& banks) {
  const CardWords words(wallet, banks);
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const Card* card : cards) {
    out.open_object();
    write_card_members(out, *card, words);
    out.close_object();
  }
  close_whole_list(out);
  out.member("list_version", static_cast<std::int64_t>(wallet.list_version)).close_object();
  return out.take();
}

std::string render_audit(const AuditPage& page, const ChainStatus& chain) {
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const AuditEntry& entry : page.entries) {
    out.open_object()
        .member("seq", static_cast<std::int64_t>(entry.seq))
        .member("at", entry.at)
        .member("actor", entry.actor)
        .member("action", entry.action)
        .key("details")
        .open_object();
    for (const auto& [name, value] : entry.details) out.member(name, value);
    out.close_object().close_object();
  }
  out.close_list().member("has_more", page.has_more);
  if (page.has_more) {
    out.member("next_cursor", std::to_string(page.next));
  } else {
    out.key("next_cursor").null();
  }
  out.key("chain").open_object();
  if (chain.intact) {
    out.member("intact", *chain.intact);
  } else {
    out.key("intact").null();
  }
  out.member("entries", std::size_t{chain.entries})
      .member("checked_to", std::size_t{chain.checked_to})
      .member("checked_at", chain.checked_at);
  if (chain.first_broken > 0) out.member("first_broken", std::size_t{chain.first_broken});
  out.close_object().close_object();
  return out.take();
}

}  // namespace cardvault::api
