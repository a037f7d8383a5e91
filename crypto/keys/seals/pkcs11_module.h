#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "base/result.h"

namespace cardvault {

/// key_unavailable: a token or its key cannot be used.
[[nodiscard]] std::unexpected<Error> token_unavailable(std::string detail,
                                                       OperatorText inside = {});

/// A PKCS #11 library in this process (OASIS PKCS #11 v2.40, 5.1 and 5.4). dlopen() and
/// C_GetFunctionList find it, and it is started once. It is never unloaded or finalized at the end,
/// because some libraries crash on either. This class is a small value; copy it freely.
///
/// Such a library has one state for the whole process, shared by all its users. So one lock serves
/// all of them, and a restart makes every session of the process useless, other users' too.
class Pkcs11Module {
 public:
  /// `path` must be absolute: the search path of the dynamic linker must not decide which library
  /// sees the PIN. key_unavailable if the library cannot be loaded or does not start; `inside` has
  /// the reason.
  [[nodiscard]] static Result<Pkcs11Module> load(const std::string& path);

  /// Stops the library and starts it again, so that it searches for its tokens again. Some
  /// libraries search only when they start, so a token that was away stays away for them.
  /// key_unavailable if it does not start.
  [[nodiscard]] Status restart();

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return *calls_; }

  /// Hold this lock around every call, load() and restart() included.
  [[nodiscard]] static std::mutex& lock();
  /// Number of restarts so far. A handle from before the last restart may belong to another session
  /// by now.
  [[nodiscard]] static std::uint64_t restarts();

 private:
  explicit Pkcs11Module(CK_FUNCTION_LIST* calls) : calls_(calls) {}

  [[nodiscard]] Status start();

  CK_FUNCTION_LIST* calls_;  ///< owned by the library
};

/// The call and its answer for the operator, as in "C_Login: CKR_PIN_LOCKED".
[[nodiscard]] OperatorText pkcs11_answer(const char* call, CK_RV answer);

}  // namespace cardvault
