#include "vault/text/digit_runs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/unicode.h"

namespace cardvault {
namespace {

constexpr std::size_t kFewestDigits = 13;
constexpr std::string_view kUuid = "xxxxxxxx-xxxx-Vxxx-Rxxx-xxxxxxxxxxxx";

/// V is a version, 1 to 8. R is a variant, 8 to b.
bool begins_with_uuid(std::string_view text) {
  if (text.size() < kUuid.size()) return false;
  if (text.size() > kUuid.size() && is_letter_or_digit(text[kUuid.size()])) return false;
  for (std::size_t i = 0; i < kUuid.size(); ++i) {
    const char c = text[i];
    const bool right = kUuid[i] == '-'   ? c == '-'
                       : kUuid[i] == 'V' ? c >= '1' && c <= '8'
                       : kUuid[i] == 'R' ? std::string_view("89abAB").contains(c)
                                         : is_hex_digit(c);
    if (!right) return false;
  }
  return true;
}

/// Returns the length of the international bank account number at the beginning of the text, or 0.
/// Such a number (ISO 13616) has a country, check digits and at most 30 more characters, with or
/// without groups.
std::size_t iban_length(std::string_view text) {
  constexpr std::size_t shortest = 15;
  constexpr std::size_t longest = 34;
  constexpr std::size_t head = 4;
  const auto add = [&](int sum, char c) {
    return is_digit(c) ? (sum * 10 + c - '0') % 97 : (sum * 100 + c - 'A' + 10) % 97;
  };
  if (text.size() < shortest || !is_upper(text[0]) || !is_upper(text[1])) return 0;
  if (!is_digit(text[2]) || !is_digit(text[3])) return 0;
  std::size_t found = 0;
  int sum = 0;
  for (std::size_t at = head, count = head; at < text.size() && count < longest; ++at) {
    if (text[at] == ' ' && text[at - 1] != ' ') continue;
    if (!is_upper(text[at]) && !is_digit(text[at])) break;
    sum = add(sum, text[at]);
    ++count;
    if (count < shortest || (at + 1 < text.size() && is_letter_or_digit(text[at + 1]))) continue;
    int whole = sum;
    for (const char c : text.substr(0, head)) whole = add(whole, c);
    if (whole == 1) found = at + 1;
  }
  return found;
}

/// Returns the length of the hexadecimal digest at the beginning of the text, or 0. A digest is a
/// word with the length of an MD5, SHA-1 or SHA-2 digest or of a UUID without dashes. It must have
/// many letters: 999 of 1000 random digests have at least as many.
std::size_t digest_length(std::string_view text) {
  constexpr std::array<std::size_t, 6> lengths{32, 40, 56, 64, 96, 128};
  const std::size_t length =
      std::min(text.find_first_not_of("0123456789abcdefABCDEF"), text.size());
  if (length < text.size() && is_letter_or_digit(text[length])) return 0;
  if (std::ranges::find(lengths, length) == lengths.end()) return 0;
  const auto letters =
      std::ranges::count_if(text.substr(0, length), [](char c) { return c > '9'; });
  return static_cast<std::size_t>(letters) * 8 >= length ? length : 0;
}

/// Returns the length of an identifier at the beginning of the text that has check digits or a
/// special form, or 0.
std::size_t identifier_length(std::string_view text) {
  if (begins_with_uuid(text)) return kUuid.size();
  return std::max(digest_length(text), iban_length(text));
}

/// Collects runs character by character.
class RunCollector {
 public:
  explicit RunCollector(Thin thin) : thin_(thin) {}

  void take(const Character& one) {
    switch (one.glyph) {
      case Glyph::digit:
        add(static_cast<char>('0' + one.digit));
        return;
      case Glyph::thin:
        if (thin_ == Thin::separates) gap_ += one.point;
        return;
      case Glyph::space:
      case Glyph::dash:
      case Glyph::stop:
        gap_ += one.point;
        return;
      case Glyph::plus:
        end_run();
        plus_ = true;
        return;
      case Glyph::currency:
      case Glyph::other:
        end_run();
        return;
    }
  }

  void end_run() {
    if (run_.digits.size() >= kFewestDigits) runs_.push_back(std::move(run_));
    run_ = DigitRun();
    gap_.clear();
    plus_ = false;
  }

  std::vector<DigitRun> finish() {
    end_run();
    return std::move(runs_);
  }

 private:
  void add(char digit) {
    if (run_.groups.empty()) {
      run_.behind_plus = plus_;
      run_.groups.push_back({});
    } else if (!gap_.empty()) {
      run_.groups.push_back({.first = run_.digits.size(), .count = 0, .gap = gap_});
    }
    gap_.clear();
    run_.digits += digit;
    ++run_.groups.back().count;
  }

  Thin thin_;
  bool plus_ = false;
  std::u32string gap_;
  DigitRun run_;
  std::vector<DigitRun> runs_;
};

/// Finds dates and times among the groups of a run.
class Calendar {
 public:
  explicit Calendar(const DigitRun& run) : run_(run) {}

  /// Returns how many groups from `at` on are a date or a time, or 0.
  [[nodiscard]] std::size_t length_at(std::size_t at) const {
    if (is_date(at)) return 3;
    for (const std::size_t groups : {std::size_t{3}, std::size_t{2}}) {
      if (is_time(at, groups)) return groups;
    }
    return 0;
  }

 private:
  [[nodiscard]] std::size_t value(std::size_t at) const {
    const DigitGroup& group = run_.groups[at];
    const char* begin = run_.digits.data() + group.first;
    std::size_t number = 0;
    std::from_chars(begin, begin + group.count, number);
    return number;
  }
  [[nodiscard]] std::size_t count(std::size_t at) const { return run_.groups[at].count; }

  /// True if `groups` groups have the same single character between them and different gaps around
  /// them.
  [[nodiscard]] bool is_chain(std::size_t at, std::size_t groups,
                              std::u32string_view separators) const {
    const auto& all = run_.groups;
    if (at + groups > all.size()) return false;
    const std::u32string& gap = all[at + 1].gap;
    if (gap.size() != 1 || !separators.contains(gap.front())) return false;
    for (std::size_t i = at + 1; i < at + groups; ++i) {
      if (all[i].gap != gap) return false;
    }
    return all[at].gap != gap && (at + groups == all.size() || all[at + groups].gap != gap);
  }

  [[nodiscard]] bool is_year(std::size_t at) const {
    return count(at) == 4 && value(at) >= 1900 && value(at) < 2100;
  }
  [[nodiscard]] bool is_day_of_year(std::size_t month, std::size_t day) const {
    if (count(month) > 2 || count(day) > 2) return false;
    return value(month) >= 1 && value(month) <= 12 && value(day) >= 1 && value(day) <= 31;
  }
  [[nodiscard]] bool is_date(std::size_t at) const {
    if (!is_chain(at, 3, U"-/.")) return false;
    if (is_year(at)) return is_day_of_year(at + 1, at + 2);
    return is_year(at + 2) && (is_day_of_year(at, at + 1) || is_day_of_year(at + 1, at));
  }
  [[nodiscard]] bool is_time(std::size_t at, std::size_t groups) const {
    if (!is_chain(at, groups, U":") || value(at) > 23) return false;
    for (std::size_t i = at; i < at + groups; ++i) {
      if (count(i) != 2 || value(i) > 59) return false;
    }
    return true;
  }

  const DigitRun& run_;
};

/// Splits a run at its dates and times into the parts between them.
void split(const DigitRun& run, std::vector<DigitRun>& parts) {
  const Calendar calendar(run);
  DigitRun part;
  part.behind_plus = run.behind_plus;
  const auto end_part = [&] {
    if (part.digits.size() >= kFewestDigits) parts.push_back(std::move(part));
    part = DigitRun();
  };
  for (std::size_t at = 0; at < run.groups.size();) {
    if (const std::size_t length = calendar.length_at(at); length > 0) {
      end_part();
      at += length;
      continue;
    }
    const DigitGroup& group = run.groups[at++];
    part.groups.push_back(
        {part.digits.size(), group.count, part.groups.empty() ? std::u32string() : group.gap});
    part.digits += std::string_view(run.digits).substr(group.first, group.count);
  }
  end_part();
}

}  // namespace

std::vector<DigitRun> digit_runs(std::string_view text, Thin thin) {
  RunCollector collector(thin);
  bool in_word = false;
  while (!text.empty()) {
    if (const std::size_t length = in_word ? 0 : identifier_length(text); length > 0) {
      collector.end_run();
      text.remove_prefix(length);
      continue;
    }
    in_word = is_letter_or_digit(text.front());
    std::string_view rest = text;
    (void)take_code_point(rest);
    fold_text(text.substr(0, text.size() - rest.size()),
              [&](const Character& one) { collector.take(one); });
    text = rest;
  }
  std::vector<DigitRun> parts;
  for (const DigitRun& run : collector.finish()) split(run, parts);
  return parts;
}

}  // namespace cardvault
