#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/cli/command.h"
#include "api/json/client_json.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

struct NewClient {
  std::string name;
  std::vector<std::string> permissions;
};

int add_client(const Common& common, const NewClient& wanted) {
  const auto answer = common.owner().ask("POST", "/clients",
                                         render_client_request(wanted.name, wanted.permissions));
  if (!answer) return report(answer.error());
  if (!common.json) {
    std::fprintf(stderr, "The client %s may now call. Its key is shown only once:\n",
                 wanted.name.c_str());
  }
  print(common.json ? *answer : json::parse(*answer).at("key").get<std::string>());
  return 0;
}

int list_clients(const Common& common) {
  const auto answer = common.owner().ask("GET", "/clients", "");
  if (!answer) return report(answer.error());
  if (common.json) {
    print(*answer);
    return 0;
  }
  const json clients = json::parse(*answer);
  for (const auto& client : clients.at("data")) {
    std::string line = client.at("id").get<std::string>() + "  " +
                       client.at("created_at").get<std::string>() + "  " +
                       client.at("name").get<std::string>() + " ";
    for (const auto& permission : client.at("permissions")) {
      line += " " + permission.get<std::string>();
    }
    print(line);
  }
  return 0;
}

int remove_client(const Common& common, const std::string& id) {
  if (!ClientId::parse(id)) {
    return report(make_error(
        ErrorCode::invalid_request,
        "\"" + id + "\" is not a client id (cli_...). `cardvault client list` shows the ids."));
  }
  const auto answer = common.owner().ask("DELETE", "/clients/" + id, "");
  if (!answer) return report(answer.error());
  if (common.json) print(json{{"id", id}, {"removed", true}}.dump());
  return 0;
}

}  // namespace

void add_client_commands(CLI::App& app, Common& common, Chosen& chosen) {
  auto* client = app.add_subcommand("client", "Manage backend clients and their keys");
  client->require_subcommand(1);

  auto wanted = std::make_shared<NewClient>();
  auto* add = client->add_subcommand("add", "Add a client and print its key (shown only once)");
  add->add_option("name", wanted->name, "Name of the client")->required();
  add->add_option("--permissions", wanted->permissions, "Permissions, separated by commas")
      ->required()
      ->delimiter(',')
      ->check(one_of(kPermissionNames));
  add_common(*add, common);
  add->callback([&common, &chosen, wanted] {
    chosen = [&common, wanted] { return add_client(common, *wanted); };
  });

  auto* list = client->add_subcommand("list", "List the clients");
  add_common(*list, common);
  list->callback([&common, &chosen] { chosen = [&common] { return list_clients(common); }; });

  auto id = std::make_shared<std::string>();
  auto* remove = client->add_subcommand("remove", "Remove a client; its key stops working at once");
  remove->add_option("id", *id, "cli_...")->required();
  add_common(*remove, common);
  remove->callback(
      [&common, &chosen, id] { chosen = [&common, id] { return remove_client(common, *id); }; });
}

}  // namespace cardvault::api
