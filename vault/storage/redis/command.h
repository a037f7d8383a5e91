#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "vault/storage/redis/script.h"

namespace cardvault {

/// One request in Redis' protocol (RESP), built word by word: `Command("GET").key("cv:x")`. A word
/// may contain any bytes.
class Command {
 public:
  explicit Command(std::string_view name) { word(name); }
  /// A call of `script` with `keys` keys, which must be the first words. `script` must outlive the
  /// command.
  Command(const Script& script, std::size_t keys);

  Command& word(std::string_view text);
  Command& word(ByteView bytes) { return word(as_text(bytes)); }
  Command& number(std::int64_t value) { return word(std::to_string(value)); }
  /// Adds a key. In a cluster the first key decides the slot.
  Command& key(std::string_view name);

  /// How the request names a script: by its hash or by its whole text. Other commands ignore this.
  enum class Naming : std::uint8_t { hash, text };
  [[nodiscard]] std::string encoded(Naming naming = Naming::hash) const;
  /// Returns the first key. "" means that the command has no key and may go to any server.
  [[nodiscard]] const std::string& routing_key() const { return routing_key_; }

 private:
  const Script* script_ = nullptr;
  std::string words_;
  std::size_t count_ = 0;
  std::string routing_key_;
};

}  // namespace cardvault
