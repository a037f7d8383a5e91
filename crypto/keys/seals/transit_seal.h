#pragma once

#include <memory>
#include <string>

#include "crypto/keys/seal.h"
#include "crypto/keys/seals/transit_client.h"

namespace cardvault {

/// A root key in a key management service. The transit engine of HashiCorp Vault or OpenBao
/// encrypts with the key and reveals it to nobody.
///
///   wrapped = format (1) | ciphertext, as the engine writes it: "vault:v1:" and base64
///
/// The key must be of an AEAD type of 256 bits (aes256-gcm96, the engine's default, or
/// chacha20-poly1305) and not derived. This side cannot see the type. The associated data is a
/// label of this format, and the format. The engine's key may be rotated: a ciphertext names the
/// version that made it.
///
/// The token needs `update` on encrypt/ and decrypt/ of the key. It should not have `create`: if
/// the key were missing, the engine would make a new one and wrap with that. No error contains the
/// token or a key. Safe from any thread. A call blocks for at most the options' timeout.
class TransitSeal final : public Seal {
 public:
  /// As TransitClient::open(): sends nothing yet.
  [[nodiscard]] static Result<std::unique_ptr<TransitSeal>> open(TransitOptions options,
                                                                 SecretText token,
                                                                 Resolver resolver);

  [[nodiscard]] SealKind kind() const override { return SealKind::transit; }
  /// key_unavailable if the server cannot be reached, does not answer in time, redirects, is
  /// sealed, refuses the token, does not have the key, or sends an unusable answer. `detail` says
  /// which; `inside` has the server's words.
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// key_unavailable as above. record_corrupt if `wrapped` is not well-formed, or if the server
  /// says that the ciphertext is invalid or not authentic.
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

 private:
  explicit TransitSeal(std::unique_ptr<const TransitClient> client) : client_(std::move(client)) {}

  [[nodiscard]] std::unexpected<Error> unavailable(const std::string& what,
                                                   std::string inside) const;
  [[nodiscard]] std::unexpected<Error> refused(const TransitAnswer& answer,
                                               const std::string& said) const;
  [[nodiscard]] std::string said(const TransitAnswer& answer) const;

  const std::unique_ptr<const TransitClient> client_;
};

}  // namespace cardvault
