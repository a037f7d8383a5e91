#include "vault/text/card_in_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/unicode.h"
#include "vault/text/digit_runs.h"
#include "vault/wallet/scheme.h"

namespace cardvault {
namespace {

constexpr std::size_t kShortest = 13;
constexpr std::size_t kLongest = 19;
/// Length of the longest international telephone number (ITU-T E.164).
constexpr std::size_t kLongestPhone = 15;
constexpr std::size_t kUsual = 16;
constexpr std::size_t kCode = 3;
constexpr std::size_t kExpiry = 4;
constexpr std::size_t kMostBehind = kExpiry + kCode;

/// Digits that may be a card number, and their surroundings in the text.
struct Candidate {
  std::string_view digits;
  bool grouped = false;  ///< like a card number
  bool glued = false;    ///< other digits touch them
  bool phone = false;    ///< a plus stands before them
};

bool only_zeros(std::string_view digits) {
  return std::ranges::all_of(digits, [](char c) { return c == '0'; });
}

/// Some UnionPay numbers do not pass the Luhn check. Inside a longer number, accept only the two
/// lengths that nearly all of them have.
bool needs_no_luhn(const Candidate& one, const SchemeMatch& match) {
  if (match.scheme != Scheme::unionpay || !match.has_length(one.digits.size())) return false;
  if (!one.digits.starts_with("62") && !one.digits.starts_with("81")) return false;
  return !one.glued || one.digits.size() == kUsual || one.digits.size() == kLongest;
}

bool is_card(const Candidate& one) {
  if (only_zeros(one.digits)) return false;
  const SchemeMatch match = match_scheme(one.digits);
  const bool short_unionpay = match.scheme == Scheme::unionpay && one.digits.size() < kUsual;
  const bool fits = match.has_length(one.digits.size()) || short_unionpay;
  const bool luhn = passes_luhn(one.digits);
  if (one.phone && one.digits.size() <= kLongestPhone) return fits && luhn && one.grouped;
  if (needs_no_luhn(one, match)) return true;
  return (fits && luhn) || (fits && one.grouped) || (luhn && one.grouped && !one.glued);
}

std::size_t number_in(std::string_view digits) {
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// MMYY or YYMM of a card that may exist: it has not been expired for long, or will be issued
/// later.
bool is_expiry(std::string_view digits) {
  const auto fits = [](std::size_t month, std::size_t year) {
    return month >= 1 && month <= 12 && year >= 20 && year <= 49;
  };
  const std::size_t first = number_in(digits.substr(0, 2));
  const std::size_t second = number_in(digits.substr(2, 2));
  return fits(first, second) || fits(second, first);
}

/// The digits that people copy together with a card number: none, one extra digit, the code, the
/// expiry date, or both.
bool may_stand_behind(std::string_view rest, std::size_t card_length) {
  if (rest.size() <= 1) return true;
  if (rest.size() == kCode) return card_length == kUsual;
  const bool dated = rest.size() == kExpiry || rest.size() == kMostBehind;
  return dated && is_expiry(rest.substr(0, kExpiry));
}

constexpr std::size_t kMostCardGroups = 5;

/// `sizes` are the sizes of the groups, as in 4-4-4-4.
bool is_card_grouping(const std::vector<std::size_t>& sizes) {
  using Sizes = std::vector<std::size_t>;
  static const std::array<Sizes, 7> known{
      Sizes{4, 4, 4, 4}, Sizes{4, 4, 4, 4, 1}, Sizes{4, 4, 4, 4, 2}, Sizes{4, 4, 4, 4, 3},
      Sizes{4, 6, 5},    Sizes{4, 6, 4},       Sizes{6, 13}};
  return std::ranges::find(known, sizes) != known.end();
}

/// People split a long number like this: groups of one size, four or more. The first and the last
/// group may be shorter.
bool is_even(const std::vector<std::size_t>& sizes) {
  const std::size_t size = sizes.size() == 2 ? std::max(sizes[0], sizes[1]) : sizes[1];
  return size >= 4 && sizes.front() <= size && sizes.back() <= size &&
         std::all_of(sizes.begin() + 1, sizes.end() - 1, [&](auto one) { return one == size; });
}

/// Searches the groups of one run.
class RunReader {
 public:
  explicit RunReader(const DigitRun& run) : run_(run) {}

  [[nodiscard]] bool holds_card() const {
    for (std::size_t first = 0; first < run_.groups.size(); ++first) {
      if (begins_card(first)) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] bool begins_card(std::size_t first) const {
    std::size_t total = 0;
    for (std::size_t last = first; last < run_.groups.size(); ++last) {
      total += run_.groups[last].count;
      if (last > first && total > kLongest + 1) return false;
      if (total >= kShortest && is_card_between(first, last)) return true;
    }
    return false;
  }

  /// True if all gaps inside are the same and the gaps around are different or missing.
  [[nodiscard]] bool stands_apart(std::size_t first, std::size_t last) const {
    const auto& groups = run_.groups;
    const std::u32string& gap = groups[first + 1].gap;
    for (std::size_t i = first + 1; i <= last; ++i) {
      if (groups[i].gap != gap) return false;
    }
    const bool before = first > 0 && groups[first].gap == gap;
    const bool behind = last + 1 < groups.size() && groups[last + 1].gap == gap;
    return !before && !behind;
  }

  [[nodiscard]] bool is_card_between(std::size_t first, std::size_t last) const {
    const DigitGroup& begin = run_.groups[first];
    const DigitGroup& end = run_.groups[last];
    const std::string_view digits =
        std::string_view(run_.digits).substr(begin.first, end.first + end.count - begin.first);
    if (first == last) return is_card_in_group(digits, first == 0 && run_.behind_plus);
    const std::size_t outside = run_.digits.size() - digits.size();
    const bool apart = outside <= 1 || stands_apart(first, last);
    const bool few = last - first < kMostCardGroups;
    if (!apart && !few) return false;
    for (const auto& [left, right] : {Cut{0, 0}, Cut{1, 0}, Cut{0, 1}}) {
      if (left > begin.count || right > end.count) continue;
      const std::size_t length = digits.size() - left - right;
      if (length < kShortest || length > kLongest) continue;
      const auto sizes = few ? sizes_of(first, last, left, right) : std::vector<std::size_t>();
      const bool grouping = few && is_card_grouping(sizes);
      if (!apart && !grouping && !is_even(sizes)) continue;
      if (is_card({.digits = digits.substr(left, length),
                   .grouped = grouping && apart,
                   .glued = outside == 1 || left + right > 0,
                   .phone = first == 0 && run_.behind_plus})) {
        return true;
      }
    }
    return false;
  }

  /// Searches digits without a gap.
  [[nodiscard]] static bool is_card_in_group(std::string_view digits, bool phone) {
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    // In a telephone number at most 15 digits follow the 00.
    const bool padded = zeros > 1 && digits.size() - zeros >= kUsual;
    for (const std::size_t left : {std::size_t{0}, std::size_t{1}, padded ? zeros : 0}) {
      const std::string_view rest = digits.substr(std::min(left, digits.size()));
      for (std::size_t length = kShortest; length <= std::min(kLongest, rest.size()); ++length) {
        const std::string_view behind = rest.substr(length);
        const bool glued_before = left == 1;
        if (glued_before ? !behind.empty() : !may_stand_behind(behind, length)) continue;
        if (is_card({.digits = rest.substr(0, length),
                     .grouped = false,
                     .glued = left > 0 || !behind.empty(),
                     .phone = phone})) {
          return true;
        }
      }
    }
    return false;
  }

  struct Cut {
    std::size_t left;
    std::size_t right;
  };

  [[nodiscard]] std::vector<std::size_t> sizes_of(std::size_t first, std::size_t last,
                                                  std::size_t left, std::size_t right) const {
    std::vector<std::size_t> sizes;
    for (std::size_t i = first; i <= last; ++i) sizes.push_back(run_.groups[i].count);
    sizes.front() -= left;
    sizes.back() -= right;
    return sizes;
  }

  const DigitRun& run_;
};

}  // namespace

bool holds_card_number(std::string_view text) {
  const auto holds = [&](Thin thin) {
    return std::ranges::any_of(digit_runs(text, thin),
                               [](const DigitRun& run) { return RunReader(run).holds_card(); });
  };
  // ASCII has no characters without width.
  const bool ascii = std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
  return holds(Thin::separates) || (!ascii && holds(Thin::joins));
}

}  // namespace cardvault
