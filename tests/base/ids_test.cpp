#include "base/ids.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <type_traits>
#include <vector>

using namespace cardvault;

namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

class RepeatedByte final : public RandomSource {
 public:
  explicit RepeatedByte(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, byte_); }

 private:
  std::uint8_t byte_;
};

Time at_ms(std::int64_t ms) {
  return Time{std::chrono::milliseconds{ms}};
}

std::string id_text(const IdBits& bits) {
  std::string text;
  bits.append_to(text);
  return text;
}

static_assert(!std::is_convertible_v<WalletId, CardId>);
static_assert(!std::is_constructible_v<WalletId, CardId>);
static_assert(!std::is_constructible_v<WalletId, std::string>);

}  // namespace

TEST_CASE("ids: the text is the ULID layout in lower case behind the prefix") {
  RepeatedByte zero(0);
  RepeatedByte full(0xff);
  CHECK(WalletId::make(at_ms(0), zero).text() == "wal_00000000000000000000000000");
  CHECK(CardId::make(at_ms((1LL << 48) - 1), full).text() == "crd_7zzzzzzzzzzzzzzzzzzzzzzzzz");
  // The time part of the specification's example 01ARYZ6S41TSV4RRFFQ69G5FAV.
  CHECK(DeviceId::make(at_ms(1469918176385), zero).text().substr(0, 14) == "dev_01aryz6s41");
}

TEST_CASE("ids: every id parses back from its text") {
  CHECK(rc::check("round trip", [](const std::array<std::uint8_t, 16>& bytes) {
    const DeviceId id(IdBits{bytes});
    RC_ASSERT(id.text().size() == DeviceId::kTextLength);
    RC_ASSERT(DeviceId::parse(id.text()) == id);
  }));
}

TEST_CASE("ids: a parsed id has only one spelling") {
  const auto digit = rc::gen::elementOf(std::string(kAlphabet));
  CHECK(rc::check("one spelling", [&] {
    const auto text = *rc::gen::container<std::string>(26, digit);
    const auto bits = IdBits::parse(text);
    RC_ASSERT(bits.has_value() == (text.front() <= '7'));
    if (bits) RC_ASSERT(id_text(*bits) == text);
  }));
}

TEST_CASE("ids: later ids sort behind earlier ones, as values and as texts") {
  CHECK(rc::check("order", [](std::uint32_t first, std::uint16_t gap) {
    RepeatedByte high(0xff);
    RepeatedByte low(0x00);
    const auto earlier = WalletId::make(at_ms(first), high);
    const auto later = WalletId::make(at_ms(std::int64_t{first} + gap + 1), low);
    RC_ASSERT(earlier < later);
    RC_ASSERT(earlier.text() < later.text());
  }));
}

TEST_CASE("ids: a time before 1970 does not wrap around to the far future") {
  RepeatedByte zero(0);
  CHECK(WalletId::make(at_ms(-5), zero) == WalletId::make(at_ms(0), zero));
}

TEST_CASE("ids: only 26 lower-case characters after the right prefix parse") {
  const std::string good = "wal_01aryz6s41tsv4rrffq69g5fav";
  REQUIRE(WalletId::parse(good));
  for (const std::string& text :
       {std::string(), std::string("wal_"), good.substr(0, 29), good + "0", " " + good, good + "\n",
        "crd_" + good.substr(4), good.substr(4), "WAL_" + good.substr(4),
        std::string("wal_81aryz6s41tsv4rrffq69g5fav"),
        std::string("wal_01ARYZ6S41TSV4RRFFQ69G5FAV"),
        std::string("wal_z1aryz6s41tsv4rrffq69g5fav"),
        std::string("wal_-1aryz6s41tsv4rrffq69g5fav")}) {
    CAPTURE(text);
    CHECK_FALSE(WalletId::parse(text));
  }
}

TEST_CASE("ids: the letters i, l, o and u and all other bytes are refused at every place") {
  const std::string good = "01aryz6s41tsv4rrffq69g5fav";
  std::size_t wrong = 0;
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[place] = static_cast<char>(byte);
      const bool digit = kAlphabet.find(text[place]) != std::string_view::npos;
      const bool fits = place > 0 || text[place] <= '7';
      if (IdBits::parse(text).has_value() != (digit && fits)) ++wrong;
    }
  }
  CHECK(wrong == 0);
}
