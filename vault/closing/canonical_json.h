#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strict_json.h"
#include "crypto/secret.h"

namespace cardvault {

/// The JSON Canonicalization Scheme (RFC 8785), limited to the values that a receipt uses: objects,
/// lists, texts, booleans, null and integers. Names must be ASCII, so that bytes sort like UTF-16
/// code units (3.2.3). Integers must be between -(2^53 - 1) and 2^53 - 1, so that no number needs
/// the rules of 3.2.2.3. All other values fail with invalid_request. A text that is not valid UTF-8
/// fails with malformed_json.
[[nodiscard]] Result<std::string> canonical_json(const nlohmann::json& value);

/// Returns the canonical form of a JSON text, so that two spellings of one value compare equal.
/// Copies of its texts are wiped. Errors: malformed_json as parse_strict_json(), invalid_request as
/// canonical_json().
[[nodiscard]] Result<SecretText> canonical_body(std::string_view text);

}  // namespace cardvault
