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
  /// For redirects, "" for all others.
  std::string location = {};
  /// How long the caller waits for it.
  std::chrono::milliseconds delay{0};
  /// Nothing is written: the connection ends instead.
  bool dropped = false;
};

[[nodiscard]] Answer json_answer(int status, const nlohmann::ordered_json& body);

/// A problem document (RFC 9457) with type, title, status, detail, code and, where a member was
/// refused, errors.
[[nodiscard]] Answer problem(int status, const Error& error);

/// The same with the status that fits the code: 401 for signatures, 404 for what is not there, 503
/// for what this program lacks at the moment, 500 for its own faults, otherwise 400.
[[nodiscard]] Answer problem(const Error& error);

}  // namespace cardvault::sandbox
