#include "net/client/answer_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/ascii.h"
#include "crypto/secret.h"

namespace cardvault {
namespace {

constexpr std::size_t kMaxHead = 65'536;
constexpr std::size_t kUsualBody = 65'536;
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxLines = 101;
// A busy server sends 102 every few seconds, and a call takes at most a minute.
constexpr int kMostInterim = 20;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_same(std::string_view name, std::string_view other) {
  return name.size() == other.size() && ::strncasecmp(name.data(), other.data(), name.size()) == 0;
}

/// Reads a length. If it does not fit, returns the largest std::size_t.
std::optional<std::size_t> parse_length(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::size_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  return read.ec == std::errc() ? length : std::numeric_limits<std::size_t>::max();
}

}  // namespace

bool AnswerReader::take_line(std::string_view line) {
  head_size_ += line.size();
  const bool blank = trimmed(line).empty();
  if (!blank) ++lines_;
  if (line.size() > kMaxLine || head_size_ > kMaxHead || lines_ > kMaxLines) {
    too_large_ = true;
    return false;
  }
  if (head_ended_) return true;
  if (status_ == 0) return take_status(line);
  return blank ? end_head() : take_field(line);
}

bool AnswerReader::take_status(std::string_view line) {
  constexpr std::string_view kForm = "HTTP/1.x ";
  const auto digits = line.substr(std::min(kForm.size(), line.size()), 3);
  malformed_ =
      !line.starts_with("HTTP/1.") || digits.size() != 3 || !std::ranges::all_of(digits, is_digit);
  if (!malformed_) std::from_chars(digits.data(), digits.data() + digits.size(), status_);
  return !malformed_;
}

bool AnswerReader::take_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  reply_.fields.emplace_back(name, value);
  if (!is_same(name, "Content-Length")) return true;
  const auto length = parse_length(value);
  malformed_ = !length || (length_ && length_ != length);
  length_ = length;
  return !malformed_;
}

bool AnswerReader::end_head() {
  if (status_ < 200 && status_ != 101) {
    too_large_ = ++interim_ > kMostInterim;
    expect_head();
    return !too_large_;
  }
  head_ended_ = true;
  reply_.status = static_cast<std::uint16_t>(status_);
  too_large_ = length_.value_or(0) > most_body_;
  if (too_large_ || !wants_body()) return false;
  // Reserves all room now: a growing string would leave copies behind.
  reply_.body.reserve(length_.value_or(std::min(most_body_, kUsualBody)));
  return true;
}

void AnswerReader::expect_head() {
  status_ = 0;
  lines_ = 0;
  head_size_ = 0;
  length_.reset();
  reply_.fields.clear();
}

bool AnswerReader::wants_body() const {
  if (reply_.status >= 300 && reply_.status < 400) return false;
  return wanted_ == BodyOf::any_but_3xx || (reply_.status >= 200 && reply_.status < 300);
}

bool AnswerReader::take_body(std::string_view bytes) {
  too_large_ = bytes.size() > most_body_ - reply_.body.size();
  if (!too_large_) reply_.body += bytes;
  return !too_large_;
}

HttpReply AnswerReader::finish(NetFailure transport) {
  reply_.failure = failure(transport);
  if (transport != NetFailure::none || too_large_ || malformed_) {
    wipe(reply_.body);
    reply_.body.clear();
  }
  return std::move(reply_);
}

NetFailure AnswerReader::failure(NetFailure transport) const {
  if (reply_.status >= 300 && reply_.status < 400) return NetFailure::redirected;
  if (reply_.status != 0 && (reply_.status < 200 || reply_.status >= 300)) {
    return NetFailure::http_status;
  }
  if (too_large_) return NetFailure::response_too_large;
  if (malformed_) return NetFailure::connection_lost;
  if (transport != NetFailure::none) return transport;
  return head_ended_ ? NetFailure::none : NetFailure::connection_lost;
}

bool AnswerReader::is_framed() const {
  if (reply_.status == 204) return true;
  return length_.has_value() != !reply_.field("Transfer-Encoding").empty();
}

std::string_view HttpReply::field(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields, [name](const auto& one) { return is_same(one.first, name); });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace cardvault
