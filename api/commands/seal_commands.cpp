#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/commands/command.h"
#include "api/commands/share_output.h"
#include "api/keys/seal_json.h"
#include "api/owner.h"
#include "api/terminal.h"

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

/// Prints shares that an answer holds, each once.
int show_shares(const Common& common, const Wanted& wanted, json answer) {
  Ceremony ceremony{.id = {},
                    .threshold = answer.at("threshold"),
                    .shares = answer.at("shares"),
                    .custodians = answer.at("custodians")};
  std::vector<SecretText> shares;
  for (const json& text : answer.at("texts")) shares.emplace_back(text.get<std::string>());
  const auto done = hand_out(wanted.output, ceremony, shares);
  if (!done) return report(done.error());
  if (common.json) {
    json printed{{"threshold", ceremony.threshold}, {"custodians", ceremony.custodians}};
    printed["shares"] =
        wanted.output.directory.empty() ? std::move(answer.at("texts")) : json::array();
    print(printed.dump());
  }
  return 0;
}

int migrate(const Common& common, const Wanted& wanted) {
  if (!wanted.to.kind) {
    return report(make_error(ErrorCode::invalid_request, "Say --to, the new seal."));
  }
  SealRequest request{.kind = *wanted.to.kind, .options = wanted.to, .passphrase = {}};
  if (request.kind == SealKind::shamir) {
    if (const auto place = check_output(wanted.output); !place) return report(place.error());
  }
  if (request.kind == SealKind::passphrase) {
    auto text = wanted.to.passphrase_fd ? read_secret_line(*wanted.to.passphrase_fd)
                                        : ask_on_terminal("New passphrase of the vault: ");
    if (!text) return report(text.error());
    request.passphrase = std::move(*text);
  }
  if (request.kind == SealKind::key_file && request.options.root_key_file.empty()) {
    return report(make_error(ErrorCode::invalid_request, "Say --to-root-key-file, the new file."));
  }
  auto answer = tell(common, "/seal/anew", render_seal_request(request));
  if (answer && answer->contains("texts")) return show_shares(common, wanted, std::move(*answer));
  return show(common, answer);
}

int replace(const Common& common, const Wanted& wanted) {
  if (const auto place = check_output(wanted.output); !place) return report(place.error());
  const auto seal = ask(common, "GET", "/seal");
  if (!seal) return report(seal.error());
  SharesRequest request{.current = {},
                        .shares = wanted.to.shares,
                        .threshold = wanted.to.threshold,
                        .custodians = wanted.to.custodians};
  const auto need = static_cast<std::size_t>(seal->value("need", 1));
  while (request.current.size() < need) {
    auto share = next_share("Present share " + std::to_string(request.current.size() + 1) + " of " +
                            std::to_string(need) + ": ");
    if (!share) return report(share.error());
    if (!*share) break;
    request.current.push_back(std::move(**share));
  }
  auto answer = tell(common, "/seal/shares", render_shares_request(request));
  if (!answer) return report(answer.error());
  return show_shares(common, wanted, std::move(*answer));
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
