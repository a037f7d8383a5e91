#include "vault/cards/card_twins.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <tuple>

namespace cardvault {
namespace {

constexpr std::size_t kLast4 = 10'000;

bool any_last4_twice(std::span<const Card> cards) {
  std::bitset<kLast4> seen;
  return std::ranges::any_of(cards, [&](const Card& card) {
    std::size_t digits = 0;
    std::from_chars(card.last4.data(), card.last4.data() + card.last4.size(), digits);
    const bool twice = seen[digits % kLast4];
    seen.set(digits % kLast4);
    return twice;
  });
}

bool are_twins(const Card& a, const Card& b) {
  return a.last4 == b.last4 && a.bank_code == b.bank_code;
}

bool are_of_one_kind(const Card& a, const Card& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == CardVariety::social_security) return true;
  return a.funding == b.funding && (a.funding != Funding::unknown || a.scheme == b.scheme);
}

Twin mark_among(const Card& card, const std::vector<const Card*>& alike) {
  const auto is_alone = [&](auto member) {
    return std::ranges::count(alike, card.*member, [&](const Card* one) { return one->*member; }) ==
           1;
  };
  if (alike.size() == 1) return {TwinMark::kind};
  if (is_alone(&Card::scheme)) return {TwinMark::scheme};
  if (!card.nickname.empty() && is_alone(&Card::nickname)) return {TwinMark::nickname};
  const auto bound = [](const Card& one) { return std::tie(one.bound_at, one.id); };
  const auto earlier =
      std::ranges::count_if(alike, [&](const Card* one) { return bound(*one) < bound(card); });
  return {TwinMark::ordinal, static_cast<std::size_t>(earlier) + 1};
}

}  // namespace

CardTwins::CardTwins(std::span<const Card> cards) {
  if (!any_last4_twice(cards)) return;
  for (const Card& card : cards) {
    std::vector<const Card*> alike;
    bool has_twin = false;
    for (const Card& other : cards) {
      if (!are_twins(card, other)) continue;
      has_twin = has_twin || &other != &card;
      if (are_of_one_kind(card, other)) alike.push_back(&other);
    }
    if (has_twin) twins_.emplace_back(&card, mark_among(card, alike));
  }
}

std::optional<Twin> CardTwins::find(const Card& card) const {
  const auto found =
      std::ranges::find(twins_, card.id, [](const auto& twin) { return twin.first->id; });
  return found == twins_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace cardvault
