#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace cardvault {

/// Key material in sodium_malloc memory: with guard pages, locked if the limit allows it, wiped
/// when freed. It moves but never copies and has no conversion to text. Only expose() and
/// expose_mutable() give access to the bytes, so `expose` is the word to grep for. Creating one
/// costs several system calls: use it for keys, not for request data.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);
  [[nodiscard]] static SecretBytes random(std::size_t size, RandomSource& random);
  /// The caller still owns, and wipes, the source.
  [[nodiscard]] static SecretBytes copy_of(ByteView source);

  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  [[nodiscard]] SecretBytes clone() const { return copy_of(expose()); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ByteView expose() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::uint8_t> expose_mutable() { return {data_, size_}; }

  /// Until allow_reading(), any access to the bytes ends the process with SIGSEGV. Each of the two
  /// costs a system call.
  void forbid_access();
  void allow_reading();

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A short-lived secret text from a request or an opened record (card number, password, gesture).
/// It lives in ordinary heap memory, which is wiped on destruction and on assignment. Moves, never
/// copies.
class SecretText {
 public:
  SecretText() = default;
  /// Copies; the caller still owns, and wipes, the source.
  explicit SecretText(std::string_view source) : text_(source) {}
  explicit SecretText(ByteView source) : SecretText(as_text(source)) {}

  ~SecretText();
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&& other) noexcept;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] std::string_view expose() const { return text_; }

 private:
  std::string text_;
};

// Code that puts a secret into a stream, a log line or a JSON document does not compile.
std::ostream& operator<<(std::ostream&, const SecretBytes&) = delete;
std::ostream& operator<<(std::ostream&, const SecretText&) = delete;
template <class Json>
void to_json(Json&, const SecretBytes&) = delete;
template <class Json>
void to_json(Json&, const SecretText&) = delete;

/// Takes constant time for given lengths. The lengths themselves are not secret.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b);

/// Overwrites memory so that the compiler cannot remove the write.
void wipe(std::span<std::uint8_t> memory);
void wipe(std::string& text);

/// Wipes a buffer at the end of the scope, also after an early return or an exception.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::span<char> buffer) : buffer_(buffer) {}
  ~WipeAtEnd() { wipe({reinterpret_cast<std::uint8_t*>(buffer_.data()), buffer_.size()}); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  std::span<char> buffer_;
};

}  // namespace cardvault
