#include <catch2/catch_test_macros.hpp>

#include "tests/support/certificates.h"
#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/redis/redis_store.h"

namespace cardvault::test {
namespace {

constexpr const char* kPassword = "open-sesame-4711";
constexpr const char* kWrongPassword = "open-barley-4712";

std::shared_ptr<RedisCertificates> new_certificates() {
  return std::make_shared<RedisCertificates>();
}

RedisOptions tls_options(const RedisServer& server, const RedisCertificates& trusted) {
  auto options = redis_options(server.url());
  options.ca_file = trusted.authority();
  options.certificate_file = server.options().tls->client_certificate();
  options.key_file = server.options().tls->client_key();
  return options;
}

/// The reason of the refusal. Checks that it has no password and is not a temporary error.
std::string refusal(RedisOptions options) {
  const auto store = open_redis_store(std::move(options));
  if (store) return "it was opened";
  const Error& error = store.error();
  const std::string text = error.detail + " | " + error.inside.text;
  INFO(text);
  CHECK(error.code != ErrorCode::store_unavailable);
  CHECK(text.find(kPassword) == std::string::npos);
  CHECK(text.find(kWrongPassword) == std::string::npos);
  return text;
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

TEST_CASE("redis opening: a server that is down is named and can be retried") {
  RedisServer server;
  server.stop();
  const auto refused = open_redis_store(redis_options(server.url()));
  REQUIRE(is_unavailable(refused));
  CHECK(says(refused.error().inside.text, "127.0.0.1:" + std::to_string(server.port())));
  CHECK_FALSE(says(refused.error().detail, "127.0.0.1"));
  server.start();
  const auto store = open_redis(redis_options(server.url()));
  CHECK(committed(store->commit(bind(1))));
}

TEST_CASE("redis opening: a silent server can be retried") {
  RedisServer server;
  server.pause();
  CHECK(is_unavailable(open_redis_store(redis_options(server.url(), kImpatience))));
  server.resume();
  CHECK(open_redis_store(redis_options(server.url())));
}

TEST_CASE("redis opening: a wrong password is a permanent error and never repeated") {
  const RedisServer server({.password = kPassword, .user = "vault"});
  CHECK(says(refusal(redis_options(url_with_password(server, kWrongPassword))), "password"));
  auto stranger = redis_options(url_with_password(server, kPassword));
  stranger.location.user = "stranger";
  CHECK(says(refusal(std::move(stranger)), "password"));
  CHECK(open_redis_store(redis_options(url_with_password(server, kPassword))));
}

TEST_CASE("redis opening: a missing password is a permanent error") {
  const RedisServer own_user({.password = kPassword, .user = "vault"});
  CHECK(says(refusal(redis_options(own_user.url())), "password"));
  const RedisServer default_user({.password = kPassword});
  CHECK(says(refusal(redis_options(default_user.url())), "password"));
  CHECK(open_redis_store(redis_options(url_with_password(default_user, kPassword))));
}

TEST_CASE("redis opening: a user with the PING right only is a permanent error") {
  const RedisServer server({.password = kPassword, .user = "vault", .rights = "~cv:* -@all +ping"});
  CHECK(says(refusal(redis_options(url_with_password(server, kPassword))), "NOPERM"));
}

TEST_CASE("redis opening: TLS with a client certificate works") {
  const RedisServer server({.password = kPassword, .user = "vault", .tls = new_certificates()});
  auto options = tls_options(server, *server.options().tls);
  options.location.password = SecretText(std::string_view(kPassword));
  const auto store = open_redis(std::move(options));
  CHECK(committed(store->commit(bind(1))));
  CHECK(missing_of_bind(*store, 1).empty());
}

TEST_CASE("redis opening: a server of another authority is a permanent error") {
  const RedisServer server({.tls = new_certificates()});
  const auto others = new_certificates();
  CHECK(says(refusal(tls_options(server, *others)), "certificate"));
}

TEST_CASE("redis opening: a certificate for another host is a permanent error") {
  const RedisServer server({.config = {"bind 127.0.0.1 127.0.0.2"}, .tls = new_certificates()});
  auto options = tls_options(server, *server.options().tls);
  options.location.seeds.front().host = "127.0.0.2";
  CHECK(says(refusal(std::move(options)), "certificate"));
  options = tls_options(server, *server.options().tls);
  options.location.seeds.front().host = "localhost";
  CHECK(open_redis_store(std::move(options)));
}

TEST_CASE("redis opening: a connection closed for lack of a client certificate is explained") {
  const RedisServer server({.tls = new_certificates()});
  auto options = tls_options(server, *server.options().tls);
  options.certificate_file.clear();
  options.key_file.clear();
  const auto without = open_redis_store(std::move(options));
  REQUIRE_FALSE(without);
  CHECK(says(without.error().inside.text, "may not accept this vault's certificate"));

  options = tls_options(server, *server.options().tls);
  const auto others = new_certificates();
  options.certificate_file = others->client_certificate();
  options.key_file = others->client_key();
  const auto with_another = open_redis_store(std::move(options));
  REQUIRE_FALSE(with_another);
  CHECK(says(with_another.error().inside.text, "may not accept this vault's certificate"));
}

TEST_CASE("redis opening: an unusable certificate file is named") {
  const RedisServer server({.tls = new_certificates()});
  auto options = tls_options(server, *server.options().tls);
  options.ca_file = "no-such-authority.pem";
  CHECK(says(refusal(std::move(options)), "no-such-authority.pem"));
  options = tls_options(server, *server.options().tls);
  options.key_file = server.options().tls->server_key();
  CHECK(says(refusal(std::move(options)), server.options().tls->server_key()));
}

TEST_CASE("redis opening: a setting that risks acknowledged data is refused by name") {
  const RedisServer server;
  const std::vector<std::pair<std::string, std::string>> unsafe{
      {"appendonly", "no"}, {"appendfsync", "everysec"}, {"maxmemory-policy", "allkeys-lru"}};
  for (const auto& [setting, value] : unsafe) {
    const std::string safe = server.command({"CONFIG", "GET", setting}).items.at(1).text;
    server.command({"CONFIG", "SET", setting, value});
    const auto refused = refusal(redis_options(server.url()));
    CHECK(says(refused, setting + " is " + value));
    CHECK(says(refused, std::to_string(server.port())));
    auto options = redis_options(server.url());
    options.accept_data_loss = true;
    const auto store = open_redis_store(std::move(options));
    CHECK(store);
    server.command({"CONFIG", "SET", setting, safe});
  }
  CHECK(open_redis_store(redis_options(server.url())));
}

TEST_CASE("redis opening: unreadable settings count as unsafe") {
  const RedisServer server({.password = kPassword, .user = "vault", .rights = "~* +@all -config"});
  const std::string url = url_with_password(server, kPassword);
  CHECK(says(refusal(redis_options(url)), "appendonly is unknown"));
  auto options = redis_options(url);
  options.accept_data_loss = true;
  CHECK(open_redis_store(std::move(options)));
}

}  // namespace
}  // namespace cardvault::test
