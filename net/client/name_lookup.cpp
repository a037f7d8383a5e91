#include "net/client/name_lookup.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace cardvault {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLateAnswerLasts{60};

std::vector<Address> ask(const Resolver& resolver, const std::string& host) {
  try {
    return resolver(host).value_or(std::vector<Address>());
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

struct NameLookup::Desk {
  struct LookUp {
    std::optional<std::vector<Address>> addresses;  ///< empty until it has ended
    steady_clock::time_point ended_at;
  };

  explicit Desk(Resolver asked) : resolver(std::move(asked)) {}

  /// The running or ended look-up of this name, or a new one; nullptr if none can be started.
  std::shared_ptr<LookUp> begin(const std::shared_ptr<Desk>& self, const std::string& host);
  void run(const std::string& host, const std::shared_ptr<LookUp>& look_up);
  void forget_late_answers();

  const Resolver resolver;
  std::mutex mutex;
  std::condition_variable ended;
  std::map<std::string, std::shared_ptr<LookUp>> look_ups;
};

NameLookup::NameLookup(Resolver resolver) : desk_(std::make_shared<Desk>(std::move(resolver))) {}

NetResult<std::vector<Address>> NameLookup::find(const std::string& host, CallDeadline deadline) {
  std::unique_lock lock(desk_->mutex);
  const auto look_up = desk_->begin(desk_, host);
  if (!look_up) return std::unexpected(NetFailure::resolve_failed);
  if (!desk_->ended.wait_until(lock, deadline, [&] { return look_up->addresses.has_value(); })) {
    return std::unexpected(NetFailure::timeout);
  }
  const auto found = desk_->look_ups.find(host);
  if (found != desk_->look_ups.end() && found->second == look_up) desk_->look_ups.erase(found);
  if (look_up->addresses->empty()) return std::unexpected(NetFailure::resolve_failed);
  return *look_up->addresses;
}

std::shared_ptr<NameLookup::Desk::LookUp> NameLookup::Desk::begin(const std::shared_ptr<Desk>& self,
                                                                  const std::string& host) {
  forget_late_answers();
  if (const auto found = look_ups.find(host); found != look_ups.end()) return found->second;
  if (look_ups.size() >= kMostLookUps) return nullptr;
  auto look_up = std::make_shared<LookUp>();
  try {
    std::thread([self, host, look_up] { self->run(host, look_up); }).detach();
  } catch (const std::system_error&) {
    return nullptr;
  }
  look_ups.emplace(host, look_up);
  return look_up;
}

void NameLookup::Desk::run(const std::string& host, const std::shared_ptr<LookUp>& look_up) {
  auto addresses = ask(resolver, host);
  {
    const std::lock_guard lock(mutex);
    look_up->addresses = std::move(addresses);
    look_up->ended_at = steady_clock::now();
  }
  ended.notify_all();
}

void NameLookup::Desk::forget_late_answers() {
  const auto oldest = steady_clock::now() - kLateAnswerLasts;
  std::erase_if(look_ups, [oldest](const auto& entry) {
    return entry.second->addresses.has_value() && entry.second->ended_at < oldest;
  });
}

}  // namespace cardvault
