#include "tests/sandbox/fake_vault.h"

#include <httplib.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace cardvault::test {
namespace {

constexpr std::chrono::seconds kSoon{20};

SecretBytes new_seed() {
  SystemRandom random;
  return SecretBytes::random(kEd25519SeedSize, random);
}

nlohmann::json jwk(const SecretBytes& seed, const char* purpose) {
  return {{"kty", "OKP"},      {"crv", "Ed25519"},
          {"kid", "10"},       {"x", to_base64url(ed25519_public_key(seed.expose()))},
          {"use", "sig"},      {"alg", "EdDSA"},
          {"purpose", purpose}};
}

}  // namespace

struct FakeVault::Inside {
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  SecretBytes seed = new_seed();
  const SecretBytes receipt_seed = new_seed();
  int key_fetches = 0;
  std::deque<int> next_statuses;
  std::vector<Event> events;
  httplib::Server server;
  int port = 0;
  std::jthread thread;

  void serve_keys(httplib::Response& response) {
    const std::lock_guard lock(mutex);
    ++key_fetches;
    const nlohmann::json keys{
        {"keys", {jwk(receipt_seed, "receipt_signing"), jwk(seed, "channel_signing")}}};
    response.set_content(keys.dump(), "application/json");
  }

  void take_event(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex);
    events.push_back(
        {{request.get_header_value("webhook-id"), request.get_header_value("webhook-timestamp"),
          request.get_header_value("webhook-signature")},
         request.body});
    response.status = 204;
    if (!next_statuses.empty()) {
      response.status = next_statuses.front();
      next_statuses.pop_front();
    }
    changed.notify_all();
  }
};

FakeVault::FakeVault() : inside_(std::make_unique<Inside>()) {
  auto& inside = *inside_;
  inside.server.set_tcp_nodelay(true);
  inside.server.Get(
      "/.well-known/cardvault-keys",
      [&](const httplib::Request&, httplib::Response& response) { inside.serve_keys(response); });
  inside.server.Post("/v1/channel-events",
                     [&](const httplib::Request& request, httplib::Response& response) {
                       inside.take_event(request, response);
                     });
  inside.server.new_task_queue = [] { return new httplib::ThreadPool(16); };
  inside.port = inside.server.bind_to_any_port("127.0.0.1");
  REQUIRE(inside.port > 0);
  inside.thread = std::jthread([&] { inside.server.listen_after_bind(); });
  inside.server.wait_until_ready();
}

FakeVault::~FakeVault() {
  inside_->server.stop();
}

std::string FakeVault::url() const {
  return "http://127.0.0.1:" + std::to_string(inside_->port);
}

WebhookHeaders FakeVault::sign(std::string_view id, std::string_view body, Time at) const {
  const std::lock_guard lock(inside_->mutex);
  return sign_webhook(inside_->seed.expose(), id, at, body);
}

WebhookHeaders FakeVault::sign_as_receipt(std::string_view id, std::string_view body) const {
  return sign_webhook(inside_->receipt_seed.expose(), id, SystemClock{}.now(), body);
}

void FakeVault::change_key() {
  const std::lock_guard lock(inside_->mutex);
  inside_->seed = new_seed();
}

int FakeVault::key_fetches() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->key_fetches;
}

void FakeVault::answer_events(std::vector<int> first) {
  const std::lock_guard lock(inside_->mutex);
  inside_->next_statuses.assign(first.begin(), first.end());
}

std::vector<Event> FakeVault::await_events(std::size_t count) const {
  std::unique_lock lock(inside_->mutex);
  const bool came =
      inside_->changed.wait_for(lock, kSoon, [&] { return inside_->events.size() >= count; });
  INFO(inside_->events.size() << " of " << count << " events came");
  REQUIRE(came);
  return inside_->events;
}

}  // namespace cardvault::test
