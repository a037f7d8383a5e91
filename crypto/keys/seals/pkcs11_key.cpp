#include "crypto/keys/seals/pkcs11_key.h"

#include "crypto/aead.h"

namespace cardvault {
namespace {

using Keys = std::vector<CK_OBJECT_HANDLE>;

std::string named(const Pkcs11Session& session, const std::string& label) {
  return "the key \"" + label + "\" in the token \"" + session.token_label() + "\"";
}

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

CK_ATTRIBUTE text_attribute(CK_ATTRIBUTE_TYPE type, std::string& text) {
  return {type, text.data(), text.size()};
}

/// Finds at most two keys: the caller only needs to tell none, one and more than one apart.
Result<Keys> keys_of(Pkcs11Session& session, std::string label) {
  CK_FUNCTION_LIST& calls = session.calls();
  CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
  std::array wanted{attribute(CKA_CLASS, secret_key), text_attribute(CKA_LABEL, label)};
  CK_RV answer = calls.C_FindObjectsInit(session.handle(), wanted.data(), wanted.size());
  Keys found(2);
  CK_ULONG count = 0;
  if (answer == CKR_OK) {
    answer = calls.C_FindObjects(session.handle(), found.data(), found.size(), &count);
    calls.C_FindObjectsFinal(session.handle());
  }
  if (answer != CKR_OK) {
    return token_unavailable("The token \"" + session.token_label() + "\" does not list its keys.",
                             pkcs11_answer("C_FindObjects", answer));
  }
  found.resize(count);
  return found;
}

Status check_key(Pkcs11Session& session, const std::string& label, CK_OBJECT_HANDLE key) {
  CK_KEY_TYPE type = 0;
  CK_ULONG size = 0;
  CK_BBOOL is_private = CK_FALSE;
  CK_BBOOL sensitive = CK_FALSE;
  CK_BBOOL extractable = CK_TRUE;
  std::array asked{attribute(CKA_KEY_TYPE, type), attribute(CKA_VALUE_LEN, size),
                   attribute(CKA_PRIVATE, is_private), attribute(CKA_SENSITIVE, sensitive),
                   attribute(CKA_EXTRACTABLE, extractable)};
  const CK_RV answer =
      session.calls().C_GetAttributeValue(session.handle(), key, asked.data(), asked.size());
  if (answer != CKR_OK) {
    return token_unavailable("The attributes of " + named(session, label) + " cannot be read.",
                             pkcs11_answer("C_GetAttributeValue", answer));
  }
  if (type != CKK_AES || size != kAeadKeySize) {
    return token_unavailable("The root key must be an AES-256 key, but " + named(session, label) +
                             " is not.");
  }
  if (extractable != CK_FALSE || sensitive != CK_TRUE || is_private != CK_TRUE) {
    return token_unavailable("The root key must not leave its token, but " + named(session, label) +
                             " can: it is extractable, not sensitive or not private.");
  }
  return {};
}

}  // namespace

Status generate_root_key(Pkcs11Session& session, const std::string& label) {
  TRY_VALUE(const auto taken, keys_of(session, label));
  if (!taken.empty()) {
    return token_unavailable("There is already " + named(session, label) +
                             ". It was not changed. Choose another label.");
  }
  std::string text = label;
  CK_ULONG size = kAeadKeySize;
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  std::array wanted{
      attribute(CKA_TOKEN, yes),      attribute(CKA_PRIVATE, yes), attribute(CKA_SENSITIVE, yes),
      attribute(CKA_EXTRACTABLE, no), attribute(CKA_ENCRYPT, yes), attribute(CKA_DECRYPT, yes),
      attribute(CKA_SIGN, no),        attribute(CKA_VERIFY, no),   attribute(CKA_WRAP, no),
      attribute(CKA_UNWRAP, no),      attribute(CKA_DERIVE, no),   attribute(CKA_VALUE_LEN, size),
      text_attribute(CKA_LABEL, text)};
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  const CK_RV answer = session.calls().C_GenerateKey(session.handle(), &mechanism, wanted.data(),
                                                     wanted.size(), &made);
  if (answer == CKR_OK) return {};
  return token_unavailable(
      "The token \"" + session.token_label() + "\" cannot generate an AES-256 key.",
      pkcs11_answer("C_GenerateKey", answer));
}

Result<CK_OBJECT_HANDLE> find_root_key(Pkcs11Session& session, const std::string& label) {
  TRY_VALUE(const auto found, keys_of(session, label));
  if (found.size() != 1) {
    return token_unavailable("The token \"" + session.token_label() + "\" has " +
                             (found.empty() ? "no key" : "more than one key") +
                             " with the label \"" + label + "\".");
  }
  if (Status fit = check_key(session, label, found.front()); !fit) {
    return fail(std::move(fit.error()));
  }
  return found.front();
}

CK_GCM_PARAMS TokenGcm::parameters() {
  return {.pIv = nonce.data(),
          .ulIvLen = nonce.size(),
          .ulIvBits = 8 * nonce.size(),
          .pAAD = associated.data(),
          .ulAADLen = associated.size(),
          .ulTagBits = 8 * kGcmTagSize};
}

CK_RV TokenGcm::encrypt(const SecretBytes& plain, Bytes& out) {
  CK_GCM_PARAMS gcm = parameters();
  CK_MECHANISM mechanism{CKM_AES_GCM, &gcm, sizeof gcm};
  CK_FUNCTION_LIST& calls = session.calls();
  if (const CK_RV answer = calls.C_EncryptInit(session.handle(), &mechanism, key);
      answer != CKR_OK) {
    return answer;
  }
  SecretBytes in = plain.clone();
  Bytes sealed(plain.size() + kGcmTagSize);
  CK_ULONG size = sealed.size();
  const CK_RV answer = calls.C_Encrypt(session.handle(), in.expose_mutable().data(), in.size(),
                                       sealed.data(), &size);
  if (answer == CKR_OK && size != sealed.size()) return CKR_GENERAL_ERROR;
  out.insert(out.end(), sealed.begin(), sealed.end());
  return answer;
}

CK_RV TokenGcm::decrypt(ByteView sealed, SecretBytes& plain) {
  CK_GCM_PARAMS gcm = parameters();
  CK_MECHANISM mechanism{CKM_AES_GCM, &gcm, sizeof gcm};
  CK_FUNCTION_LIST& calls = session.calls();
  if (const CK_RV answer = calls.C_DecryptInit(session.handle(), &mechanism, key);
      answer != CKR_OK) {
    return answer;
  }
  Bytes in(sealed.begin(), sealed.end());
  SecretBytes room(sealed.size());
  CK_ULONG size = room.size();
  const CK_RV answer =
      calls.C_Decrypt(session.handle(), in.data(), in.size(), room.expose_mutable().data(), &size);
  if (answer != CKR_OK) return answer;
  if (size + kGcmTagSize != sealed.size()) return CKR_GENERAL_ERROR;
  plain = SecretBytes::copy_of(room.expose().first(size));
  return CKR_OK;
}

}  // namespace cardvault
