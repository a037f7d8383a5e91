#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "tests/vault/in_parallel.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

constexpr int kCallers = 32;

using Answers = std::array<std::optional<Answer>, kCallers>;

template <class Ask>
Answers ask_in_parallel(Ask ask) {
  Answers answers;
  in_parallel(kCallers, [&](int n) {
    auto answer = ask(n);
    if (answer) answers.at(static_cast<std::size_t>(n)) = std::move(*answer);
  });
  return answers;
}

std::set<std::string> bodies(const Answers& answers) {
  std::set<std::string> distinct;
  for (const auto& answer : answers) distinct.insert(answer ? answer->body : "");
  return distinct;
}

auto made_anew(const Answers& answers) {
  return std::ranges::count_if(
      answers, [](const auto& answer) { return answer && answer->created && !answer->replayed; });
}

}  // namespace

TEST_CASE("create wallet: 32 concurrent requests for one subject make one wallet") {
  VaultFixture fixture;
  const Answers answers = ask_in_parallel([&](int) { return fixture.create("user-1"); });
  CHECK(bodies(answers).size() == 1);
  CHECK(made_anew(answers) == 1);
  const auto id = WalletId::parse(answers[0]->body).value();
  CHECK(fixture.version(id) == 1);
}

TEST_CASE("create wallet: 32 concurrent requests with one Idempotency-Key make one wallet") {
  VaultFixture fixture;
  const Idempotency key = idempotency("k");
  const Answers answers = ask_in_parallel([&](int) { return fixture.create("user-1", key); });
  CHECK(bodies(answers).size() == 1);
  CHECK(made_anew(answers) == 1);
}

TEST_CASE("deregister: 32 concurrent requests for one card make one deregistration") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const CardId card = fixture.make_card(id);
  const auto version = fixture.version(id);
  const Answers answers = ask_in_parallel([&](int) { return fixture.deregister(id, card); });
  CHECK(bodies(answers).size() == 1);
  CHECK(made_anew(answers) == 1);
  CHECK(fixture.version(id) == version + 1);
  CHECK(fixture.wallet(id).deregistrations.size() == 1);
}

TEST_CASE("import card: 32 concurrent requests for one number bind one card and all get its id") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  std::atomic<int> bound{0};
  std::atomic<int> refused{0};
  std::array<std::string, kCallers> ids;
  in_parallel(kCallers, [&](int n) {
    const auto answer = fixture.import(id, kCmbDebit);
    ++(answer ? bound : refused);
    ids.at(static_cast<std::size_t>(n)) = answer ? answer->body : answer.error().existing_id;
  });
  CHECK(bound == 1);
  CHECK(refused == kCallers - 1);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 1);
  CHECK(fixture.wallet(id).cards.size() == 1);
}

TEST_CASE("import card: 32 concurrent imports bind all cards and the audit log is intact") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const Answers answers = ask_in_parallel(
      [&](int n) { return fixture.import(id, "62000000000000" + std::to_string(10 + n)); });
  CHECK(bodies(answers).size() == kCallers);
  CHECK(bodies(answers).count("") == 0);
  const Wallet wallet = fixture.wallet(id);
  CHECK(wallet.cards.size() == kCallers);
  CHECK(std::ranges::count_if(wallet.cards, &Card::is_default) == 1);
  CHECK(wallet.audit.seq == kCallers + 1);
  CHECK(check_audit_chain(fixture.vault, id)->intact);
}

TEST_CASE("import card: concurrent requests with one Idempotency-Key bind one card") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const Idempotency key = idempotency("k");
  const Answers answers = ask_in_parallel([&](int) { return fixture.import(id, kCmbDebit, key); });
  CHECK(bodies(answers).size() == 1);
  CHECK(made_anew(answers) == 1);
  CHECK(fixture.wallet(id).cards.size() == 1);
}

TEST_CASE("issue token: concurrent requests with one Idempotency-Key get one token") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  const Idempotency key = idempotency("k");
  const Answers answers = ask_in_parallel([&](int) {
    return issue_token(fixture.vault, id, fixture.actor,
                       {.device = device, .scopes = ScopeSet{Scope::cards_list}}, key,
                       [](const IssuedToken& made) { return Answer{.body = made.token}; });
  });
  CHECK(bodies(answers).size() == 1);
  CHECK(made_anew(answers) == 1);
}

}  // namespace cardvault::test
