#include "vault/wallet/binary.h"

#include <algorithm>

#include "vault/wallet/storable_time.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kMore = 0x80;
constexpr std::uint8_t kSeven = 0x7f;
constexpr unsigned kLastShift = 63;

}  // namespace

void BinaryWriter::number(std::uint64_t value) {
  while (value >= kMore) {
    out_.push_back(static_cast<std::uint8_t>(value | kMore));
    value >>= 7U;
  }
  out_.push_back(static_cast<std::uint8_t>(value));
}

void BinaryWriter::maybe_time(const std::optional<Time>& value) {
  boolean(value.has_value());
  if (value) time(*value);
}

void BinaryWriter::bytes(ByteView bytes) {
  number(bytes.size());
  raw(bytes);
}

std::uint64_t BinaryReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !broken_ && !in_.empty(); shift += 7) {
    const std::uint8_t byte = in_.front();
    in_ = in_.subspan(1);
    value |= static_cast<std::uint64_t>(byte & kSeven) << shift;
    if ((byte & kMore) != 0) continue;
    // Each number has exactly one encoding: no empty last byte, and no bits beyond the 64th.
    const bool padded = byte == 0 && shift > 0;
    const bool overflows = shift == kLastShift && byte > 1;
    if (padded || overflows) break;
    return value;
  }
  broken_ = true;
  return 0;
}

bool BinaryReader::boolean() {
  const std::uint64_t value = number();
  if (value > 1) broken_ = true;
  return value == 1;
}

Time BinaryReader::time() {
  const Time read{std::chrono::milliseconds(static_cast<std::int64_t>(number()))};
  if (!is_storable(read)) broken_ = true;
  return broken_ ? Time{} : read;
}

std::optional<Time> BinaryReader::maybe_time() {
  if (!boolean()) return std::nullopt;
  return time();
}

void BinaryReader::raw(std::span<std::uint8_t> out) {
  if (broken_ || in_.size() < out.size()) {
    broken_ = true;
    return;
  }
  std::ranges::copy(in_.first(out.size()), out.begin());
  in_ = in_.subspan(out.size());
}

ByteView BinaryReader::bytes() {
  const std::uint64_t length = number();
  if (broken_ || length > in_.size()) {
    broken_ = true;
    return {};
  }
  const ByteView taken = in_.first(static_cast<std::size_t>(length));
  in_ = in_.subspan(taken.size());
  return taken;
}

Bytes BinaryReader::owned_bytes() {
  const ByteView taken = bytes();
  return {taken.begin(), taken.end()};
}

std::size_t BinaryReader::count(std::size_t most) {
  const std::uint64_t value = number();
  if (value > most) broken_ = true;
  return broken_ ? 0 : static_cast<std::size_t>(value);
}

}  // namespace cardvault
