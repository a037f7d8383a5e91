#include "tests/vault/text/card_texts.h"

#include <array>
#include <random>
#include <set>

namespace cardvault::test {
namespace {

constexpr std::size_t kTexts = 1000;

// Published test numbers of schemes and of payment services. One of UnionPay's fails Luhn.
constexpr std::array<std::string_view, 47> kNumbers{
    "4111111111111111",    "4012888888881881",    "4222222222222",       "4000056655665556",
    "4917610000000000003", "5555555555554444",    "5105105105105100",    "2223003122003222",
    "5200828282828210",    "378282246310005",     "371449635398431",     "378734493671000",
    "30569309025904",      "38520000023237",      "36227206271667",      "3056930009020004",
    "6011111111111117",    "6011000990139424",    "6011981111111113",    "3530111333300000",
    "3566002020360505",    "6226090000000048",    "6221558812340000",    "6216261000000000018",
    "6226388000000095",    "6200000000000005",    "6205500000000000004", "6759649826438453",
    "6799990100000000019", "6759560045005727054", "5641821111166669",    "586824160825533338",
    "50339619890917",      "2201382000000013",    "2204290100000006",    "6074819900004939",
    "6362970000457013",    "5066991111111118",    "9792030394440796",    "6062826786276634",
    "6062828888666688",    "5060990580000217499", "5060666666666666666", "5061460410120223210",
    "8171999927660000",    "8171999900000000021", "6243030000000001"};

constexpr std::array<std::string_view, 120> kWithCard{
    "4111111111111111",
    "my card 4111111111111111",
    "4111 1111 1111 1111",
    "x4111-1111-1111-1111y",
    "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
    "卡号6226090000000048。",
    "6216261000000000018",
    "--4111--1111  1111 1111--",
    "no 7 4111111111111111",
    "4111111111111111 12",
    "2 - 6226 0900 0000 0048 - 1",
    "4111 1111 1111 1111 5555 5555 5555 4444",
    "4111\u00a01111\u00a01111\u00a01111",
    "4111\u202f1111\u202f1111\u202f1111",
    "4111\u30001111\u30001111\u30001111",
    "4111\u20091111\u20091111\u20091111",
    "4111\u20071111\u20071111\u20071111",
    "4111\u200b1111\u200b1111\u200b1111",
    "4111\u200c1111\u200c1111\u200c1111",
    "4111\u200d1111\u200d1111\u200d1111",
    "4111\u20601111\u20601111\u20601111",
    "4111\ufeff1111\ufeff1111\ufeff1111",
    "4111\u00ad1111\u00ad1111\u00ad1111",
    "4111\u200e1111\u200e1111\u200e1111",
    "\u202e1111111111111114\u202c 4111111111111111",
    "4111\u20131111\u20131111\u20131111",
    "4111\u20141111\u20141111\u20141111",
    "4111\u20111111\u20111111\u20111111",
    "4111\u22121111\u22121111\u22121111",
    "4111,1111,1111,1111",
    "4111, 1111, 1111, 1111",
    "4111:1111:1111:1111",
    "4111;1111;1111;1111",
    "4111、1111、1111、1111",
    "4111，1111，1111，1111",
    "4111：1111：1111：1111",
    "4111·1111·1111·1111",
    "4111•1111•1111•1111",
    "4111・1111・1111・1111",
    "4111*1111*1111*1111",
    "4111.1111.1111.1111",
    "4111/1111/1111/1111",
    "4111_1111_1111_1111",
    "4111|1111|1111|1111",
    "4111~1111~1111~1111",
    "4111=1111=1111=1111",
    "(4111)(1111)(1111)(1111)",
    "[4111] [1111] [1111] [1111]",
    "“4111” “1111” “1111” “1111”",
    "4111'1111'1111'1111",
    "４１１１１１１１１１１１１１１１",
    "４１１１　１１１１　１１１１　１１１１",
    "４１１１－１１１１－１１１１－１１１１",
    "4１11111111111111",
    "411111111111111１",
    "٤١١١١١١١١١١١١١١١",
    "٤١١١ ١١١١ ١١١١ ١١١١",
    "۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱",
    "۴۱۱۱ ۱۱۱۱ ۱۱۱۱ ۱۱۱۱",
    "४१११११११११११११११",
    "४१११-११११-११११-११११",
    "৪১১১১১১১১১১১১১১১",
    "๔๑๑๑๑๑๑๑๑๑๑๑๑๑๑๑",
    "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",
    "𝟺𝟷𝟷𝟷 𝟷𝟷𝟷𝟷 𝟷𝟷𝟷𝟷 𝟷𝟷𝟷𝟷",
    "④①①①①①①①①①①①①①①①",
    "❹❶❶❶❶❶❶❶❶❶❶❶❶❶❶❶",
    "➃➀➀➀➀➀➀➀➀➀➀➀➀➀➀➀",
    "⁴¹¹¹¹¹¹¹¹¹¹¹¹¹¹¹",
    "₄₁₁₁₁₁₁₁₁₁₁₁₁₁₁₁",
    "⒋⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈⒈",
    "⑷⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴⑴",
    "4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣",
    "٤111111111111111",
    "4111 1111 ۱111 1111",
    "14111111111111111",
    "41111111111111117",
    "1 4111 1111 1111 1111",
    "14111 1111 1111 1111",
    "4111 1111 1111 11117",
    "7-4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
    "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-7",
    "00004111111111111111",
    "4111111111111111123",
    "41111111111111111228",
    "41111111111111111228123",
    "4111111111111111 12/28 123",
    "lost 2026-11-30: 4111111111111111",
    "4111 1111 1111 1111 2026-11-30",
    "call +86 138 0013 8000, card 4111 1111 1111 1111",
    "+4111111111111111",
    "+4111 1111 1111 1111",
    "41 11 11 11 11 11 11 11",
    "411 111 111 111 111 1",
    "41111 11111 111111",
    "41111111 11111111",
    "card 1: 41 11 11 11 11 11 11 11",
    "4111 11111111 1111",
    "4111-1111 1111/1111",
    "4111\u200b1111 1111\u00a01111",
    "6221558812340000",
    "6221 5588 1234 0000",
    "62215588 12340000",
    "16221558812340000",
    "62215588123400001",
    "3782 822463 10005",
    "378282246310005",
    "3056 930902 5904",
    "3622 720627 1667",
    "621626 1000000000018",
    "6216 2610 0000 0000 018",
    "4222222222222",
    "4222 2222 22222",
    "6799 9901 0000 0000 019",
    "5033 9619 8909 17",
    "22013820 00000013",
    "4111 1111 1111 1112",
    "6226-0900-0000-0049",
    "pay with 💳4111111111111111💳",
    "账号：6226 0900 0000 0048，户名：张三",
};

constexpr std::array<std::string_view, 120> kWithoutCard{
    "lost",
    "用户申请注销",
    "工资卡 💳",
    "+81 90 1234 5678",
    "+62 812 3456 7890",
    "+62 812-3456-7890",
    "+6281234567890",
    "+86 138 0013 8000",
    "+8613800138000",
    "0086 138 0013 8000",
    "+44 20 7946 0958",
    "+49 30 901820 ext 12",
    "+1 (555) 010-9999",
    "+52 55 1234 5678",
    "+34 912 345 678",
    "+55 11 91234-5678",
    "+7 495 123-45-67",
    "+39 06 1234 5678",
    "+91 98765 43210",
    "+972 50-123-4567",
    "(021) 6100-0000",
    "400-820-8820",
    "13800138000",
    "138 0013 8000 / 139 0013 9000",
    "95588",
    "123456789012",
    "ticket 410000000000",
    "ticket 1234-5678-9012",
    "ticket 622609000000",
    "工单 202611300012",
    "case 450000001234, 450000001235",
    "2026-11-30",
    "2026-11-30 / 2026-12-09",
    "2026-11-30 - 2026-12-09",
    "2026/11/30 ~ 2026/12/09",
    "30.11.2026 - 09.12.2026",
    "30/11/2026, 09/12/2026, 24/12/2026",
    "2026-11-30 / 2026-12-09 / 2027-01-15",
    "2026年11月30日至2026年12月9日",
    "20261130 20261209",
    "20261130-20261209",
    "2026-11-30T12:00:00Z",
    "2026-11-30T12:00:00.123456789Z",
    "2026-11-30 12:00:00.123",
    "2026-11-30T12:00:00+08:00",
    "20261130120000123",
    "Mon 10:30-12:00, 13:30-18:00, 19:00-20:30",
    "10:30:05 11:45:17 12:01:59",
    "1764552000",
    "1764552000000",
    "1764552000000000",
    "1764552000000000000",
    "1795420800000 - 1795420900000",
    "550e8400-e29b-41d4-a716-446655440000",
    "00000000-0000-4000-8000-000000000000",
    "41111111-1111-4111-8111-111111111111",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "req_01j00000000000000000000000",
    "crd_01testcard0000000000000099",
    "2026113022001400001234567890",
    "4200001234202611301234567890",
    "订单 2026113022001412345678901234",
    "SF1234567890123",
    "YT8812345678901",
    "JD0123456789012",
    "EA123456789CN",
    "No. 0000012345",
    "INV-2026-000123",
    "发票代码 044031900111 号码 12345678",
    "91310000MA1FL2NP3X",
    "110101199003077758",
    "11010119900307775X",
    "330106198502142419",
    "6901234567892",
    "9787111128069",
    "ISBN 978-7-111-12806-9",
    "460001234567890",
    "460 00 1234567890",
    "89860012345678901234",
    "8986 0112 3456 7890 123",
    "356938035643809",
    "86-123456-123456-7",
    "192.168.100.200",
    "10.0.0.1 10.0.0.2 10.0.0.3",
    "127.0.0.1:8080, 127.0.0.1:8081",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "31.230416, 121.473701",
    "39.904211,116.407395",
    "v1.2.3 build 20261130.4",
    "¥1,234.56",
    "¥12,345.67 / ¥23,456.78",
    "$4,111.11 + $1,111.11",
    "1,234.56 1,234.56",
    "100% 200% 300%",
    "6226 **** **** 0048",
    "**** **** **** 1111",
    "4111 11** **** 1111",
    "尾号 1111",
    "card ending in 1111, bound 2026-11-30",
    "411111",
    "BIN 411111 and 622609",
    "4111111111111112",
    "41111111111",
    "0000000000000000",
    "0000 0000 0000 0000",
    "1234567890123456",
    "1-2-3-4-5-6-7-8-9",
    "0-1-2-5-8-7-6-3-4",
    "1/2 3/4 5/8",
    "room 1204, floor 12, building 3",
    "QQ 123456789",
    "3 of 5 shares, 2 missing",
    "a1b2c3d4e5f6a7b8c9d0",
    "1790000000000000000",
    "1843925012345678901",
    "2000123456789012345",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "四一一一一一一一一一一一一一一一",
    "user-000123456",
};

using Dice = std::mt19937;

std::size_t roll(Dice& dice, std::size_t sides) {
  return dice() % sides;
}

template <class List>
std::string_view any_of(Dice& dice, const List& list) {
  return list.at(roll(dice, list.size()));
}

std::string digits(Dice& dice, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + roll(dice, 10));
  return text;
}

std::string two(std::size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// One character for each digit in ten scripts.
std::string spelled(char digit, std::size_t script) {
  constexpr std::array<std::array<std::string_view, 10>, 10> scripts{{
      {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
      {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"},
      {"٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"},
      {"۰", "۱", "۲", "۳", "۴", "۵", "۶", "۷", "۸", "۹"},
      {"०", "१", "२", "३", "४", "५", "६", "७", "८", "९"},
      {"𝟎", "𝟏", "𝟐", "𝟑", "𝟒", "𝟓", "𝟔", "𝟕", "𝟖", "𝟗"},
      {"⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"},
      {"⓿", "❶", "❷", "❸", "❹", "❺", "❻", "❼", "❽", "❾"},
      {"๐", "๑", "๒", "๓", "๔", "๕", "๖", "๗", "๘", "๙"},
      {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"},
  }};
  return std::string(scripts.at(script).at(static_cast<std::size_t>(digit - '0')));
}

constexpr std::array<std::string_view, 34> kSeparators{
    "",       " ",      "-",      "\u00a0", "\u202f", "\u3000", "\u2009", "\u200b", "\u200c",
    "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u2010", "\u2011", "\u2013", "\u2014",
    ",",      ":",      "、",     "·",      "*",      ".",      "/",      "_",      "，",
    "：",     "•",      ", ",     " - ",    "|",      "—",      ". "};

/// Sizes of groups: fours, single digits, pairs, fives, no groups.
std::string spell(Dice& dice, std::string_view number) {
  constexpr std::array<std::size_t, 6> sizes{4, 4, 1, 2, 5, 19};
  const std::size_t size = sizes.at(roll(dice, sizes.size()));
  const std::string_view separator = any_of(dice, kSeparators);
  const std::size_t script = roll(dice, 10);
  // In a third of the texts only one digit is of another script.
  const bool one_only = roll(dice, 3) == 0;
  const std::size_t odd_one = roll(dice, number.size());
  std::string text;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > 0 && i % size == 0) text += separator;
    text += spelled(number[i], one_only && i != odd_one ? 0 : script);
  }
  return text;
}

std::string hide(Dice& dice, std::string_view number) {
  const std::string spelling = spell(dice, number);
  switch (roll(dice, 12)) {
    case 0:
      return "my card " + spelling;
    case 1:
      return "卡号：" + spelling + "。";
    case 2:
      return "x" + spelling + "y";
    case 3:
      return digits(dice, 1) + spelling;
    case 4:
      return spelling + digits(dice, 1);
    case 5:
      return "2026-11-30: " + spelling;
    case 6:
      return spelling + " 2026-11-30";
    case 7:
      return "(" + spelling + ")";
    case 8:
      return "no. 7; " + spelling + "; 12";
    case 9:
      return "+86 138 0013 8000; " + spelling;
    case 10:
      return std::string(number) + two(1 + roll(dice, 12)) + two(25 + roll(dice, 10));
    default:
      return spelling;
  }
}

std::string date(Dice& dice, std::string_view separator = "-") {
  std::string text = std::to_string(2019 + roll(dice, 12));
  text.append(separator).append(two(1 + roll(dice, 12)));
  text.append(separator).append(two(1 + roll(dice, 28)));
  return text;
}

std::string time_of_day(Dice& dice) {
  return two(roll(dice, 24)) + ":" + two(roll(dice, 60)) + ":" + two(roll(dice, 60));
}

std::string hex(Dice& dice, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "0123456789abcdef"[roll(dice, 16)];
  return text;
}

std::string uuid(Dice& dice) {
  return hex(dice, 8) + "-" + hex(dice, 4) + "-4" + hex(dice, 3) + "-a" + hex(dice, 3) + "-" +
         hex(dice, 12);
}

std::string phone(Dice& dice) {
  constexpr std::array<std::string_view, 20> countries{"86", "81", "62", "1",  "44",  "49", "52",
                                                       "34", "37", "55", "36", "65",  "60", "63",
                                                       "91", "7",  "33", "39", "852", "886"};
  constexpr std::array<std::string_view, 3> separators{" ", "-", ""};
  const std::string_view separator = any_of(dice, separators);
  std::string text = "+";
  text.append(any_of(dice, countries)).append(separator).append(digits(dice, 3));
  text.append(separator).append(digits(dice, 4)).append(separator).append(digits(dice, 4));
  return text;
}

std::string amount(Dice& dice) {
  return "¥" + std::to_string(1 + roll(dice, 99)) + "," + digits(dice, 3) + "." + digits(dice, 2);
}

std::string harmless(Dice& dice, std::size_t kind) {
  switch (kind) {
    case 0:
      return phone(dice);
    case 1:
      return phone(dice) + " / " + phone(dice);
    case 2:
      return "ticket " + digits(dice, 12);
    case 3:
      return digits(dice, 4) + "-" + digits(dice, 4) + "-" + digits(dice, 4);
    case 4:
      return date(dice) + " / " + date(dice);
    case 5:
      return date(dice) + " " + time_of_day(dice) + " - " + date(dice) + " " + time_of_day(dice);
    case 6:
      return date(dice, "") + "-" + date(dice, "");
    case 7:
      return "17" + digits(dice, 11);
    case 8:
      return uuid(dice);
    case 9:
      return "user " + uuid(dice) + " " + date(dice);
    case 10:
      return amount(dice) + " / " + amount(dice) + " / " + amount(dice);
    case 11:
      return date(dice, "") + "2200" + digits(dice, 16);
    case 12:
      return "420000" + digits(dice, 4) + date(dice, "") + digits(dice, 10);
    case 13:
      return "1" + std::to_string(7 + roll(dice, 3)) + digits(dice, 17);
    case 14:
      return hex(dice, 64);
    case 15:
      return "8986" + digits(dice, 16);
    case 16:
      return "460" + digits(dice, 12);
    case 17:
      return "192.168." + std::to_string(roll(dice, 256)) + "." + std::to_string(roll(dice, 256));
    case 18:
      return "13" + digits(dice, 9) + ", 15" + digits(dice, 9);
    default:
      return "INV-" + date(dice, "") + "-" + digits(dice, 6);
  }
}

constexpr std::size_t kHarmlessKinds = 20;

template <class Kept, class Make>
std::vector<std::string> filled_up(const Kept& kept, Make make) {
  std::vector<std::string> texts(kept.begin(), kept.end());
  std::set<std::string> seen(kept.begin(), kept.end());
  while (texts.size() < kTexts) {
    std::string text = make(texts.size());
    if (seen.insert(text).second) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace

std::vector<std::string> texts_with_card() {
  Dice dice(20261130);
  return filled_up(
      kWithCard, [&](std::size_t made) { return hide(dice, kNumbers.at(made % kNumbers.size())); });
}

std::vector<std::string> texts_without_card() {
  Dice dice(20261201);
  return filled_up(kWithoutCard,
                   [&](std::size_t made) { return harmless(dice, made % kHarmlessKinds); });
}

std::size_t kept_with_card() {
  return kWithCard.size();
}

std::size_t kept_without_card() {
  return kWithoutCard.size();
}

}  // namespace cardvault::test
