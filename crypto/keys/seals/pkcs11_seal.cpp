#include "crypto/keys/seals/pkcs11_seal.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/pkcs11_key.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kLabel = "cardvault pkcs11 seal, format 1";
constexpr std::size_t kHeadSize = sizeof kFormat + kGcmNonceSize;
constexpr std::size_t kWrappedSize = kHeadSize + kAeadKeySize + kGcmTagSize;

std::unexpected<Error> corrupt(std::string_view why) {
  return fail(ErrorCode::record_corrupt,
              "The keyring cannot be opened with this token's key. Use the token and the key of "
              "this vault.",
              OperatorText{"pkcs11 seal: " + std::string(why)});
}

bool fits(const std::string& label, std::size_t most) {
  return !label.empty() && label.size() <= most;
}

Status check(const Pkcs11Place& place, const SecretText& pin) {
  if (!fits(place.token_label, 32))
    return token_unavailable("A token's label must have 1 to 32 bytes.");
  if (!fits(place.key_label, 255))
    return token_unavailable("A key's label must have 1 to 255 bytes.");
  if (pin.size() < 4 || pin.size() > 255)
    return token_unavailable("A token's PIN must have 4 to 255 bytes.");
  return {};
}

Bytes bound_to(ByteView head) {
  const ByteView label = as_bytes(kLabel);
  Bytes associated(label.begin(), label.end());
  associated.insert(associated.end(), head.begin(), head.end());
  return associated;
}

TokenGcm gcm_of(Pkcs11Session& session, CK_OBJECT_HANDLE key, ByteView head) {
  TokenGcm gcm{.session = session, .key = key, .associated = bound_to(head)};
  std::ranges::copy(head.last(kGcmNonceSize), gcm.nonce.begin());
  return gcm;
}

bool says_not_authentic(CK_RV answer) {
  return answer == CKR_ENCRYPTED_DATA_INVALID || answer == CKR_ENCRYPTED_DATA_LEN_RANGE;
}

}  // namespace

struct Pkcs11Seal::Connection {
  Pkcs11Module module;
  std::unique_ptr<Pkcs11Session> session;
  CK_OBJECT_HANDLE key = 0;
  bool pin_refused = false;

  [[nodiscard]] bool is_open() const { return session && session->is_alive(); }
};

Status Pkcs11Seal::create_key(const Pkcs11Place& place, const SecretText& pin) {
  if (Status sound = check(place, pin); !sound) return sound;
  const std::lock_guard lock(Pkcs11Module::lock());
  TRY_VALUE(const auto module, Pkcs11Module::load(place.module));
  TRY_VALUE(const auto session,
            Pkcs11Session::open(module, place.token_label, Pkcs11Session::Access::write));
  Error why;
  if (session->log_in(pin, why) != Pkcs11Session::Login::done) return fail(std::move(why));
  return generate_root_key(*session, place.key_label);
}

Result<std::unique_ptr<Pkcs11Seal>> Pkcs11Seal::open(Pkcs11Place place, SecretText pin,
                                                     RandomSource& random) {
  if (Status sound = check(place, pin); !sound) return fail(std::move(sound.error()));
  std::unique_ptr<Pkcs11Seal> seal;
  const std::lock_guard lock(Pkcs11Module::lock());
  TRY_VALUE(const auto module, Pkcs11Module::load(place.module));
  seal.reset(new Pkcs11Seal(std::move(place), std::move(pin), random,
                            std::make_unique<Connection>(module)));
  Status connected = seal->connect();
  if (!connected && !seal->connection_->pin_refused) connected = seal->reconnect();
  if (!connected) return fail(std::move(connected.error()));
  return seal;
}

Pkcs11Seal::Pkcs11Seal(Pkcs11Place place, SecretText pin, RandomSource& random,
                       std::unique_ptr<Connection> connection)
    : place_(std::move(place)),
      pin_(std::move(pin)),
      random_(random),
      connection_(std::move(connection)) {}

Pkcs11Seal::~Pkcs11Seal() {
  const std::lock_guard lock(Pkcs11Module::lock());
  connection_->session.reset();
}

Status Pkcs11Seal::connect() {
  TRY_VALUE(auto session, Pkcs11Session::open(connection_->module, place_.token_label,
                                              Pkcs11Session::Access::read));
  Error why;
  const auto login = session->log_in(pin_, why);
  connection_->pin_refused = login == Pkcs11Session::Login::refused;
  if (login != Pkcs11Session::Login::done) return fail(std::move(why));
  TRY_VALUE(const auto key, find_root_key(*session, place_.key_label));
  connection_->session = std::move(session);
  connection_->key = key;
  return {};
}

Status Pkcs11Seal::reconnect() {
  if (connection_->pin_refused) {
    return token_unavailable("The token \"" + place_.token_label +
                             "\" refused the PIN. This process does not send the same PIN again, "
                             "because the token could lock it.");
  }
  connection_->session.reset();
  if (Status started = connection_->module.restart(); !started) return started;
  return connect();
}

/// Runs `operation`; if the token fails, restarts the module and tries exactly once more. A failure
/// often means a dead session or a token that was away, which a restart cures. More attempts would
/// not help, and each new session shows the PIN again. Other errors, such as record_corrupt, are
/// answers of a healthy token and are returned at once.
template <class Operation>
auto Pkcs11Seal::on_token(Operation operation) -> decltype(operation()) {
  const std::lock_guard lock(Pkcs11Module::lock());
  if (connection_->is_open()) {
    auto outcome = operation();
    if (outcome || outcome.error().code != CryptoError::key_unavailable) return outcome;
  }
  if (Status back = reconnect(); !back) return fail(std::move(back.error()));
  return operation();
}

Result<Bytes> Pkcs11Seal::wrap(const SecretBytes& key) {
  return on_token([&] { return wrap_once(key); });
}

Result<SecretBytes> Pkcs11Seal::unwrap(ByteView wrapped) {
  if (wrapped.empty() || wrapped[0] != kFormat) return corrupt("unknown format");
  if (wrapped.size() != kWrappedSize) return corrupt("wrong length");
  return on_token([&] { return unwrap_once(wrapped); });
}

Result<Bytes> Pkcs11Seal::wrap_once(const SecretBytes& key) {
  Bytes wrapped(kHeadSize, kFormat);
  random_.fill(std::span(wrapped).last(kGcmNonceSize));
  TokenGcm gcm = gcm_of(*connection_->session, connection_->key, wrapped);
  const CK_RV answer = gcm.encrypt(key, wrapped);
  if (answer == CKR_OK) return wrapped;
  return token_unavailable("The token \"" + place_.token_label + "\" cannot encrypt.",
                           pkcs11_answer("C_Encrypt", answer));
}

Result<SecretBytes> Pkcs11Seal::unwrap_once(ByteView wrapped) {
  TokenGcm gcm = gcm_of(*connection_->session, connection_->key, wrapped.first(kHeadSize));
  SecretBytes key;
  const CK_RV answer = gcm.decrypt(wrapped.subspan(kHeadSize), key);
  if (answer == CKR_OK) return key;
  if (says_not_authentic(answer) || still_opens_its_own()) {
    return corrupt("changed, or wrapped by another root key");
  }
  return token_unavailable("The token \"" + place_.token_label + "\" cannot decrypt.",
                           pkcs11_answer("C_Decrypt", answer));
}

/// Tokens give different answers to bytes that are not authentic. So after a failed decryption the
/// token must wrap and unwrap a random key. If that works, the token is healthy and the stored
/// bytes are at fault.
bool Pkcs11Seal::still_opens_its_own() {
  const SecretBytes probe = SecretBytes::random(kAeadKeySize, random_);
  const auto wrapped = wrap_once(probe);
  if (!wrapped) return false;
  TokenGcm gcm =
      gcm_of(*connection_->session, connection_->key, ByteView(*wrapped).first(kHeadSize));
  SecretBytes opened;
  return gcm.decrypt(ByteView(*wrapped).subspan(kHeadSize), opened) == CKR_OK &&
         equal_constant_time(opened.expose(), probe.expose());
}

}  // namespace cardvault
