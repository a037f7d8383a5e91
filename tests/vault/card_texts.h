#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardvault::test {

/// A thousand texts that hide a card number: published test numbers in the spellings of people,
/// keyboards and copying. The first are kept by hand, the others made, the same ones in every run.
[[nodiscard]] std::vector<std::string> texts_with_card();

/// A thousand texts that hold none, made alike.
[[nodiscard]] std::vector<std::string> texts_without_card();

/// How many of each are kept by hand.
[[nodiscard]] std::size_t kept_with_card();
[[nodiscard]] std::size_t kept_without_card();

}  // namespace cardvault::test
