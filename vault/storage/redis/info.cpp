#include "vault/storage/redis/info.h"

#include <algorithm>
#include <charconv>

namespace cardvault {

std::string_view info_value(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; at < info.size();) {
    const auto end = std::min(info.find("\r\n", at), info.size());
    const auto line = info.substr(at, end - at);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return line.substr(name.size() + 1);
    }
    at = end + 2;
  }
  return {};
}

std::uint64_t info_number(std::string_view info, std::string_view name) {
  const auto text = info_value(info, name);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace cardvault
