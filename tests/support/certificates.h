#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace cardvault::test {

/// A key with a certificate, valid for an hour. Alternative names have OpenSSL's form:
/// "DNS:channel.test,IP:127.0.0.1". Any failure throws.
class Certificate {
 public:
  /// A certificate that is its own authority.
  [[nodiscard]] static Certificate self_signed(const std::string& alternative_names);
  /// A certificate signed by this one; it may not sign others.
  [[nodiscard]] Certificate issue(const std::string& alternative_names) const;

  [[nodiscard]] X509* certificate() const { return certificate_.get(); }
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  /// Writes PEM. The key's file is readable only by its owner.
  void save_certificate(const std::filesystem::path& file) const;
  void save_key(const std::filesystem::path& file) const;

 private:
  Certificate(const std::string& alternative_names, const Certificate* issuer);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace cardvault::test
