#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/keys/seals/pkcs11_seal.h"
#include "tests/support/temp_directory.h"

namespace cardvault::test {

/// A hardware security module of this test's own: SoftHSM 2 with its tokens in a temporary
/// directory. One at a time, because the module is one for the process; it is started anew here, so
/// no session of an earlier test goes on.
class SoftHsm {
 public:
  /// Tokens of these labels, each with kPin for its user.
  explicit SoftHsm(const std::vector<std::string>& token_labels);
  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;

  static constexpr std::string_view kPin = "test-pin-4711";

  [[nodiscard]] static std::string module();
  [[nodiscard]] static Pkcs11Place place(std::string token_label, std::string key_label = "root");
  [[nodiscard]] static SecretText pin() { return SecretText(kPin); }

  /// Takes the token's files away, and puts them back.
  void unplug(std::size_t token) const;
  void plug_in(std::size_t token) const;

 private:
  [[nodiscard]] std::filesystem::path make_token(const std::string& label) const;

  TempDirectory folder_;
  std::vector<std::filesystem::path> tokens_;  ///< in the order of their labels
};

}  // namespace cardvault::test
