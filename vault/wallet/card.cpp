#include "vault/wallet/card.h"

namespace cardvault {

std::string_view funding_name(Funding funding) {
  switch (funding) {
    case Funding::unknown:
      return "unknown";
    case Funding::debit:
      return "debit";
    case Funding::credit:
      return "credit";
    case Funding::prepaid:
      return "prepaid";
  }
  return "unknown";
}

}  // namespace cardvault
