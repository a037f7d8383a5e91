#include "net/server/request_target.h"

#include <httplib.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace cardvault {
namespace {

char to_lower(char c) {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/// Length of "http://authority" in front; 0 if the target has another form.
std::size_t origin_length(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const bool matches = target.size() > scheme.size() &&
                         std::ranges::equal(target.substr(0, scheme.size()), scheme, {}, to_lower);
    if (!matches) continue;
    const auto end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    const std::string_view authority = target.substr(scheme.size(), end - scheme.size());
    return authority.empty() || authority.contains('@') ? 0 : end;
  }
  return 0;
}

}  // namespace

void to_origin_form(httplib::Request& request) {
  const std::size_t length = origin_length(request.target);
  if (length == 0 || !request.path.starts_with(request.target.substr(0, length))) return;
  request.target.erase(0, length);
  request.path.erase(0, length);
  if (request.path.empty()) {
    request.target.insert(0, "/");
    request.path = "/";
  }
}

}  // namespace cardvault
