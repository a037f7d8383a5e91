#include "crypto/record_seal.h"

#include <array>
#include <string>

#include "crypto/aead.h"
#include "crypto/big_endian.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kXChaCha20Poly1305 = 1;
constexpr std::size_t kHeadSize = 1 + 1 + sizeof(KeyId);
constexpr std::size_t kWrappedKeySize = kHeadSize + kAeadOverhead + kAeadKeySize;
constexpr std::size_t kWrappedLengthSize = 2;
constexpr KeyId kOwnKey = 0;

class DataKey {
 public:
  DataKey() = default;
  ~DataKey() { wipe(bytes); }
  DataKey(const DataKey&) = delete;
  DataKey& operator=(const DataKey&) = delete;

  std::array<std::uint8_t, kAeadKeySize> bytes{};
};

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_part(Bytes& out, ByteView part) {
  append_big_endian(out, static_cast<std::uint32_t>(part.size()));
  append(out, part);
}

Bytes associated_data(const RecordContext& context, KeyId key_id) {
  Bytes bytes;
  bytes.reserve(5 * sizeof(std::uint32_t) + 1 + context.kind.size() + context.owner.size() +
                context.field.size() + sizeof(KeyId));
  append_part(bytes, ByteView(&kFormat, 1));
  append_part(bytes, as_bytes(context.kind));
  append_part(bytes, as_bytes(context.owner));
  append_part(bytes, as_bytes(context.field));
  append_part(bytes, to_big_endian(key_id));
  return bytes;
}

std::unexpected<Error> corrupt(const RecordContext& context, std::string_view why) {
  std::string inside = "record ";
  inside.append(context.kind).append(" of ");
  inside.append(context.owner.empty() ? "the vault" : context.owner).append(": ").append(why);
  return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
              OperatorText{std::move(inside)});
}

Result<Bytes> open_body(ByteView key, ByteView sealed, const RecordContext& context, KeyId key_id) {
  auto plaintext = aead_open(key, sealed, associated_data(context, key_id));
  if (!plaintext) return corrupt(context, "changed, moved, or sealed under another key");
  return plaintext;
}

}  // namespace

Result<SealedRecord> RecordSealer::seal(Purpose purpose, const RecordContext& context,
                                        ByteView plaintext) const {
  auto key = keyring_.current(purpose);
  if (!key) return fail(std::move(key.error()));
  const KeyId id = (*key)->id;
  Bytes bytes;
  bytes.reserve(kHeadSize + kAeadOverhead + plaintext.size());
  bytes.push_back(kFormat);
  bytes.push_back(kXChaCha20Poly1305);
  append_big_endian(bytes, id);
  aead_seal((*key)->material.expose(), plaintext, associated_data(context, id), random_, bytes);
  return SealedRecord(std::move(bytes));
}

Result<Bytes> RecordSealer::open(Purpose purpose, const RecordContext& context,
                                 const SealedRecord& record) const {
  const ByteView bytes = record.bytes();
  if (bytes.size() < kHeadSize + kAeadOverhead) return corrupt(context, "too short");
  if (bytes[0] != kFormat) return corrupt(context, "unknown format");
  if (bytes[1] != kXChaCha20Poly1305) return corrupt(context, "unknown algorithm");
  const auto id = from_big_endian<KeyId>(bytes.subspan(2));
  auto key = keyring_.find(purpose, id);
  if (!key) return fail(std::move(key.error()));
  return open_body((*key)->material.expose(), bytes.subspan(kHeadSize), context, id);
}

Result<SealedRecord> RecordSealer::seal_with_own_key(Purpose purpose, const RecordContext& context,
                                                     ByteView plaintext) const {
  DataKey data_key;
  random_.fill(data_key.bytes);
  const std::string key_kind = std::string(context.kind) + "_key";
  auto wrapped = seal(purpose, {key_kind, context.owner, context.field}, data_key.bytes);
  if (!wrapped) return wrapped;
  Bytes bytes;
  bytes.reserve(kWrappedLengthSize + kWrappedKeySize + kAeadOverhead + plaintext.size());
  append_big_endian(bytes, static_cast<std::uint16_t>(wrapped->bytes().size()));
  append(bytes, wrapped->bytes());
  aead_seal(data_key.bytes, plaintext, associated_data(context, kOwnKey), random_, bytes);
  return SealedRecord(std::move(bytes));
}

Result<Bytes> RecordSealer::open_with_own_key(Purpose purpose, const RecordContext& context,
                                              const SealedRecord& record) const {
  const ByteView bytes = record.bytes();
  if (bytes.size() < kWrappedLengthSize + kWrappedKeySize) return corrupt(context, "too short");
  if (from_big_endian<std::uint16_t>(bytes) != kWrappedKeySize) {
    return corrupt(context, "the wrapped key has a wrong length");
  }
  const ByteView wrapped = bytes.subspan(kWrappedLengthSize, kWrappedKeySize);
  const std::string key_kind = std::string(context.kind) + "_key";
  auto data_key = open(purpose, {key_kind, context.owner, context.field},
                       SealedRecord(Bytes(wrapped.begin(), wrapped.end())));
  if (!data_key) return data_key;
  auto plaintext =
      open_body(*data_key, bytes.subspan(kWrappedLengthSize + kWrappedKeySize), context, kOwnKey);
  wipe(*data_key);
  return plaintext;
}

}  // namespace cardvault
