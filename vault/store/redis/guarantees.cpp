#include "vault/store/redis/guarantees.h"

#include <charconv>
#include <map>
#include <vector>

#include "base/log.h"

namespace cardvault {
namespace {

constexpr int kOldestMajorVersion = 7;
constexpr const char* kUnknown = "unknown";

/// One value of INFO's "name:value" lines; "" when it is not there.
std::string_view info_value(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; at < info.size();) {
    const auto end = std::min(info.find("\r\n", at), info.size());
    const auto line = info.substr(at, end - at);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return line.substr(name.size() + 1);
    }
    at = end + 2;
  }
  return {};
}

std::uint64_t info_number(std::string_view info, std::string_view name) {
  const auto text = info_value(info, name);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Guarantees {
  std::string version = kUnknown;
  std::uint64_t major = 0;
  std::uint64_t replicas = 0;
  std::map<std::string, std::string> settings = {};
};

constexpr std::pair<const char*, const char*> kSafe[]{
    {"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"}};

using ByServer = std::map<std::string, Guarantees>;

Status read_versions(RedisClient& client, ByServer& servers) {
  return client.ask_primaries(Command("INFO"), [&](const RedisAddress& address, const Reply& info) {
    Guarantees& one = servers[address.text()];
    one.version = info_value(info.text(), "redis_version");
    one.major = info_number(info.text(), "redis_version");
    one.replicas = info_number(info.text(), "connected_slaves");
    return Status{};
  });
}

/// A user who may not ask is told so; anything else is an error.
Status read_setting(RedisClient& client, const std::string& setting, ByServer& servers) {
  const auto read =
      client.ask_primaries(Command("CONFIG").word("GET").word(setting),
                           [&](const RedisAddress& address, const Reply& reply) {
                             servers[address.text()].settings[setting] =
                                 reply.size() == 2 ? std::string(reply.text(1)) : kUnknown;
                             return Status{};
                           });
  if (read || !client.is_refused()) return read;
  for (auto& [address, one] : servers) one.settings.try_emplace(setting, kUnknown);
  return {};
}

Status judge(const std::string& address, const Guarantees& found, bool accept_data_loss) {
  if (found.major < kOldestMajorVersion) {
    return fail(ErrorCode::internal, "The Redis server at " + address + " has version " +
                                         found.version + "; 7.0 or newer is needed.");
  }
  for (const auto& [setting, safe] : kSafe) {
    const std::string& value = found.settings.at(setting);
    if (value == safe || accept_data_loss) continue;
    return fail(ErrorCode::internal, "The Redis server at " + address +
                                         " may lose what it has acknowledged: " + setting + " is " +
                                         value + ", not " + safe +
                                         ". Set it so, or say --accept-data-loss.");
  }
  return {};
}

}  // namespace

Status check_guarantees(RedisClient& client) {
  ByServer servers;
  if (auto read = read_versions(client, servers); !read) return read;
  for (const auto& [setting, safe] : kSafe) {
    if (auto read = read_setting(client, setting, servers); !read) return read;
  }
  for (auto& [address, found] : servers) {
    log::write(log::Level::info, "store_guarantees",
               {{"server", std::string_view(address)},
                {"version", std::string_view(found.version)},
                {"appendonly", std::string_view(found.settings["appendonly"])},
                {"appendfsync", std::string_view(found.settings["appendfsync"])},
                {"maxmemory_policy", std::string_view(found.settings["maxmemory-policy"])},
                {"replicas", static_cast<std::int64_t>(found.replicas)},
                {"wait_replicas", std::int64_t{client.options().wait_replicas}}});
    auto judged = judge(address, found, client.options().accept_data_loss);
    if (!judged) return judged;
  }
  return {};
}

Result<std::unique_ptr<RedisClient>> open_redis_client(RedisOptions options) {
  auto client = RedisClient::make(std::move(options));
  if (!client) return client;
  if (auto safe = check_guarantees(**client); !safe) {
    Error error = std::move(safe.error());
    // A setting that is unsafe says so itself, also when it is so because it may not be read.
    if (error.code == ErrorCode::store_unavailable && (*client)->is_refused()) {
      error =
          make_error(ErrorCode::internal, "The store refuses this vault.", std::move(error.inside));
    }
    return fail(std::move(error));
  }
  return client;
}

Status check_health(RedisClient& client) {
  return client.ask_primaries(
      Command("INFO"), [](const RedisAddress& address, const Reply& info) -> Status {
        const auto text = info.text();
        const auto most = info_number(text, "maxmemory");
        const char* fault = nullptr;
        if (info_value(text, "role") != "master") fault = "is a replica";
        if (info_number(text, "loading") != 0) fault = "is loading its data";
        if (most > 0 && info_number(text, "used_memory") >= most) fault = "is full";
        if (info_value(text, "aof_last_write_status") == "err") fault = "cannot write its file";
        if (fault == nullptr) return {};
        return fail(store_unavailable("redis " + address.text() + " " + fault));
      });
}

}  // namespace cardvault
