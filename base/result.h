#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace cardvault {

/// A value, or why there is none. Nothing in this project reports a failure another way; exceptions
/// of libraries are caught where the library is called.
template <class T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return std::unexpected<Error>(make_error(code, std::move(detail)));
}

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail,
                                                 OperatorText inside) {
  return std::unexpected<Error>(make_error(code, std::move(detail), std::move(inside)));
}

}  // namespace cardvault
