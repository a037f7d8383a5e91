#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/cli/seal_change.h"
#include "api/cli/seal_requests.h"
#include "api/json/seal_json.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

/// Asks for the secret that typed_for() names.
Result<SecretText> ask_typed(std::string_view what, const SealOptions& options) {
  return what == "pin" ? ask_pin() : ask_passphrase(options);
}

SecretText body_with(std::string_view name, const SecretText& secret) {
  std::string text =
      json{{name, secret.expose()}}.dump(-1, ' ', false, json::error_handler_t::replace);
  SecretText body{std::string_view(text)};
  wipe(text);
  return body;
}

/// Sends one share from a terminal; from a file or pipe, sends shares until the vault is open.
Result<json> give_shares(const Common& common, json seal) {
  bool any = false;
  while (seal.at("sealed").get<bool>()) {
    TRY_VALUE(const auto share, next_share("Share: "));
    if (!share) break;
    any = true;
    auto answer = tell_seal(common, "/seal/open", body_with("share", *share));
    if (!answer || ::isatty(STDIN_FILENO) == 1) return answer;
    seal = std::move(*answer);
  }
  if (any || !seal.at("sealed").get<bool>()) return seal;
  return fail(CryptoError::key_unavailable,
              "Standard input has no share. Give one share per line.");
}

Result<json> give_typed(const Common& common, const std::string& what) {
  TRY_VALUE(const auto text, ask_typed(what, common.seal));
  return tell_seal(common, "/seal/open", body_with("typed", text));
}

Status require_server(const Common& common) {
  TRY_VALUE(const auto owned, common.owner().is_server());
  if (owned) return {};
  return fail(
      ErrorCode::store_unavailable,
      "No server runs on this data directory. Start one with `cardvault serve`, then try again.");
}

int unseal(const Common& common) {
  if (const auto runs = require_server(common); !runs) return report(runs.error());
  auto seal = ask_seal(common, "GET", "/seal");
  if (!seal || !seal->at("sealed").get<bool>()) return show_seal(common, seal);
  const std::string kind = seal->at("kind");
  if (kind == "shamir") return show_seal(common, give_shares(common, std::move(*seal)));
  if (seal->contains("typed")) return show_seal(common, give_typed(common, seal->at("typed")));
  return show_seal(common, ask_seal(common, "POST", "/seal/open", "{}"));
}

int close(const Common& common) {
  if (const auto runs = require_server(common); !runs) return report(runs.error());
  return show_seal(common, ask_seal(common, "POST", "/seal/close", "{}"));
}

/// The seal in the store of a vault that no server has open.
Result<json> seal_at_rest(const Common& common) {
  SystemRandom random;
  const SystemClock clock;
  const auto data = open_data(common.paths(), random, clock, OnSealed::never_unseal);
  if (!data) return fail(data.error());
  TRY_VALUE(const auto text, render_seal(*data->keeper, true, common.seal));
  return json::parse(text);
}

int status(const Common& common) {
  const auto server = common.owner().is_server();
  if (!server) return report(server.error());
  auto seal = *server ? ask_seal(common, "GET", "/seal") : seal_at_rest(common);
  if (seal) (*seal)["server"] = *server;
  return show_seal(common, seal);
}

}  // namespace

void add_seal_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* open = app.add_subcommand("unseal",
                                  "Open a sealed vault with one custodian's share from the "
                                  "terminal, or with one share per line on standard input");
  add_common(*open, common);
  open->callback([&common, &chosen] { chosen = [&common] { return unseal(common); }; });

  auto* seal = app.add_subcommand(
      "seal",
      "Wipe the keys from a running server; subcommands show or change the holder of the root key");
  add_common(*seal, common);
  seal->require_subcommand(0, 1);
  seal->callback([&common, &chosen, seal] {
    if (seal->get_subcommands().empty()) chosen = [&common] { return close(common); };
  });
  auto wanted = std::make_shared<SealChange>();
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    auto* command = seal->add_subcommand(name, help)->fallthrough();
    command->callback([&common, &chosen, run, wanted] {
      chosen = [&common, run, wanted] {
        wanted->output.json = common.json;
        return run(common, *wanted);
      };
    });
    return command;
  };
  const auto add_share_dir = [&](CLI::App& command) {
    command.add_option(
        "--share-dir", wanted->output.directory,
        "Directory for one new file per share; default: show shares on the terminal");
  };
  add("status", "Show the holder of the root key and whether the vault is open",
      [](const Common& with, const SealChange&) { return status(with); });
  auto* anew =
      add("migrate", "Change the seal or the root key; records stay unchanged", migrate_seal);
  add_seal_kind(*anew, "--to", wanted->to, "New holder of the root key");
  add_seal_access(*anew, wanted->to, "to-");
  add_seal_creation(*anew, wanted->to, "to-");
  add_share_dir(*anew);
  auto* shares = add("shares", "Replace the custodians with new shares of the same root key",
                     replace_custodians);
  add_ceremony_options(*shares, wanted->to);
  add_share_dir(*shares);
}

}  // namespace cardvault::api
