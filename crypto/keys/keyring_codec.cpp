#include <algorithm>
#include <concepts>
#include <optional>
#include <string>

#include "crypto/big_endian.h"
#include "crypto/keys/keyring.h"

// A keyring as bytes. Numbers are big endian, times are in ms since 1970:
//
//   keyring = "cvkr" (4) | format (1) = 2 | generation (8) | number of keys (4) |
//             keys, their ids rising
//   key     = id (4) | purpose (1) | state (1) | created_at (8) | cryptoperiod, s (8) |
//             promoted_at (8) | destroyed_at (8), each 0 for none |
//             length of material (1): 32, or 0 when destroyed | material
//
// Every keyring has exactly one spelling, so any other spelling is damage.

namespace cardvault {
namespace {

constexpr std::string_view kMagic = "cvkr";
constexpr std::uint8_t kKeyringFormat = 2;
constexpr std::size_t kKeyringHeadSize = 4 + 1 + 8 + 4;
constexpr std::size_t kKeyHeadSize = 4 + 1 + 1 + 8 + 8 + 8 + 8 + 1;
// 9999-12-31T23:59:59.999Z and a century: larger values could overflow time arithmetic.
constexpr std::uint64_t kLatestMs = 253'402'300'799'999;
constexpr std::uint64_t kLongestCryptoperiodS = 100ULL * 366 * 24 * 3600;

class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> room) : room_(room) {}

  void put(ByteView bytes) {
    std::ranges::copy(bytes, room_.begin());
    room_ = room_.subspan(bytes.size());
  }
  template <std::unsigned_integral T>
  void put_number(T value) {
    put(to_big_endian(value));
  }

 private:
  std::span<std::uint8_t> room_;
};

class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] std::optional<ByteView> take(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <std::unsigned_integral T>
  [[nodiscard]] std::optional<T> take_number() {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    return from_big_endian<T>(*bytes);
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

std::uint64_t to_ms(Time time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

std::uint64_t to_ms(const std::optional<Time>& time) {
  return time ? to_ms(*time) : 0;
}

std::optional<Time> from_ms(std::uint64_t ms) {
  if (ms == 0) return std::nullopt;
  return Time{std::chrono::milliseconds{ms}};
}

void write_key(Writer& out, const Key& key) {
  out.put_number(key.id);
  out.put_number(static_cast<std::uint8_t>(key.purpose));
  out.put_number(static_cast<std::uint8_t>(key.state));
  out.put_number(to_ms(key.created_at));
  out.put_number(static_cast<std::uint64_t>(key.cryptoperiod.count()));
  out.put_number(to_ms(key.promoted_at));
  out.put_number(to_ms(key.destroyed_at));
  out.put_number(static_cast<std::uint8_t>(key.material.size()));
  out.put(key.material.expose());
}

/// Times of promotion and destruction.
struct Life {
  std::optional<Time> promoted_at;
  std::optional<Time> destroyed_at;
};

std::optional<Life> read_life(ByteView head, KeyState state) {
  const auto promoted_ms = from_big_endian<std::uint64_t>(head.subspan(22));
  const auto destroyed_ms = from_big_endian<std::uint64_t>(head.subspan(30));
  if (promoted_ms > kLatestMs || destroyed_ms > kLatestMs) return std::nullopt;
  if ((destroyed_ms != 0) != (state == KeyState::destroyed)) return std::nullopt;
  return Life{from_ms(promoted_ms), from_ms(destroyed_ms)};
}

std::optional<Key> read_key(Reader& in) {
  const auto head = in.take(kKeyHeadSize);
  if (!head) return std::nullopt;
  const auto purpose = static_cast<Purpose>((*head)[4]);
  const auto state = static_cast<KeyState>((*head)[5]);
  const auto created_ms = from_big_endian<std::uint64_t>(head->subspan(6));
  const auto cryptoperiod_s = from_big_endian<std::uint64_t>(head->subspan(14));
  const auto material = in.take(head->back());
  if (purpose_name(purpose).empty() || key_state_name(state).empty()) return std::nullopt;
  if (!material) return std::nullopt;
  if (created_ms > kLatestMs || cryptoperiod_s > kLongestCryptoperiodS) return std::nullopt;
  const auto life = read_life(*head, state);
  if (!life) return std::nullopt;
  return Key{.id = from_big_endian<KeyId>(*head),
             .purpose = purpose,
             .state = state,
             .created_at = Time{std::chrono::milliseconds{created_ms}},
             .cryptoperiod = Seconds{cryptoperiod_s},
             .promoted_at = life->promoted_at,
             .destroyed_at = life->destroyed_at,
             .material = SecretBytes::copy_of(*material)};
}

std::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorCode::record_corrupt, "The keyring is damaged.",
              OperatorText{"keyring: " + std::string(why)});
}

bool take_magic(Reader& in) {
  const auto magic = in.take(kMagic.size());
  return magic && as_text(*magic) == kMagic;
}

}  // namespace

SecretBytes Keyring::serialize() const {
  std::size_t size = kKeyringHeadSize;
  for (const auto& [id, key] : keys_) size += kKeyHeadSize + key.material.size();
  SecretBytes bytes(size);
  Writer out(bytes.expose_mutable());
  out.put(as_bytes(kMagic));
  out.put_number(kKeyringFormat);
  out.put_number(generation_);
  out.put_number(static_cast<std::uint32_t>(keys_.size()));
  for (const auto& [id, key] : keys_) write_key(out, key);
  return bytes;
}

Result<Keyring> Keyring::parse(ByteView bytes) {
  Reader in(bytes);
  if (!take_magic(in)) return damaged("this is not a keyring");
  const auto format = in.take_number<std::uint8_t>();
  if (format != kKeyringFormat) return damaged("unknown format");
  const auto generation = in.take_number<std::uint64_t>();
  if (!generation || *generation == 0) return damaged("it has no generation");
  Keyring keyring;
  keyring.generation_ = *generation;
  const auto count = in.take_number<std::uint32_t>();
  if (!count) return damaged("cut short");
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto key = read_key(in);
    if (!key) return damaged("key entry " + std::to_string(i) + " is not well-formed");
    const bool rising = keyring.keys_.empty() || key->id > keyring.keys_.rbegin()->first;
    if (!rising) return damaged("the key numbers do not rise");
    if (Status added = keyring.insert(std::move(*key)); !added)
      return fail(std::move(added.error()));
  }
  if (!in.done()) return damaged("bytes follow the last key");
  return keyring;
}

}  // namespace cardvault
