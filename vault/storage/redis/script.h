#pragma once

#include <string>
#include <string_view>

namespace cardvault {

/// A Lua program that runs on the server. No other command runs during it. A call names it by its
/// hash (EVALSHA). If the server does not know the hash (NOSCRIPT: it was restarted, replaced or
/// flushed), it gets the text (EVAL) and knows the script from then on.
class Script {
 public:
  explicit Script(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  /// Returns the SHA-1 in hexadecimal, which is Redis' name for a script.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string_view text_;
  std::string name_;
};

}  // namespace cardvault
