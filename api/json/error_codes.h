#pragma once

#include "base/error.h"

namespace cardvault::api {

/// Error codes of request bodies.
struct JsonError {
  static constexpr ErrorCode sensitive_data_refused{
      "sensitive_data_refused", ErrorKind::refused,
      "The request contains data that is never stored."};
};

}  // namespace cardvault::api
