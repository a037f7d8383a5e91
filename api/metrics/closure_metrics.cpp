#include "api/metrics/closure_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

#include "base/log.h"

namespace cardvault::api {
namespace {

constexpr std::array<std::string_view, ClosureCensus::states> kStateNames{"pending", "closing",
                                                                          "overdue"};

// From one week past the deadline to two weeks before it. Seven working days are up to seventeen
// days.
constexpr double kDay = 24 * 60 * 60;
const prometheus::Histogram::BucketBoundaries kMargins{
    -7 * kDay, -kDay, -kDay / 24, 0, kDay / 24, kDay, 3 * kDay, 5 * kDay, 7 * kDay, 14 * kDay};

template <class Metric>
using PerChannel = std::array<Metric*, kChannelNames.size()>;

std::string outcome_name(CloseFailure failure) {
  return failure == CloseFailure::none ? "ok" : std::string(close_failure_name(failure));
}

}  // namespace

struct ClosureMetrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Gauge>& open = prometheus::BuildGauge()
                                                    .Name("cardvault_closures_open")
                                                    .Help("Closures that are not closed yet.")
                                                    .Register(registry);
  prometheus::Family<prometheus::Counter>& closed = prometheus::BuildCounter()
                                                        .Name("cardvault_closures_closed_total")
                                                        .Help("Channels closed.")
                                                        .Register(registry);
  prometheus::Family<prometheus::Counter>& attempts =
      prometheus::BuildCounter()
          .Name("cardvault_closure_attempts_total")
          .Help("Attempts to close a channel by outcome.")
          .Register(registry);
  prometheus::Gauge& oldest_age = prometheus::BuildGauge()
                                      .Name("cardvault_closure_oldest_open_age_seconds")
                                      .Help("Age of the oldest open deregistration.")
                                      .Register(registry)
                                      .Add({});
  prometheus::Gauge& overdue = prometheus::BuildGauge()
                                   .Name("cardvault_deregistrations_overdue")
                                   .Help("Open deregistrations past their deadline.")
                                   .Register(registry)
                                   .Add({});
  prometheus::Counter& became_overdue = prometheus::BuildCounter()
                                            .Name("cardvault_deregistrations_overdue_total")
                                            .Help("Deregistrations noted as past their deadline.")
                                            .Register(registry)
                                            .Add({});
  prometheus::Histogram& margin = prometheus::BuildHistogram()
                                      .Name("cardvault_closure_deadline_margin_seconds")
                                      .Help("Time from the closing of a channel to the deadline.")
                                      .Register(registry)
                                      .Add({}, kMargins);

  std::array<PerChannel<prometheus::Gauge>, ClosureCensus::states> open_by_state{};
  PerChannel<prometheus::Counter> closed_by_channel{};

  State() {
    for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
      const std::string channel(kChannelNames[i]);
      closed_by_channel[i] = &closed.Add({{"channel", channel}});
      for (std::size_t state = 0; state < kStateNames.size(); ++state) {
        open_by_state[state][i] =
            &open.Add({{"channel", channel}, {"state", std::string(kStateNames[state])}});
      }
    }
  }
};

ClosureMetrics::ClosureMetrics() : state_(std::make_unique<State>()) {}
ClosureMetrics::~ClosureMetrics() = default;

void ClosureMetrics::tried(Channel channel, CloseFailure failure) {
  state_->attempts
      .Add({{"channel", std::string(channel_name(channel))}, {"outcome", outcome_name(failure)}})
      .Increment();
}

void ClosureMetrics::settled(const WalletId& wallet, const Settled& what) {
  for (const Settled::Closed& one : what.closed) {
    state_->closed_by_channel[static_cast<std::size_t>(one.channel)]->Increment();
    state_->margin.Observe(static_cast<double>(one.margin.count()));
  }
  for (const DeregistrationId& id : what.became_overdue) {
    state_->became_overdue.Increment();
    log::write(log::Level::error, "deregistration_overdue",
               {{"wallet", wallet.text()}, {"deregistration", id.text()}});
  }
}

void ClosureMetrics::counted(const ClosureCensus& census, Time now) {
  for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
    for (std::size_t state = 0; state < kStateNames.size(); ++state) {
      state_->open_by_state[state][i]->Set(static_cast<double>(census.open[i][state]));
    }
  }
  state_->overdue.Set(static_cast<double>(census.overdue_deregistrations));
  const auto age = now - census.oldest_requested_at.value_or(now);
  state_->oldest_age.Set(std::chrono::duration<double>(age).count());
}

std::string ClosureMetrics::render() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace cardvault::api
