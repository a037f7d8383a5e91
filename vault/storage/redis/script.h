#pragma once

#include <string>
#include <string_view>

namespace cardvault {

/// A Lua program that runs on the server, all of it or nothing between two other commands. Called
/// by its hash (EVALSHA); a server that does not know it (NOSCRIPT: restarted, taken over, flushed)
/// gets the text (EVAL) and knows it from then on.
class Script {
 public:
  explicit Script(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  /// SHA-1 in hexadecimal: the name that Redis gives a script.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string_view text_;
  std::string name_;
};

}  // namespace cardvault
