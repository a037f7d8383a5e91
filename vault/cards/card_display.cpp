#include "vault/cards/card_display.h"

#include "vault/cards/locale.h"

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
    case Scheme::maestro:
      return {"Maestro 卡", "Maestro card"};
    case Scheme::mir:
      return {"Mir 卡", "Mir card"};
    case Scheme::rupay:
      return {"RuPay 卡", "RuPay card"};
    case Scheme::elo:
      return {"Elo 卡", "Elo card"};
    case Scheme::troy:
      return {"Troy 卡", "Troy card"};
    case Scheme::hipercard:
      return {"Hipercard 卡", "Hipercard card"};
    case Scheme::verve:
      return {"Verve 卡", "Verve card"};
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

std::string ordinal_words(std::size_t number, std::string_view locale) {
  const std::string digits = std::to_string(number);
  if (is_chinese(locale)) return "第" + digits + "张";
  const bool teen = number % 100 >= 11 && number % 100 <= 13;
  const std::size_t last = teen ? 0 : number % 10;
  return digits + (last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

/// Returns the mark of a twin besides its kind. The first of several twins has no ordinal number.
std::string twin_words(const Card& card, std::string_view locale, const std::optional<Twin>& twin) {
  if (!twin) return "";
  switch (twin->mark) {
    case TwinMark::kind:
      return "";
    case TwinMark::scheme:
      return std::string(in(locale, scheme_words(card.scheme)));
    case TwinMark::nickname:
      return "“" + card.nickname + "”";
    case TwinMark::ordinal:
      return twin->ordinal == 1 ? "" : ordinal_words(twin->ordinal, locale);
  }
  return "";
}

void append_mark(std::string& text, std::string_view separator, std::string_view mark) {
  if (!mark.empty()) text.append(separator).append(mark);
}

constexpr std::string_view kDot = " · ";

}  // namespace

std::string masked_number(const Card& card, std::string_view locale,
                          const std::optional<Twin>& twin) {
  std::string text = "**** **** **** " + card.last4;
  if (twin) append_mark(text, kDot, in(locale, kind_words(card)));
  append_mark(text, kDot, twin_words(card, locale, twin));
  return text;
}

std::string masked_number_in_detail(const Card& card) {
  if (card.first6.empty()) return masked_number(card, "");
  return card.first6 + " **** " + card.last4;
}

const std::string& bank_name(const Bank& bank, std::string_view locale) {
  return is_chinese(locale) ? bank.name_zh : bank.name_en;
}

std::string display_name(const Card& card, const Bank& bank, std::string_view locale,
                         const std::optional<Twin>& twin) {
  std::string text = bank_name(bank, locale);
  text += ' ';
  text += in(locale, kind_words(card));
  text += " (";
  text += card.last4;
  text += ')';
  append_mark(text, kDot, twin_words(card, locale, twin));
  return text;
}

std::string spoken_name(const Card& card, const Bank& bank, std::string_view locale,
                        const std::optional<Twin>& twin) {
  std::string text = bank_name(bank, locale);
  if (!is_chinese(locale)) text += ' ';
  text += in(locale, kind_words(card));
  text += in(locale, {"，尾号", ", ending in"});
  for (const char digit : card.last4) {
    text += ' ';
    text += digit;
  }
  append_mark(text, in(locale, {"，", ", "}), twin_words(card, locale, twin));
  return text;
}

}  // namespace cardvault
