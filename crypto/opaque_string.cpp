#include "crypto/opaque_string.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// ICU's macros for UTF-16 (such as U16_NEXT) mix signed and unsigned numbers.
#pragma GCC diagnostic ignored "-Wsign-conversion"

namespace cardvault {
namespace {

/// Room in UTF-16 units for the mapping of one character. Fullwidth and halfwidth characters map to
/// one character each.
constexpr std::size_t kMostUnits = 4;
constexpr UChar32 kNonJoiner = 0x200c;
constexpr UChar32 kJoiner = 0x200d;
constexpr std::uint8_t kVirama = 9;  // canonical combining class

/// UTF-16 text for ICU. The destructor wipes it.
class Units {
 public:
  explicit Units(std::size_t size) : units_(size) {}
  ~Units() {
    wipe({reinterpret_cast<std::uint8_t*>(units_.data()), units_.size() * sizeof(UChar)});
  }
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  [[nodiscard]] UChar* data() { return units_.data(); }
  [[nodiscard]] const UChar* data() const { return units_.data(); }
  [[nodiscard]] std::int32_t room() const { return static_cast<std::int32_t>(units_.size()); }

  std::int32_t used = 0;

 private:
  std::vector<UChar> units_;
};

const UNormalizer2* normalizer(decltype(&unorm2_getNFCInstance) which) {
  UErrorCode status = U_ZERO_ERROR;
  return which(&status);
}

/// Appends the usual character for a fullwidth or halfwidth one, U+0020 for a space, and every
/// other character unchanged.
void append_mapped(UChar32 point, Units& to) {
  std::array<UChar, kMostUnits> mapped{};
  std::int32_t length = 0;
  const int kind = u_getIntPropertyValue(point, UCHAR_DECOMPOSITION_TYPE);
  if (u_charType(point) == U_SPACE_SEPARATOR) {
    mapped[length++] = u' ';
  } else if (kind == U_DT_WIDE || kind == U_DT_NARROW) {
    UErrorCode status = U_ZERO_ERROR;
    length = unorm2_getRawDecomposition(normalizer(unorm2_getNFKCInstance), point, mapped.data(),
                                        static_cast<std::int32_t>(mapped.size()), &status);
  } else {
    U16_APPEND_UNSAFE(mapped.data(), length, point);
  }
  std::copy_n(mapped.begin(), length, to.data() + to.used);
  to.used += length;
}

int joining(UChar32 point) {
  return u_getIntPropertyValue(point, UCHAR_JOINING_TYPE);
}

/// RFC 5892, A.1: the non-joiner stands between two letters that would join. Marks between them do
/// not count.
bool parts_joining_letters(const Units& text, std::int32_t from, std::int32_t to) {
  UChar32 point = 0;
  int before = U_JT_TRANSPARENT;
  while (from > 0 && before == U_JT_TRANSPARENT) {
    U16_PREV(text.data(), 0, from, point);
    before = joining(point);
  }
  int behind = U_JT_TRANSPARENT;
  while (to < text.used && behind == U_JT_TRANSPARENT) {
    U16_NEXT(text.data(), to, text.used, point);
    behind = joining(point);
  }
  return (before == U_JT_LEFT_JOINING || before == U_JT_DUAL_JOINING) &&
         (behind == U_JT_RIGHT_JOINING || behind == U_JT_DUAL_JOINING);
}

/// RFC 5892, A.1 and A.2. The joiner or non-joiner takes [from, to).
bool is_needed_joiner(UChar32 joiner, const Units& text, std::int32_t from, std::int32_t to) {
  if (from == 0) return false;
  UChar32 before = 0;
  std::int32_t at = from;
  U16_PREV(text.data(), 0, at, before);
  if (u_getCombiningClass(before) == kVirama) return true;
  return joiner == kNonJoiner && parts_joining_letters(text, from, to);
}

/// RFC 8264, section 8, with its exceptions (RFC 5892, 2.6).
bool is_freeform(UChar32 point) {
  constexpr std::array<UChar32, 10> kExceptions{0x0640, 0x07fa, 0x302e, 0x302f, 0x3031,
                                                0x3032, 0x3033, 0x3034, 0x3035, 0x303b};
  if (std::ranges::find(kExceptions, point) != kExceptions.end()) return false;
  const int syllable = u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE);
  const bool conjoining = syllable == U_HST_LEADING_JAMO || syllable == U_HST_VOWEL_JAMO ||
                          syllable == U_HST_TRAILING_JAMO;
  if (conjoining || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) {
    return false;
  }
  constexpr std::uint32_t kRefused = U_GC_CN_MASK | U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK |
                                     U_GC_CS_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  return (U_GET_GC_MASK(point) & kRefused) == 0;
}

bool is_allowed(const Units& text) {
  for (std::int32_t at = 0; at < text.used;) {
    const std::int32_t from = at;
    UChar32 point = 0;
    U16_NEXT(text.data(), at, text.used, point);
    const bool joiner = point == kNonJoiner || point == kJoiner;
    if (joiner ? !is_needed_joiner(point, text, from, at) : !is_freeform(point)) return false;
  }
  return text.used > 0;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

SecretText to_utf8(const Units& text) {
  std::string bytes(static_cast<std::size_t>(text.used) * 3, '\0');
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t size = 0;
  u_strToUTF8(bytes.data(), static_cast<std::int32_t>(bytes.size()), &size, text.data(), text.used,
              &status);
  SecretText out{std::string_view(bytes).substr(0, static_cast<std::size_t>(size))};
  wipe(bytes);
  return out;
}

}  // namespace

std::optional<SecretText> opaque_string(const SecretText& text) {
  const std::string_view bytes = text.expose();
  // Far above the length of any password. Below this limit no size here overflows 32 bits.
  constexpr std::size_t kLongest = 64 * 1024;
  if (bytes.empty() || bytes.size() > kLongest) return std::nullopt;
  if (is_ascii(bytes)) return SecretText(bytes);

  Units given(bytes.size());
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(given.data(), given.room(), &given.used, bytes.data(),
                static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;

  Units mapped(bytes.size() * kMostUnits);
  for (std::int32_t at = 0; at < given.used;) {
    UChar32 point = 0;
    U16_NEXT(given.data(), at, given.used, point);
    append_mapped(point, mapped);
  }

  // NFC makes UTF-16 at most three times as long (Unicode Standard Annex 15).
  Units composed(static_cast<std::size_t>(mapped.used) * 3);
  composed.used = unorm2_normalize(normalizer(unorm2_getNFCInstance), mapped.data(), mapped.used,
                                   composed.data(), composed.room(), &status);
  if (U_FAILURE(status) || !is_allowed(composed)) return std::nullopt;
  return to_utf8(composed);
}

}  // namespace cardvault
