#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/cli/command.h"
#include "api/cli/job_progress.h"
#include "api/cli/rotate_keys.h"
#include "crypto/keys/keyring.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

const std::string kJobs = "/keyring/jobs";
// A large SQLite database is rewritten; each Redis server may take half an hour.
constexpr std::chrono::hours kMostCompacting{12};

struct KeyWanted {
  RotateOptions rotate;
  std::uint32_t id = 0;
  std::uint64_t rate = 0;
};

int list_keys(const Common& common, const KeyWanted&) {
  const auto inventory = ask_json(common, "GET", "/keyring");
  if (!inventory) return report(inventory.error());
  if (common.json) {
    print(inventory->dump());
    return 0;
  }
  for (const json& key : inventory->at("keys")) {
    print(std::to_string(key.at("id").get<std::uint32_t>()) + "  " +
          key.at("purpose").get<std::string>() + "  " + key.at("state").get<std::string>() +
          "  created=" + key.at("created_at").get<std::string>() +
          "  expires=" + key.at("expires_at").get<std::string>() +
          (key.at("warning").is_string() ? "  " + key.at("warning").get<std::string>() : ""));
  }
  print("sealed by " + inventory->at("seal").get<std::string>() + ", generation " +
        std::to_string(inventory->at("generation").get<std::uint64_t>()));
  return 0;
}

void print_left(const json& job) {
  const json& left = job.at("left");
  for (const json& key : left) {
    print("key " + std::to_string(key.at("id").get<std::uint32_t>()) + " (" +
          key.at("purpose").get<std::string>() + ", " + key.at("state").get<std::string>() +
          "): " + std::to_string(key.at("uses").get<std::uint64_t>()) + " left");
  }
}

int run_job(const Common& common, const json& body) {
  const auto job = await_job(common, kJobs, ask_json(common, "POST", kJobs, body));
  if (!job) return report(job.error());
  const auto failed = job->at("failed").get<std::uint64_t>();
  const auto unreadable = job->at("unreadable").get<std::uint64_t>();
  const int status = failed + unreadable == 0 ? 0 : 1;
  if (common.json) {
    print(job->dump());
    return status;
  }
  if (job->at("job") == "rewrap") {
    print(std::to_string(job->at("rewrapped").get<std::uint64_t>()) + " of " +
          std::to_string(job->at("seen").get<std::uint64_t>()) + " wallets were re-sealed, " +
          std::to_string(failed) + " failed");
  }
  print_left(*job);
  if (unreadable > 0) {
    print(std::to_string(unreadable) +
          " wallets cannot be opened. They may need any key, so no key can be destroyed. Run "
          "`cardvault verify`");
  }
  return status;
}

int rewrap(const Common& common, const KeyWanted& wanted) {
  return run_job(common, {{"job", "rewrap"}, {"rate", wanted.rate}});
}

int uses(const Common& common, const KeyWanted&) {
  return run_job(common, {{"job", "count"}});
}

int show_job(const Common& common, const KeyWanted&) {
  const auto job = ask_json(common, "GET", "/keyring/jobs");
  if (!job) return report(job.error());
  print(common.json ? job->dump() : job->dump(2));
  return 0;
}

int set_state(const Common& common, const KeyWanted& wanted, const std::string& state) {
  auto answer = ask_json(common, "POST", "/keyring/state", {{"id", wanted.id}, {"state", state}});
  if (answer && answer->contains("job")) answer = await_job(common, kJobs, std::move(answer));
  if (!answer) return report(answer.error());
  std::string words = "key " + std::to_string(wanted.id) + " is " + state;
  if (state == "destroyed") {
    words +=
        "; older copies of the keyring still contain it, in the store's files until `cardvault "
        "compact` and in backups";
  }
  print(common.json ? json{{"id", wanted.id}, {"state", state}}.dump() : words);
  return 0;
}

int compact(const Common& common, const KeyWanted&) {
  const auto done = ask_json(common, "POST", "/compact", {}, kMostCompacting);
  if (!done) return report(done.error());
  print(common.json ? done->dump() : "Deleted data was removed from the store's files.");
  return 0;
}

}  // namespace

void add_key_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* key = app.add_subcommand("key", "List, rotate and destroy keys");
  key->require_subcommand(1);
  auto wanted = std::make_shared<KeyWanted>();
  const auto add = [&](CLI::App& to, const std::string& name, const std::string& help, auto run) {
    auto* command = to.add_subcommand(name, help);
    add_common(*command, common);
    command->callback([&common, &chosen, run, wanted] {
      chosen = [&common, run, wanted] { return run(common, *wanted); };
    });
    return command;
  };
  add(*key, "list", "List all keys", list_keys);
  auto* rotating =
      add(*key, "rotate", "Make a new key; it encrypts as soon as every process has it",
          [](const Common& with, const KeyWanted& of) { return rotate_keys(with, of.rotate); });
  rotating->add_option("purpose", wanted->rotate.purpose, "Purpose of the key")
      ->check(one_of(kPurposeNames));
  rotating->add_flag("--due", wanted->rotate.due,
                     "Rotate every purpose whose key has at most a tenth of its cryptoperiod left");
  rotating->add_flag("--all", wanted->rotate.all, "Rotate every purpose");
  rotating->add_flag("--no-wait", wanted->rotate.no_wait, "Do not wait until the new key encrypts");
  auto* wrapping = add(*key, "rewrap",
                       "Re-seal every record under the current keys, then count the remaining uses "
                       "of old keys; start it again to continue",
                       rewrap);
  wrapping->add_option("--rate", wanted->rate, "Maximum wallets per second (0 = unlimited)")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  add(*key, "job", "Show the running job of the server, or the last one", show_job);
  add(*key, "uses", "Count the uses of each key", uses);
  for (const char* state : {"enabled", "disabled", "destroyed"}) {
    const std::string verb = std::string(state) == "destroyed" ? "destroy"
                             : std::string(state) == "enabled" ? "enable"
                                                               : "disable";
    const std::string help = verb == "destroy"  ? "Destroy a key that is no longer used"
                             : verb == "enable" ? "Enable a disabled key again"
                                                : "Disable a key that is not used";
    auto* command = add(*key, verb, help, [state](const Common& with, const KeyWanted& of) {
      return set_state(with, of, state);
    });
    command->add_option("id", wanted->id, "Number of the key")->required();
  }
  add(app, "compact", "Remove deleted data from the store's files", compact);
}

}  // namespace cardvault::api
