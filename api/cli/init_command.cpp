#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/cli/command.h"
#include "api/cli/share_output.h"
#include "base/time.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

/// Tells the operator where the new root key is.
std::string about_root_key(const DataPaths& paths) {
  switch (paths.seal.kind.value_or(SealKind::key_file)) {
    case SealKind::key_file:
      return "Its root key is the file " + paths.seal.root_key_file.string() +
             ": a copy of that file\nand of the data opens the vault. This seal is for "
             "development; see docs/seals.md.";
    case SealKind::passphrase:
      return "Its root key is made from the passphrase. The passphrase is not stored.";
    case SealKind::shamir:
      return "Its root key is in shares: a server starts sealed, and custodians open it with\n"
             "`cardvault unseal`.";
    case SealKind::pkcs11:
      return "Its root key is in the token.";
    case SealKind::transit:
      return "Its root key is with the key management service.";
  }
  return {};
}

void print_json(const DataPaths& paths, const NewVault& vault, const ShareOutput& output) {
  json printed{{"data", paths.directory.string()},
               {"client_id", vault.client.client.id.text()},
               {"client_key", std::string(vault.client.key.expose())},
               {"seal", seal_name(paths.seal.kind.value_or(SealKind::key_file))}};
  if (!vault.shares.empty()) {
    printed["threshold"] = vault.ceremony.threshold;
    printed["custodians"] = vault.ceremony.custodians;
    printed["shares"] = printed_shares(output, vault.shares);
  }
  print(printed.dump());
}

int run_init(const Common& common, ShareOutput output) {
  SystemRandom random;
  const SystemClock clock;
  const auto paths = common.paths();
  output.json = common.json;
  if (paths.seal.kind == SealKind::shamir) {
    if (const auto place = check_output(output); !place) return report(place.error());
  }
  const auto keep = [&](const Ceremony& ceremony, const std::vector<Share>& shares) {
    return hand_out(output, ceremony, shares);
  };
  const auto vault = initialize_data(paths, random, clock, keep);
  if (!vault) return report(vault.error());
  if (common.json) {
    print_json(paths, *vault, output);
    const bool in_hands = vault->shares.empty() || !output.directory.empty();
    if (std::fflush(stdout) == 0 || in_hands) return 0;
    return report(
        make_error(ErrorCode::store_unavailable,
                   "The shares cannot be printed, so they are lost. Remove " +
                       (paths.store.is_embedded() ? paths.directory.string()
                                                  : std::string("the vault in the store")) +
                       " and start again."));
  }
  std::fprintf(stderr,
               "The vault of %s is ready. %s\nThis is the key of the first client, admin. It is "
               "shown only once:\n",
               paths.directory.c_str(), about_root_key(paths).c_str());
  print(std::string(vault->client.key.expose()));
  return 0;
}

}  // namespace

void add_init_command(CLI::App& app, Common& common, Chosen& chosen) {
  auto* init = app.add_subcommand("init", "Create a vault and its first client; print its key");
  auto output = std::make_shared<ShareOutput>();
  add_common(*init, common);
  add_seal_creation(*init, common.seal, "");
  init->add_option("--share-dir", output->directory,
                   "Directory for one new file per share; default: show shares on the terminal");
  init->callback([&common, &chosen, output] {
    chosen = [&common, output] { return run_init(common, *output); };
  });
}

}  // namespace cardvault::api
