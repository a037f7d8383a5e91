#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// A pattern drawn over a 3x3 grid, nodes 0-8 in reading order, right by construction: four to nine
/// different nodes, none jumped over before it was visited (as phones draw it: 389,112 patterns).
class Gesture {
 public:
  /// From "0-1-2-5-8". invalid_gesture (reason invalid_format, out_of_range, too_short, duplicate
  /// or jumps_over_node) for what is no pattern.
  [[nodiscard]] static Result<Gesture> parse(const SecretText& text);

  /// True for a short list of letters and shapes that people draw first and a guesser tries first.
  [[nodiscard]] bool is_commonplace() const;

  /// The nodes in order, "01258".
  [[nodiscard]] const SecretText& canonical() const { return nodes_; }

 private:
  explicit Gesture(SecretText nodes) : nodes_(std::move(nodes)) {}

  SecretText nodes_;
};

}  // namespace cardvault
