#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace cardvault::test {

/// The published text in `name`, from the folder that CARDVAULT_TEST_VECTORS names, or
/// ../shared/vectors beside the repository. nullopt where there is none: skip, saying so.
[[nodiscard]] std::optional<std::string> published_text(std::string_view name);
/// The same of test vectors in JSON.
[[nodiscard]] std::optional<nlohmann::json> published_vectors(std::string_view name);

[[nodiscard]] Bytes from_hex(std::string_view hex);

/// Gives out the bytes it was made with, in order; for nonces that a vector prescribes.
class PrescribedBytes final : public RandomSource {
 public:
  explicit PrescribedBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  Bytes bytes_;
  std::size_t used_ = 0;
};

}  // namespace cardvault::test
