#include "api/cli/rotate_keys.h"

#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "api/cli/job_progress.h"
#include "crypto/keys/error_codes.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

// Three times as long as a new key waits for its promotion on a shared store.
constexpr int kMostLooks = 40;
constexpr std::chrono::milliseconds kBetweenLooks{1000};

/// The key's state in the inventory.
Result<std::string> state_of(const Common& common, std::uint32_t id) {
  TRY_VALUE(const auto inventory, ask_json(common, "GET", "/keyring"));
  for (const json& key : inventory.at("keys")) {
    if (key.at("id") == id) return key.at("state").get<std::string>();
  }
  return fail(KeyError::key_not_found, "The keyring has no such key.");
}

/// Waits until every process has the new key and it encrypts.
Status await_promotion(const Common& common, std::uint32_t id) {
  for (int look = 0; look < kMostLooks; ++look) {
    TRY_VALUE(const auto state, state_of(common, id));
    if (state != "waiting") return {};
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return fail(ErrorCode::busy,
              "The new key still waits for its promotion. Check later with `cardvault key list`.");
}

/// The purposes to rotate: the named one, all, or those whose current key is due.
Result<std::vector<std::string>> purposes_of(const Common& common, const RotateOptions& wanted) {
  if (!wanted.all && !wanted.due) return std::vector{wanted.purpose};
  TRY_VALUE(const auto inventory, ask_json(common, "GET", "/keyring"));
  // If a purpose has a key that waits for its promotion, it has already been rotated.
  std::set<std::string> waiting;
  for (const json& key : inventory.at("keys")) {
    if (key.at("state") == "waiting") waiting.insert(key.at("purpose").get<std::string>());
  }
  std::vector<std::string> purposes;
  for (const json& key : inventory.at("keys")) {
    const bool meant = wanted.all ? key.at("state") == "current" : key.at("due").get<bool>();
    const auto purpose = key.at("purpose").get<std::string>();
    if (meant && !waiting.contains(purpose)) purposes.push_back(purpose);
  }
  return purposes;
}

struct Added {
  std::string purpose;
  std::uint32_t id = 0;
  bool waits = false;
};

Result<Added> add_key(const Common& common, const std::string& purpose) {
  TRY_VALUE(const auto added, ask_json(common, "POST", "/keyring/rotate", {{"purpose", purpose}}));
  return Added{purpose, added.at("id").get<std::uint32_t>(), added.at("waits").get<bool>()};
}

void print_rotated(const Common& common, const RotateOptions& wanted,
                   const std::vector<Added>& keys) {
  json all = json::array();
  for (const Added& key : keys) {
    const bool current = !key.waits || !wanted.no_wait;
    all.push_back({{"id", key.id}, {"purpose", key.purpose}, {"current", current}});
    if (common.json) continue;
    print("key " + std::to_string(key.id) + " of " + key.purpose +
          (current ? " encrypts from now on" : " waits until every process has it"));
  }
  const bool one = !wanted.all && !wanted.due;
  if (common.json) print(one ? all.at(0).dump() : json{{"rotated", all}}.dump());
  if (!common.json && keys.empty()) print("No key is due.");
}

}  // namespace

int rotate_keys(const Common& common, const RotateOptions& wanted) {
  if (int{wanted.due} + int{wanted.all} + int{!wanted.purpose.empty()} != 1) {
    return report(
        make_error(ErrorCode::invalid_request, "Name one purpose, or use --due or --all."));
  }
  const auto purposes = purposes_of(common, wanted);
  if (!purposes) return report(purposes.error());
  // Add all keys first, so that they wait at the same time on a shared store.
  std::vector<Added> keys;
  for (const std::string& purpose : *purposes) {
    auto added = add_key(common, purpose);
    if (!added) return report(added.error());
    keys.push_back(std::move(*added));
  }
  for (const Added& key : keys) {
    if (!key.waits || wanted.no_wait) continue;
    const auto promoted = await_promotion(common, key.id);
    if (!promoted) return report(promoted.error());
  }
  print_rotated(common, wanted, keys);
  return 0;
}

}  // namespace cardvault::api
