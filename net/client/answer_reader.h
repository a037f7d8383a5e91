#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/client/http_client.h"

namespace cardvault {

/// Reads the answer to one call line by line and piece by piece, and enforces its limits.
class AnswerReader {
 public:
  AnswerReader(BodyOf wanted, std::size_t most_body) : wanted_(wanted), most_body_(most_body) {}

  /// Takes a line of a head or of a trailer, with its line end. False: stop the transfer.
  [[nodiscard]] bool take_line(std::string_view line);
  /// Takes the next part of the body, without its framing. False: stop the transfer.
  [[nodiscard]] bool take_body(std::string_view bytes);

  /// Returns the result. `transport` is the outcome of the connection: none if the answer came
  /// whole. If the body is not handed out, its bytes are wiped.
  [[nodiscard]] HttpReply finish(NetFailure transport);

  /// True until the head of the final answer has ended.
  [[nodiscard]] bool in_head() const { return !head_ended_; }
  /// True if the answer itself marks the end of the body, in one way only. Then the end does not
  /// depend on the end of the connection.
  [[nodiscard]] bool is_framed() const;

 private:
  [[nodiscard]] bool take_status(std::string_view line);
  [[nodiscard]] bool take_field(std::string_view line);
  [[nodiscard]] bool end_head();
  [[nodiscard]] bool wants_body() const;
  [[nodiscard]] NetFailure failure(NetFailure transport) const;
  void expect_head();

  const BodyOf wanted_;
  const std::size_t most_body_;
  HttpReply reply_;
  int status_ = 0;  ///< of the head in progress, 0 before its first line
  std::size_t lines_ = 0;
  std::size_t head_size_ = 0;
  int interim_ = 0;
  std::optional<std::size_t> length_;
  bool head_ended_ = false;
  bool too_large_ = false;
  bool malformed_ = false;
};

}  // namespace cardvault
