#include "api/keys/keyring_mark.h"

#include <charconv>
#include <string>

#include "crypto/private_file.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongest = 20;
constexpr std::string_view kWhat = "keyring mark";

}  // namespace

Result<std::uint64_t> KeyringMark::seen() const {
  if (!std::filesystem::exists(file_)) return 0;
  const auto text = read_private_file(file_, kLongest, kWhat);
  if (!text) return fail(text.error());
  const std::string_view digits = text->expose();
  const char* end = digits.data() + digits.size();
  std::uint64_t generation = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, generation);
  if (error == std::errc{} && stop == end) return generation;
  return fail(ErrorCode::key_unavailable,
              "The keyring mark \"" + file_.string() + "\" is damaged: it holds no number.");
}

Status KeyringMark::check(std::uint64_t generation) const {
  const auto newest = seen();
  if (!newest) return fail(newest.error());
  if (generation >= *newest) return {};
  return fail(ErrorCode::keyring_rolled_back,
              "The store holds an older keyring than this data directory has seen. If it was put "
              "back on purpose, remove \"" +
                  file_.string() + "\".",
              OperatorText{"keyring: generation " + std::to_string(generation) + " after " +
                           std::to_string(*newest)});
}

Status KeyringMark::advance(std::uint64_t generation) const {
  const auto newest = seen();
  if (!newest) return fail(newest.error());
  if (generation <= *newest) return {};
  return replace_private_file(file_, std::to_string(generation) + "\n", kWhat);
}

Status KeyringMark::forget() const {
  std::error_code error;
  std::filesystem::remove(file_, error);
  if (!error) return {};
  return fail(ErrorCode::store_unavailable,
              "The keyring mark \"" + file_.string() + "\" cannot be removed.");
}

}  // namespace cardvault::api
