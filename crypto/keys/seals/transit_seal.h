#pragma once

#include <memory>
#include <string>

#include "crypto/keys/seal.h"
#include "crypto/keys/seals/transit_client.h"

namespace cardvault {

/// A root key that a key management service keeps: the transit engine of HashiCorp Vault or OpenBao
/// encrypts with it and gives it to nobody.
///
///   wrapped = format (1) | ciphertext, as the engine writes it: "vault:v1:" and base64
///
/// The key is of an AEAD type of 256 bits (aes256-gcm96, the engine's default, or
/// chacha20-poly1305) and not derived; which it is cannot be seen from here. The associated data is
/// a label of this format and the format. The engine's key may be rotated: a ciphertext says by
/// which version it was made.
///
/// The token needs `update` on encrypt/ and decrypt/ of the key, and should not have `create`: the
/// engine would make a missing key anew, and wrap with that. Neither the token nor a key is ever in
/// an error. Safe from any thread; a call blocks for the options' timeout at most, and a look-up.
class TransitSeal final : public Seal {
 public:
  /// As TransitClient::open(): asks nothing yet.
  [[nodiscard]] static Result<std::unique_ptr<TransitSeal>> open(TransitOptions options,
                                                                 SecretText token,
                                                                 Resolver resolver);

  [[nodiscard]] SealKind kind() const override { return SealKind::transit; }
  /// key_unavailable when the server cannot be reached, does not answer in time, redirects, is
  /// sealed, refuses the token, has no such key or answers with what is not an answer. `detail`
  /// says which, `inside` what the server said.
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// key_unavailable as above; record_corrupt when `wrapped` is not one, and when the server says
  /// that the ciphertext is invalid or not authentic.
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
