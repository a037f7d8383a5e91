#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/server/http.h"

namespace cardvault {

/// Returns "" if browsers could send `text` as an Origin (RFC 6454, 6.2; the URL standard): scheme,
/// "://", host, and a port that is not the scheme's default, in lower case. Otherwise returns a
/// message with the expected form, and with the right spelling if it can be guessed. Any scheme is
/// accepted, because wallets' own web views have theirs. "null" and "*" are refused, because they
/// do not stand for one page.
[[nodiscard]] std::string unlike_an_origin(std::string_view text);

/// The web pages that may call the front-end plane (the CORS protocol of the Fetch standard).
/// Origins are compared exactly; there is no wildcard. No answer allows credentials, because the
/// front end sends its token itself. A page of an allowed origin may read every answer, so that it
/// can tell a refusal from a broken network. The preflight decides which requests it may send.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  [[nodiscard]] bool allows(std::string_view origin) const;
  /// The fields that let a page of `origin` read an answer. `origin` must be allowed.
  [[nodiscard]] static HeaderFields readable_by(std::string_view origin);
  /// The answer to a preflight of an allowed origin. `methods` has the form of Allow.
  [[nodiscard]] static Response preflight(std::string methods);

 private:
  std::vector<std::string> origins_;
};

}  // namespace cardvault
