#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vault/wallet/card.h"

namespace cardvault {

struct Bank {
  std::string code;  ///< "CMB"
  std::string name_zh;
  std::string name_en;
};

/// What a card number's leading digits say about the card.
struct BinMatch {
  std::string bank_code;  ///< "" when no profile claims the number
  Funding funding = Funding::unknown;
  CardVariety kind = CardVariety::standard;
};

/// The bank profiles of config/banks, as far as naming and recognising cards goes. Built once, then
/// only read: threads may share it.
class BankCatalogue {
 public:
  /// Adds one profile document (see config/banks/README.md). invalid_request, saying what is
  /// wrong, for a document that is not one or claims a prefix that another bank has.
  [[nodiscard]] Status add(std::string_view json);

  /// By the longest prefix whose card lengths allow the number.
  [[nodiscard]] BinMatch match(const Pan& pan) const;

  /// The bank of that code, or the one named "unknown bank" (code UNKNOWN).
  [[nodiscard]] const Bank& bank(std::string_view code) const;

 private:
  struct Bin {
    std::string bank_code;
    std::uint32_t lengths = 0;  ///< bit n: numbers of n digits
    Funding funding = Funding::unknown;
    CardVariety kind = CardVariety::standard;
  };

  std::map<std::string, Bank, std::less<>> banks_;
  std::map<std::string, Bin, std::less<>> bins_;
};

}  // namespace cardvault
