#include "crypto/keys/seals/share.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cctype>
#include <set>
#include <string>
#include <type_traits>

#include "crypto/keys/error_codes.h"
#include "crypto/keys/seals/share_words.h"
#include "crypto/random.h"

using namespace cardvault;

static_assert(!std::is_copy_constructible_v<Share> && std::is_move_constructible_v<Share>);

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDigitsAt = 5;
constexpr std::size_t kWordAt = kDigitsAt + 72 + 18;

Share share_with(std::uint8_t threshold, std::uint8_t shares, std::uint8_t index) {
  Share share{.ceremony = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef},
              .threshold = threshold,
              .shares = shares};
  SecretBytes y(kSharedRootSize);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.expose_mutable()[i] = static_cast<std::uint8_t>(i * 9 + index);
  }
  share.point = {index, std::move(y)};
  return share;
}

std::string text_of(const Share& share) {
  return std::string(share.text().expose());
}

std::string printed() {
  return text_of(share_with(3, 5, 2));
}

bool same(const Share& a, const Share& b) {
  return a.ceremony == b.ceremony && a.threshold == b.threshold && a.shares == b.shares &&
         a.point.x == b.point.x && std::ranges::equal(a.point.y.expose(), b.point.y.expose());
}

bool reads_as_printed(std::string_view typed) {
  const auto share = Share::parse(SecretText(typed));
  return share && same(*share, share_with(3, 5, 2));
}

bool refused(std::string_view typed) {
  const auto share = Share::parse(SecretText(typed));
  return !share && share.error().code == KeyError::share_refused &&
         share.error().detail == share_refused("").detail;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string replaced(std::string text, char from, char to) {
  std::ranges::replace(text, from, to);
  return text;
}

std::string with_between(const std::string& text, std::string_view separator) {
  std::string apart(separator);
  for (const char c : text) {
    apart += c;
    apart += separator;
  }
  return apart;
}

}  // namespace

TEST_CASE("share: the printed form of a known share does not change") {
  CHECK(printed() ==
        "cvs1-04HM-ASW9-NF6Y-Y90Q-REFM-40GB-2GEJ-CBSR-"
        "8555-6Q35-DSVR-12CJ-KEJA-VDNZ-S38X-NRZC-YQZ0-E40S-teapot");
  CHECK(reads_as_printed(printed()));
}

TEST_CASE("share: the text is 72 digits in groups of four between a prefix and a word") {
  const std::string text = printed();
  CHECK(text.starts_with("cvs1-"));
  for (std::size_t i = 0; i < kWordAt - kDigitsAt; ++i) {
    const char c = text[kDigitsAt + i];
    CHECK((i % 5 == 4 ? c == '-' : kAlphabet.find(c) != std::string_view::npos));
  }
  CHECK(std::ranges::all_of(text.substr(kWordAt), [](char c) { return c >= 'a' && c <= 'z'; }));
}

TEST_CASE("share: every share parses back from its text") {
  CHECK(rc::check("round trip", [](const CeremonyId& ceremony) {
    const auto shares = *rc::gen::inRange<std::uint8_t>(2, shamir::kMostPoints + 1);
    const auto most = static_cast<std::uint8_t>(shares + 1);
    Share share{.ceremony = ceremony, .threshold = *rc::gen::inRange<std::uint8_t>(2, most)};
    share.shares = shares;
    share.point.x = *rc::gen::inRange<std::uint8_t>(1, most);
    share.point.y = SecretBytes::copy_of(
        *rc::gen::container<Bytes>(kSharedRootSize, rc::gen::arbitrary<std::uint8_t>()));
    const auto read = Share::parse(share.text());
    RC_ASSERT(read.has_value());
    RC_ASSERT(same(*read, share));
  }));
}

TEST_CASE("share: case, spaces, dashes, line ends and the letters O, I and L do not matter") {
  const std::string text = printed();
  REQUIRE(text.find('0') != std::string::npos);
  REQUIRE(text.substr(kDigitsAt).find('1') != std::string::npos);
  CHECK(reads_as_printed(lower(text)));
  CHECK(reads_as_printed(replaced(text, '-', ' ')));
  CHECK(reads_as_printed(replaced(text, '0', 'O')));
  CHECK(reads_as_printed(replaced(text, '0', 'o')));
  for (const char one : {'I', 'i', 'L', 'l'}) CHECK(reads_as_printed(replaced(text, '1', one)));
  for (const std::string_view separator : {" ", "-", "- ", "\t", "\r\n"}) {
    CHECK(reads_as_printed(with_between(text, separator)));
  }
  std::string close = text;
  std::erase(close, '-');
  CHECK(reads_as_printed(close));
}

TEST_CASE("share: any single mistyped digit is detected") {
  const std::string text = printed();
  for (std::size_t at = kDigitsAt; at < kWordAt - 1; ++at) {
    if (text[at] == '-') continue;
    for (const char wrong : kAlphabet) {
      if (wrong == text[at]) continue;
      std::string typed = text;
      typed[at] = wrong;
      CHECK(refused(typed));
    }
    for (const char wrong : {'U', 'u', '!', '\0', '\x80', '_', '='}) {
      std::string typed = text;
      typed[at] = wrong;
      CHECK(refused(typed));
    }
  }
}

TEST_CASE("share: any two swapped digits are detected") {
  const std::string text = printed();
  for (std::size_t a = kDigitsAt; a < kWordAt - 1; ++a) {
    for (std::size_t b = a + 1; b < kWordAt - 1; ++b) {
      if (text[a] == text[b] || text[a] == '-' || text[b] == '-') continue;
      std::string typed = text;
      std::swap(typed[a], typed[b]);
      CHECK(refused(typed));
    }
  }
}

TEST_CASE("share: a surplus or missing digit is detected at every position") {
  const std::string text = printed();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '-') continue;
    CHECK(refused(text.substr(0, at) + text.substr(at + 1)));
    CHECK(refused(text.substr(0, at) + text[at] + text.substr(at)));
  }
}

TEST_CASE("share: another word, a missing word and a mistyped word are detected") {
  const std::string text = printed();
  const std::string digits = text.substr(0, kWordAt);
  const std::string word = text.substr(kWordAt);
  std::size_t accepted = 0;
  for (unsigned number = 0; number < 256; ++number) {
    const std::string other(share_word(static_cast<std::uint8_t>(number)));
    if (!refused(digits + other)) ++accepted;
  }
  CHECK(accepted == 1);
  CHECK(refused(digits + word + word));
  for (std::size_t at = 0; at < word.size(); ++at) {
    for (char c = 'a'; c <= 'z'; ++c) {
      std::string typed = word;
      typed[at] = c;
      if (typed != word) CHECK(refused(digits + typed));
    }
    if (at == 0) continue;
    std::string typed = word;
    std::swap(typed[at - 1], typed[at]);
    if (typed != word) CHECK(refused(digits + typed));
  }
}

TEST_CASE("share: a truncated share or one with another prefix is refused") {
  const std::string text = printed();
  for (std::size_t size = 0; size < text.size(); ++size) CHECK(refused(text.substr(0, size)));
  for (const std::string_view prefix : {"cvs2", "cvt1", "cv1", "", "cvs11", "xcvs1"}) {
    CHECK(refused(std::string(prefix) + text.substr(4)));
  }
}

TEST_CASE("share: a text of a million characters is refused") {
  CHECK(refused(std::string(1'000'000, ' ') + printed()));
  CHECK(refused(printed() + std::string(1'000'000, '-')));
}

TEST_CASE("share: impossible numbers are refused although the check is right") {
  for (const auto& [threshold, shares, index] :
       {std::tuple{1, 5, 1}, {6, 5, 1}, {3, 5, 6}, {1, 1, 1}, {16, 15, 1}, {2, 2, 16}}) {
    CAPTURE(threshold, shares, index);
    CHECK(refused(
        text_of(share_with(static_cast<std::uint8_t>(threshold), static_cast<std::uint8_t>(shares),
                           static_cast<std::uint8_t>(index)))));
  }
  CHECK(Share::parse(share_with(16, 16, 16).text()).has_value());
  CHECK(Share::parse(share_with(2, 2, 1).text()).has_value());
}

TEST_CASE("share: words are short and plain and no single slip turns one into another") {
  std::set<std::string_view> words;
  std::set<std::string_view> beginnings;
  for (unsigned number = 0; number < 256; ++number) {
    const std::string_view word = share_word(static_cast<std::uint8_t>(number));
    CHECK((word.size() >= 4 && word.size() <= kLongestShareWord));
    CHECK(std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; }));
    words.insert(word);
    beginnings.insert(word.substr(0, 3));
  }
  REQUIRE(words.size() == 256);
  CHECK(beginnings.size() == 256);
  for (const std::string_view word : words) {
    for (std::size_t at = 0; at < word.size(); ++at) {
      const std::string without = std::string(word).erase(at, 1);
      CHECK_FALSE(words.contains(without));
      for (char c = 'a'; c <= 'z'; ++c) {
        std::string slip(word);
        slip[at] = c;
        CHECK((slip == word || !words.contains(slip)));
      }
      if (at == 0) continue;
      std::string swapped(word);
      std::swap(swapped[at - 1], swapped[at]);
      CHECK((swapped == word || !words.contains(swapped)));
    }
  }
}
