#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"

namespace cardvault {

/// 128 bits that sort by time: 48 bits of milliseconds since 1970, then 80 random bits. The text
/// has 26 characters of Crockford's base 32 in lower case (the ULID layout).
struct IdBits {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IdBits&) const = default;

  [[nodiscard]] static IdBits make(Time at, RandomSource& random);
  /// Accepts exactly 26 lower-case characters, the first at most '7'; nullopt for anything else.
  [[nodiscard]] static std::optional<IdBits> parse(std::string_view text);
  void append_to(std::string& out) const;
};

/// Identifier of one kind of thing. `Kind::prefix` is the text in front, as in "wal_01j...". Ids of
/// different kinds do not convert into each other.
template <class Kind>
class Id {
 public:
  static constexpr std::size_t kTextLength = Kind::prefix.size() + 26;

  Id() = default;
  explicit Id(IdBits bits) : bits_(bits) {}

  auto operator<=>(const Id&) const = default;

  [[nodiscard]] static Id make(Time at, RandomSource& random) {
    return Id(IdBits::make(at, random));
  }
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    if (!text.starts_with(Kind::prefix)) return std::nullopt;
    const auto bits = IdBits::parse(text.substr(Kind::prefix.size()));
    if (!bits) return std::nullopt;
    return Id(*bits);
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    out.reserve(kTextLength);
    append_to(out);
    return out;
  }
  void append_to(std::string& out) const {
    out += Kind::prefix;
    bits_.append_to(out);
  }
  [[nodiscard]] const IdBits& bits() const { return bits_; }

 private:
  IdBits bits_;
};

struct WalletKind {
  static constexpr std::string_view prefix = "wal_";
};
struct DeviceKind {
  static constexpr std::string_view prefix = "dev_";
};
struct CardKind {
  static constexpr std::string_view prefix = "crd_";
};
struct DeregistrationKind {
  static constexpr std::string_view prefix = "drg_";
};
struct TokenKind {
  static constexpr std::string_view prefix = "tok_";
};
struct ClientKind {
  static constexpr std::string_view prefix = "cli_";
};
struct RequestKind {
  static constexpr std::string_view prefix = "req_";
};

using WalletId = Id<WalletKind>;
using DeviceId = Id<DeviceKind>;
using CardId = Id<CardKind>;
using DeregistrationId = Id<DeregistrationKind>;
using TokenId = Id<TokenKind>;
using ClientId = Id<ClientKind>;
using RequestId = Id<RequestKind>;

}  // namespace cardvault

template <class Kind>
struct std::hash<cardvault::Id<Kind>> {
  std::size_t operator()(const cardvault::Id<Kind>& id) const noexcept {
    // The last eight bytes are random, so they serve as the hash.
    std::size_t value = 0;
    for (std::size_t i = 8; i < 16; ++i) value = (value << 8U) | id.bits().bytes[i];
    return value;
  }
};
