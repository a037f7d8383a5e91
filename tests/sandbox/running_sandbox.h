#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/random.h"
#include "crypto/webhook_signature.h"
#include "sandbox/sandbox.h"
#include "tests/sandbox/fake_vault.h"

namespace cardvault::test {

using Json = nlohmann::json;

/// An answer; status 0: no answer.
struct Answer {
  int status = 0;
  std::string body = {};
  std::string location = {};

  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
};

/// Body of a close message from a vault to a channel.
[[nodiscard]] std::string close_body(std::string_view channel = "alipay",
                                     std::string_view card = "crd_1");

/// A sandbox on a free loopback port, with few threads and short waits.
class RunningSandbox {
 public:
  RunningSandbox() : RunningSandbox(quick()) {}
  explicit RunningSandbox(const sandbox::Settings& settings);
  explicit RunningSandbox(const FakeVault& vault) : RunningSandbox(quick(vault.url())) {}

  [[nodiscard]] static sandbox::Settings quick(std::string vault_url = {});

  Answer send(const std::string& method, const std::string& path, const std::string& body = {},
              const WebhookHeaders& headers = {}, int patience_ms = 20'000) const;
  Answer get(const std::string& path) const { return send("GET", path); }
  /// Sends a message to a channel.
  Answer close(const WebhookHeaders& headers, const std::string& body,
               const std::string& channel = "alipay") const {
    return send("POST", "/channels/" + channel + "/close", body, headers);
  }
  /// Fails the test if the knobs are refused.
  void turn(const Json& knobs, const std::string& channel = "alipay") const;
  [[nodiscard]] Json stats(const std::string& channel = "alipay") const;
  /// Waits until the channel's counters are right; fails the test if they do not become right.
  void await_stats(const std::function<bool(const Json&)>& right,
                   const std::string& channel = "alipay") const;
  /// The newest message.
  [[nodiscard]] Json newest() const { return get("/received?limit=1").json().at("data").at(0); }
  [[nodiscard]] const sandbox::Sandbox& sandbox() const { return *sandbox_; }

 private:
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
};

}  // namespace cardvault::test
