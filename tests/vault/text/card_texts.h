#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardvault::test {

/// A thousand texts that hide a card number: published test numbers as people, keyboards and
/// copying spell them. The first are written by hand; the others are generated, equal in every run.
[[nodiscard]] std::vector<std::string> texts_with_card();

/// A thousand texts without a card number, made in the same way.
[[nodiscard]] std::vector<std::string> texts_without_card();

/// Number of texts written by hand.
[[nodiscard]] std::size_t kept_with_card();
[[nodiscard]] std::size_t kept_without_card();

}  // namespace cardvault::test
