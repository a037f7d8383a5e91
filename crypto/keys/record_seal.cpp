#include "crypto/keys/record_seal.h"

#include <array>
#include <string>

#include "crypto/aead.h"
#include "crypto/big_endian.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kRecordFormat = 1;
constexpr std::uint8_t kXChaCha20Poly1305 = 1;
constexpr std::size_t kRecordHeadSize = 1 + 1 + sizeof(KeyId);
constexpr std::size_t kWrappedKeySize = kRecordHeadSize + kAeadOverhead + kAeadKeySize;
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
  append_part(bytes, ByteView(&kRecordFormat, 1));
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

/// Context of the wrapped data key: that of the record, with "_key" after the kind.
class OwnKeyContext {
 public:
  explicit OwnKeyContext(const RecordContext& of)
      : kind_(std::string(of.kind) + "_key"), owner_(of.owner), field_(of.field) {}
  [[nodiscard]] RecordContext context() const { return {kind_, owner_, field_}; }

 private:
  std::string kind_;
  std::string_view owner_;
  std::string_view field_;
};

struct Envelope {
  SealedRecord wrapped;
  ByteView contents;
};

Result<Envelope> split_envelope(const RecordContext& context, const SealedRecord& record) {
  const ByteView bytes = record.bytes();
  if (bytes.size() < kWrappedLengthSize + kWrappedKeySize) return corrupt(context, "too short");
  if (from_big_endian<std::uint16_t>(bytes) != kWrappedKeySize) {
    return corrupt(context, "the wrapped key has a wrong length");
  }
  const ByteView wrapped = bytes.subspan(kWrappedLengthSize, kWrappedKeySize);
  return Envelope{SealedRecord::from_storage(Bytes(wrapped.begin(), wrapped.end())),
                  bytes.subspan(kWrappedLengthSize + kWrappedKeySize)};
}

/// Begins an envelope and reserves room for `rest` more bytes.
Bytes enveloped(const SealedRecord& wrapped, std::size_t rest) {
  Bytes bytes;
  bytes.reserve(kWrappedLengthSize + kWrappedKeySize + rest);
  append_big_endian(bytes, static_cast<std::uint16_t>(wrapped.bytes().size()));
  append(bytes, wrapped.bytes());
  return bytes;
}

}  // namespace

Result<KeyId> RecordSealer::current_key(Purpose purpose) const {
  TRY_VALUE(const auto key, keyring_.current(purpose));
  return key->id;
}

Result<SealedRecord> RecordSealer::seal(Purpose purpose, const RecordContext& context,
                                        ByteView plaintext) const {
  TRY_VALUE(auto key, keyring_.current(purpose));
  const KeyId id = key->id;
  Bytes bytes;
  bytes.reserve(kRecordHeadSize + kAeadOverhead + plaintext.size());
  bytes.push_back(kRecordFormat);
  bytes.push_back(kXChaCha20Poly1305);
  append_big_endian(bytes, id);
  aead_seal(key->material.expose(), plaintext, associated_data(context, id), random_, bytes);
  return SealedRecord(std::move(bytes));
}

Result<Bytes> RecordSealer::open(Purpose purpose, const RecordContext& context,
                                 const SealedRecord& record) const {
  const ByteView bytes = record.bytes();
  if (bytes.size() < kRecordHeadSize + kAeadOverhead) return corrupt(context, "too short");
  if (bytes[0] != kRecordFormat) return corrupt(context, "unknown format");
  if (bytes[1] != kXChaCha20Poly1305) return corrupt(context, "unknown algorithm");
  const KeyId id = key_of(record);
  TRY_VALUE(auto key, keyring_.find(purpose, id));
  return open_body(key->material.expose(), bytes.subspan(kRecordHeadSize), context, id);
}

Result<SealedRecord> RecordSealer::seal_with_own_key(Purpose purpose, const RecordContext& context,
                                                     ByteView plaintext) const {
  DataKey data_key;
  random_.fill(data_key.bytes);
  const OwnKeyContext of_key(context);
  TRY_VALUE(const auto wrapped, seal(purpose, of_key.context(), data_key.bytes));
  Bytes bytes = enveloped(wrapped, kAeadOverhead + plaintext.size());
  aead_seal(data_key.bytes, plaintext, associated_data(context, kOwnKey), random_, bytes);
  return SealedRecord(std::move(bytes));
}

Result<Bytes> RecordSealer::open_with_own_key(Purpose purpose, const RecordContext& context,
                                              const SealedRecord& record) const {
  TRY_VALUE(const auto parts, split_envelope(context, record));
  const OwnKeyContext of_key(context);
  TRY_VALUE(auto data_key, open(purpose, of_key.context(), parts.wrapped));
  auto plaintext = open_body(data_key, parts.contents, context, kOwnKey);
  wipe(data_key);
  return plaintext;
}

Result<SealedRecord> RecordSealer::rewrap_own_key(Purpose purpose, const RecordContext& context,
                                                  const SealedRecord& record) const {
  TRY_VALUE(const auto parts, split_envelope(context, record));
  const OwnKeyContext of_key(context);
  TRY_VALUE(auto data_key, open(purpose, of_key.context(), parts.wrapped));
  const auto wrapped = seal(purpose, of_key.context(), data_key);
  wipe(data_key);
  if (!wrapped) return wrapped;
  Bytes bytes = enveloped(*wrapped, parts.contents.size());
  append(bytes, parts.contents);
  return SealedRecord(std::move(bytes));
}

KeyId key_of(const SealedRecord& record) {
  return record.bytes().size() < kRecordHeadSize
             ? 0
             : from_big_endian<KeyId>(record.bytes().subspan(2));
}

KeyId wrapping_key_of(const SealedRecord& record) {
  const ByteView bytes = record.bytes();
  if (bytes.size() < kWrappedLengthSize + kRecordHeadSize) return 0;
  return from_big_endian<KeyId>(bytes.subspan(kWrappedLengthSize + 2));
}

}  // namespace cardvault
