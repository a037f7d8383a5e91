#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

/// The world outside a vault, over HTTP (docs/sandbox.md lists the routes). Call init_crypto()
/// first.
class Sandbox {
 public:
  /// Listens and serves when it returns. Keeps references to `clock` and `random`. Errors:
  /// invalid_request if the vault's address is invalid, internal if the port is not available.
  [[nodiscard]] static Result<std::unique_ptr<Sandbox>> start(const Settings& settings,
                                                              const Clock& clock,
                                                              RandomSource& random);

  /// Ends the connections after the answers in flight. Delays of knobs are cut short.
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// HOST:PORT, for example "127.0.0.1:8090".
  [[nodiscard]] std::string address() const;
  /// The public key of a channel's reports, "whpk_...".
  [[nodiscard]] std::string public_key(ChannelIndex channel) const;

 private:
  class Running;
  explicit Sandbox(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace cardvault::sandbox
