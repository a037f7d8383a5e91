#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/commands/command.h"
#include "api/commands/share_output.h"
#include "api/keys/seal_json.h"
#include "api/owner.h"
#include "api/terminal.h"
#include "crypto/live_keyring.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

struct Wanted {
  SealOptions to;
  ShareOutput output;
};

Result<json> ask(const Common& common, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
  const auto answer = ask_owner(common.paths(), method, target, body);
  if (!answer) return fail(answer.error());
  return json::parse(*answer);
}

/// The same with a body that is wiped.
Result<json> tell(const Common& common, const std::string& target, const SecretText& body) {
  std::string copy(body.expose());
  auto answer = ask(common, "POST", target, copy);
  wipe(copy);
  return answer;
}

std::string in_words(const json& seal) {
  const std::string kind = seal.at("kind");
  if (!seal.at("sealed").get<bool>()) return "The vault is open; its seal is " + kind + ".";
  std::string words = "The vault is sealed by " + kind;
  if (seal.contains("need")) {
    words += ": " + std::to_string(seal.at("have").get<int>()) + " of " +
             std::to_string(seal.at("need").get<int>()) + " shares are given";
  }
  return words + ".";
}

int show(const Common& common, const Result<json>& seal) {
  if (!seal) return report(seal.error());
  print(common.json ? seal->dump() : in_words(*seal));
  return 0;
}

/// From a terminal what was typed, else the next line of standard input that is no remark; nothing
/// at its end.
Result<std::optional<SecretText>> next_share(const std::string& prompt) {
  if (::isatty(STDIN_FILENO) == 1) {
    auto typed = ask_on_terminal(prompt);
    if (!typed) return fail(std::move(typed.error()));
    return std::move(*typed);
  }
  while (true) {
    auto line = read_secret_line(STDIN_FILENO);
    if (!line && line.error().code == ErrorCode::key_unavailable) return std::nullopt;
    if (!line) return fail(std::move(line.error()));
    if (!line->expose().starts_with('#')) return std::move(*line);
  }
}

SecretText body_with(std::string_view name, const SecretText& secret) {
  std::string text =
      json{{name, secret.expose()}}.dump(-1, ' ', false, json::error_handler_t::replace);
  SecretText body{std::string_view(text)};
  wipe(text);
  return body;
}

/// One share from a terminal; from a file or pipe as many as there are, until the vault is open.
Result<json> give_shares(const Common& common, json seal) {
  bool any = false;
  while (seal.at("sealed").get<bool>()) {
    const auto share = next_share("Share: ");
    if (!share) return fail(share.error());
    if (!*share) break;
    any = true;
    auto answer = tell(common, "/seal/open", body_with("share", **share));
    if (!answer || ::isatty(STDIN_FILENO) == 1) return answer;
    seal = std::move(*answer);
  }
  if (any || !seal.at("sealed").get<bool>()) return seal;
  return fail(ErrorCode::key_unavailable, "No share was given on standard input.");
}

Result<json> give_passphrase(const Common& common) {
  const auto text = common.seal.passphrase_fd ? read_secret_line(*common.seal.passphrase_fd)
                                              : ask_on_terminal("Passphrase of the vault: ");
  if (!text) return fail(text.error());
  return tell(common, "/seal/open", body_with("passphrase", *text));
}

Status require_server(const Common& common) {
  const auto owned = is_owned_by_another(common.paths());
  if (!owned) return fail(owned.error());
  if (*owned) return {};
  return fail(ErrorCode::store_unavailable,
              "No server runs here: a vault is opened and sealed in a running server.");
}

int unseal(const Common& common) {
  if (const auto runs = require_server(common); !runs) return report(runs.error());
  auto seal = ask(common, "GET", "/seal");
  if (!seal || !seal->at("sealed").get<bool>()) return show(common, seal);
  const std::string kind = seal->at("kind");
  if (kind == "shamir") return show(common, give_shares(common, std::move(*seal)));
  if (kind == "passphrase") return show(common, give_passphrase(common));
  return show(common, ask(common, "POST", "/seal/open", "{}"));
}

int close(const Common& common) {
  if (const auto runs = require_server(common); !runs) return report(runs.error());
  return show(common, ask(common, "POST", "/seal/close", "{}"));
}

int status(const Common& common) {
  return show(common, ask(common, "GET", "/seal"));
}

/// In the custodians' hands before anything is sealed under them.
Status give_out(const ShareOutput& output, const SharedRoot& shared, RandomSource& random) {
  const Ceremony& ceremony = shared.ceremony;
  const auto shares = split_root(ceremony, shared.root.expose(), random);
  if (auto done = hand_out(output, ceremony, shares); !done || !output.json) return done;
  const json printed{{"threshold", ceremony.threshold},
                     {"custodians", ceremony.custodians},
                     {"shares", printed_shares(output, shares)}};
  print(printed.dump());
  if (std::fflush(stdout) == 0) return {};
  return fail(ErrorCode::store_unavailable, "The shares cannot be printed.");
}

/// Hands out shares of `root` and changes to them.
int change_to_shares(const Common& common, const Wanted& wanted, SecretBytes root) {
  SystemRandom random;
  auto ceremony =
      Ceremony::make(wanted.to.threshold, wanted.to.shares, wanted.to.custodians, random);
  if (!ceremony) return report(ceremony.error());
  SealRequest request{.kind = SealKind::shamir};
  request.shared = SharedRoot{std::move(*ceremony), std::move(root)};
  if (const auto given = give_out(wanted.output, *request.shared, random); !given) {
    return report(given.error());
  }
  const auto answer = tell(common, "/seal/anew", render_seal_request(request));
  if (answer) return common.json ? 0 : show(common, answer);
  Error error = answer.error();
  error.detail += " The shares that were handed out open nothing: destroy them.";
  return report(error);
}

/// Whether the seal can be changed now, before secrets are made for that.
Result<json> open_vault(const Common& common) {
  auto seal = ask(common, "GET", "/seal");
  if (seal && seal->at("sealed").get<bool>()) return fail(vault_sealed());
  return seal;
}

int migrate(const Common& common, const Wanted& wanted) {
  const SealOptions& to = wanted.to;
  if (!to.kind) {
    return report(make_error(ErrorCode::invalid_request, "Say --to, the new seal."));
  }
  if (const auto open = open_vault(common); !open) return report(open.error());
  if (*to.kind == SealKind::shamir) {
    if (const auto place = check_output(wanted.output); !place) return report(place.error());
    SystemRandom random;
    return change_to_shares(common, wanted, SecretBytes::random(kSharedRootSize, random));
  }
  SealRequest request{.kind = *to.kind, .options = to};
  if (request.kind == SealKind::passphrase) {
    auto text = new_passphrase(to);
    if (!text) return report(text.error());
    request.passphrase = std::move(*text);
  }
  if (request.kind == SealKind::key_file && to.root_key_file.empty()) {
    return report(make_error(ErrorCode::invalid_request, "Say --to-root-key-file, the new file."));
  }
  return show(common, tell(common, "/seal/anew", render_seal_request(request)));
}

/// The root key that the present custodians' shares make, tried on the stored keyring's key.
Result<SecretBytes> collect_root(const json& seal, RandomSource& random) {
  const auto wrapped = from_base64url(seal.value("wrapped", ""));
  if (!wrapped || wrapped->empty()) {
    return fail(ErrorCode::key_unavailable, "The root key of this vault is not in shares.");
  }
  ShareCollector collector(random);
  while (true) {
    const auto share = next_share("A present share: ");
    if (!share) return fail(share.error());
    if (!*share) return fail(share_refused("too few on standard input"));
    auto outcome = collector.offer(**share, *wrapped, std::chrono::steady_clock::now());
    if (!outcome) return fail(std::move(outcome.error()));
    auto* opened = std::get_if<ShareCollector::Opened>(&*outcome);
    if (opened != nullptr) return opened->seal->root().clone();
  }
}

int replace(const Common& common, const Wanted& wanted) {
  if (const auto place = check_output(wanted.output); !place) return report(place.error());
  const auto seal = open_vault(common);
  if (!seal) return report(seal.error());
  SystemRandom random;
  auto root = collect_root(*seal, random);
  if (!root) return report(root.error());
  return change_to_shares(common, wanted, std::move(*root));
}

}  // namespace

void add_seal_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* open = app.add_subcommand(
      "unseal",
      "Open a sealed vault: one custodian's share from the terminal, or the shares on "
      "standard input, a line each");
  add_common(*open, common);
  open->callback([&common, &chosen] { chosen = [&common] { return unseal(common); }; });

  auto* seal = app.add_subcommand("seal",
                                  "Wipe the keys from a running server, or look after who "
                                  "holds the root key");
  add_common(*seal, common);
  seal->require_subcommand(0, 1);
  seal->callback([&common, &chosen, seal] {
    if (seal->get_subcommands().empty()) chosen = [&common] { return close(common); };
  });
  auto wanted = std::make_shared<Wanted>();
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
    command.add_option("--share-dir", wanted->output.directory, "A new file for each share");
  };
  add("status", "Say who holds the root key and whether the vault is open",
      [](const Common& with, const Wanted&) { return status(with); });
  auto* anew =
      add("migrate", "Change the seal, or the root key; records stay as they are", migrate);
  add_seal_kind(*anew, "--to", wanted->to, "The new seal");
  add_seal_access(*anew, wanted->to, "to-");
  add_seal_creation(*anew, wanted->to, "to-");
  add_share_dir(*anew);
  auto* shares = add("shares", "Replace the custodians: new shares of the same root key", replace);
  add_ceremony_options(*shares, wanted->to);
  add_share_dir(*shares);
}

}  // namespace cardvault::api
