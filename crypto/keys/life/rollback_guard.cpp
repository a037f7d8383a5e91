#include "crypto/keys/life/rollback_guard.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "crypto/private_file.h"

namespace cardvault {
namespace {

constexpr std::size_t kLongest = 32;
constexpr std::string_view kMarkFile = "keyring mark";

std::optional<KeyringAge> parse_age(std::string_view text) {
  const char* end = text.data() + text.size();
  KeyringAge age;
  const auto first = std::from_chars(text.data(), end, age.generation);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, age.seal_version);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return age;
}

std::string text_of(const KeyringAge& age) {
  return std::to_string(age.generation) + " " + std::to_string(age.seal_version);
}

}  // namespace

Result<KeyringAge> RollbackGuard::seen() const {
  std::error_code error;
  if (!std::filesystem::exists(file_, error) && !error) return KeyringAge{};
  TRY_VALUE(const auto text, read_private_file(file_, kLongest, kMarkFile));
  if (const auto age = parse_age(text.expose())) return *age;
  return fail(CryptoError::key_unavailable, "The keyring mark \"" + file_.string() +
                                                "\" is damaged: it does not contain two numbers.");
}

Status RollbackGuard::check(const KeyringAge& age) const {
  TRY_VALUE(const auto newest, seen());
  if (age.generation >= newest.generation && age.seal_version >= newest.seal_version) return {};
  return fail(KeyError::keyring_rolled_back,
              "The keyring in the store is older than the last one that this data directory has "
              "seen. If you restored it on purpose, remove \"" +
                  file_.string() + "\".",
              OperatorText{"keyring: generation and sealing " + text_of(age) + " after " +
                           text_of(newest)});
}

Status RollbackGuard::advance(const KeyringAge& age) const {
  TRY_VALUE(const auto newest, seen());
  const KeyringAge next{std::max(age.generation, newest.generation),
                        std::max(age.seal_version, newest.seal_version)};
  if (next == newest) return {};
  return replace_private_file(file_, text_of(next) + "\n", kMarkFile);
}

Status RollbackGuard::forget() const {
  std::error_code error;
  std::filesystem::remove(file_, error);
  if (!error) return {};
  return fail(ErrorCode::store_unavailable,
              "The keyring mark \"" + file_.string() + "\" cannot be removed.");
}

}  // namespace cardvault
