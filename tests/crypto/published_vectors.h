#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace cardvault::test {

/// The published text `name`, from the folder in CARDVAULT_TEST_VECTORS or from ../shared/vectors
/// beside the repository. If it is nullopt, skip the test with that reason.
[[nodiscard]] std::optional<std::string> published_text(std::string_view name);
/// The same for test vectors in JSON.
[[nodiscard]] std::optional<nlohmann::json> published_vectors(std::string_view name);

[[nodiscard]] Bytes from_hex(std::string_view hex);

/// Returns the bytes given to it, in order; for nonces that a vector prescribes.
class PrescribedBytes final : public RandomSource {
 public:
  explicit PrescribedBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  Bytes bytes_;
  std::size_t used_ = 0;
};

}  // namespace cardvault::test
