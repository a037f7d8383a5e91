#include "crypto/keys/seals/transit_seal.h"

#include <algorithm>
#include <array>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/transit_message.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kFormat = 1;
// A label, then the format.
constexpr std::string_view kBoundTo = "cardvault transit seal, format 1\x01";

// Both servers use these words with status 400 if the ciphertext is at fault. Other words blame the
// key or the request.
constexpr std::array<std::string_view, 2> kNotAuthentic{"message authentication failed",
                                                        "invalid ciphertext"};

std::unexpected<Error> corrupt(std::string inside) {
  return fail(
      ErrorCode::record_corrupt,
      "The keyring cannot be opened with this transit key. Use the transit key of this vault.",
      OperatorText{"transit seal: " + std::move(inside)});
}

bool blames_ciphertext(const TransitAnswer& answer, std::string_view said) {
  return answer.status == 400 &&
         std::ranges::any_of(kNotAuthentic, [&](auto words) { return said.contains(words); });
}

}  // namespace

Result<std::unique_ptr<TransitSeal>> TransitSeal::open(TransitOptions options, SecretText token,
                                                       Resolver resolver) {
  TRY_VALUE(auto client,
            TransitClient::open(std::move(options), std::move(token), std::move(resolver)));
  return std::unique_ptr<TransitSeal>(new TransitSeal(std::move(client)));
}

Result<Bytes> TransitSeal::wrap(const SecretBytes& key) {
  std::string request = encrypt_request(key, kBoundTo);
  const auto answer = client_->post("encrypt", request);
  wipe(request);
  if (!answer) return fail(answer.error());
  if (answer->status != 200) return refused(*answer, said(*answer));
  const auto ciphertext = ciphertext_of(answer->body.expose());
  if (!ciphertext || !is_ciphertext(*ciphertext)) {
    return unavailable("did not return a ciphertext", "encrypt");
  }
  Bytes wrapped{kFormat};
  const ByteView text = as_bytes(*ciphertext);
  wrapped.insert(wrapped.end(), text.begin(), text.end());
  return wrapped;
}

Result<SecretBytes> TransitSeal::unwrap(ByteView wrapped) {
  if (wrapped.empty() || wrapped[0] != kFormat) return corrupt("unknown format");
  const std::string_view ciphertext = as_text(wrapped.subspan(1));
  if (!is_ciphertext(ciphertext)) return corrupt("no ciphertext");
  const std::string request = decrypt_request(ciphertext, kBoundTo);
  TRY_VALUE(auto answer, client_->post("decrypt", request));
  if (answer.status != 200) {
    const std::string words = said(answer);
    if (blames_ciphertext(answer, words)) return corrupt(words);
    return refused(answer, words);
  }
  auto key = plaintext_of(answer.body);
  if (!key || key->size() != kAeadKeySize) {
    return unavailable("did not return a key", "decrypt");
  }
  return *std::move(key);
}

std::unexpected<Error> TransitSeal::unavailable(const std::string& what, std::string inside) const {
  return fail(CryptoError::key_unavailable,
              "The transit server " + client_->options().address + " " + what + ".",
              OperatorText{"transit: " + std::move(inside)});
}

std::unexpected<Error> TransitSeal::refused(const TransitAnswer& answer,
                                            const std::string& said) const {
  const std::string inside =
      "http_" + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  const std::string key = "\"" + client_->options().key + "\"";
  if (answer.status == 403)
    return unavailable("refuses the token, or does not let it use the key", inside);
  if (answer.status == 404) return unavailable("has no transit engine at the mount", inside);
  if (answer.status == 503) return unavailable("is sealed, or down for maintenance", inside);
  if (said.contains("key not found")) return unavailable("has no key " + key, inside);
  if (answer.status == 400) return unavailable("cannot use the key " + key, inside);
  return unavailable("cannot process the request now", inside);
}

std::string TransitSeal::said(const TransitAnswer& answer) const {
  std::string words = error_of(answer.body.expose());
  return client_->is_token_in(words) ? std::string() : words;
}

}  // namespace cardvault
