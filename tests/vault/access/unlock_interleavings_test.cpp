#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/times.h"

// Unlocks on threads that run one at a time: each halts at every store call, and the test chooses
// the next thread and the outcome of its call. So an interleaving is a value that RapidCheck finds
// and shrinks.

namespace cardvault::test {
namespace {

constexpr std::size_t kSlots = 8;
constexpr std::size_t kDevices = 2;

/// The outcome of the call at which an unlock halts.
enum class Order { go, next_load_fails, refused, reply_lost, crash, crash_after };

struct Crash {};

struct Unlocker {
  std::size_t device = 0;
  bool right = false;
  Order order = Order::go;
  bool evaluated = false;
  bool kept = false;  ///< its verdict is committed
  bool done = false;
  std::string told = "crash";  ///< the answer to the caller, if any

  std::binary_semaphore turn{0};
  std::binary_semaphore halted{0};
  std::jthread thread = {};

  static thread_local Unlocker* current;

  template <class Body>
  void start(Body body) {
    thread = std::jthread([this, body] {
      current = this;
      turn.acquire();
      try {
        told = body();
      } catch (const Crash&) {
        // A process that dies answers nothing and undoes nothing.
      }
      done = true;
      halted.release();
    });
  }
  /// Runs on the unlocker's thread.
  void halt() {
    halted.release();
    turn.acquire();
    if (order == Order::crash) throw Crash{};
  }
  /// Runs on the test's thread: until the next store call or the end.
  void step(Order next) {
    order = next;
    turn.release();
    halted.acquire();
  }
  Unlocker() = default;
  Unlocker(const Unlocker&) = delete;
  Unlocker& operator=(const Unlocker&) = delete;
  ~Unlocker() {
    while (!done) step(Order::crash);
  }
};

thread_local Unlocker* Unlocker::current = nullptr;

const Attempts* attempts_of(const Credential& credential, const DeviceId& device) {
  const auto found = std::ranges::find(credential.attempts, device, &Attempts::device);
  return found == credential.attempts.end() ? nullptr : &*found;
}

/// A wallet and its expected state, derived from the verdicts alone.
class Trial {
 public:
  explicit Trial(std::uint32_t failures_before) : row_(failures_before) {
    fixture_.set_password(id_);
    const auto failed_before = [&](Wallet& opened, WalletChange&) -> Result<bool> {
      opened.credentials.front().consecutive_failures = row_;
      return true;
    };
    REQUIRE(change_wallet(fixture_.vault, id_, fixture_.actor, failed_before));
    fixture_.store.on_load = [](StoredWallet&) {
      if (Unlocker::current != nullptr) Unlocker::current->halt();
    };
    fixture_.store.before_commit = [this](const Commit& change, int) {
      std::optional<Result<CommitOutcome>> answer;
      if (Unlocker::current != nullptr) answer = commit(change, *Unlocker::current);
      return answer;
    };
  }

  std::string broken;  ///< the violated expectations
  int wrong_evaluations = 0;
  int wrong_kept = 0;

  std::unique_ptr<Unlocker> begin(std::size_t device, bool right) {
    auto made = std::make_unique<Unlocker>();
    made->device = device;
    made->right = right;
    made->start([this, device, right] { return std::string(code_of(unlock_once(device, right))); });
    return made;
  }
  void step(Unlocker& who, Order order) {
    fixture_.store.loads_fail = order == Order::next_load_fails;
    who.step(order);
    fixture_.store.loads_fail = false;
    if (who.done) check_told(who);
  }
  void move_clock(Seconds by) { fixture_.clock.advance(by); }

  /// No more faults, and every lease has ended: only failures may block.
  void check_afterwards() {
    move_clock(kChargeLease + kClockTolerance);
    for (std::size_t device = 0; device < kDevices; ++device) {
      const auto code = code_of(unlock_once(device, true));
      const bool was_void = row_ == kTriesBeforeVoid;
      const bool was_locked = failures_.at(device) == kTriesBeforeLock;
      expect(code != "ok" || !was_void, "a void credential opened");
      expect(code != "credential_void" || was_void, "void without 100 failures");
      expect(code != "credential_locked" || was_locked, "locked without five failures");
      expect(code == "ok" || was_void || was_locked, "closed for no reason: " + std::string(code));
      if (code == "ok") row_ = 0;
    }
  }

 private:
  void expect(bool holds, const std::string& otherwise) {
    if (!holds) broken += otherwise + "; ";
  }
  Result<IssuedToken> unlock_once(std::size_t device, bool right) {
    return fixture_.try_unlock(id_, devices_.at(device), right ? kPassword : "wrong guess");
  }
  Wallet wallet() {
    const auto stored = fixture_.inner->load(id_);
    return open_stored_wallet(fixture_.vault, id_, **stored)->wallet;
  }

  Result<CommitOutcome> commit(const Commit& change, Unlocker& who) {
    const Time decided_at = fixture_.clock.now();
    who.halt();
    if (who.order == Order::refused) return HookedStore::unavailable();
    Wallet before = wallet();
    auto outcome = fixture_.inner->commit(change);
    const bool heard = who.order != Order::reply_lost && who.order != Order::crash_after;
    if (outcome == CommitOutcome::committed) {
      const Credential was = before.credentials.front();
      const Credential is = wallet().credentials.front();
      if (!pull_back_times(before, decided_at)) observe(who, was, is, heard);
      check(is);
    }
    if (who.order == Order::crash_after) throw Crash{};
    if (who.order == Order::reply_lost) return HookedStore::unavailable();
    return outcome;
  }

  void observe(Unlocker& who, const Credential& before, const Credential& after, bool heard) {
    std::uint32_t& failures = failures_.at(who.device);
    const bool begins = !after.in_flight.empty() && !before.has_charge(after.in_flight.back().id);
    if (begins) {
      if (attempts_of(after, devices_.at(who.device)) == nullptr) {
        expect(failures == 0 || failures == kTriesBeforeLock, "failures were forgotten");
        failures = 0;
      }
      who.evaluated = heard;
      if (heard && !who.right) ++wrong_evaluations;
    } else if (after.consecutive_failures > before.consecutive_failures) {
      expect(who.evaluated && !who.right && !who.kept, "a failure that nobody was wrong for");
      who.kept = true;
      ++wrong_kept;
      ++failures;
      ++row_;
    } else if (who.evaluated && after.in_flight.size() < before.in_flight.size()) {
      expect(who.right && !who.kept, "a success that nobody was right for");
      who.kept = true;
      failures = 0;
      row_ = 0;
    }
  }

  void check(const Credential& credential) {
    expect(credential.consecutive_failures == row_, "not the failures in a row");
    expect(row_ + credential.in_flight.size() <= kTriesBeforeVoid, "more than a hundred");
    for (std::size_t n = 0; n < kDevices; ++n) {
      const DeviceId& device = devices_.at(n);
      const Attempts* attempts = attempts_of(credential, device);
      const std::uint32_t failures = attempts == nullptr ? 0 : attempts->failures;
      const bool locks = attempts != nullptr && attempts->locked_until.has_value();
      const auto here = std::ranges::count(credential.in_flight, device, &Charge::device);
      expect(failures == failures_.at(n), "not the wrong evaluations of the device");
      expect(locks == (failures == kTriesBeforeLock), "a lock without five failures, or none");
      expect(failures + here <= kTriesBeforeLock, "more than five tries");
    }
  }

  void check_told(const Unlocker& who) {
    expect(who.told != "ok" || (who.right && who.kept), "opened without a verdict");
    expect(who.told != "unlock_failed" || (!who.right && who.kept), "a verdict told but not kept");
    static constexpr std::array known{"ok",    "unlock_failed",   "credential_locked", "busy",
                                      "crash", "credential_void", "store_unavailable"};
    expect(std::ranges::find(known, who.told) != known.end(), "told " + who.told);
  }

  VaultFixture fixture_;
  WalletId id_ = fixture_.make_wallet();
  std::array<DeviceId, kDevices> devices_{fixture_.make_device(id_, "phone"),
                                          fixture_.make_device(id_, "tablet")};
  std::array<std::uint32_t, kDevices> failures_{};
  std::uint32_t row_;
};

std::size_t pick(std::size_t below) {
  return *rc::gen::inRange(std::size_t{0}, below);
}

Seconds any_jump() {
  constexpr std::array jumps{1, 31, 1799, 1801, 24 * 3600};
  const Seconds by{jumps.at(pick(jumps.size()))};
  return pick(2) == 0 ? by : -by;
}

/// A fault for `percent` of the calls.
Order any_order(std::size_t percent) {
  if (pick(100) >= percent) return Order::go;
  return static_cast<Order>(1 + pick(5));
}

void interleave(Trial& trial, std::size_t trouble_percent, std::size_t jump_percent,
                std::size_t wrong_to_right = 4) {
  std::array<std::unique_ptr<Unlocker>, kSlots> slots;
  const std::size_t steps = 20 + pick(40);
  for (std::size_t i = 0; i < steps; ++i) {
    auto& slot = slots.at(pick(kSlots));
    if (!slot) slot = trial.begin(pick(kDevices), pick(wrong_to_right) == 0);
    trial.step(*slot, any_order(trouble_percent));
    if (slot->done) slot.reset();
    if (pick(100) < jump_percent) trial.move_clock(any_jump());
    if (!trial.broken.empty()) RC_FAIL(trial.broken);
  }
  for (auto& slot : slots) {
    while (slot && !slot->done) trial.step(*slot, Order::go);
  }
}

}  // namespace

TEST_CASE("unlock: in any interleaving each wrong evaluation is one failure and only five lock") {
  CHECK(rc::check([] {
    Trial trial(0);
    interleave(trial, 0, 0);
    RC_ASSERT(trial.wrong_evaluations == trial.wrong_kept);
    trial.check_afterwards();
    if (!trial.broken.empty()) RC_FAIL(trial.broken);
  }));
}

TEST_CASE("unlock: crashes, lost replies and clock jumps: every verdict told is committed") {
  CHECK(rc::check([] {
    const bool near_the_hundred = pick(2) == 0;
    Trial trial(near_the_hundred ? static_cast<std::uint32_t>(92 + pick(8)) : 0);
    interleave(trial, 30, 10, near_the_hundred ? 50 : 4);
    trial.check_afterwards();
    if (!trial.broken.empty()) RC_FAIL(trial.broken);
  }));
}

}  // namespace cardvault::test
