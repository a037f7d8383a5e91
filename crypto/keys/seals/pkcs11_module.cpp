#include "crypto/keys/seals/pkcs11_module.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "crypto/error_codes.h"

namespace cardvault {
namespace {

std::uint64_t restart_count = 0;

using Named = std::pair<CK_RV, std::string_view>;

constexpr std::array kNames{
    Named{CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
    Named{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
    Named{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
    Named{CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD"},
    Named{CKR_CANT_LOCK, "CKR_CANT_LOCK"},
    Named{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
    Named{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
    Named{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
    Named{CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID"},
    Named{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
    Named{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
    Named{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
    Named{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID"},
    Named{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
    Named{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
    Named{CKR_PIN_INVALID, "CKR_PIN_INVALID"},
    Named{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE"},
    Named{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED"},
    Named{CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
    Named{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
    Named{CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
    Named{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
    Named{CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT"},
    Named{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
    Named{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
    Named{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED"},
    Named{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    Named{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
    Named{CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"},
    Named{CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL"},
    Named{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
};

std::string in_hex(CK_RV answer) {
  std::array<char, 2 * sizeof answer> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), answer, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

std::unexpected<Error> not_loaded(const std::string& path, const char* reason) {
  return fail(CryptoError::key_unavailable,
              "The PKCS #11 module \"" + path + "\" cannot be loaded.",
              OperatorText{reason != nullptr ? reason : "no reason given"});
}

}  // namespace

std::unexpected<Error> token_unavailable(std::string detail, OperatorText inside) {
  return fail(CryptoError::key_unavailable, std::move(detail), std::move(inside));
}

std::mutex& Pkcs11Module::lock() {
  static std::mutex mutex;
  return mutex;
}

std::uint64_t Pkcs11Module::restarts() {
  return restart_count;
}

Result<Pkcs11Module> Pkcs11Module::load(const std::string& path) {
  if (!path.starts_with('/') || path.contains('\0')) {
    return not_loaded(path, "its path must be absolute");
  }
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return not_loaded(path, ::dlerror());
  const auto get_list =
      reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* calls = nullptr;
  if (get_list == nullptr || get_list(&calls) != CKR_OK || calls == nullptr) {
    return not_loaded(path, "it has no C_GetFunctionList");
  }
  Pkcs11Module module(calls);
  if (Status started = module.start(); !started) return fail(std::move(started.error()));
  return module;
}

Status Pkcs11Module::start() {
  CK_C_INITIALIZE_ARGS threads{};
  threads.flags = CKF_OS_LOCKING_OK;
  const CK_RV answer = calls_->C_Initialize(&threads);
  if (answer == CKR_OK || answer == CKR_CRYPTOKI_ALREADY_INITIALIZED) return {};
  return fail(CryptoError::key_unavailable, "The PKCS #11 module does not start.",
              pkcs11_answer("C_Initialize", answer));
}

Status Pkcs11Module::restart() {
  ++restart_count;
  calls_->C_Finalize(nullptr);
  return start();
}

OperatorText pkcs11_answer(const char* call, CK_RV answer) {
  const auto* const known = std::ranges::find(kNames, answer, &Named::first);
  const std::string name = known == kNames.end() ? in_hex(answer) : std::string(known->second);
  return {std::string(call) + ": " + name};
}

}  // namespace cardvault
