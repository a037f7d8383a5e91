#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.h"

namespace cardvault::sandbox {

/// An HTTP answer before a server writes it.
struct Answer {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  /// For redirects; "" for all other answers.
  std::string location = {};
  /// The caller waits this long for the answer.
  std::chrono::milliseconds delay{0};
  /// The connection ends without an answer.
  bool dropped = false;
};

[[nodiscard]] Answer json_answer(int status, const nlohmann::ordered_json& body);

/// A problem document (RFC 9457) with type, title, status, detail, code and, if a member was
/// refused, errors.
[[nodiscard]] Answer problem(int status, const Error& error);

/// The same with the status that fits the code: 401 for signatures, 404 for an unknown path, 413
/// for a body that is too large, 503 if something is missing at the moment, 500 for faults of this
/// program, otherwise 400.
[[nodiscard]] Answer problem(const Error& error);

}  // namespace cardvault::sandbox
