#include <memory>

#include "api/cli/job_progress.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

int repair(const Common& common, const std::string& wallet) {
  const auto done = ask_json(common, "POST", "/audit/" + wallet + "/repair");
  if (!done) return report(done.error());
  if (common.json) {
    print(done->dump());
    return 0;
  }
  const auto number = [&](const char* name) {
    return std::to_string(done->at(name).get<std::uint64_t>());
  };
  print(done->at("first_broken") == 0
            ? "The audit log of " + wallet + " is intact; nothing was changed."
            : "The audit log of " + wallet + " was broken at entry " + number("first_broken") +
                  "; " + number("lost") + " entries are lost, as the log says now.");
  return 0;
}

}  // namespace

void add_audit_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* audit = app.add_subcommand("audit", "Audit logs of wallets");
  audit->require_subcommand(1);
  auto wallet = std::make_shared<std::string>();
  auto* command = audit->add_subcommand(
      "repair",
      "Start a damaged log's chain anew from what is there; the log itself records the damage");
  command->add_option("wallet", *wallet, "The wallet, as `cardvault verify` names it")->required();
  add_common(*command, common);
  command->callback([&common, &chosen, wallet] {
    chosen = [&common, wallet] { return repair(common, *wallet); };
  });
}

}  // namespace cardvault::api
