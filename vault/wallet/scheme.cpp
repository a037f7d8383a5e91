#include "vault/wallet/scheme.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace cardvault {
namespace {

constexpr std::uint32_t kNone = 0;
constexpr std::uint32_t k13 = 1U << 13U;
constexpr std::uint32_t k14 = 1U << 14U;
constexpr std::uint32_t k15 = 1U << 15U;
constexpr std::uint32_t k16 = 1U << 16U;
constexpr std::uint32_t k18 = 1U << 18U;
constexpr std::uint32_t k19 = 1U << 19U;
constexpr std::uint32_t k16To19 = k16 | (1U << 17U) | k18 | k19;
constexpr std::uint32_t k12To19 = (1U << 12U) | k13 | k14 | k15 | k16To19;

/// A range of leading digits, both ends included. `digits` is the length of the compared prefix.
struct SchemeRange {
  std::uint32_t from;
  std::uint32_t to;
  std::size_t digits;
  Scheme scheme;
  std::uint32_t lengths;
};

// The longest prefixes come first, so the first match is the longest one.
constexpr std::array kRanges{
    SchemeRange{401178, 401179, 6, Scheme::elo, k16},
    SchemeRange{431274, 431274, 6, Scheme::elo, k16},
    SchemeRange{438935, 438935, 6, Scheme::elo, k16},
    SchemeRange{451416, 451416, 6, Scheme::elo, k16},
    SchemeRange{457393, 457393, 6, Scheme::elo, k16},
    SchemeRange{457631, 457632, 6, Scheme::elo, k16},
    SchemeRange{504175, 504175, 6, Scheme::elo, k16},
    SchemeRange{506699, 506778, 6, Scheme::elo, k16},
    SchemeRange{509000, 509999, 6, Scheme::elo, k16},
    SchemeRange{627780, 627780, 6, Scheme::elo, k16},
    SchemeRange{636297, 636297, 6, Scheme::elo, k16},
    SchemeRange{636368, 636368, 6, Scheme::elo, k16},
    SchemeRange{650031, 650033, 6, Scheme::elo, k16},
    SchemeRange{650035, 650051, 6, Scheme::elo, k16},
    SchemeRange{650405, 650439, 6, Scheme::elo, k16},
    SchemeRange{650485, 650538, 6, Scheme::elo, k16},
    SchemeRange{650541, 650598, 6, Scheme::elo, k16},
    SchemeRange{650700, 650718, 6, Scheme::elo, k16},
    SchemeRange{650720, 650727, 6, Scheme::elo, k16},
    SchemeRange{650901, 650978, 6, Scheme::elo, k16},
    SchemeRange{651652, 651679, 6, Scheme::elo, k16},
    SchemeRange{655000, 655019, 6, Scheme::elo, k16},
    SchemeRange{655021, 655058, 6, Scheme::elo, k16},
    SchemeRange{506099, 506198, 6, Scheme::verve, k16 | k18 | k19},
    SchemeRange{507865, 507964, 6, Scheme::verve, k16 | k18 | k19},
    SchemeRange{650002, 650027, 6, Scheme::verve, k16 | k18 | k19},
    SchemeRange{508500, 508999, 6, Scheme::rupay, k16},
    SchemeRange{606282, 606282, 6, Scheme::hipercard, k16},
    SchemeRange{1800, 1800, 4, Scheme::jcb, k15},
    SchemeRange{2131, 2131, 4, Scheme::jcb, k15},
    SchemeRange{2200, 2204, 4, Scheme::mir, k16To19},
    SchemeRange{2221, 2720, 4, Scheme::mastercard, k16},
    SchemeRange{3095, 3095, 4, Scheme::diners, k14 | k16},
    SchemeRange{3528, 3589, 4, Scheme::jcb, k16To19},
    SchemeRange{6011, 6011, 4, Scheme::discover, k16To19},
    SchemeRange{6521, 6522, 4, Scheme::rupay, k16},
    SchemeRange{8100, 8171, 4, Scheme::unionpay, k16To19},
    SchemeRange{8172, 8201, 4, Scheme::rupay, k16},
    SchemeRange{9792, 9792, 4, Scheme::troy, k16},
    SchemeRange{300, 305, 3, Scheme::diners, k14 | k16},
    SchemeRange{644, 649, 3, Scheme::discover, k16To19},
    SchemeRange{34, 34, 2, Scheme::amex, k15},
    SchemeRange{36, 36, 2, Scheme::diners, k14 | k16},
    SchemeRange{37, 37, 2, Scheme::amex, k15},
    SchemeRange{38, 39, 2, Scheme::diners, k14 | k16},
    SchemeRange{50, 50, 2, Scheme::maestro, k12To19},
    SchemeRange{51, 55, 2, Scheme::mastercard, k16},
    SchemeRange{56, 58, 2, Scheme::maestro, k12To19},
    SchemeRange{60, 60, 2, Scheme::rupay, k16},
    SchemeRange{62, 62, 2, Scheme::unionpay, k16To19},
    SchemeRange{63, 63, 2, Scheme::maestro, k12To19},
    SchemeRange{65, 65, 2, Scheme::discover, k16To19},
    SchemeRange{67, 67, 2, Scheme::maestro, k12To19},
    SchemeRange{4, 4, 1, Scheme::visa, k13 | k16 | k19},
};

// Prefixes that mainland banks issued before UnionPay existed. UnionPay has carried these cards
// since. Two public lists agree on every entry. The list is sorted, and no entry is the beginning
// of another.
constexpr std::array<std::string_view, 127> kMainland{
    "504923", "566666", "601382", "601427", "601428", "602907", "602969", "603265",  "603367",
    "603445", "603506", "603601", "603602", "603694", "609120", "683970", "6886592", "690755",
    "694301", "69580",  "84301",  "84336",  "84342",  "84361",  "84373",  "84380",   "84385",
    "84390",  "87000",  "87010",  "87030",  "87040",  "87050",  "900000", "900003",  "900010",
    "900105", "900205", "90030",  "90592",  "909810", "9111",   "920000", "921000",  "940001",
    "940002", "940003", "940006", "940008", "940012", "940013", "940015", "940016",  "940017",
    "940018", "940020", "940021", "940022", "940023", "940025", "940027", "940029",  "940030",
    "940031", "940032", "940034", "940035", "940037", "940038", "940039", "940040",  "940041",
    "940042", "940043", "940044", "940046", "940047", "940048", "940049", "940050",  "940051",
    "940053", "940054", "940055", "940056", "940057", "940058", "940060", "940061",  "940062",
    "940063", "940065", "940066", "940068", "940069", "940070", "940071", "940072",  "940073",
    "940074", "940076", "955100", "95555",  "955590", "955591", "955592", "955593",  "9558",
    "95595",  "95596",  "95597",  "95598",  "95599",  "966666", "96828",  "968807",  "968808",
    "968809", "984301", "984303", "985262", "9896",   "990871", "998800", "998801",  "998802",
    "999999"};
constexpr std::size_t kShortestMainland = 4;
constexpr std::size_t kLongestMainland = 8;

bool is_mainland(std::string_view digits) {
  for (std::size_t length = kShortestMainland; length <= kLongestMainland; ++length) {
    if (std::ranges::binary_search(kMainland, digits.substr(0, length))) return true;
  }
  return false;
}

}  // namespace

SchemeMatch match_scheme(std::string_view digits) {
  if (is_mainland(digits)) return {Scheme::unionpay, k16To19};
  for (const SchemeRange& range : kRanges) {
    if (digits.size() < range.digits) continue;
    std::uint32_t lead = 0;
    std::from_chars(digits.data(), digits.data() + range.digits, lead);
    if (lead >= range.from && lead <= range.to) return {range.scheme, range.lengths};
  }
  return {Scheme::unknown, kNone};
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i-- > 0;) {
    int digit = digits[i] - '0';
    if (doubled) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

}  // namespace cardvault
