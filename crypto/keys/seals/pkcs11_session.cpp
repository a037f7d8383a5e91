#include "crypto/keys/seals/pkcs11_session.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/error_codes.h"

namespace cardvault {
namespace {

constexpr std::size_t kMostSlots = 256;

std::string_view without_padding(const CK_TOKEN_INFO& token) {
  const std::string_view padded = as_text(ByteView(token.label));
  return padded.substr(0, padded.find_last_not_of(' ') + 1);
}

bool has_label(CK_FUNCTION_LIST& calls, CK_SLOT_ID slot, std::string_view label) {
  CK_TOKEN_INFO token{};
  return calls.C_GetTokenInfo(slot, &token) == CKR_OK &&
         (token.flags & CKF_TOKEN_INITIALIZED) != 0 && without_padding(token) == label;
}

Result<CK_SLOT_ID> find_token(CK_FUNCTION_LIST& calls, const std::string& label) {
  std::array<CK_SLOT_ID, kMostSlots> slots{};
  CK_ULONG count = slots.size();
  if (const CK_RV answer = calls.C_GetSlotList(CK_TRUE, slots.data(), &count); answer != CKR_OK) {
    return token_unavailable("The PKCS #11 module does not list its tokens.",
                             pkcs11_answer("C_GetSlotList", answer));
  }
  std::vector<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : std::span(slots).first(count)) {
    if (has_label(calls, slot, label)) found.push_back(slot);
  }
  if (found.size() == 1) return found.front();
  return token_unavailable(found.empty() ? "The PKCS #11 module has no token with the label \"" +
                                               label + "\"."
                                         : "More than one token has the label \"" + label + "\".");
}

bool is_refusal(CK_RV answer) {
  switch (answer) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
    case CKR_USER_PIN_NOT_INITIALIZED:
      return true;
    default:
      return false;
  }
}

std::string refusal(const std::string& token, CK_RV answer) {
  const std::string named = "the token \"" + token + "\"";
  switch (answer) {
    case CKR_PIN_LOCKED:
      return "The PIN of " + named + " is locked. Its security officer can set a new one.";
    case CKR_PIN_EXPIRED:
      return "The PIN of " + named + " has expired. Change it.";
    case CKR_USER_PIN_NOT_INITIALIZED:
      return "The user's PIN of " + named + " has not been set.";
    default:
      return "The token \"" + token + "\" refuses the PIN.";
  }
}

}  // namespace

Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::open(Pkcs11Module module,
                                                           const std::string& token_label,
                                                           Access access) {
  TRY_VALUE(const auto slot, find_token(module.calls(), token_label));
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (access == Access::write ? CKF_RW_SESSION : 0);
  CK_SESSION_HANDLE handle = 0;
  const CK_RV answer = module.calls().C_OpenSession(slot, flags, nullptr, nullptr, &handle);
  if (answer != CKR_OK) {
    return token_unavailable("The token \"" + token_label + "\" cannot be used.",
                             pkcs11_answer("C_OpenSession", answer));
  }
  return std::unique_ptr<Pkcs11Session>(new Pkcs11Session(module, handle, token_label));
}

Pkcs11Session::~Pkcs11Session() {
  if (is_alive()) calls().C_CloseSession(handle_);
}

Pkcs11Session::Login Pkcs11Session::log_in(const SecretText& pin, Error& why) {
  SecretBytes shown = SecretBytes::copy_of(as_bytes(pin.expose()));
  const CK_RV answer =
      calls().C_Login(handle_, CKU_USER, shown.expose_mutable().data(), shown.size());
  if (answer == CKR_OK || answer == CKR_USER_ALREADY_LOGGED_IN) return Login::done;
  const bool refused = is_refusal(answer);
  why = make_error(CryptoError::key_unavailable,
                   refused ? refusal(token_label_, answer)
                           : "The token \"" + token_label_ + "\" does not accept a login now.",
                   pkcs11_answer("C_Login", answer));
  return refused ? Login::refused : Login::failed;
}

}  // namespace cardvault
