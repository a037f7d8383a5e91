#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "api/app/config_files.h"
#include "api/cli/command.h"
#include "api/cli/seed_file.h"
#include "api/json/json_writer.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

struct SeedOptions {
  std::string file;
  std::string client_key_file;
  ConfigurationFiles configuration = ConfigurationFiles::shipped();
  bool keep_changes = false;
};

Result<SecretText> read_client_key(const std::string& file) {
  TRY_VALUE(auto text, read_config_file(file));
  std::string_view line = text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  SecretText key(line);
  wipe(text);
  return key;
}

Result<SeedFile> read_seed_file(const std::string& file) {
  TRY_VALUE(auto text, read_config_file(file));
  auto seed = parse_seed_file(text);
  wipe(text);
  if (seed) return seed;
  Error error = seed.error();
  error.detail = file + ": " + error.detail;
  return fail(std::move(error));
}

void add_up(Seeded& all, Seeded one) {
  all.added += one.added;
  all.present += one.present;
  std::ranges::move(one.differences, std::back_inserter(all.differences));
}

/// A detail that explains the cause helps more than the name of the rule.
std::unexpected<Error> with_detail(Error error) {
  if (error.code == ErrorCode::invalid_request) {
    error.detail = "The vault does not match the file, or does not accept an entry of it.";
  }
  return fail(std::move(error));
}

Result<Seeded> seed_vault(const WholeVault& vault, ClientRegistry& clients, const SeedFile& seed,
                          const SecretText& key) {
  Seeded all;
  const auto added =
      clients.add_with_key(key, seed.client.name, seed.client.permissions, vault.clock.now());
  if (!added) return with_detail(added.error());
  ++(*added ? all.added : all.present);
  for (const SeedWallet& wallet : seed.wallets) {
    auto one = seed_wallet(vault, {"seed"}, wallet);
    if (!one) return with_detail(std::move(one.error()));
    add_up(all, std::move(*one));
  }
  return all;
}

Result<Seeded> seed_data(const DataPaths& paths, const SeedOptions& options) {
  TRY_VALUE(const auto seed, read_seed_file(options.file));
  TRY_VALUE(const auto key, read_client_key(options.client_key_file));
  const auto configuration = Configuration::load(options.configuration);
  if (!configuration) return fail(configuration.error());
  SystemRandom random;
  const SystemClock clock;
  const auto data = open_or_create_data(paths, random, clock);
  if (!data) return fail(data.error());
  const RecordSealer sealer(*data->keyring, random);
  VerificationGate gate(1, 1);
  const WholeVault vault({*data->store, *data->keyring, sealer, clock, random},
                         configuration->channels, *configuration->deadlines, configuration->banks,
                         gate);
  ClientRegistry clients(*data->store, sealer, random);
  return seed_vault(vault, clients, seed, key);
}

void print_report(const Common& common, const Seeded& seeded) {
  JsonWriter out;
  out.open_object().member("added", seeded.added).key("differences").open_list();
  for (const SeedDifference& one : seeded.differences) {
    out.open_object().member("how", one.how).member("what", one.what).close_object();
    if (!common.json) std::fprintf(stderr, "  %s: %s\n", one.what.c_str(), one.how.c_str());
  }
  out.close_list().member("present", seeded.present).close_object();
  print(common.json ? out.take()
                    : std::to_string(seeded.added) + " added, " + std::to_string(seeded.present) +
                          " already present");
}

int run_seed(const Common& common, const SeedOptions& options) {
  const auto seeded = seed_data(common.paths(), options);
  if (!seeded) return report(seeded.error());
  if (seeded->differences.empty() || options.keep_changes) {
    print_report(common, *seeded);
    return 0;
  }
  Error error = make_error(ErrorCode::invalid_request,
                           "The vault differs from the file. Nothing was overwritten. To accept "
                           "the differences, use --keep-changes.");
  for (const SeedDifference& one : seeded->differences) error.fields.push_back({one.what, one.how});
  return report(error);
}

}  // namespace

void add_seed_command(CLI::App& app, Common& common, Chosen& chosen) {
  auto* seed = app.add_subcommand(
      "seed",
      "Fill a test vault from a file with fixed ids; a second run adds only missing entries");
  auto options = std::make_shared<SeedOptions>();
  seed->add_option("--file", options->file, "Seed file, for example config/seed.json")
      ->required()
      ->envname("CARDVAULT_SEED_FILE");
  seed->add_option("--client-key-file", options->client_key_file,
                   "File with the client's key (cvk_...)")
      ->required()
      ->envname("CARDVAULT_CLIENT_KEY_FILE");
  seed->add_flag("--keep-changes", options->keep_changes,
                 "Succeed even if callers changed seeded data, and print the differences")
      ->envname("CARDVAULT_KEEP_CHANGES");
  add_bank_and_channel_options(*seed, options->configuration);
  add_common(*seed, common);
  seed->callback([&common, &chosen, options] {
    chosen = [&common, options] { return run_seed(common, *options); };
  });
}

}  // namespace cardvault::api
