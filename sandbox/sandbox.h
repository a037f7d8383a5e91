#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

/// The world outside a vault, over HTTP (docs/sandbox.md lists the routes). Needs init_crypto().
class Sandbox {
 public:
  /// Listens and serves when it returns. invalid_request for an address of the vault that is none,
  /// internal when the port cannot be had. Keeps references to `clock` and `random`.
  [[nodiscard]] static Result<std::unique_ptr<Sandbox>> start(const Settings& settings,
                                                              const Clock& clock,
                                                              RandomSource& random);

  /// Ends the connections after the answers under way; answers that a knob delays are cut short.
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "127.0.0.1:8090".
  [[nodiscard]] std::string address() const;
  /// The key with which a channel signs its reports, "whpk_...".
  [[nodiscard]] std::string public_key(ChannelIndex channel) const;

 private:
  class Running;
  explicit Sandbox(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace cardvault::sandbox
