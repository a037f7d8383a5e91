#include "vault/storage/redis/script.h"

#include <openssl/evp.h>

#include <array>

#include "base/bytes.h"

namespace cardvault {

Script::Script(std::string_view text) : text_(text) {
  std::array<std::uint8_t, 20> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  name_ = to_hex(digest);
}

}  // namespace cardvault
