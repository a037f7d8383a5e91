#include "api/jobs/key_jobs.h"

#include <exception>
#include <utility>

#include "api/jobs/prompt_thread.h"
#include "api/jobs/stand_back.h"
#include "api/json/json_writer.h"
#include "base/log.h"
#include "base/stoppable_wait.h"
#include "crypto/keys/error_codes.h"
#include "vault/rewrap/key_uses.h"
#include "vault/rewrap/rewrap_all.h"
#include "vault/storage/for_each_wallet.h"

namespace cardvault::api {
namespace {

// After this time, requests that took the key before it was retired have ended. Every other process
// has seen the next key or has lost its lease on the keyring.
constexpr Seconds kAllLetGo = KeyringKeeper::Timing{}.promote_after;
constexpr std::chrono::seconds kBetweenRenewals = JobLease::kTerm / 4;
// Margin for a clock that was behind this one when it noted the retirement.
constexpr Seconds kRecently{60};

/// Turns an exception into an error of the job; the process goes on.
template <class Work>
Status attempt(const Work& work, const std::stop_token& stop) {
  try {
    return work(stop);
  } catch (const std::exception& failure) {
    return fail(ErrorCode::internal, "The job failed with an internal error. See the log.",
                OperatorText{failure.what()});
  }
}

void write_left(JsonWriter& out, const Keyring* keyring,
                const std::map<KeyId, std::uint64_t>& left) {
  out.key("left").open_list();
  const std::map<KeyId, Key> none;
  for (const auto& [id, key] : keyring == nullptr ? none : keyring->keys()) {
    const auto found = left.find(id);
    if (found == left.end()) continue;
    out.open_object()
        .member("id", std::size_t{id})
        .member("purpose", purpose_name(key.purpose))
        .member("state", key_state_name(key.state))
        .member("uses", std::size_t{found->second})
        .close_object();
  }
  out.close_list();
}

}  // namespace

KeyJobs::KeyJobs(const ClosingVault& vault, ClientRegistry& clients, KeyringKeeper& keeper, Run run)
    : vault_(vault), clients_(clients), keeper_(keeper), run_(run), lease_(vault) {}

KeyJobs::~KeyJobs() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

template <class Change>
void KeyJobs::update(Change change) {
  {
    const std::scoped_lock lock(mutex_);
    change(progress_);
  }
  const auto now = std::chrono::steady_clock::now();
  if (!next_renewal_ || now < *next_renewal_) return;
  next_renewal_ = now + kBetweenRenewals;
  lease_.renew(JobLease::kTerm);
}

Status KeyJobs::see_newest() {
  TRY(vault_.keyring.opened());
  return keeper_.refresh();
}

Status KeyJobs::start(std::string job, Work work) {
  const std::scoped_lock starting(starting_);
  TRY(see_newest());
  {
    const std::scoped_lock lock(mutex_);
    if (progress_.state == "running") {
      return fail(KeyError::job_running, "A job is already running. `cardvault key job` shows it.");
    }
    const std::uint64_t number = progress_.number + 1;
    progress_ = {};
    progress_.number = number;
    progress_.job = std::move(job);
    progress_.state = "running";
    progress_.phase = "counting wallets";
  }
  if (run_ == Run::foreground) {
    end(attempt(work, {}), {});
    return {};
  }
  // The assignment joins the thread of the last job, which has ended or is about to end.
  thread_ = std::jthread([this, work = std::move(work)](const std::stop_token& stop) {
    PromptThread prompt;
    promptly_ = [&prompt](const std::function<void()>& step) { prompt.run(step); };
    // On a shared store the threads share the connections, and one thread reads for all of them.
    // Such a thread must not run at a low priority.
    if (!keeper_.shared()) stand_back();
    end(attempt(work, stop), stop);
  });
  return {};
}

void KeyJobs::end(const Status& done, const std::stop_token& stop) {
  Progress ended;
  next_renewal_.reset();
  update([&](Progress& progress) {
    progress.state = !done ? "failed" : stop.stop_requested() ? "stopped" : "done";
    if (!done) progress.error = done.error();
    ended = progress;
  });
  const std::string inside = ended.error ? ended.error->inside.text : "";
  log::write(done ? log::Level::info : log::Level::warning, "key_job_ended",
             {{"job", std::string_view(ended.job)},
              {"state", std::string_view(ended.state)},
              {"seen", static_cast<std::int64_t>(ended.seen)},
              {"rewrapped", static_cast<std::int64_t>(ended.rewrapped)},
              {"failed", static_cast<std::int64_t>(ended.failed)},
              {"inside", std::string_view(inside)}});
}

Status KeyJobs::measure(const std::stop_token& stop) {
  const auto walked =
      for_each_wallet(vault_.store, kWalletsCounted, stop, [&](std::span<const WalletId> wallets) {
        update([&](Progress& progress) { progress.total += wallets.size(); });
        return Status();
      });
  return walked ? Status() : fail(walked.error());
}

Status KeyJobs::rewrap(std::uint64_t rate) {
  return start("rewrap", [this, rate](const std::stop_token& stop) -> Status {
    TRY(measure(stop));
    TRY(rewrap_now(rate, stop));
    return count_now(stop);
  });
}

Status KeyJobs::count() {
  return start("count", [this](const std::stop_token& stop) -> Status {
    TRY(measure(stop));
    return count_now(stop);
  });
}

Status KeyJobs::take_away(KeyId id, KeyState state) {
  TRY(see_newest());
  TRY_VALUE(const auto keyring, vault_.keyring.opened());
  Keyring trial = keyring->clone();
  TRY(trial.set_state(id, state, vault_.clock.now()));
  return start("take_away", [this, id, state](const std::stop_token& stop) -> Status {
    TRY(let_go(id, stop));
    TRY(measure(stop));
    TRY(count_now(stop));
    return take_away_now(id, state, stop);
  });
}

Status KeyJobs::retire(std::vector<KeyId> ids, std::uint64_t rate) {
  const auto running = [] {
    return fail(KeyError::job_running,
                "A job of this store is running, or ran within the last day.");
  };
  {
    const std::scoped_lock lock(mutex_);
    if (progress_.state == "running") return running();
  }
  TRY_VALUE(const auto mine, lease_.begin());
  if (!mine) return running();
  return start("retire", [this, ids = std::move(ids), rate](const std::stop_token& stop) {
    next_renewal_ = std::chrono::steady_clock::now() + kBetweenRenewals;
    const Status done = retire_now(ids, rate, stop);
    if (done && !stop.stop_requested()) lease_.renew(JobLease::kRest);
    return done;
  });
}

Status KeyJobs::retire_now(const std::vector<KeyId>& ids, std::uint64_t rate,
                           const std::stop_token& stop) {
  TRY(measure(stop));
  TRY(rewrap_now(rate, stop));
  TRY(count_now(stop));
  for (const KeyId id : ids) {
    TRY(destroy_unused(id, stop));
  }
  return {};
}

Status KeyJobs::destroy_unused(KeyId id, const std::stop_token& stop) {
  auto taken = take_away_now(id, KeyState::destroyed, stop);
  if (taken || taken.error().code != KeyError::key_in_use) return taken;
  log::write(log::Level::warning, "key_kept",
             {{"key", std::int64_t{id}}, {"why", std::string_view(taken.error().detail)}});
  return {};
}

Status KeyJobs::let_go(KeyId id, const std::stop_token& stop) {
  TRY_VALUE(const auto keyring, vault_.keyring.opened());
  const auto retired = keyring->retired_at(keyring->keys().at(id));
  if (!retired || vault_.clock.now() >= *retired + kRecently) return {};
  update([](Progress& progress) { progress.phase = "waiting for those who use the key"; });
  wait_unless_stopped(kAllLetGo, stop);
  return {};
}

Status KeyJobs::rewrap_now(std::uint64_t rate, const std::stop_token& stop) {
  update([](Progress& progress) { progress.phase = "re-sealing"; });
  const auto began = std::chrono::steady_clock::now();
  TRY(clients_.rewrap());
  TRY_VALUE(const auto count,
            rewrap_all(vault_, {.rate = rate, .promptly = promptly_}, stop,
                       [&](const RewrapCount& so_far) {
                         update([&](Progress& progress) {
                           progress.seen = so_far.seen;
                           progress.rewrapped = so_far.rewrapped;
                           progress.failed = so_far.failed;
                           progress.resealing =
                               std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::steady_clock::now() - began);
                         });
                       }));
  for (const FailedWallet& failed : count.first_failed) {
    const std::string id = failed.wallet.text();
    log::write(log::Level::warning, "wallet_not_rewrapped",
               {{"wallet", std::string_view(id)}, {"code", failed.why.name}});
  }
  return {};
}

Status KeyJobs::count_now(const std::stop_token& stop) {
  update([](Progress& progress) { progress.phase = "counting what is left"; });
  TRY_VALUE(const auto uses, count_key_uses(vault_, stop, [&](std::uint64_t seen) {
              update([&](Progress& progress) {
                if (progress.job == "count" || progress.job == "take_away") progress.seen = seen;
              });
            }));
  update([&](Progress& progress) {
    progress.left = uses.of;
    progress.unreadable = uses.unreadable;
  });
  return {};
}

Status KeyJobs::take_away_now(KeyId id, KeyState state, const std::stop_token& stop) {
  if (stop.stop_requested()) return {};
  TRY_VALUE(const auto keyring, vault_.keyring.opened());
  KeyUses uses;
  update([&](const Progress& progress) {
    uses.of = progress.left;
    uses.unreadable = progress.unreadable;
  });
  TRY(require_unused(keyring->keys().at(id), state, uses));
  TRY(keeper_.set_state(id, state));
  log::write(log::Level::info, "key_taken_away",
             {{"key", std::int64_t{id}}, {"state", key_state_name(state)}});
  return {};
}

std::string KeyJobs::render() const {
  const auto keyring = vault_.keyring.snapshot();
  const std::scoped_lock lock(mutex_);
  JsonWriter out;
  out.open_object()
      .member("number", std::size_t{progress_.number})
      .member("job", progress_.job)
      .member("state", progress_.state)
      .member("phase", progress_.phase)
      .member("total", std::size_t{progress_.total})
      .member("seen", std::size_t{progress_.seen})
      .member("rewrapped", std::size_t{progress_.rewrapped})
      .member("failed", std::size_t{progress_.failed})
      .member("unreadable", std::size_t{progress_.unreadable})
      .member("resealing_ms", static_cast<std::int64_t>(progress_.resealing.count()));
  write_left(out, keyring.get(), progress_.left);
  if (progress_.error) {
    out.member("error", progress_.error->detail);
  } else {
    out.key("error").null();
  }
  return out.close_object().take();
}

}  // namespace cardvault::api
