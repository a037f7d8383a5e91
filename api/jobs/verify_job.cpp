#include "api/jobs/verify_job.h"

#include <exception>
#include <memory>
#include <utility>

#include "api/jobs/stand_back.h"
#include "api/json/json_writer.h"
#include "base/log.h"
#include "crypto/keys/error_codes.h"
#include "vault/storage/for_each_wallet.h"
#include "vault/storage/sqlite/backup_store.h"

namespace cardvault::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

void write_findings(JsonWriter& out, const std::vector<Finding>& findings) {
  out.open_list();
  for (const Finding& finding : findings) {
    out.open_object().member("wallet", finding.wallet).member("what", damage_name(finding.what));
    if (finding.card) out.member("card", *finding.card);
    if (finding.first_broken > 0) out.member("first_broken", std::size_t{finding.first_broken});
    out.close_object();
  }
  out.close_list();
}

/// The same vault with another store.
Vault over(const Vault& vault, WalletStore& store) {
  return {store, vault.keyring, vault.sealer, vault.clock, vault.random};
}

}  // namespace

VerifyJob::VerifyJob(const Vault& vault, Run run, bool shared)
    : vault_(vault), run_(run), shared_(shared) {}

VerifyJob::~VerifyJob() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

template <class Change>
void VerifyJob::update(Change change) {
  const std::scoped_lock lock(mutex_);
  change(progress_);
}

Status VerifyJob::start(const Wanted& wanted) {
  const std::scoped_lock starting(starting_);
  TRY(vault_.keyring.opened());
  std::shared_ptr<WalletStore> backup;
  if (!wanted.file.empty()) {
    TRY_VALUE(auto opened, open_backup_store(wanted.file));
    backup = std::move(opened);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (progress_.state == "running") {
      return fail(KeyError::job_running,
                  "A check of the store is already running. Try again when it has ended.");
    }
    const std::uint64_t number = progress_.number + 1;
    progress_ = {};
    progress_.number = number;
    progress_.state = "running";
    progress_.phase = "counting wallets";
  }
  const auto work = [this, backup, wanted](const std::stop_token& stop) {
    if (backup) {
      check(over(vault_, *backup), wanted, stop);
    } else {
      check(vault_, wanted, stop);
    }
  };
  if (run_ == Run::foreground) {
    work({});
    return {};
  }
  // The assignment joins the thread of the last check, which has ended or is about to end.
  thread_ = std::jthread([this, work](const std::stop_token& stop) {
    if (!shared_) stand_back();
    work(stop);
  });
  return {};
}

void VerifyJob::check(const Vault& vault, const Wanted& wanted, const std::stop_token& stop) {
  Status done;
  try {
    done = check_now(vault, wanted, stop);
  } catch (const std::exception& failure) {
    done = fail(ErrorCode::internal, "The check failed with an internal error. See the log.",
                OperatorText{failure.what()});
  }
  VerifyCount count;
  update([&](Progress& progress) {
    progress.state = !done ? "failed" : stop.stop_requested() ? "stopped" : "done";
    if (!done) progress.error = done.error();
    count = progress.count;
  });
  const bool sound = done && count.found == 0;
  log::write(sound ? log::Level::info : log::Level::warning, "verify_ended",
             {{"seen", static_cast<std::int64_t>(count.seen)},
              {"damaged", static_cast<std::int64_t>(count.damaged.size())},
              {"findings", static_cast<std::int64_t>(count.found)},
              {"inside", done ? std::string_view() : std::string_view(done.error().inside.text)}});
}

Status VerifyJob::check_now(const Vault& vault, const Wanted& wanted, const std::stop_token& stop) {
  TRY(for_each_wallet(vault.store, kWalletsCounted, stop, [&](std::span<const WalletId> wallets) {
    update([&](Progress& progress) { progress.total += wallets.size(); });
    return Status();
  }));
  update([](Progress& progress) { progress.phase = "checking"; });
  const auto began = SteadyClock::now();
  const auto verified = verify_all(
      vault, {.rate = wanted.rate, .wait = {}, .index = wanted.index}, stop,
      [&](const VerifyCount& count) {
        update([&](Progress& progress) {
          progress.count.seen = count.seen;
          progress.count.numbers = count.numbers;
          progress.count.strays = count.strays;
          progress.count.found = count.found;
          // Copy the lists only if they have grown: they may be long.
          if (count.damaged.size() > progress.count.damaged.size()) {
            progress.count.damaged = count.damaged;
            progress.count.named = count.named;
          }
          progress.elapsed =
              std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - began);
        });
      });
  if (!verified) return fail(verified.error());
  update([&](Progress& progress) { progress.count = *verified; });
  return {};
}

std::string VerifyJob::render() const {
  const std::scoped_lock lock(mutex_);
  const VerifyCount& count = progress_.count;
  JsonWriter out;
  out.open_object()
      .member("number", std::size_t{progress_.number})
      .member("state", progress_.state)
      .member("phase", progress_.phase)
      .member("total", std::size_t{progress_.total})
      .member("seen", std::size_t{count.seen})
      .member("numbers", std::size_t{count.numbers})
      .member("damaged", count.damaged.size())
      .key("findings");
  write_findings(out, count.named);
  out.member("findings_total", std::size_t{count.found})
      .member("stray_numbers", std::size_t{count.strays})
      .member("elapsed_ms", static_cast<std::int64_t>(progress_.elapsed.count()));
  if (progress_.error) {
    out.member("error", progress_.error->detail);
  } else {
    out.key("error").null();
  }
  return out.close_object().take();
}

}  // namespace cardvault::api
