#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of deregistrations and their closures.
struct ClosingError {
  static constexpr ErrorCode deregistration_not_found{
      "deregistration_not_found", ErrorKind::not_found, "There is no such deregistration."};
  static constexpr ErrorCode closure_not_found{"closure_not_found", ErrorKind::not_found,
                                               "There is no such closure."};
  static constexpr ErrorCode channel_closing{"channel_closing", ErrorKind::conflict,
                                             "The channel is being closed."};
};

}  // namespace cardvault
