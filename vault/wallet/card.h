#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/names.h"
#include "vault/wallet/channel.h"
#include "vault/wallet/keyed_digest.h"
#include "vault/wallet/pan.h"

namespace cardvault {

/// The kind of account behind a card. The numbers are stored.
enum class Funding : std::uint8_t { unknown = 0, debit = 1, credit = 2, prepaid = 3 };

inline constexpr auto kFundingNames =
    names_from<Funding::unknown>("unknown", "debit", "credit", "prepaid");

[[nodiscard]] constexpr std::string_view funding_name(Funding funding) {
  return name_of(kFundingNames, funding);
}

/// A second function of the card. The numbers are stored.
enum class CardVariety : std::uint8_t { standard = 0, social_security = 1 };

inline constexpr auto kCardVarietyNames =
    names_from<CardVariety::standard>("standard", "social_security");

/// A bound card in the wallet record. It has all data that a list or detail view shows, but not the
/// number. The number is in a separate PAN record that no view loads.
struct Card {
  CardId id;
  KeyedDigest
      fingerprint;        ///< of the digits, under a pan_fingerprint key; finds the same card again
  std::string bank_code;  ///< "" if no bank's BIN matches
  Funding funding = Funding::unknown;
  CardVariety kind = CardVariety::standard;
  Scheme scheme = Scheme::unknown;
  bool luhn_valid = true;
  std::string first6;  ///< "" for a short number: see Pan::first6()
  std::string last4;
  std::string nickname;
  bool is_default = false;
  ChannelSet channels;
  Time bound_at{};

  bool operator==(const Card&) const = default;
};

/// The changes of a card's appearance that a caller may make.
struct CardChange {
  std::optional<std::string> nickname;
  std::optional<bool> is_default;      ///< only true is accepted: one card is always the default
  std::optional<std::uint32_t> order;  ///< position in the list, from 0
};

}  // namespace cardvault
