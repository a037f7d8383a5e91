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
            ? "The audit log of " + wallet + " is intact. Nothing was changed."
            : "The audit log of " + wallet + " was broken at entry " + number("first_broken") +
                  "; " + number("lost") + " entries are lost. The log now records the loss.");
  return 0;
}

}  // namespace

void add_audit_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* audit = app.add_subcommand("audit", "Audit logs of wallets");
  audit->require_subcommand(1);
  auto wallet = std::make_shared<std::string>();
  auto* command = audit->add_subcommand(
      "repair",
      "Rebuild the chain of a damaged log from the remaining entries; the log records the damage");
  command->add_option("wallet", *wallet, "Wallet id, as printed by `cardvault verify`")->required();
  add_common(*command, common);
  command->callback([&common, &chosen, wallet] {
    chosen = [&common, wallet] { return repair(common, *wallet); };
  });
}

}  // namespace cardvault::api
