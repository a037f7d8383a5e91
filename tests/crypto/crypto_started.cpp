#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <cstdlib>

#include "crypto/random.h"

namespace {

class CryptoStarted final : public Catch::EventListenerBase {
 public:
  using Catch::EventListenerBase::EventListenerBase;

  void testRunStarting(const Catch::TestRunInfo&) override {
    if (!cardvault::init_crypto()) std::abort();
  }
};

CATCH_REGISTER_LISTENER(CryptoStarted)

}  // namespace
