#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace cardvault {

/// A value or an Error. This project reports every failure this way. Exceptions of libraries are
/// caught at the call into the library.
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

/// A failure because of a thing that already exists, named by its id.
[[nodiscard]] inline std::unexpected<Error> fail_existing(const ErrorCode& code, std::string detail,
                                                          std::string id) {
  Error error = make_error(code, std::move(detail));
  error.existing_id = std::move(id);
  return fail(std::move(error));
}

}  // namespace cardvault

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define CARDVAULT_JOIN_(left, right) left##right
#define CARDVAULT_JOIN(left, right) CARDVAULT_JOIN_(left, right)
#define CARDVAULT_TRY(tried, ...) \
  if (auto tried = (__VA_ARGS__); !tried) return std::unexpected(std::move(tried).error())
#define CARDVAULT_TRY_VALUE(tried, declaration, ...)            \
  auto tried = (__VA_ARGS__);                                   \
  if (!tried) return std::unexpected(std::move(tried).error()); \
  declaration = *std::move(tried)

/// TRY(expression): evaluates a Status or Result. If it holds an error, the function returns that
/// error.
#define TRY(...) CARDVAULT_TRY(CARDVAULT_JOIN(tried_, __LINE__), __VA_ARGS__)
/// TRY_VALUE(declaration, expression): the same; on success it initialises `declaration` with the
/// value, as in TRY_VALUE(const auto wallet, open_wallet(vault, id)). The moved-from Result lives
/// until the end of the scope. So do not use it for a short secret in a std::string: a short string
/// copies its characters when it moves.
#define TRY_VALUE(declaration, ...) \
  CARDVAULT_TRY_VALUE(CARDVAULT_JOIN(tried_, __LINE__), declaration, __VA_ARGS__)
// NOLINTEND(bugprone-macro-parentheses)
