#pragma once

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "api/jobs/key_jobs.h"
#include "tests/vault/shared_vault.h"
#include "vault/lifecycle/manage_wallet.h"
#include "vault/lifecycle/whole_vault.h"

namespace cardvault::test {

inline constexpr Seconds kPromoted = KeyringKeeper::Timing{}.promote_after;

/// One process with everything that a job needs.
struct Server {
  Server(Shared& shared, Process& its)
      : process(&its),
        sealer(its.live, shared.random),
        vault({its.store, its.live, sealer, shared.clock, shared.random}, channels, *deadlines,
              banks, gate),
        clients(its.store, sealer, shared.random),
        jobs(vault, clients, its.keeper, api::KeyJobs::Run::foreground) {
    REQUIRE(code_of(clients.refresh()) == "ok");
  }

  [[nodiscard]] std::string_view create_wallet_of(std::string_view subject) const {
    const NewWallet wanted{.subject = std::string(subject), .locale = "en"};
    return code_of(create_wallet(vault, {"client:cli_test"}, wanted, {}, [](const Wallet& made) {
      return Answer{.body = made.id.text()};
    }));
  }
  /// Rotates the key, waits and promotes it. No other process has looked since.
  [[nodiscard]] KeyId rotate(Purpose purpose) const {
    const KeyId id = process->keeper.rotate(purpose).value();
    let_pass(kPromoted);
    REQUIRE(code_of(process->keeper.refresh()) == "ok");
    REQUIRE(process->live.current(purpose).value()->id == id);
    return id;
  }
  /// The current key that this process knows.
  [[nodiscard]] KeyId current(Purpose purpose) const {
    return process->live.snapshot()->current(purpose).value()->id;
  }
  [[nodiscard]] nlohmann::json job() const { return nlohmann::json::parse(jobs.render()); }
  /// Uses of the key that the last job counted; -1 if it did not count the key.
  [[nodiscard]] std::int64_t left_on(KeyId key) const {
    const nlohmann::json last = job();
    for (const auto& left : last.at("left")) {
      if (left.at("id") == key) return left.at("uses").get<std::int64_t>();
    }
    return -1;
  }

  Process* process;
  RecordSealer sealer;
  VerificationGate gate{1, 1};
  BankCatalogue banks;
  ChannelDirectory channels;
  std::unique_ptr<DeadlineRule> deadlines = DeadlineRule::make("Asia/Shanghai", 7).value();
  WholeVault vault;
  api::ClientRegistry clients;
  api::KeyJobs jobs;
};

}  // namespace cardvault::test
