#include "api/cli/copy_progress.h"

#include <algorithm>
#include <string_view>

#include "base/names.h"

namespace cardvault::api {
namespace {

constexpr std::uint64_t kBarWidth = 24;
constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kNextLine{5};

constexpr auto kStageTexts = names_from<CopyProgress::Stage::wallets>(
    "copying wallets", "copying the index", "checking the source", "checking the target");

}  // namespace

std::string progress_text(const CopyProgress& progress) {
  constexpr std::size_t kNameWidth = 20;
  std::string text(name_of(kStageTexts, progress.stage));
  text.resize(std::max(text.size(), kNameWidth), ' ');
  if (progress.total == 0) return text + std::to_string(progress.done);
  const std::uint64_t done = std::min(progress.done, progress.total);
  const auto filled = static_cast<std::size_t>(done * kBarWidth / progress.total);
  std::string percent = std::to_string(done * 100 / progress.total);
  percent.insert(0, 3 - percent.size(), ' ');
  return text + '[' + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] " +
         percent + " %  " + std::to_string(done) + " of " + std::to_string(progress.total);
}

ProgressLine::~ProgressLine() {
  end_stage();
}

void ProgressLine::show(const CopyProgress& progress, Now now) {
  if (last_ && last_->stage != progress.stage) end_stage();
  last_ = progress;
  is_drawn_ = false;
  const auto wait =
      is_terminal_ ? std::chrono::duration_cast<std::chrono::milliseconds>(kRedraw) : kNextLine;
  if (!drawn_at_) drawn_at_ = is_terminal_ ? now - wait : now;
  if (now - *drawn_at_ < wait) return;
  drawn_at_ = now;
  draw(progress);
}

void ProgressLine::draw(const CopyProgress& progress) {
  const std::string text = progress_text(progress);
  // "\x1b[K" removes the rest of a longer line.
  std::fprintf(to_, is_terminal_ ? "\r%s\x1b[K" : "%s\n", text.c_str());
  std::fflush(to_);
  is_drawn_ = true;
}

void ProgressLine::end_stage() {
  if (!last_) return;
  if (!is_drawn_) draw(*last_);
  if (is_terminal_) std::fputc('\n', to_);
  last_.reset();
}

}  // namespace cardvault::api
