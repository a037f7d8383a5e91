#include "vault/access/gesture.h"

#include <algorithm>
#include <array>

#include "vault/access/error_codes.h"

namespace cardvault {
namespace {

constexpr std::size_t kFewestNodes = 4;
constexpr std::size_t kMostNodes = 9;

// The shapes are L, Z, N, M, U, C, S, O, a spiral, and the grid in reading order. is_commonplace()
// also finds each of them drawn backwards.
constexpr std::array<std::string_view, 12> kShapes{"0367",     "03678",     "0124678", "6304852",
                                                   "6304258",  "0367852",   "2103678", "210345876",
                                                   "01258763", "012587634", "0123",    "012345678"};

std::unexpected<Error> invalid_gesture(std::string reason) {
  Error error = make_error(AccessError::invalid_gesture,
                           "The gesture is not valid. Join 4 to 9 points of the 3x3 grid.");
  error.fields.push_back({"gesture", std::move(reason)});
  return fail(std::move(error));
}

/// Returns the node halfway between two others, or -1 if no node lies exactly there.
int node_between(int a, int b) {
  const int rows = a / 3 + b / 3;
  const int columns = a % 3 + b % 3;
  if (rows % 2 != 0 || columns % 2 != 0) return -1;
  return rows / 2 * 3 + columns / 2;
}

}  // namespace

Result<Gesture> Gesture::parse(const SecretText& text) {
  const std::string_view in = text.expose();
  if (in.empty() || in.size() % 2 == 0) return invalid_gesture("invalid_format");
  std::array<char, kMostNodes> nodes{};
  const WipeAtEnd wiped(nodes);
  std::array<bool, kMostNodes> visited{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (i % 2 == 1) {
      if (in[i] != '-') return invalid_gesture("invalid_format");
      continue;
    }
    if (in[i] < '0' || in[i] > '9') return invalid_gesture("invalid_format");
    if (in[i] == '9') return invalid_gesture("out_of_range");
    const int node = in[i] - '0';
    if (visited[static_cast<std::size_t>(node)]) return invalid_gesture("duplicate");
    if (count > 0) {
      const int between = node_between(nodes[count - 1] - '0', node);
      if (between >= 0 && !visited[static_cast<std::size_t>(between)]) {
        return invalid_gesture("jumps_over_node");
      }
    }
    visited[static_cast<std::size_t>(node)] = true;
    nodes[count++] = in[i];
  }
  if (count < kFewestNodes) return invalid_gesture("too_short");
  return Gesture(SecretText(std::string_view(nodes.data(), count)));
}

bool Gesture::is_commonplace() const {
  const std::string_view nodes = nodes_.expose();
  return std::ranges::any_of(kShapes, [&](std::string_view shape) {
    return shape == nodes || std::equal(shape.rbegin(), shape.rend(), nodes.begin(), nodes.end());
  });
}

}  // namespace cardvault
