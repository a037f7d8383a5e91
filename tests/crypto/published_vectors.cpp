#include "tests/crypto/published_vectors.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cardvault::test {

std::optional<std::string> published_text(std::string_view name) {
  const char* named = std::getenv("CARDVAULT_TEST_VECTORS");
  const auto folder = named != nullptr
                          ? std::filesystem::path(named)
                          : std::filesystem::path(CARDVAULT_SOURCE_DIR) / "../shared/vectors";
  std::ifstream file(folder / name);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<nlohmann::json> published_vectors(std::string_view name) {
  const auto text = published_text(name);
  if (!text) return std::nullopt;
  return nlohmann::json::parse(*text);
}

Bytes from_hex(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, bytes[i], 16);
    if (error != std::errc{} || end != digits + 2) throw std::invalid_argument("hex digits");
  }
  return bytes;
}

void PrescribedBytes::fill(std::span<std::uint8_t> out) {
  if (bytes_.size() - used_ < out.size()) throw std::out_of_range("more bytes than prescribed");
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
  used_ += out.size();
}

}  // namespace cardvault::test
