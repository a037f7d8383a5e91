#include "net/server/request_checks.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "net/server/error_codes.h"

namespace cardvault {
namespace {

/// 10^19 - 1 fits 64 bits.
constexpr std::size_t kMaxLengthDigits = 19;

const std::array<std::string, 7> kSingleFields{
    "Host",         "Authorization", "Device-Id",     "Idempotency-Key",
    "Content-Type", "Origin",        "Content-Length"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool is_length(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLengthDigits && std::ranges::all_of(text, is_digit);
}

bool announces_body(const httplib::Request& request) {
  return request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

bool has_control_character(const httplib::Request& request) {
  return std::ranges::any_of(request.target, is_control) ||
         std::ranges::any_of(request.headers, [](const auto& field) {
           return std::ranges::any_of(field.second, is_control);
         });
}

bool repeats_single_field(const httplib::Request& request) {
  return std::ranges::any_of(
      kSingleFields, [&](const auto& name) { return request.get_header_value_count(name) > 1; });
}

bool is_json(const std::string& content_type) {
  std::string_view type = std::string_view(content_type).substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return httplib::detail::case_ignore::equal(std::string(type), "application/json");
}

}  // namespace

Status check_fields(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding") || request.has_header("Content-Encoding")) {
    return fail(HttpError::transfer_encoding_refused, kSendLength);
  }
  if (has_control_character(request)) {
    return fail(HttpError::bad_http,
                "The target or a header field contains a control character. Remove it.");
  }
  if (repeats_single_field(request)) {
    return fail(HttpError::bad_http,
                "A header field that may occur only once is repeated. Send it once.");
  }
  const auto length = request.headers.find("Content-Length");
  if (length != request.headers.end() && !is_length(length->second)) {
    return fail(HttpError::bad_http,
                "Content-Length is not a number. Send the body's length in bytes.");
  }
  if (request.version == "HTTP/1.1" && !request.has_header("Host")) {
    return fail(HttpError::bad_http, "The request has no Host. HTTP/1.1 requires one.");
  }
  if (request.has_header("Upgrade")) {
    return fail(HttpError::bad_http,
                "The protocol cannot be upgraded. Send the request without Upgrade.");
  }
  return {};
}

Status check_announced_body(const httplib::Request& request) {
  const auto length = request.get_header_value_u64("Content-Length");
  if (!announces_body(request)) {
    if (length == 0) return {};
    return fail(HttpError::bad_http,
                "This method does not accept a body. Send the request without Content-Length.");
  }
  if (!request.has_header("Content-Length")) {
    return fail(HttpError::length_required,
                "The request has no Content-Length. Send it, with 0 for no body.");
  }
  if (length > kMaxBody) return fail(HttpError::body_too_large, kBodyLimit);
  if (length == 0 || is_json(request.get_header_value("Content-Type"))) return {};
  return fail(HttpError::unsupported_media_type,
              "The body's media type is not JSON. Send Content-Type: application/json.");
}

bool may_have_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  if (!request.has_header("Content-Length")) return announces_body(request);
  return request.get_header_value("Content-Length") != "0";
}

}  // namespace cardvault
