#pragma once

#include "vault/wallet/binary.h"
#include "vault/wallet/deregistration.h"

namespace cardvault {

// The part of codec.h for deregistrations.

void write_deregistration(BinaryWriter& out, const Deregistration& one);
[[nodiscard]] Deregistration read_deregistration(BinaryReader& in);

}  // namespace cardvault
