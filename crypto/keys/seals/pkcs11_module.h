#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "base/result.h"

namespace cardvault {

/// key_unavailable, for whatever keeps a token or its key from being used.
[[nodiscard]] std::unexpected<Error> token_unavailable(std::string detail,
                                                       OperatorText inside = {});

/// A PKCS #11 library in this process (OASIS PKCS #11 v2.40, 5.1 and 5.4): found by dlopen() and
/// C_GetFunctionList, started once. It is never unloaded and not finalized at the end, because
/// libraries are known that crash on either while the process lives or ends; a small value, copied
/// freely.
///
/// What such a library knows is one state for the whole process, whoever asks. So there is one lock
/// for all of them, and a restart makes every session of the process worthless, another's too.
class Pkcs11Module {
 public:
  /// `path` is absolute: the search path of the dynamic linker must not decide who sees the PIN.
  /// key_unavailable, `inside` saying why, when nothing can be loaded there or it does not start.
  [[nodiscard]] static Result<Pkcs11Module> load(const std::string& path);

  /// Ends and starts it again, so that it looks at its tokens anew: those that were away stay
  /// away for libraries that look only when they start. key_unavailable when it does not start.
  [[nodiscard]] Status restart();

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return *calls_; }

  /// To be held around every call, load() and restart() included.
  [[nodiscard]] static std::mutex& lock();
  /// How many restarts there have been. A handle from before the last one may by now be somebody
  /// else's.
  [[nodiscard]] static std::uint64_t restarts();

 private:
  explicit Pkcs11Module(CK_FUNCTION_LIST* calls) : calls_(calls) {}

  [[nodiscard]] Status start();

  CK_FUNCTION_LIST* calls_;  ///< the library's own
};

/// What was called and what it answered, "C_Login: CKR_PIN_LOCKED", for the operator.
[[nodiscard]] OperatorText pkcs11_answer(const char* call, CK_RV answer);

}  // namespace cardvault
