#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/server/http.h"

namespace cardvault {

/// Nothing when browsers could send `text` as an Origin (RFC 6454, 6.2; the URL standard): scheme,
/// "://", host, and a port other than the scheme's own, in lower case; else what is expected, with
/// the right spelling where that can be guessed. Any scheme will do, because wallets' own web views
/// have theirs; "null" and "*" will not, because they are not one page's.
[[nodiscard]] std::string unlike_an_origin(std::string_view text);

/// Which web pages may call the front-end plane (the CORS protocol of the Fetch standard). Origins
/// are compared exactly; there is no wildcard, and no answer allows credentials, because the front
/// end sends its token itself. A page of an allowed origin may read every answer, so that it can
/// tell a refusal from a broken network; what it may send is decided by the preflight.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  [[nodiscard]] bool allows(std::string_view origin) const;
  /// The fields that let a page of `origin`, which must be allowed, read an answer.
  [[nodiscard]] static HeaderFields readable_by(std::string_view origin);
  /// The answer to a preflight of an allowed origin; `methods` as for Allow.
  [[nodiscard]] static Response preflight(std::string methods);

 private:
  std::vector<std::string> origins_;
};

}  // namespace cardvault
