#include "vault/change/pan_record.h"

#include "vault/wallet/binary.h"

namespace cardvault {
namespace {

constexpr std::uint64_t kLayout = 1;

std::string_view text_of(const std::optional<SecretText>& text) {
  return text ? text->expose() : std::string_view();
}

}  // namespace

Result<SealedRecord> PanRecord::seal(const Pan& pan, const std::optional<SecretText>& holder_name,
                                     const std::optional<SecretText>& phone) const {
  BinaryWriter out;
  out.number(kLayout);
  out.text(pan.digits().expose());
  out.text(text_of(holder_name));
  out.text(text_of(phone));
  Bytes plain = out.take();
  auto sealed = sealer_.seal_with_own_key(Purpose::pan_wrapping, context(), plain);
  wipe(plain);
  return sealed;
}

Result<Pan> PanRecord::open(const SealedRecord& record) const {
  TRY_VALUE(auto plain, sealer_.open_with_own_key(Purpose::pan_wrapping, context(), record));
  BinaryReader in(plain);
  const bool known = in.number() == kLayout;
  auto pan = Pan::restore(SecretText(as_text(in.bytes())));
  wipe(plain);
  if (known && pan) return std::move(*pan);
  return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
              OperatorText{"PAN record " + wallet_ + "/" + card_ + ": layout is not known"});
}

Result<SealedRecord> PanRecord::rewrap(const SealedRecord& record) const {
  return sealer_.rewrap_own_key(Purpose::pan_wrapping, context(), record);
}

Result<KeyedDigests> pan_fingerprints(const Vault& vault, const Pan& pan) {
  return digests_of(vault.keyring, Purpose::pan_fingerprint, "pan",
                    {as_bytes(pan.digits().expose())});
}

}  // namespace cardvault
