#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"

namespace cardvault {

/// The JSON Canonicalization Scheme (RFC 8785) for what a receipt is made of: objects whose names
/// are ASCII (so that bytes sort like UTF-16 code units, 3.2.3), lists, texts, booleans, null and
/// integers up to 2^53 - 1 either way (so that no number needs the rules of 3.2.2.3). Everything
/// else is invalid_request.
[[nodiscard]] Result<std::string> canonical_json(const nlohmann::json& value);

/// One JSON text in which no object repeats a name, at most eight levels deep; malformed_json.
[[nodiscard]] Result<nlohmann::json> parse_strict_json(std::string_view text);

}  // namespace cardvault
