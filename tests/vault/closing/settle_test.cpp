#include "vault/closing/settle.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <nlohmann/json.hpp>

#include "tests/crypto/keys/keyring_bytes.h"
#include "tests/vault/vault_fixture.h"
#include "vault/closing/receipt.h"

namespace cardvault::test {
namespace {

const Backoff kBackoff{.least = Seconds{8}, .most = Seconds{64}};

struct ClosingFixture : VaultFixture {
  WalletId id = make_wallet();
  CardId card =
      make_card(id, kCmbDebit, ChannelSet{Channel::wechat_pay, Channel::official_account});
  DeregistrationId ending = ended(id, card).id;

  [[nodiscard]] Closure closure(Channel channel) {
    return *deregistration(id, ending).find_closure(channel);
  }
  [[nodiscard]] ClosureKey key(Channel channel) const { return {id, ending, channel}; }
  /// The attempts that a worker would get now. Each is given out once.
  [[nodiscard]] std::vector<DueClosure> begin() {
    auto begun = begin_tries(vault, id, clock.now() + Seconds{120});
    REQUIRE(code_of(begun) == "ok");
    return std::move(begun->due);
  }
  Settled settle(std::vector<TriedClosure> tried) {
    auto settled = settle_closures(vault, id, kBackoff, tried);
    REQUIRE(code_of(settled) == "ok");
    return std::move(*settled);
  }
  Settled answer(Channel channel) {
    return settle({{.key = key(channel),
                    .reply = {.acknowledgement = digest_of("ok")},
                    .sent_at = clock.now()}});
  }
  Settled fail_with(Channel channel, CloseFailure failure, std::uint16_t status = 0) {
    return settle({{.key = key(channel), .reply = {.failure = failure, .status = status}}});
  }
  [[nodiscard]] Result<Reported> report(bool done, Time sent_at) {
    return report_closure(vault, kBackoff,
                          {.key = key(Channel::official_account),
                           .done = done,
                           .sent_at = sent_at,
                           .message_hash = digest_of("report")});
  }
  [[nodiscard]] std::optional<Time> stored_due() {
    for (auto at = clock.now(); at < clock.now() + Seconds{90 * 24 * 3600}; at += Seconds{1}) {
      if (!inner->claim_due(at, Seconds{1}, 1).value().empty()) return at;
    }
    return std::nullopt;
  }
};

}  // namespace

TEST_CASE("cascade: the message to a channel names the card and only its last four digits") {
  ClosingFixture fixture;
  const auto due = fixture.begin();
  REQUIRE(due.size() == 2);
  CHECK(due[0].key == fixture.key(Channel::wechat_pay));
  CHECK(due[0].message.id == fixture.ending.text() + ".wechat_pay");
  CHECK(due[0].message.payload.find(kCmbDebit) == std::string::npos);
  const auto told = nlohmann::json::parse(due[0].message.payload);
  CHECK(told.at("type") == "channel.close_requested");
  const auto& data = told.at("data");
  CHECK(data.at("deregistration") == fixture.ending.text());
  CHECK(data.at("card") == fixture.card.text());
  CHECK(data.at("channel") == "wechat_pay");
  CHECK(data.at("last4") == "0048");
  CHECK(data.at("reason") == "lost");
  CHECK(data.at("extent") == "card");
  CHECK(data.at("deadline") == "2026-11-27T15:59:59Z");
}

TEST_CASE("cascade: the deadline is the end of the seventh working day in the configured zone") {
  ClosingFixture fixture;
  const Deregistration one = fixture.deregistration(fixture.id, fixture.ending);
  CHECK(format_rfc3339(one.requested_at) == "2026-11-18T11:06:40Z");
  CHECK(format_rfc3339(one.deadline) == "2026-11-27T15:59:59Z");
  CHECK_FALSE(one.deadline_provisional);
}

TEST_CASE("cascade: an answered channel is closed and a callback channel waits for its report") {
  ClosingFixture fixture;
  fixture.settle(
      {{.key = fixture.key(Channel::wechat_pay), .reply = {.acknowledgement = digest_of("ok")}},
       {.key = fixture.key(Channel::official_account)}});
  const Closure answered = fixture.closure(Channel::wechat_pay);
  CHECK(answered.state == ClosureState::closed);
  CHECK(answered.attempts == 1);
  CHECK(answered.acknowledgement == digest_of("ok"));
  const Closure told = fixture.closure(Channel::official_account);
  CHECK(told.state == ClosureState::closing);
  CHECK(told.next_attempt_at == fixture.clock.now() + Seconds{3600});
  CHECK(fixture.begin().empty());
  CHECK_FALSE(fixture.deregistration(fixture.id, fixture.ending).receipt.has_value());
}

TEST_CASE("cascade: a failed attempt is retried under the same id with increasing delay") {
  ClosingFixture fixture;
  const std::string first = fixture.begin().front().message.id;
  fixture.answer(Channel::official_account);
  Seconds previous{0};
  for (std::uint32_t n = 1; n <= 4; ++n) {
    fixture.fail_with(Channel::wechat_pay, CloseFailure::http_status, 503);
    const Closure failed = fixture.closure(Channel::wechat_pay);
    CHECK(failed.attempts == n);
    CHECK(failed.last_failure == CloseFailure::http_status);
    CHECK(failed.last_status == 503);
    const auto wait = *failed.next_attempt_at - fixture.clock.now();
    CHECK(wait > previous);
    CHECK(wait >= Seconds{4U << (n - 1)});
    CHECK(wait <= Seconds{8U << (n - 1)});
    previous = Seconds{4U << (n - 1)};
    CHECK(fixture.begin().empty());
    fixture.clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(wait));
    const auto due = fixture.begin();
    REQUIRE(due.size() == 1);
    CHECK(due.front().message.id == first);
  }
}

TEST_CASE("cascade: a channel's Retry-After is respected up to a day") {
  const auto [asked, least] = GENERATE(table<Seconds, Seconds>({
      {Seconds{0}, Seconds{0}},
      {Seconds{3600}, Seconds{3600}},
      {Seconds{1'000'000'000}, Seconds{24 * 3600}},
  }));
  ClosingFixture fixture;
  fixture.settle(
      {{.key = fixture.key(Channel::wechat_pay),
        .reply = {.failure = CloseFailure::http_status, .status = 429, .retry_after = asked}}});
  const auto wait = *fixture.closure(Channel::wechat_pay).next_attempt_at - fixture.clock.now();
  CHECK(wait >= least);
  CHECK(wait >= kBackoff.least / 2);
  CHECK(wait <= least + Seconds{30});
}

TEST_CASE("cascade: an attempt without a call is not counted and waits for the circuit") {
  ClosingFixture fixture;
  const Time until = fixture.clock.now() + Seconds{300};
  fixture.settle({{.key = fixture.key(Channel::wechat_pay),
                   .reply = {.failure = CloseFailure::circuit_open},
                   .again_after = until}});
  const Closure kept_away = fixture.closure(Channel::wechat_pay);
  CHECK(kept_away.attempts == 0);
  CHECK(kept_away.failures == 0);
  CHECK(kept_away.last_failure == CloseFailure::circuit_open);
  CHECK(*kept_away.next_attempt_at > until);
  CHECK(*kept_away.next_attempt_at <= until + Seconds{30});
  fixture.fail_with(Channel::wechat_pay, CloseFailure::timeout);
  fixture.fail_with(Channel::wechat_pay, CloseFailure::busy);
  CHECK(fixture.closure(Channel::wechat_pay).last_failure == CloseFailure::timeout);
  CHECK(fixture.closure(Channel::wechat_pay).attempts == 1);
}

TEST_CASE("cascade: an attempt in flight is not given out again until its lease ends") {
  ClosingFixture fixture;
  REQUIRE(fixture.begin().size() == 2);
  CHECK(fixture.begin().empty());
  fixture.answer(Channel::wechat_pay);
  fixture.clock.advance(Seconds{119});
  CHECK(fixture.begin().empty());
  fixture.clock.advance(Seconds{1});
  const auto again = fixture.begin();
  REQUIRE(again.size() == 1);
  CHECK(again.front().key == fixture.key(Channel::official_account));
}

TEST_CASE("cascade: a report closes the channel, also before the result of the call is committed") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  const auto reported = fixture.report(true, fixture.clock.now());
  REQUIRE(code_of(reported) == "ok");
  CHECK(reported->outcome == ReportOutcome::closed);
  CHECK(reported->settled.closed.size() == 1);
  const auto version = fixture.version(fixture.id);
  fixture.answer(Channel::official_account);
  CHECK(fixture.closure(Channel::official_account).state == ClosureState::closed);
  CHECK(fixture.closure(Channel::official_account).acknowledgement == digest_of("report"));
  CHECK(fixture.version(fixture.id) == version + 1);
}

TEST_CASE("cascade: a repeated report is a no-op") {
  ClosingFixture fixture;
  REQUIRE(fixture.report(true, fixture.clock.now()));
  const auto version = fixture.version(fixture.id);
  for (const bool done : {true, false}) {
    const auto again = fixture.report(done, fixture.clock.now());
    REQUIRE(code_of(again) == "ok");
    CHECK(again->outcome == ReportOutcome::already_closed);
  }
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("cascade: a reported failure is retried and an older report of failure is stale") {
  ClosingFixture fixture;
  CHECK(fixture.report(false, fixture.clock.now())->outcome == ReportOutcome::stale);
  fixture.answer(Channel::official_account);
  const Time told = fixture.clock.now();
  CHECK(fixture.report(false, told - Seconds{2})->outcome == ReportOutcome::stale);
  CHECK(fixture.report(false, told)->outcome == ReportOutcome::retry_scheduled);
  const Closure failed = fixture.closure(Channel::official_account);
  CHECK(failed.state == ClosureState::pending);
  CHECK(failed.last_failure == CloseFailure::reported_failed);
  const auto version = fixture.version(fixture.id);
  CHECK(fixture.report(false, told)->outcome == ReportOutcome::stale);
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("cascade: a report about an unknown closure is refused with the missing part") {
  ClosingFixture fixture;
  const auto code = [&](const ClosureKey& key) {
    return code_of(report_closure(fixture.vault, kBackoff, {.key = key, .done = true}));
  };
  CHECK(code({id_of<WalletId>(9), fixture.ending, Channel::alipay}) == "wallet_not_found");
  CHECK(code({fixture.id, id_of<DeregistrationId>(9), Channel::alipay}) ==
        "deregistration_not_found");
  CHECK(code(fixture.key(Channel::alipay)) == "closure_not_found");
}

TEST_CASE(
    "cascade: closing the last channel writes the receipt and its audit entry in the same commit") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  const auto version = fixture.version(fixture.id);
  REQUIRE(fixture.report(true, fixture.clock.now()));
  CHECK(fixture.version(fixture.id) == version + 1);
  const Deregistration one = fixture.deregistration(fixture.id, fixture.ending);
  REQUIRE(one.receipt.has_value());
  const std::string receipt = render_receipt(fixture.id, one);
  CHECK(code_of(verify_receipt(receipt, published_keys(*fixture.keyring.snapshot()))) == "ok");
  const auto seq = fixture.wallet(fixture.id).audit.seq;
  const auto last = read_audit(fixture.vault, fixture.id, seq - 1, 1).value().entries.front();
  CHECK(last.action == "deregistration.closed");
  CHECK(last.details.back() == std::pair<std::string, std::string>{"receipt", receipt});
  CHECK_FALSE(fixture.stored_due().has_value());
}

TEST_CASE("cascade: a card without channels gets its receipt at once") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id);
  const Deregistration one = fixture.ended(id, card);
  CHECK(one.is_closed());
  CHECK(one.receipt.has_value());
  CHECK_FALSE(fixture.wallet(id).next_due().has_value());
}

TEST_CASE(
    "cascade: after the deadline the closure is recorded as overdue once and attempts continue") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  const Time deadline = fixture.deregistration(fixture.id, fixture.ending).deadline;
  fixture.clock.advance(deadline - fixture.clock.now() + std::chrono::milliseconds{1});
  CHECK(fixture.settle({}).became_overdue == std::vector{fixture.ending});
  CHECK(fixture.settle({}).became_overdue.empty());
  CHECK(std::ranges::count(fixture.actions(fixture.id), "deregistration.overdue") == 1);
  REQUIRE(fixture.begin().size() == 1);
  REQUIRE(fixture.report(true, fixture.clock.now()));
  const Deregistration one = fixture.deregistration(fixture.id, fixture.ending);
  CHECK(one.is_closed());
  CHECK(nlohmann::json::parse(render_receipt(fixture.id, one)).at("deadline_met") == false);
}

TEST_CASE("cascade: the wallet is due at its next attempt, also after an unrelated change") {
  ClosingFixture fixture;
  fixture.answer(Channel::official_account);
  fixture.fail_with(Channel::wechat_pay, CloseFailure::timeout);
  const Time next = *fixture.closure(Channel::wechat_pay).next_attempt_at;
  (void)fixture.make_device(fixture.id);
  const auto due = fixture.stored_due();
  REQUIRE(due.has_value());
  CHECK(*due >= next);
  CHECK(*due < next + Seconds{1});
}

TEST_CASE("cascade: a weekend-only deadline is computed again when the calendar appears") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id, kCmbDebit, ChannelSet{Channel::alipay});
  fixture.clock.advance(std::chrono::hours{24 * 40});
  const Deregistration made = fixture.ended(id, card);
  CHECK(made.deadline_provisional);
  CHECK(format_rfc3339(made.deadline) == "2027-01-06T15:59:59Z");
  auto calendar = std::make_shared<WorkingDays>();
  REQUIRE(calendar->add(
      R"({"calendar":"cn","year":2026,"source":"test","days_off":[],"working_days":[]})"));
  REQUIRE(calendar->add(
      R"({"calendar":"cn","year":2027,"source":"test","days_off":["2027-01-01","2027-01-04"],"working_days":[]})"));
  fixture.deadlines->use(calendar);
  REQUIRE(settle_closures(fixture.vault, id, kBackoff, {}));
  const Deregistration again = fixture.deregistration(id, made.id);
  CHECK_FALSE(again.deadline_provisional);
  CHECK(format_rfc3339(again.deadline) == "2027-01-08T15:59:59Z");
}

TEST_CASE("cascade: after a wrong clock is corrected the deadline is applied again") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  const Time deadline = fixture.deregistration(fixture.id, fixture.ending).deadline;
  fixture.clock.advance(std::chrono::hours{24 * 300});
  CHECK(fixture.settle({}).became_overdue.size() == 1);
  fixture.clock.advance(-std::chrono::hours{24 * 300});
  CHECK(fixture.settle({}).became_overdue.empty());
  CHECK_FALSE(fixture.deregistration(fixture.id, fixture.ending).overdue_since.has_value());
  fixture.clock.advance(deadline - fixture.clock.now() + std::chrono::milliseconds{1});
  CHECK(fixture.settle({}).became_overdue == std::vector{fixture.ending});
}

TEST_CASE("cascade: a stale report does not mark the closure as overdue") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  fixture.clock.advance(std::chrono::hours{24 * 60});
  const auto stale = fixture.report(false, fixture.clock.now());
  REQUIRE(code_of(stale) == "ok");
  CHECK(stale->outcome == ReportOutcome::stale);
  CHECK(stale->settled.became_overdue.empty());
  CHECK(fixture.settle({}).became_overdue == std::vector{fixture.ending});
}

TEST_CASE("cascade: a report before the end of the call counts as an attempt") {
  ClosingFixture fixture;
  REQUIRE(fixture.report(true, fixture.clock.now()));
  CHECK(fixture.closure(Channel::official_account).attempts == 1);
}

TEST_CASE("cascade: only a callback channel is told the wallet") {
  ClosingFixture fixture;
  for (const DueClosure& one : fixture.begin()) {
    const bool reports = one.key.channel == Channel::official_account;
    const auto data = nlohmann::json::parse(one.message.payload).at("data");
    CHECK(data.contains("wallet") == reports);
  }
}

TEST_CASE("cascade: a retry command makes open closures due at once and resets their backoff") {
  ClosingFixture fixture;
  fixture.answer(Channel::official_account);
  for (int n = 0; n < 3; ++n) fixture.fail_with(Channel::wechat_pay, CloseFailure::timeout);
  const auto retry = [&](std::optional<Channel> channel) {
    return retry_closures(fixture.vault, fixture.actor, fixture.id, fixture.ending, channel);
  };
  CHECK(*retry(Channel::alipay) == 0);
  CHECK(*retry(Channel::wechat_pay) == 1);
  REQUIRE(fixture.begin().size() == 1);
  CHECK(fixture.closure(Channel::wechat_pay).failures == 0);
  CHECK(fixture.closure(Channel::wechat_pay).attempts == 3);
  CHECK(*retry({}) == 2);
  CHECK(code_of(retry_closures(fixture.vault, fixture.actor, fixture.id, id_of<DeregistrationId>(9),
                               {})) == "deregistration_not_found");
}

TEST_CASE(
    "cascade: without the receipt key the report is not committed and the closure stays open") {
  ClosingFixture fixture;
  fixture.answer(Channel::wechat_pay);
  const auto version = fixture.version(fixture.id);
  const LiveKeyring keyless(
      with_state(fixture.keyring, fixture.keyring.current(Purpose::receipt_signing).value()->id,
                 KeyState::destroyed),
      fixture.clock);
  const RecordSealer sealer(keyless, fixture.random);
  const WholeVault vault({fixture.store, keyless, sealer, fixture.clock, fixture.random},
                         fixture_channels(), *fixture.deadlines, fixture.banks, fixture.gate);
  const auto reported = report_closure(
      vault, kBackoff, {.key = fixture.key(Channel::official_account), .done = true});
  CHECK(code_of(reported) == "key_unavailable");
  CHECK(fixture.version(fixture.id) == version);
  CHECK(fixture.closure(Channel::official_account).is_open());
}

}  // namespace cardvault::test
