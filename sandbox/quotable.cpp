#include "sandbox/quotable.h"

#include "base/bytes.h"

namespace cardvault::sandbox {
namespace {

constexpr std::size_t kLongest = 128;
constexpr std::string_view kCut = "...";

bool continues_a_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

}  // namespace

std::string quotable(std::string_view text) {
  if (!is_printable_utf8(text)) return "(unprintable)";
  if (text.size() <= kLongest) return std::string(text);
  std::size_t end = kLongest - kCut.size();
  while (end > 0 && continues_a_character(text[end])) --end;
  return std::string(text.substr(0, end)).append(kCut);
}

}  // namespace cardvault::sandbox
