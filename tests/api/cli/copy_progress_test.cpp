#include "api/cli/copy_progress.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace cardvault::api {
namespace {

using enum CopyProgress::Stage;
using std::chrono::milliseconds;

/// What the line has written to a terminal or to a file.
std::string written(bool is_terminal, const std::function<void(ProgressLine&)>& body) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const to = ::open_memstream(&text, &size);
  {
    ProgressLine line(to, is_terminal);
    body(line);
  }
  std::fclose(to);
  std::string all(text, size);
  std::free(text);
  return all;
}

ProgressLine::Now at(int ms) {
  return ProgressLine::Now{} + std::chrono::hours(1) + milliseconds(ms);
}

TEST_CASE("copy progress: the text is a bar with a known total and a count without one") {
  CHECK(progress_text({.stage = wallets, .done = 0, .total = 8}) ==
        "copying wallets     [........................]   0 %  0 of 8");
  CHECK(progress_text({.stage = checking_source, .done = 3, .total = 8}) ==
        "checking the source [#########...............]  37 %  3 of 8");
  CHECK(progress_text({.stage = checking_target, .done = 9, .total = 8}) ==
        "checking the target [########################] 100 %  8 of 8");
  CHECK(progress_text({.stage = index, .done = 17, .total = 0}) == "copying the index   17");
  CHECK(progress_text({.stage = wallets, .done = 1'000'000'000, .total = 1'000'000'000}).size() <=
        79);
}

TEST_CASE(
    "copy progress: a terminal line is redrawn ten times a second and ends each stage complete") {
  const std::string text = written(true, [](ProgressLine& line) {
    line.show({.stage = wallets, .done = 1, .total = 3}, at(0));
    line.show({.stage = wallets, .done = 2, .total = 3}, at(99));
    line.show({.stage = wallets, .done = 3, .total = 3}, at(100));
    line.show({.stage = index, .done = 5, .total = 0}, at(101));
  });
  CHECK(text == "\r" + progress_text({.stage = wallets, .done = 1, .total = 3}) + "\x1b[K\r" +
                    progress_text({.stage = wallets, .done = 3, .total = 3}) + "\x1b[K\n\r" +
                    progress_text({.stage = index, .done = 5, .total = 0}) + "\x1b[K\n");
}

TEST_CASE(
    "copy progress: a file gets a plain line every five seconds and at the end of each stage") {
  const std::string text = written(false, [](ProgressLine& line) {
    line.show({.stage = wallets, .done = 1, .total = 3}, at(0));
    line.show({.stage = wallets, .done = 2, .total = 3}, at(5000));
    line.show({.stage = wallets, .done = 3, .total = 3}, at(5001));
    line.show({.stage = index, .done = 5, .total = 0}, at(5002));
  });
  CHECK(text == progress_text({.stage = wallets, .done = 2, .total = 3}) + "\n" +
                    progress_text({.stage = wallets, .done = 3, .total = 3}) + "\n" +
                    progress_text({.stage = index, .done = 5, .total = 0}) + "\n");
}

}  // namespace
}  // namespace cardvault::api
