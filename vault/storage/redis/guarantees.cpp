#include "vault/storage/redis/guarantees.h"

#include <map>
#include <vector>

#include "base/log.h"
#include "vault/storage/redis/info.h"
#include "vault/storage/redis/script.h"

namespace cardvault {
namespace {

constexpr int kOldestMajorVersion = 7;
constexpr const char* kUnknown = "unknown";
/// KEYS: a key used for nothing else. The script uses the same commands as commits: HSET and
/// EXPIRE.
constexpr std::string_view kWriteSomething = R"lua(
redis.call('HSET', KEYS[1], 'at', ARGV[1])
redis.call('EXPIRE', KEYS[1], 86400)
return {}
)lua";
/// Enough keys, so that each primary of a cluster has the slot of at least one.
constexpr int kProbeKeys = 64;

struct Guarantees {
  std::string version = kUnknown;
  std::uint64_t major = 0;
  std::uint64_t replicas = 0;
  std::map<std::string, std::string> settings = {};
};

constexpr std::pair<const char*, const char*> kSafe[]{
    {"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"}};

Result<Guarantees> read_guarantees(RedisClient& client, const RedisAddress& address) {
  TRY_VALUE(const auto info, client.ask(address, Command("INFO")));
  Guarantees found{.version = std::string(info_value(info.text(), "redis_version")),
                   .major = info_number(info.text(), "redis_version"),
                   .replicas = info_number(info.text(), "connected_slaves")};
  for (const auto& [setting, safe] : kSafe) {
    const auto value = client.ask(address, Command("CONFIG").word("GET").word(setting));
    // If the user may not read the setting, judge() names it later. Any other error is returned.
    if (!value && !client.is_refused()) return fail(value.error());
    found.settings[setting] = value && value->size() == 2 ? value->text(1) : kUnknown;
  }
  return found;
}

Status judge(const std::string& address, const Guarantees& found, bool accept_data_loss) {
  if (found.major < kOldestMajorVersion) {
    return fail(ErrorCode::internal, "The Redis server at " + address + " has version " +
                                         found.version + "; version 7.0 or newer is required.");
  }
  for (const auto& [setting, safe] : kSafe) {
    const std::string& value = found.settings.at(setting);
    if (value == safe || accept_data_loss) continue;
    return fail(ErrorCode::internal, "The Redis server at " + address +
                                         " may lose acknowledged changes: " + setting + " is " +
                                         value + ", not " + safe +
                                         ". Change the setting, or use --accept-data-loss.");
  }
  return {};
}

/// Returns why a server with this INFO cannot be written to, or "" if it can.
std::string_view fault_in(std::string_view info) {
  const auto most = info_number(info, "maxmemory");
  if (info_value(info, "role") != "master") return "is a replica";
  if (info_number(info, "loading") != 0) return "is loading its data";
  if (most > 0 && info_number(info, "used_memory") >= most) return "is full";
  if (info_value(info, "aof_last_write_status") == "err") return "cannot write its file";
  return {};
}

/// Detects refusals that INFO does not show: permissions, replicas, a proxy in between.
Status write_something(RedisClient& client, const RedisAddress& address) {
  static const Script script(kWriteSomething);
  for (int n = 0; n < kProbeKeys; ++n) {
    const std::string key = "cv:ready:{" + std::to_string(n) + "}";
    if (client.options().location.cluster && !client.serves(address, key)) continue;
    Command command(script, 1);
    const auto done = client.run(command.key(key).number(n), Effort::repeatable);
    return done ? Status{} : fail(done.error());
  }
  return {};
}

Status check_server(RedisClient& client, const RedisAddress& address) {
  TRY_VALUE(const auto info, client.ask(address, Command("INFO")));
  const auto fault = fault_in(info.text());
  if (fault.empty()) return write_something(client, address);
  return fail(store_unavailable("redis " + address.text() + " " + std::string(fault)));
}

}  // namespace

Status check_guarantees(RedisClient& client) {
  TRY_VALUE(const auto primaries, client.primaries());
  for (const auto& address : primaries) {
    TRY_VALUE(auto found, read_guarantees(client, address));
    const std::string server = address.text();
    log::write(log::Level::info, "store_guarantees",
               {{"server", std::string_view(server)},
                {"version", std::string_view(found.version)},
                {"appendonly", std::string_view(found.settings["appendonly"])},
                {"appendfsync", std::string_view(found.settings["appendfsync"])},
                {"maxmemory_policy", std::string_view(found.settings["maxmemory-policy"])},
                {"replicas", static_cast<std::int64_t>(found.replicas)},
                {"wait_replicas", std::int64_t{client.options().wait_replicas}}});
    TRY(judge(server, found, client.options().accept_data_loss));
  }
  return {};
}

Result<std::unique_ptr<RedisClient>> open_redis_client(RedisOptions options) {
  auto client = RedisClient::make(std::move(options));
  if (!client) return client;
  if (auto safe = check_guarantees(**client); !safe) {
    Error error = std::move(safe.error());
    // An unsafe or unreadable setting has its own message. Replace only the message of a refused
    // login.
    if (error.code == ErrorCode::store_unavailable && (*client)->is_refused()) {
      error = make_error(ErrorCode::internal, "The store refuses access. Check its access options.",
                         std::move(error.inside));
    }
    return fail(std::move(error));
  }
  return client;
}

Status check_health(RedisClient& client) {
  TRY_VALUE(const auto primaries, client.primaries());
  Error last = store_unavailable("redis: no primary is known");
  for (const auto& address : primaries) {
    auto well = check_server(client, address);
    if (well) return {};
    last = std::move(well.error());
  }
  last.code = ErrorCode::store_unavailable;
  return fail(std::move(last));
}

}  // namespace cardvault
