#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace cardvault::test {

/// A key with a certificate for it, valid for an hour. Alternative names are written as OpenSSL
/// wants them: "DNS:channel.test,IP:127.0.0.1". Whatever fails throws.
class Certificate {
 public:
  /// One that is its own authority.
  [[nodiscard]] static Certificate self_signed(const std::string& alternative_names);
  /// One that this one has signed, and that may not sign others.
  [[nodiscard]] Certificate issue(const std::string& alternative_names) const;

  [[nodiscard]] X509* certificate() const { return certificate_.get(); }
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  /// PEM; the key's file is for its owner only.
  void save_certificate(const std::filesystem::path& file) const;
  void save_key(const std::filesystem::path& file) const;

 private:
  Certificate(const std::string& alternative_names, const Certificate* issuer);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace cardvault::test
