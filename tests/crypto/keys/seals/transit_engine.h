#pragma once

#include <httplib.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/random.h"

namespace cardvault::test {

/// The transit engine as its documentation describes it, with keys that really encrypt. It shares
/// no code with the seal that calls it.
class TransitEngine {
 public:
  static constexpr std::string_view kToken = "hvs.test-token-0123456789";

  explicit TransitEngine(std::string mount = "transit") : mount_(std::move(mount)) {}
  TransitEngine(const TransitEngine&) = delete;
  TransitEngine& operator=(const TransitEngine&) = delete;

  /// Call it before the server runs.
  void serve(httplib::Server& server);

  void rotate(const std::string& key);
  void remove(const std::string& key);
  void seal(bool sealed);

  /// Encrypts as another client of the key would.
  [[nodiscard]] std::string encrypt(const std::string& key, ByteView plaintext,
                                    ByteView associated);
  /// The last request, also if it failed.
  [[nodiscard]] httplib::Request last() const;

  [[nodiscard]] static std::string to_base64(ByteView bytes);
  [[nodiscard]] static Bytes from_base64(const std::string& text);

 private:
  struct Answer {
    int status = 200;
    nlohmann::json data;
    std::string error;
  };

  [[nodiscard]] Answer take(const httplib::Request& request);
  [[nodiscard]] Answer decrypt(const std::vector<Bytes>& versions, const std::string& ciphertext,
                               ByteView associated) const;

  const std::string mount_;
  SystemRandom random_;
  mutable std::mutex mutex_;
  bool sealed_ = false;
  std::map<std::string, std::vector<Bytes>> keys_;  ///< each with its versions
  httplib::Request last_;
};

}  // namespace cardvault::test
