#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/cli/command.h"
#include "vault/wallet/channel.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

struct Selection {
  std::string wallet;
  std::string deregistration;
  std::string channel;
  std::string state;
  bool all = false;
};

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : "-";
}

bool is_wanted(const json& closure, const Selection& selection) {
  const std::string state = closure.at("state");
  return state != "closed" &&
         (selection.channel.empty() || closure.at("channel") == selection.channel) &&
         (selection.state.empty() || state == selection.state);
}

/// All open deregistrations that have a selected closure, without their other closures.
Result<json> collect(const Common& common, const Selection& selection) {
  json found = json::array();
  std::string target = "/closures";
  while (!target.empty()) {
    TRY_VALUE(const auto answer, common.owner().ask("GET", target, ""));
    json page = json::parse(answer);
    for (json& one : page.at("data")) {
      json wanted = json::array();
      for (json& closure : one.at("channels")) {
        if (is_wanted(closure, selection)) wanted.push_back(std::move(closure));
      }
      if (wanted.empty()) continue;
      one["channels"] = std::move(wanted);
      found.push_back(std::move(one));
    }
    target = page.at("has_more") ? "/closures?cursor=" + page.at("next_cursor").get<std::string>()
                                 : std::string();
  }
  return found;
}

void print_closures(const json& one) {
  for (const json& closure : one.at("channels")) {
    print(text_of(one.at("wallet")) + "  " + text_of(one.at("id")) + "  " +
          text_of(one.at("last4")) + "  " + text_of(closure.at("channel")) + "  " +
          text_of(closure.at("state")) +
          "  attempts=" + std::to_string(closure.value("attempts", 0)) +
          "  last_error=" + text_of(closure.at("last_error")) + "  next_attempt_at=" +
          text_of(closure.at("next_attempt_at")) + "  deadline=" + text_of(one.at("deadline")));
  }
}

int list_closures(const Common& common, const Selection& selection) {
  const auto found = collect(common, selection);
  if (!found) return report(found.error());
  if (common.json) {
    print(json{{"data", *found}}.dump());
    return 0;
  }
  for (const json& one : *found) print_closures(one);
  return 0;
}

std::string target_of(const std::string& wallet, const std::string& deregistration) {
  return "/closures/" + wallet + "/" + deregistration;
}

int show_closures(const Common& common, const Selection& selection) {
  const auto answer =
      common.owner().ask("GET", target_of(selection.wallet, selection.deregistration), "");
  if (!answer) return report(answer.error());
  print(common.json ? *answer : json::parse(*answer).dump(2));
  return 0;
}

Result<std::int64_t> retry_one(const Common& common, const std::string& wallet,
                               const std::string& deregistration, const std::string& channel) {
  json body = json::object();
  if (!channel.empty()) body["channel"] = channel;
  TRY_VALUE(const auto answer,
            common.owner().ask("POST", target_of(wallet, deregistration) + "/retry", body.dump()));
  return json::parse(answer).at("retried").get<std::int64_t>();
}

/// Implements --all: retries every selected open closure.
Result<std::int64_t> retry_all(const Common& common, const Selection& selection) {
  TRY_VALUE(const auto found, collect(common, selection));
  std::int64_t count = 0;
  std::optional<Error> first_error;
  for (const json& one : found) {
    const auto retried = retry_one(common, one.at("wallet"), one.at("id"), selection.channel);
    if (retried) count += *retried;
    if (!retried && !first_error) first_error = retried.error();
  }
  if (first_error) return fail(std::move(*first_error));
  return count;
}

int retry_closures(const Common& common, const Selection& selection) {
  if (selection.all != selection.wallet.empty()) {
    return report(make_error(ErrorCode::invalid_request,
                             "Name a wallet and a deregistration, or use --all."));
  }
  const auto count = selection.all ? retry_all(common, selection)
                                   : retry_one(common, selection.wallet, selection.deregistration,
                                               selection.channel);
  if (!count) return report(count.error());
  print(common.json ? json{{"retried", *count}}.dump()
                    : std::to_string(*count) + " closures are due now");
  return 0;
}

CLI::Option* add_channel(CLI::App& command, Selection& selection) {
  return command.add_option("--channel", selection.channel, "Select only this channel")
      ->check(one_of(kChannelNames));
}

}  // namespace

void add_closure_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* closures =
      app.add_subcommand("closures", "Show and retry the closures of deregistered cards");
  closures->require_subcommand(1);
  auto selection = std::make_shared<Selection>();
  const auto run = [&](CLI::App* command, int (*handler)(const Common&, const Selection&)) {
    add_common(*command, common);
    command->callback([&common, &chosen, selection, handler] {
      chosen = [&common, selection, handler] { return handler(common, *selection); };
    });
  };

  auto* list = closures->add_subcommand("list", "List open closures");
  add_channel(*list, *selection);
  list->add_option("--state", selection->state, "Select only closures in this state")
      ->check(CLI::IsMember({"pending", "closing", "overdue"}));
  run(list, list_closures);

  auto* show = closures->add_subcommand("show", "Show one deregistration with all its closures");
  show->add_option("wallet", selection->wallet, "wal_...")->required();
  show->add_option("deregistration", selection->deregistration, "drg_...")->required();
  run(show, show_closures);

  auto* retry =
      closures->add_subcommand("retry", "Make open closures due now and reset their backoff");
  auto* wallet = retry->add_option("wallet", selection->wallet, "wal_...");
  auto* id = retry->add_option("deregistration", selection->deregistration, "drg_...");
  wallet->needs(id);
  retry->add_flag("--all", selection->all, "Retry the open closures of all wallets");
  add_channel(*retry, *selection);
  run(retry, retry_closures);
}

}  // namespace cardvault::api
