#pragma once

#include <memory>
#include <string>

#include "crypto/keys/seals/pkcs11_module.h"
#include "crypto/secret.h"

namespace cardvault {

/// A session of one token (OASIS PKCS #11 v2.40, 5.6), closed with its owner; the user's login ends
/// with the last one of the process. Everything here is called under Pkcs11Module::lock().
class Pkcs11Session {
 public:
  enum class Access : std::uint8_t { read, write };
  /// What the token said to the PIN.
  enum class Login : std::uint8_t {
    done,
    refused,  ///< it counts such tries and locks: not to be tried again with this PIN
    failed,   ///< for a reason that is not the PIN
  };

  /// With the only token that has the label. key_unavailable when there is none, or several, or it
  /// cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<Pkcs11Session>> open(Pkcs11Module module,
                                                                   const std::string& token_label,
                                                                   Access access);
  ~Pkcs11Session();
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  /// Shows the PIN once, as the user's; `why` tells when it is not done. Done without a look at the
  /// PIN while another session of this process is logged in.
  [[nodiscard]] Login log_in(const SecretText& pin, Error& why);

  /// False once a restart has taken it away.
  [[nodiscard]] bool is_alive() const { return born_ == Pkcs11Module::restarts(); }

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return module_.calls(); }
  [[nodiscard]] CK_SESSION_HANDLE handle() const { return handle_; }
  [[nodiscard]] const std::string& token_label() const { return token_label_; }

 private:
  Pkcs11Session(Pkcs11Module module, CK_SESSION_HANDLE handle, std::string token_label)
      : module_(module), handle_(handle), token_label_(std::move(token_label)) {}

  Pkcs11Module module_;
  CK_SESSION_HANDLE handle_;
  std::string token_label_;
  std::uint64_t born_ = Pkcs11Module::restarts();
};

}  // namespace cardvault
