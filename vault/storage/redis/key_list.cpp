#include "vault/storage/redis/key_list.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/keyed_hash.h"
#include "vault/storage/redis/info.h"
#include "vault/storage/redis/slot.h"

namespace cardvault {
namespace {

constexpr std::size_t kFieldsBeforeSlots = 8;

/// The position of a listing: "number of the primary:SCAN's cursor:digest of the servers".
struct Place {
  std::size_t primary = 0;
  std::string_view scan = "0";
  std::string_view servers;

  explicit Place(std::string_view cursor) {
    const auto first = cursor.find(':');
    const auto second = cursor.find(':', first + 1);
    if (second == std::string_view::npos) return;
    std::from_chars(cursor.data(), cursor.data() + first, primary);
    scan = cursor.substr(first + 1, second - first - 1);
    servers = cursor.substr(second + 1);
  }
};

std::string cursor_of(std::size_t primary, std::string_view scan, const std::string& servers) {
  return std::to_string(primary) + ":" + std::string(scan) + ":" + servers;
}

/// Returns the slots that a member lists for itself in CLUSTER NODES: "0-5460 5462 [93-<-ID]".
std::string_view own_slots(std::string_view nodes) {
  const auto myself = nodes.find("myself,");
  if (myself == std::string_view::npos) return {};
  const auto begin = nodes.rfind('\n', myself) + 1;
  auto line = nodes.substr(begin, nodes.find('\n', begin) - begin);
  for (std::size_t field = 0; field < kFieldsBeforeSlots; ++field) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return {};
    line.remove_prefix(space + 1);
  }
  return line;
}

std::size_t count_of(std::string_view slots) {
  std::size_t count = 0;
  const char* const end = slots.data() + slots.size();
  for (const char* at = slots.data(); at < end; ++at) {
    std::size_t first = 0;
    at = std::from_chars(at, end, first).ptr;
    std::size_t last = first;
    if (at < end && *at == '-') at = std::from_chars(at + 1, end, last).ptr;
    count += last - first + 1;
  }
  return count;
}

}  // namespace

Result<ArchivePage<std::string>> RedisKeyList::list(const char* pattern, const std::string& cursor,
                                                    std::size_t limit) const {
  TRY_VALUE(auto primaries, client_.primaries());
  std::ranges::sort(primaries);
  const Place at(cursor);
  const bool is_somewhere = !at.servers.empty() && at.primary < primaries.size();
  Result<Reply> found = fail(store_unavailable("redis: the cursor names no known server"));
  if (is_somewhere) found = scan(primaries[at.primary], pattern, at.scan, limit);
  const auto servers = look(primaries);
  if (!servers) {
    client_.refresh_map();
    return fail(servers.error());
  }
  ArchivePage<std::string> page;
  if (!is_somewhere || *servers != at.servers) {
    page.next = cursor_of(0, "0", *servers);
    return page;
  }
  if (!found) return fail(std::move(found.error()));
  const redisReply* const keys = found->element(1);
  for (std::size_t i = 0; Reply::element_of(keys, i) != nullptr; ++i) {
    page.items.emplace_back(Reply::text_of(Reply::element_of(keys, i)));
  }
  if (found->text(0) != "0") {
    page.next = cursor_of(at.primary, found->text(0), *servers);
  } else if (at.primary + 1 < primaries.size()) {
    page.next = cursor_of(at.primary + 1, "0", *servers);
  }
  return page;
}

Result<ArchivePage<WalletId>> RedisKeyList::list_wallets(const std::string& cursor,
                                                         std::size_t limit) const {
  TRY_VALUE(auto keys, list("cv:{*", cursor, limit));
  ArchivePage<WalletId> page{.items = {}, .next = std::move(keys.next)};
  for (const auto& key : keys.items) {
    const auto bits = IdBits::parse(std::string_view(key).substr(4, key.size() - 5));
    if (!bits) {
      return fail(ErrorCode::record_corrupt, "Stored data is damaged.",
                  OperatorText{"redis: a wallet's key has no wallet id"});
    }
    page.items.emplace_back(*bits);
  }
  return page;
}

Result<Reply> RedisKeyList::scan(const RedisAddress& server, const char* pattern,
                                 std::string_view cursor, std::size_t limit) const {
  Command command("SCAN");
  command.word(cursor).word("MATCH").word(pattern);
  command.word("COUNT").number(static_cast<std::int64_t>(std::max<std::size_t>(limit, 1)));
  return client_.ask(server, command);
}

Result<std::string> RedisKeyList::look(const std::vector<RedisAddress>& primaries) const {
  std::string seen;
  std::size_t served = 0;
  const bool cluster = client_.options().location.cluster;
  for (const RedisAddress& server : primaries) {
    TRY_VALUE(const auto info, client_.ask(server, Command("INFO").word("server")));
    seen += server.text() + " " + std::string(info_value(info.text(), "run_id"));
    if (!cluster) continue;
    TRY_VALUE(const auto nodes, client_.ask(server, Command("CLUSTER").word("NODES")));
    const auto slots = own_slots(nodes.text());
    if (slots.contains('[')) return fail(store_unavailable("redis: slots are moving"));
    served += count_of(slots);
    seen += " " + std::string(slots) + "\n";
  }
  if (cluster && served != kRedisSlots) {
    return fail(store_unavailable("redis: not every slot is served"));
  }
  return to_hex(sha256(as_bytes(seen)));
}

}  // namespace cardvault
