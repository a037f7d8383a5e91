#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "vault/wallet/card.h"

namespace cardvault {

/// The mark that distinguishes a card from its twins. Twins are cards of the same bank in the same
/// wallet with the same last four digits. The mark is the first of these that suffices:
///
///   kind      no twin is of its kind (debit, credit ...; the scheme where that is not known)
///   scheme    no twin of its kind is of its scheme
///   nickname  it has one that no twin of its kind has
///   ordinal   its place among the twins of its kind, by the time they were bound
enum class TwinMark { kind, scheme, nickname, ordinal };

struct Twin {
  TwinMark mark = TwinMark::kind;
  std::size_t ordinal = 1;
};

/// The twins of one wallet. The result depends neither on the order of the list nor on the cards
/// that a viewer sees, so a card has the same name in every view. It refers to the cards, so they
/// must outlive it.
class CardTwins {
 public:
  /// O(cards) if no two cards have the same last four digits. Nearly every wallet is like that.
  explicit CardTwins(std::span<const Card> cards);

  /// Returns nothing for a card without a twin.
  [[nodiscard]] std::optional<Twin> find(const Card& card) const;

 private:
  std::vector<std::pair<const Card*, Twin>> twins_;
};

}  // namespace cardvault
