#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/app/archives.h"
#include "api/cli/verify_command.h"
#include "vault/storage/copy/backup.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

Status back_up(const DataPaths& paths, const std::filesystem::path& file) {
  if (paths.store.is_embedded()) return backup_database(paths.directory, file);
  TRY_VALUE(const auto archive, open_shared_archive(paths.store));
  const auto tally = backup_archive(*archive, file);
  return tally ? Status() : fail(tally.error());
}

/// Restores the file and removes the rollback mark. The mark names the keyring that this directory
/// saw last. That keyring may be newer than the one in the backup, or belong to another vault; the
/// operator wants the one in the backup.
Status restore_into_directory(const DataPaths& paths, const std::filesystem::path& file) {
  TRY(make_data_directory(paths.directory));
  TRY_VALUE(const auto lock, DirectoryLock::try_acquire(paths.directory));
  if (!lock) {
    return fail(ErrorCode::internal,
                "Another process owns " + paths.directory.string() + ". Stop it first.");
  }
  TRY(restore_database(file, paths.directory));
  return RollbackGuard(paths.mark()).forget();
}

Status put_back(const DataPaths& paths, const std::filesystem::path& file) {
  if (paths.store.is_embedded()) return restore_into_directory(paths, file);
  TRY_VALUE(const auto archive, open_shared_archive(paths.store));
  TRY(restore_archive(file, *archive));
  return RollbackGuard(paths.mark()).forget();
}

/// Verifies the vault in the backup, not the copy itself. This needs the vault's keys. A backup of
/// a sealed vault is also valid, so a check that cannot run is not an error.
int check_copy(const Common& common, const std::string& file) {
  // If others write to the store during the backup, the index may lack entries (docs/backup.md).
  const auto job = verify(common, {{"file", std::filesystem::absolute(file).string()},
                                   {"index", common.store.is_embedded()}});
  if (job) {
    const bool sound = job->at("findings_total") == 0;
    if (common.json) {
      print(json{{"file", file}, {"checked", true}, {"findings", job->at("findings")}}.dump());
    } else if (!sound) {
      (void)print_findings(*job);
    }
    if (sound) return 0;
    return report(
        make_error(ErrorCode::record_corrupt,
                   "The backup was written, but its data is damaged. Keep older backups."));
  }
  if (common.json) {
    print(json{{"file", file}, {"checked", false}, {"why", job.error().detail}}.dump());
  } else {
    print("The backup was not checked: " + job.error().detail);
  }
  return 0;
}

int run_backup(const Common& common, const std::string& file) {
  if (const auto done = back_up(common.paths(), file); !done) return report(done.error());
  if (!common.json)
    print("The vault is in " + file + ". It stays sealed and opens only with its seal.");
  return check_copy(common, file);
}

int run_restore(const Common& common, const std::string& file) {
  if (const auto done = put_back(common.paths(), file); !done) return report(done.error());
  print(common.json ? json{{"file", file}}.dump()
                    : "The vault from " + file + " is restored. It opens only with its seal.");
  return 0;
}

}  // namespace

void add_backup_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto file = std::make_shared<std::string>();
  const auto add = [&](const std::string& name, const std::string& help,
                       int (*run)(const Common&, const std::string&)) {
    auto* command = app.add_subcommand(name, help);
    command->add_option("file", *file, "Path of the backup file")->required();
    add_common(*command, common);
    command->callback([&common, &chosen, file, run] {
      chosen = [&common, file, run] { return run(common, *file); };
    });
  };
  add("backup", "Write the whole sealed vault into a new file; servers keep running", run_backup);
  add("restore", "Restore a backup into a data directory or store without a vault", run_restore);
}

}  // namespace cardvault::api
