#include "tests/end_to_end/leak_scan.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>

namespace cardvault::test {
namespace {

std::string hex(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += alphabet[byte >> 4U];
    out += alphabet[byte & 15U];
  }
  return out;
}

/// Base64 of the text after `offset` bytes, without the characters that share bits with bytes
/// before or after the text.
std::string base64(std::string_view text, std::size_t offset, std::string_view alphabet) {
  const std::string bytes = std::string(offset, '\0').append(text);
  std::string out;
  for (std::size_t bit = 0; bit + 6 <= bytes.size() * 8; bit += 6) {
    const auto first = static_cast<std::uint8_t>(bytes[bit / 8]);
    const auto second =
        bit / 8 + 1 < bytes.size() ? static_cast<std::uint8_t>(bytes[bit / 8 + 1]) : 0U;
    const unsigned both = (static_cast<unsigned>(first) << 8U) | second;
    out += alphabet[(both >> (10U - bit % 8)) & 63U];
  }
  return out.substr((offset * 8 + 5) / 6);
}

std::string grouped(std::string_view digits, char separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

std::string packed(std::string digits) {
  if (digits.size() % 2 != 0) digits += 'f';
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto nibble = [](char c) { return c == 'f' ? 15U : static_cast<unsigned>(c - '0'); };
    out += static_cast<char>(nibble(digits[i]) << 4U | nibble(digits[i + 1]));
  }
  return out;
}

}  // namespace

std::vector<Needle> spellings_of_secret(const std::string& what, std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::vector<Needle> needles{{what, std::string(text)},
                              {what + " as hex", hex(text, "0123456789abcdef")},
                              {what + " as HEX", hex(text, "0123456789ABCDEF")}};
  for (const std::string_view tail : {"+/", "-_"}) {
    const std::string alphabet = std::string(letters).append(tail);
    for (const std::size_t offset : {0U, 1U, 2U}) {
      needles.push_back({what + " as base64", base64(text, offset, alphabet)});
    }
  }
  return needles;
}

std::vector<Needle> spellings_of_pan(std::string_view digits) {
  const std::string what = "card number " + std::string(digits.substr(digits.size() - 4));
  std::vector<Needle> needles = spellings_of_secret(what, digits);
  needles.push_back({what + " with spaces", grouped(digits, ' ')});
  needles.push_back({what + " with dashes", grouped(digits, '-')});
  needles.push_back({what + " packed", packed(std::string(digits))});
  return needles;
}

std::vector<std::string> find_in(std::string_view text, const std::string& where,
                                 const std::vector<Needle>& needles) {
  std::vector<std::string> found;
  for (const Needle& needle : needles) {
    if (text.find(needle.text) != std::string_view::npos) {
      found.push_back(needle.what + " in " + where);
    }
  }
  return found;
}

DirectoryScan scan_directory(const std::filesystem::path& directory,
                             const std::vector<Needle>& needles,
                             const std::vector<std::string>& exempt) {
  DirectoryScan scan;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || std::ranges::find(exempt, name) != exempt.end()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    ++scan.files;
    scan.bytes += bytes.size();
    std::ranges::move(find_in(bytes, name, needles), std::back_inserter(scan.found));
  }
  return scan;
}

}  // namespace cardvault::test
