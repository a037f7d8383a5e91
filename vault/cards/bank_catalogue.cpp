#include "vault/cards/bank_catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/ascii.h"
#include "base/strict_json.h"

namespace cardvault {
namespace {

constexpr std::size_t kShortestPrefix = 4;
constexpr std::size_t kLongestPrefix = 8;

std::optional<Funding> parse_funding(std::string_view word) {
  const auto funding = parse_name(kFundingNames, word);
  return funding == Funding::unknown ? std::nullopt : funding;
}

bool is_prefix(std::string_view text) {
  return text.size() >= kShortestPrefix && text.size() <= kLongestPrefix &&
         std::ranges::all_of(text, is_digit);
}

std::uint32_t length_bits(const nlohmann::json& lengths) {
  std::uint32_t bits = 0;
  for (const auto& length : lengths) {
    const auto digits = length.get<std::uint32_t>();
    if (digits >= 12 && digits <= 19) bits |= 1U << digits;
  }
  return bits;
}

std::unexpected<Error> bad_profile(const std::string& why) {
  return fail(ErrorCode::invalid_request, "bank profile: " + why);
}

}  // namespace

Status BankCatalogue::add(std::string_view json) {
  const auto parsed = parse_strict_json(json);
  if (!parsed) return fail(parsed.error().code, "bank profile: " + parsed.error().detail);
  try {
    const auto& profile = *parsed;
    Bank bank{.code = profile.at("code"),
              .name_zh = profile.at("name").at("zh"),
              .name_en = profile.at("name").at("en")};
    std::map<std::string, Bin, std::less<>> bins;
    for (const auto& entry : profile.at("bins")) {
      const std::string prefix = entry.at("prefix");
      const auto funding = parse_funding(entry.at("funding").get<std::string>());
      const auto kind = parse_name(kCardVarietyNames, entry.value("kind", "standard"));
      const std::uint32_t lengths = length_bits(entry.at("lengths"));
      if (!is_prefix(prefix) || !funding || !kind || lengths == 0) {
        return bad_profile(bank.code + ": bin " + prefix + " is not well-formed");
      }
      const auto taken = bins_.find(prefix);
      const bool is_new = bins.try_emplace(prefix, Bin{bank.code, lengths, *funding, *kind}).second;
      if (taken != bins_.end() || !is_new) {
        return bad_profile(bank.code + ": prefix " + prefix + " belongs to " +
                           (is_new ? taken->second.bank_code : bank.code));
      }
    }
    const std::string code = bank.code;
    if (!banks_.try_emplace(code, std::move(bank)).second) {
      return bad_profile(code + " occurs twice");
    }
    bins_.merge(bins);
  } catch (const nlohmann::json::exception& error) {
    return bad_profile(error.what());
  }
  return {};
}

BinMatch BankCatalogue::match(const Pan& pan) const {
  const std::string_view digits = pan.digits().expose();
  for (std::size_t length = kLongestPrefix; length >= kShortestPrefix; --length) {
    const auto found = bins_.find(digits.substr(0, length));
    if (found == bins_.end()) continue;
    const Bin& bin = found->second;
    if ((bin.lengths & (1U << pan.length())) != 0) return {bin.bank_code, bin.funding, bin.kind};
  }
  return {};
}

const Bank& BankCatalogue::bank(std::string_view code) const {
  static const Bank unknown{.code = "UNKNOWN", .name_zh = "未知银行", .name_en = "unknown bank"};
  const auto found = banks_.find(code);
  return found == banks_.end() ? unknown : found->second;
}

}  // namespace cardvault
