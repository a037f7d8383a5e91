#include "sandbox/message_log.h"

#include <catch2/catch_test_macros.hpp>

namespace cardvault::sandbox {
namespace {

Message nth(std::size_t n) {
  return {.channel = n % kChannels.size(), .webhook_id = std::to_string(n)};
}

TEST_CASE("message log: only the newest thousand messages are kept") {
  MessageLog log;
  for (std::size_t i = 0; i < 2 * MessageLog::kKept + 1; ++i) log.add(nth(i));
  CHECK(log.size() == 1000);
  const auto kept = log.newest(5000);
  REQUIRE(kept.size() == 1000);
  CHECK(kept.front().webhook_id == "2000");
  CHECK(kept.back().webhook_id == "1001");
}

TEST_CASE("message log: the newest messages of one channel are returned up to the limit") {
  MessageLog log;
  for (std::size_t i = 0; i < 30; ++i) log.add(nth(i));
  const auto found = log.newest(2, ChannelIndex{1});
  REQUIRE(found.size() == 2);
  CHECK(found[0].webhook_id == "29");
  CHECK(found[1].webhook_id == "22");
}

}  // namespace
}  // namespace cardvault::sandbox
