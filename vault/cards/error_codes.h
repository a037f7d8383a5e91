#pragma once

#include "base/error.h"

namespace cardvault {

/// Error codes of cards.
struct CardError {
  static constexpr ErrorCode card_already_bound{
      "card_already_bound", ErrorKind::conflict, "The card is already bound.", {}, "card_id"};
  static constexpr ErrorCode insufficient_scope{"insufficient_scope", ErrorKind::forbidden,
                                                "The token lacks a scope.",
                                                R"(Bearer error="insufficient_scope")"};
};

}  // namespace cardvault
