#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "vault/storage/copy/store_copy.h"

namespace cardvault::api {

/// A copy's progress as a line of at most 79 columns, with a bar if the total is known.
[[nodiscard]] std::string progress_text(const CopyProgress& progress);

/// Shows a copy's progress on standard error. On a terminal it redraws one line, up to ten times a
/// second; elsewhere it prints a line every five seconds. The last state of each stage is always
/// shown. Use from one thread at a time.
class ProgressLine {
 public:
  using Now = std::chrono::steady_clock::time_point;

  ProgressLine(std::FILE* to, bool is_terminal) : to_(to), is_terminal_(is_terminal) {}
  /// Ends the line that is redrawn.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const CopyProgress& progress, Now now);

 private:
  void draw(const CopyProgress& progress);
  void end_stage();

  std::FILE* const to_;
  const bool is_terminal_;
  std::optional<CopyProgress> last_;
  std::optional<Now> drawn_at_;
  bool is_drawn_ = false;  ///< `last_` is visible
};

}  // namespace cardvault::api
