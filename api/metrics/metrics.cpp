#include "api/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <shared_mutex>
#include <tuple>

#include "base/names.h"

namespace cardvault::api {
namespace {

constexpr auto kOperationNames = names_from<StoreOperation::load>(
    "load", "commit", "load_pan", "find", "read_audit", "check", "due", "other");
constexpr auto kOutcomeNames = names_from<StoreOutcome::done>("done", "conflict", "failed");

// From a cached list view to a password evaluation that waits behind a full gate.
const prometheus::Histogram::BucketBoundaries kDurations{0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                                         0.005,  0.01,    0.025,  0.05,  0.1,
                                                         0.25,   0.5,     1.0,    2.5,   10.0};

}  // namespace

struct Metrics::State {
  using Key = std::tuple<std::string, std::string_view, int>;

  /// Metrics of one route, method and status, looked up once.
  struct Series {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("cardvault_http_requests_total")
                                                          .Help("Requests answered.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("cardvault_http_request_duration_seconds")
          .Help("Time from a request's arrival to its answer.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& operations =
      prometheus::BuildCounter()
          .Name("cardvault_store_operations_total")
          .Help("Operations of the store by outcome.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& lockouts =
      prometheus::BuildCounter()
          .Name("cardvault_lockouts_total")
          .Help("Credentials locked by a failed attempt.")
          .Register(registry);
  prometheus::Gauge& gate_depth = prometheus::BuildGauge()
                                      .Name("cardvault_verification_gate_depth")
                                      .Help("Password evaluations running or waiting.")
                                      .Register(registry)
                                      .Add({});

  prometheus::Gauge& add_gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  prometheus::Gauge& checked_wallets =
      add_gauge("cardvault_store_check_wallets",
                "Wallets checked in the last complete round of the store check.");
  prometheus::Gauge& damaged_wallets =
      add_gauge("cardvault_store_check_damaged_wallets", "Damaged wallets found in that round.");
  prometheus::Gauge& stray_numbers =
      add_gauge("cardvault_store_check_stray_numbers",
                "Card number records without a card, found in that round.");
  prometheus::Gauge& checked_at =
      add_gauge("cardvault_store_check_timestamp_seconds", "Time at which that round ended.");

  std::array<std::array<prometheus::Counter*, kOutcomeNames.size()>, kOperationNames.size()>
      by_operation{};
  std::array<prometheus::Counter*, kUnlockMethods.size()> lockouts_by_method{};
  std::shared_mutex mutex;
  std::map<Key, Series, std::less<>> series;

  State() {
    for (std::size_t i = 0; i < kUnlockMethods.size(); ++i) {
      lockouts_by_method[i] =
          &lockouts.Add({{"method", std::string(method_name(kUnlockMethods[i]))}});
    }
    for (std::size_t operation = 0; operation < kOperationNames.size(); ++operation) {
      for (std::size_t outcome = 0; outcome < kOutcomeNames.size(); ++outcome) {
        by_operation[operation][outcome] =
            &operations.Add({{"operation", std::string(kOperationNames[operation])},
                             {"outcome", std::string(kOutcomeNames[outcome])}});
      }
    }
  }

  Series find(const Finished& finished) {
    const auto key = std::make_tuple(finished.route, finished.method, finished.status);
    {
      const std::shared_lock lock(mutex);
      if (const auto found = series.find(key); found != series.end()) return found->second;
    }
    const std::scoped_lock lock(mutex);
    const std::string route(finished.route.empty() ? "none" : finished.route);
    const std::string method(finished.method);
    const Series made{
        &requests.Add(
            {{"route", route}, {"method", method}, {"status", std::to_string(finished.status)}}),
        &durations.Add({{"route", route}, {"method", method}}, kDurations)};
    series.try_emplace(Key(finished.route, finished.method, finished.status), made);
    return made;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::request_finished(const Finished& finished) {
  const State::Series series = state_->find(finished);
  series.count->Increment();
  series.duration->Observe(std::chrono::duration<double>(finished.took).count());
}

void Metrics::store_operation(StoreOperation operation, StoreOutcome outcome) {
  state_->by_operation[static_cast<std::size_t>(operation)][static_cast<std::size_t>(outcome)]
      ->Increment();
}

void Metrics::locked_out(UnlockMethod method) {
  const auto found = std::ranges::find(kUnlockMethods, method);
  state_->lockouts_by_method[static_cast<std::size_t>(found - kUnlockMethods.begin())]->Increment();
}

void Metrics::store_checked(const StoreRound& round) {
  state_->checked_wallets.Set(static_cast<double>(round.wallets));
  state_->damaged_wallets.Set(static_cast<double>(round.damaged));
  state_->stray_numbers.Set(static_cast<double>(round.strays));
  state_->checked_at.Set(std::chrono::duration<double>(round.at.time_since_epoch()).count());
}

std::string Metrics::render(const VerificationGate& gate) {
  state_->gate_depth.Set(gate.depth());
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace cardvault::api
