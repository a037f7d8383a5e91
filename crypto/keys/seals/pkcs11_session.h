#pragma once

#include <memory>
#include <string>

#include "crypto/keys/seals/pkcs11_module.h"
#include "crypto/secret.h"

namespace cardvault {

/// A session with one token (OASIS PKCS #11 v2.40, 5.6). The destructor closes it. The user stays
/// logged in until the last session of the process closes. Call everything here under
/// Pkcs11Module::lock().
class Pkcs11Session {
 public:
  enum class Access : std::uint8_t { read, write };
  /// The token's answer to the PIN.
  enum class Login : std::uint8_t {
    done,
    refused,  ///< do not try this PIN again: the token counts refused PINs and locks
    failed,   ///< for another reason than the PIN
  };

  /// Opens a session with the only token that has the label. key_unavailable if no token or several
  /// tokens have it, or if the token cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<Pkcs11Session>> open(Pkcs11Module module,
                                                                   const std::string& token_label,
                                                                   Access access);
  ~Pkcs11Session();
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  /// Shows the user's PIN to the token, once. If the result is not `done`, `why` has the error. If
  /// another session of this process is logged in, the result is `done` and the token does not
  /// check the PIN.
  [[nodiscard]] Login log_in(const SecretText& pin, Error& why);

  /// False after a restart of the module has ended the session.
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
