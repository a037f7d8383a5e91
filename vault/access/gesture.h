#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// A pattern drawn over a 3x3 grid, right by construction. The nodes are 0-8 in reading order. A
/// pattern has four to nine different nodes and jumps over no unvisited node. These are the rules
/// of phones, and they allow 389,112 patterns.
class Gesture {
 public:
  /// Parses a text like "0-1-2-5-8". Any other text fails with invalid_gesture (reason
  /// invalid_format, out_of_range, too_short, duplicate or jumps_over_node).
  [[nodiscard]] static Result<Gesture> parse(const SecretText& text);

  /// True if the gesture is on a short list of letters and shapes. People often draw these first,
  /// so attackers guess them first.
  [[nodiscard]] bool is_commonplace() const;

  /// The nodes in order, "01258".
  [[nodiscard]] const SecretText& canonical() const { return nodes_; }

 private:
  explicit Gesture(SecretText nodes) : nodes_(std::move(nodes)) {}

  SecretText nodes_;
};

}  // namespace cardvault
