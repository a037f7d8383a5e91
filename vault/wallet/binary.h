#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/keyed_hash.h"

namespace cardvault {

/// Writes the parts of a record one after another: unsigned integers as LEB128, times as
/// milliseconds, texts and lists with their length first.
class BinaryWriter {
 public:
  void number(std::uint64_t value);
  void time(Time value) { number(static_cast<std::uint64_t>(value.time_since_epoch().count())); }
  void maybe_time(const std::optional<Time>& value);
  void boolean(bool value) { number(value ? 1 : 0); }
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void bytes(ByteView bytes);
  void text(std::string_view text) { bytes(as_bytes(text)); }
  template <class Kind>
  void id(const Id<Kind>& id) {
    raw(id.bits().bytes);
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void enumerator(Enum value) {
    number(static_cast<std::uint64_t>(value));
  }

  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// Reads data that a BinaryWriter wrote. After the first value that does not fit, every read
/// returns a zero value and ok() is false. So check once, at the end.
class BinaryReader {
 public:
  explicit BinaryReader(ByteView in) : in_(in) {}

  [[nodiscard]] std::uint64_t number();
  template <std::unsigned_integral Number>
  [[nodiscard]] Number number_as() {
    const std::uint64_t value = number();
    if (value > static_cast<std::uint64_t>(static_cast<Number>(-1))) broken_ = true;
    return static_cast<Number>(value);
  }
  /// Marks the reader as broken if the value is not a storable time.
  [[nodiscard]] Time time();
  [[nodiscard]] std::optional<Time> maybe_time();
  /// Marks the reader as broken if the value is neither 0 nor 1.
  [[nodiscard]] bool boolean();
  void raw(std::span<std::uint8_t> out);
  [[nodiscard]] ByteView bytes();
  [[nodiscard]] std::string text() { return std::string(as_text(bytes())); }
  [[nodiscard]] Bytes owned_bytes();
  template <class Kind>
  [[nodiscard]] Id<Kind> id() {
    IdBits bits;
    raw(bits.bytes);
    return Id<Kind>(bits);
  }
  /// Marks the reader as broken if the value is not between `first` and `last`.
  template <class Enum>
    requires std::is_enum_v<Enum>
  [[nodiscard]] Enum enumerator(Enum first, Enum last) {
    const std::uint64_t value = number();
    if (value < static_cast<std::uint64_t>(first) || value > static_cast<std::uint64_t>(last)) {
      broken_ = true;
      return first;
    }
    return static_cast<Enum>(value);
  }
  /// Reads the length of a list. If it exceeds `most`, the reader is broken.
  [[nodiscard]] std::size_t count(std::size_t most);

  /// True while every value fitted.
  [[nodiscard]] bool ok() const { return !broken_; }
  /// True if every value fitted and no bytes are left.
  [[nodiscard]] bool finished() const { return !broken_ && in_.empty(); }

 private:
  ByteView in_;
  bool broken_ = false;
};

}  // namespace cardvault
