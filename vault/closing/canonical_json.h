#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strict_json.h"
#include "crypto/secret.h"

namespace cardvault {

/// The JSON Canonicalization Scheme (RFC 8785) for what a receipt is made of: objects whose names
/// are ASCII (so that bytes sort like UTF-16 code units, 3.2.3), lists, texts, booleans, null and
/// integers up to 2^53 - 1 either way (so that no number needs the rules of 3.2.2.3). Everything
/// else is invalid_request.
[[nodiscard]] Result<std::string> canonical_json(const nlohmann::json& value);

/// The canonical form of a JSON text, so that two spellings of one value compare equal.
/// malformed_json as parse_strict_json, invalid_request as canonical_json. Copies of the texts in
/// it are wiped.
[[nodiscard]] Result<SecretText> canonical_body(std::string_view text);

}  // namespace cardvault
