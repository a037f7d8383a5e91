#include "vault/policy/card_display.h"

#include "vault/policy/locale.h"

namespace cardvault {
namespace {

struct Words {
  std::string_view zh;
  std::string_view en;
};

std::string_view in(std::string_view locale, const Words& words) {
  return is_chinese(locale) ? words.zh : words.en;
}

Words scheme_words(Scheme scheme) {
  switch (scheme) {
    case Scheme::unknown:
      return {"银行卡", "card"};
    case Scheme::unionpay:
      return {"银联卡", "UnionPay card"};
    case Scheme::visa:
      return {"Visa 卡", "Visa card"};
    case Scheme::mastercard:
      return {"Mastercard 卡", "Mastercard card"};
    case Scheme::amex:
      return {"American Express 卡", "American Express card"};
    case Scheme::jcb:
      return {"JCB 卡", "JCB card"};
    case Scheme::diners:
      return {"Diners Club 卡", "Diners Club card"};
    case Scheme::discover:
      return {"Discover 卡", "Discover card"};
  }
  return {"银行卡", "card"};
}

Words kind_words(const Card& card) {
  if (card.kind == CardVariety::social_security) return {"社保卡", "social security card"};
  switch (card.funding) {
    case Funding::debit:
      return {"储蓄卡", "debit card"};
    case Funding::credit:
      return {"信用卡", "credit card"};
    case Funding::prepaid:
      return {"预付卡", "prepaid card"};
    case Funding::unknown:
      return scheme_words(card.scheme);
  }
  return {"银行卡", "card"};
}

}  // namespace

std::string masked_number(const Card& card) {
  return "**** **** **** " + card.last4;
}

std::string masked_number_in_detail(const Card& card) {
  return card.first6 + " **** " + card.last4;
}

const std::string& bank_name(const Bank& bank, std::string_view locale) {
  return is_chinese(locale) ? bank.name_zh : bank.name_en;
}

std::string display_name(const Card& card, const Bank& bank, std::string_view locale) {
  std::string text = bank_name(bank, locale);
  text += ' ';
  text += in(locale, kind_words(card));
  text += " (";
  text += card.last4;
  text += ')';
  return text;
}

std::string spoken_name(const Card& card, const Bank& bank, std::string_view locale) {
  std::string text = bank_name(bank, locale);
  if (!is_chinese(locale)) text += ' ';
  text += in(locale, kind_words(card));
  text += in(locale, {"，尾号", ", ending in"});
  for (const char digit : card.last4) {
    text += ' ';
    text += digit;
  }
  return text;
}

}  // namespace cardvault
