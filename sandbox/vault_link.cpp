#include "sandbox/vault_link.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace cardvault::sandbox {
namespace {

constexpr std::size_t kLongest = 256;

bool stands_in_authority(char c) {
  return is_letter_or_digit(c) || std::string_view(".-:[]").contains(c);
}

}  // namespace

Result<std::string> parse_vault_url(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string_view authority = text;
  if (authority.starts_with("http://")) {
    authority.remove_prefix(7);
  } else if (authority.starts_with("https://")) {
    authority.remove_prefix(8);
  } else {
    authority = {};
  }
  if (!authority.empty() && text.size() <= kLongest &&
      std::ranges::all_of(authority, stands_in_authority)) {
    return std::string(text);
  }
  return fail(ErrorCode::invalid_request, "The vault's address is not http://HOST:PORT.");
}

void VaultLink::set(std::string url) {
  const std::lock_guard lock(mutex_);
  url_ = std::move(url);
}

std::optional<std::string> VaultLink::url() const {
  const std::lock_guard lock(mutex_);
  return url_;
}

}  // namespace cardvault::sandbox
