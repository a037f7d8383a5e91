#pragma once

#include <cstddef>

#include "base/result.h"

namespace httplib {
struct Request;
}

namespace cardvault {

inline constexpr std::size_t kMaxBody = 65'536;

/// What the caller reads, also where httplib refuses before these checks.
inline constexpr const char* kNoSuchPath =
    "No such path. docs/api.md lists the paths; none ends in a slash or is percent-encoded.";
inline constexpr const char* kBodyLimit = "The body is larger than 65536 bytes. Send less.";
inline constexpr const char* kSendLength =
    "Transfer-Encoding and Content-Encoding are not accepted. Send the plain body with "
    "Content-Length.";

/// What every request must keep to, decided from its fields before anything of the body is read:
/// no Transfer-Encoding or Content-Encoding (transfer_encoding_refused), and, else bad_http, one
/// plain Content-Length at most, a Host, no Upgrade, no second field of a kind that must be single,
/// and no control character. httplib percent-decodes values after its own check of them, so "%0D"
/// would come through as a line end; values are therefore checked as the handlers will see them.
[[nodiscard]] Status check_fields(const httplib::Request& request);

/// Whether the request may bring the body that its fields announce: POST, PUT and PATCH say its
/// length (length_required), stay within the limit (body_too_large) and send JSON unless it is
/// empty (unsupported_media_type); other methods bring none (bad_http). After check_fields.
[[nodiscard]] Status check_announced_body(const httplib::Request& request);

/// Bytes of it may follow on the connection.
[[nodiscard]] bool may_have_body(const httplib::Request& request);

}  // namespace cardvault
