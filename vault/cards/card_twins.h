#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "vault/wallet/card.h"

namespace cardvault {

/// What tells a card from its twins: cards of the same bank in the same wallet with the same last
/// four digits. The first of these that suffices:
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

/// The twins of one wallet. They depend neither on the order of the list nor on which cards a
/// viewer sees, so a card keeps its name in every view. Refers to the cards, which outlive it.
class CardTwins {
 public:
  /// O(cards) where no two have the same last four digits, which is nearly every wallet.
  explicit CardTwins(std::span<const Card> cards);

  /// Nothing for a card without a twin.
  [[nodiscard]] std::optional<Twin> find(const Card& card) const;

 private:
  std::vector<std::pair<const Card*, Twin>> twins_;
};

}  // namespace cardvault
