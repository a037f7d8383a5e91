#include <catch2/catch_test_macros.hpp>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/redis/command.h"
#include "vault/storage/redis/slot.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

TEST_CASE("slots match the Redis Cluster specification") {
  // The check value of CRC-16/XMODEM and answers of CLUSTER KEYSLOT.
  CHECK(redis_slot("123456789") == 0x31C3);
  CHECK(redis_slot("foo") == 12182);
  CHECK(redis_slot("") == 0);
}

TEST_CASE("the slot depends on the first hash tag unless it is empty or not closed") {
  CHECK(redis_slot("cv:{foo}") == redis_slot("foo"));
  CHECK(redis_slot("a{foo}{bar}") == redis_slot("foo"));
  CHECK(redis_slot("a{{foo}}") == redis_slot("{foo"));
  CHECK(redis_slot("a{}{foo}") != redis_slot("foo"));
  CHECK(redis_slot("a{foo") != redis_slot("foo"));
}

TEST_CASE("a wallet's key has its id as hash tag") {
  const auto key = wallet_key(wallet_id(7));
  CHECK(redis_slot(key) == redis_slot(wallet_id(7).text().substr(4)));
}

TEST_CASE("commands are encoded by the protocol with any bytes") {
  CHECK(Command("SET").key("k").word(std::string_view("a\0\r\n", 4)).encoded() ==
        std::string("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\0\r\n\r\n", 30));
  const Script script("return 1");
  Command call(script, 1);
  call.key("k").number(-5);
  CHECK(call.routing_key() == "k");
  // The answer of SCRIPT LOAD for this text.
  CHECK(call.encoded() ==
        "*5\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n$1\r\n1\r\n"
        "$1\r\nk\r\n$2\r\n-5\r\n");
  CHECK(call.encoded(Command::Naming::text) ==
        "*5\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n$2\r\n-5\r\n");
}

WalletValue some_value() {
  return {.version = 3,
          .due = at_second(9),
          .audit_entries = 17,
          .claims = {{IndexKind::subject, digest(1)}, {IndexKind::creation_key, digest(2)}},
          .record = record(5)};
}

TEST_CASE("a wallet's value round-trips and a truncated head is damage") {
  const auto bytes = wallet_value_bytes(some_value());
  const auto value = must(parse_wallet_value(bytes));
  CHECK(value.version == 3);
  CHECK(value.due == at_second(9));
  CHECK(value.audit_entries == 17);
  CHECK(value.claims == some_value().claims);
  CHECK(value.record == record(5));
  const std::size_t head = 25 + 2 * 33;
  for (std::size_t size = 0; size < head; ++size) {
    const auto damaged = parse_wallet_value(std::string_view(bytes).substr(0, size));
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == ErrorCode::record_corrupt);
  }
}

TEST_CASE("a missing due time differs from 1970 and earlier times count as 1970") {
  CHECK(due_number(std::nullopt) == 0);
  CHECK(due_number(Time{}) == 1);
  CHECK(due_number(Time(std::chrono::milliseconds(-5))) == 1);
  auto value = some_value();
  value.due = Time{};
  CHECK(must(parse_wallet_value(wallet_value_bytes(value))).due == Time{});
  value.due.reset();
  CHECK_FALSE(must(parse_wallet_value(wallet_value_bytes(value))).due.has_value());
}

/// The bytes of the value with the number at `place` replaced.
std::string with_number(std::size_t place, std::uint64_t number) {
  auto bytes = wallet_value_bytes(some_value());
  return bytes.replace(place, 8, eight_bytes(number));
}

TEST_CASE("a wallet's value with a number out of range is damage") {
  constexpr std::uint64_t kHighBit = std::uint64_t{1} << 63U;
  constexpr std::uint64_t kLatest = 253'402'300'800'000;
  const auto latest = must(parse_wallet_value(with_number(8, kLatest)));
  CHECK(due_number(latest.due) == static_cast<std::int64_t>(kLatest));
  for (const std::uint64_t due : {kLatest + 1, kHighBit - 1, kHighBit, kHighBit + 1, UINT64_MAX}) {
    CAPTURE(due);
    const auto damaged = parse_wallet_value(with_number(8, due));
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code == ErrorCode::record_corrupt);
  }
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  for (const std::size_t place : {0U, 16U}) {
    CAPTURE(place);
    CHECK(parse_wallet_value(with_number(place, kExact)));
    for (const std::uint64_t number : {kExact + 1, kHighBit - 1, kHighBit, UINT64_MAX}) {
      CHECK_FALSE(parse_wallet_value(with_number(place, number)));
    }
  }
  CHECK_FALSE(parse_wallet_value(with_number(0, 0)));
  for (const std::uint64_t version : {std::uint64_t{0}, kExact + 1, kHighBit, UINT64_MAX}) {
    CHECK_FALSE(parse_vault_record(eight_bytes(version) + "record"));
  }
}

TEST_CASE("a due time out of range is stored as the nearest one in range") {
  constexpr std::int64_t kLatest = 253'402'300'800'000;
  CHECK(due_number(Time::max()) == kLatest);
  CHECK(due_number(Time::min()) == 1);
  CHECK(due_number(Time(std::chrono::milliseconds(kLatest))) == kLatest);
}

TEST_CASE("a field name of audit entries has a number in range") {
  CHECK(must(parse_audit_field_name("a0")) == 0);
  CHECK(must(parse_audit_field_name("a17")) == 17);
  for (const char* name : {"a", "ax", "a1x", "a-1", "a1125899906842625", "a18446744073709551616"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_audit_field_name(name));
  }
}

TEST_CASE("packed PAN records and audit entries round-trip and truncated ones are damage") {
  const auto pans = pan_entry_bytes(card_id(1), record(1)) + pan_entry_bytes(card_id(2), {});
  const auto both = must(parse_pans(pans));
  REQUIRE(both.size() == 2);
  CHECK((both[0] == std::pair{card_id(1), record(1)}));
  CHECK((both[1] == std::pair{card_id(2), SealedRecord{}}));
  CHECK(parse_pans(std::string_view(pans).substr(0, pans.size() - 1)).error().code ==
        ErrorCode::record_corrupt);

  const auto audit = audit_entry_bytes(audit_row(9)) + audit_entry_bytes(audit_row(10));
  const auto rows = must(parse_audit_field(audit, 9));
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].seq == 10);
  CHECK(rows[1].link == audit_row(10).link);
  CHECK(rows[1].record == audit_row(10).record);
  CHECK(parse_audit_field(std::string_view(audit).substr(0, audit.size() - 1), 9).error().code ==
        ErrorCode::record_corrupt);
}

}  // namespace
}  // namespace cardvault::test
