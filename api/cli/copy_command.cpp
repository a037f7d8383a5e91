#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/app/archives.h"
#include "api/cli/command.h"
#include "api/cli/copy_progress.h"
#include "vault/storage/copy/store_copy.h"

namespace cardvault::api {
namespace {

struct Sides {
  StoreOptions from;
  StoreOptions to;
};

Result<CopyResult> copy(const Sides& sides) {
  const auto archives = open_archives(sides.from, sides.to);
  if (!archives) return fail(archives.error());
  ProgressLine line(stderr, ::isatty(STDERR_FILENO) == 1);
  const CopyOptions options{.progress = [&line](const CopyProgress& progress) {
    line.show(progress, std::chrono::steady_clock::now());
  }};
  return copy_store(*archives->source.archive, *archives->target.archive, options);
}

std::string count(std::uint64_t number, const std::string& what) {
  return std::to_string(number) + " " + what;
}

int run_copy(const Common& common, const Sides& sides) {
  const auto copied = copy(sides);
  if (!copied) return report(copied.error());
  const StoreTally& tally = copied->tally;
  if (common.json) {
    print(nlohmann::ordered_json{{"wallets", tally.wallets},
                                 {"pan_records", tally.pan_records},
                                 {"audit_entries", tally.audit_entries},
                                 {"index_entries", tally.index_entries},
                                 {"due_times", tally.due_times},
                                 {"digest", to_hex(tally.digest)},
                                 {"copied", copied->copied},
                                 {"skipped", copied->skipped}}
              .dump());
    return 0;
  }
  print("The target is a copy of the source: " + count(tally.wallets, "wallets") + " (" +
        count(copied->copied, "copied now") + ", " + count(copied->skipped, "already there") +
        "), " + count(tally.pan_records, "card numbers") + ", " +
        count(tally.audit_entries, "audit entries") + ", " +
        count(tally.index_entries, "index entries") + ", " + count(tally.due_times, "due times") +
        ". Both stores were read completely and have the digest " + to_hex(tally.digest) + ".");
  return 0;
}

}  // namespace

void add_copy_command(CLI::App& app, Common& common, Chosen& chosen) {
  auto sides = std::make_shared<Sides>();
  auto* command = app.add_subcommand(
      "copy",
      "Copy a vault to another store. Wallets stay sealed; no key is needed. No process may use "
      "either store during the copy. Start an interrupted copy again to continue it. Exit status 0 "
      "only if both stores were read completely and are equal");
  command->add_option("--from", sides->from.url, "Store to copy: sqlite:DIR or a Redis URL")
      ->required()
      ->envname("CARDVAULT_FROM");
  command
      ->add_option("--to", sides->to.url,
                   "Target store: sqlite:DIR or a Redis URL; empty, or with an earlier copy")
      ->required()
      ->envname("CARDVAULT_TO");
  add_store_access(*command, sides->from, "from");
  add_store_access(*command, sides->to, "to");
  add_store_durability(*command, sides->to, "to");
  add_output_options(*command, common);
  command->callback([&common, &chosen, sides] {
    // The source is only read, so no data can be lost there.
    sides->from.accept_data_loss = true;
    chosen = [&common, sides] { return run_copy(common, *sides); };
  });
}

}  // namespace cardvault::api
