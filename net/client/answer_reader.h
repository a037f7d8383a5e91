#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/client/http_client.h"

namespace cardvault {

/// Takes the answer to one call in, line by line and piece by piece, and keeps its limits.
class AnswerReader {
 public:
  AnswerReader(BodyOf wanted, std::size_t most_body) : wanted_(wanted), most_body_(most_body) {}

  /// A line of a head or of a trailer, its end included. False: nothing more is wanted.
  [[nodiscard]] bool take_line(std::string_view line);
  /// The next part of the body, without what frames it. False: nothing more is wanted.
  [[nodiscard]] bool take_body(std::string_view bytes);

  /// What it all comes to. `transport`: how the connection did, none when the answer came whole.
  /// What was taken in of a body that is not handed out is wiped.
  [[nodiscard]] HttpReply finish(NetFailure transport);

  /// The head that counts has not ended.
  [[nodiscard]] bool in_head() const { return !head_ended_; }
  /// The end of the body is known without the end of the connection, in one way only.
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
  int status_ = 0;  ///< of the head that is coming in, 0 before its first line
  std::size_t lines_ = 0;
  std::size_t head_size_ = 0;
  int interim_ = 0;
  std::optional<std::size_t> length_;
  bool head_ended_ = false;
  bool too_large_ = false;
  bool malformed_ = false;
};

}  // namespace cardvault
