#include "vault/wallet/deregistration.h"

#include <algorithm>

namespace cardvault {

std::string_view closure_state_name(ClosureState state) {
  switch (state) {
    case ClosureState::pending:
      return "pending";
    case ClosureState::closing:
      return "closing";
    case ClosureState::closed:
      return "closed";
  }
  return "";
}

bool Deregistration::is_closed() const {
  return std::ranges::all_of(
      closures, [](const Closure& closure) { return closure.state == ClosureState::closed; });
}

}  // namespace cardvault
