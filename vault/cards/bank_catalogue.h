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

/// The facts about a card that the leading digits of its number show.
struct BinMatch {
  std::string bank_code;  ///< "" if no profile lists the number
  Funding funding = Funding::unknown;
  CardVariety kind = CardVariety::standard;
};

/// The bank profiles of config/banks. This class uses only the members that name and recognise
/// cards. Fill it once, then only read it: threads may share it.
class BankCatalogue {
 public:
  /// Adds one profile document (see config/banks/README.md). If the text is not JSON, it fails with
  /// malformed_json. If the document is not a bank profile, or lists a prefix that another bank
  /// has, it fails with invalid_request. The error says what is wrong.
  [[nodiscard]] Status add(std::string_view json);

  /// Finds the longest prefix whose card lengths allow the number.
  [[nodiscard]] BinMatch match(const Pan& pan) const;

  /// Returns the bank with that code, or the bank named "unknown bank" (code UNKNOWN).
  [[nodiscard]] const Bank& bank(std::string_view code) const;

 private:
  struct Bin {
    std::string bank_code;
    std::uint32_t lengths = 0;  ///< bit n is set: the bank has numbers of n digits
    Funding funding = Funding::unknown;
    CardVariety kind = CardVariety::standard;
  };

  std::map<std::string, Bank, std::less<>> banks_;
  std::map<std::string, Bin, std::less<>> bins_;
};

}  // namespace cardvault
