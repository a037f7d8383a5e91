#include "api/cli/verify_command.h"

#include <filesystem>
#include <memory>

#include "api/cli/job_progress.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

const std::string kTarget = "/verify";

struct VerifyWanted {
  std::uint64_t rate = 0;
  std::string file;
};

std::string count_of(const json& job, const char* name) {
  return std::to_string(job.at(name).get<std::uint64_t>());
}

int run_verify(const Common& common, const VerifyWanted& wanted) {
  json body{{"rate", wanted.rate}};
  if (!wanted.file.empty()) body["file"] = std::filesystem::absolute(wanted.file).string();
  const auto job = verify(common, body);
  if (!job) return report(job.error());
  if (!common.json) return print_findings(*job);
  print(job->dump());
  return job->at("findings_total") == 0 ? 0 : 1;
}

}  // namespace

Result<json> verify(const Common& common, const json& wanted) {
  return await_job(common, kTarget, ask_json(common, "POST", kTarget, wanted));
}

int print_findings(const json& job) {
  print(count_of(job, "seen") + " wallets and " + count_of(job, "numbers") +
        " card numbers were checked, " + count_of(job, "damaged") + " wallets are damaged");
  for (const json& finding : job.at("findings")) {
    std::string line =
        finding.at("wallet").get<std::string>() + "  " + finding.at("what").get<std::string>();
    if (finding.contains("card")) line += "  " + finding.at("card").get<std::string>();
    if (finding.contains("first_broken")) line += "  entry " + count_of(finding, "first_broken");
    print(line);
  }
  const auto left_out = job.at("findings_total").get<std::uint64_t>() - job.at("findings").size();
  if (left_out > 0) print("and " + std::to_string(left_out) + " more");
  if (job.at("stray_numbers") != 0) {
    print(count_of(job, "stray_numbers") + " number records belong to no card");
  }
  return job.at("findings_total") == 0 ? 0 : 1;
}

void add_verify_command(CLI::App& app, Common& common, Chosen& chosen) {
  auto wanted = std::make_shared<VerifyWanted>();
  auto* command = app.add_subcommand(
      "verify", "Open and compare all stored data; print damaged wallets (exit status 1 if any)");
  command->add_option("--rate", wanted->rate, "Maximum wallets per second (0 = unlimited)")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  command->add_option("--backup", wanted->file,
                      "Backup file to check instead of the vault's store");
  add_common(*command, common);
  command->callback([&common, &chosen, wanted] {
    chosen = [&common, wanted] { return run_verify(common, *wanted); };
  });
}

}  // namespace cardvault::api
