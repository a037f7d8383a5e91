#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/keys/seals/pkcs11_seal.h"
#include "tests/support/temp_directory.h"

namespace cardvault::test {

/// A hardware security module for one test: SoftHSM 2 with its tokens in a temporary directory.
/// Only one may exist at a time, because the process has one module. The module is restarted here,
/// so no session of an earlier test goes on.
class SoftHsm {
 public:
  /// Creates tokens with these labels; kPin is the user PIN of each.
  explicit SoftHsm(const std::vector<std::string>& token_labels);
  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;

  static constexpr std::string_view kPin = "test-pin-4711";

  [[nodiscard]] static std::string module();
  [[nodiscard]] static Pkcs11Place place(std::string token_label, std::string key_label = "root");
  [[nodiscard]] static SecretText pin() { return SecretText(kPin); }

  /// Removes the token's files, or puts them back.
  void unplug(std::size_t token) const;
  void plug_in(std::size_t token) const;

 private:
  [[nodiscard]] std::filesystem::path make_token(const std::string& label) const;

  TempDirectory folder_;
  std::vector<std::filesystem::path> tokens_;  ///< in the order of their labels
};

}  // namespace cardvault::test
