#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace cardvault {

/// The only way in which this project parses JSON that comes from outside: one JSON text (RFC
/// 8259) of well-formed UTF-8 in which no object repeats a name, at most eight levels deep.
/// malformed_json for every other text. That includes a text with a byte order mark in front or a
/// NUL byte anywhere: the parser below would skip the mark and would take the NUL for the end, so
/// two readers could see two different documents.
[[nodiscard]] Result<nlohmann::json> parse_strict_json(std::string_view text);

}  // namespace cardvault
