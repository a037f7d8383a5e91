#include "sandbox/id_memory.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace cardvault::sandbox {
namespace {

IdDigest nth(int n) {
  return digest_of_id("alipay", "drg_" + std::to_string(n));
}

TEST_CASE("remembered ids: a full memory keeps the newest ids and drops the oldest") {
  IdMemory memory(3);
  for (int i = 0; i < 5; ++i) memory.add(nth(i));
  CHECK(memory.size() == 3);
  CHECK_FALSE(memory.knows(nth(0)));
  CHECK_FALSE(memory.knows(nth(1)));
  CHECK(memory.knows(nth(2)));
  CHECK(memory.knows(nth(4)));
}

TEST_CASE("remembered ids: adding a known id again drops no other") {
  IdMemory memory(2);
  memory.add(nth(1));
  memory.add(nth(2));
  memory.add(nth(2));
  memory.add(nth(2));
  CHECK(memory.size() == 2);
  CHECK(memory.knows(nth(1)));
}

TEST_CASE("remembered ids: the same id at another channel is another id") {
  CHECK(digest_of_id("alipay", "drg_1") != digest_of_id("wearable", "drg_1"));
  CHECK(digest_of_id("alipay", "drg_1") != digest_of_id("alipay", "drg_2"));
}

}  // namespace
}  // namespace cardvault::sandbox
