#include "api/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/admin_client.h"
#include "api/client_json.h"
#include "api/data_directory.h"
#include "api/serve.h"
#include "base/log.h"
#include "base/time.h"
#include "crypto/random.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

/// What every command may be told.
struct Common {
  std::string data;
  std::string root_key_file;
  std::string log_level = "info";
  bool json = false;

  [[nodiscard]] DataPaths paths() const { return DataPaths::in(data, root_key_file); }
};

void add_common(CLI::App& command, Common& common) {
  command.add_option("--data", common.data, "The data directory")
      ->required()
      ->envname("CARDVAULT_DATA");
  command
      .add_option("--root-key-file", common.root_key_file,
                  "The root key's file, if not DIR/root.key")
      ->envname("CARDVAULT_ROOT_KEY_FILE");
  command.add_option("--log-level", common.log_level, "debug, info, warning, error or off")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str()
      ->envname("CARDVAULT_LOG_LEVEL");
  command.add_flag("--json", common.json, "Print the result as JSON")->envname("CARDVAULT_JSON");
}

void print(const std::string& text) {
  std::printf("%s\n", text.c_str());
}

int report(const Error& error) {
  std::fprintf(stderr, "cardvault: %s\n", error.detail.c_str());
  if (!error.inside.text.empty()) std::fprintf(stderr, "  %s\n", error.inside.text.c_str());
  for (const FieldError& field : error.fields) {
    std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.reason.c_str());
  }
  return 1;
}

int run_init(const Common& common) {
  SystemRandom random;
  const auto paths = common.paths();
  const auto added = initialize_data(paths, random, SystemClock{}.now());
  if (!added) return report(added.error());
  const std::string key(added->key.expose());
  if (common.json) {
    print(json{
        {"data", paths.directory.string()},
        {"client_id", added->client.id.text()},
        {"client_key",
         key}}.dump());
    return 0;
  }
  std::fprintf(stderr,
               "The vault is ready in %s. Its root key is the file %s: whoever copies that file\n"
               "and the data has the vault. This is the key of the first client, admin; it is\n"
               "shown this once:\n",
               paths.directory.c_str(), paths.root_key.c_str());
  print(key);
  return 0;
}

/// The answer to an admin request: from the server that owns the directory, or by `here` when none
/// does.
template <class Here>
Result<std::string> ask_owner(const DataPaths& paths, const std::string& method,
                              const std::string& path, const std::string& body, Here here) {
  const auto owned = is_owned_by_another(paths);
  if (!owned) return fail(owned.error());
  if (*owned) return ask_server(paths.socket(), method, path, body);
  SystemRandom random;
  const auto data = open_data(paths, random, SystemClock{}.now());
  if (!data) return fail(data.error());
  const RecordSealer sealer(data->keyring, random);
  ClientRegistry clients(*data->store, sealer, random);
  if (const auto loaded = clients.refresh(); !loaded) return fail(loaded.error());
  return here(clients);
}

int run_client_add(const Common& common, const std::string& name,
                   const std::vector<std::string>& permissions) {
  const std::string request = render_client_request(name, permissions);
  const auto answer = ask_owner(common.paths(), "POST", "/clients", request,
                                [&](ClientRegistry& clients) -> Result<std::string> {
                                  const auto wanted = read_body(request, read_client_request);
                                  if (!wanted) return fail(wanted.error());
                                  const auto added = clients.add(wanted->name, wanted->permissions,
                                                                 SystemClock{}.now());
                                  if (!added) return fail(added.error());
                                  return render_added_client(*added);
                                });
  if (!answer) return report(answer.error());
  if (!common.json) {
    std::fprintf(stderr, "The client %s may now call. Its key is shown this once:\n", name.c_str());
  }
  print(common.json ? *answer : json::parse(*answer).at("key").get<std::string>());
  return 0;
}

int run_client_list(const Common& common) {
  const auto answer = ask_owner(common.paths(), "GET", "/clients", "", [](ClientRegistry& clients) {
    return Result<std::string>(render_clients(clients.list()));
  });
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

int run_client_remove(const Common& common, const std::string& id) {
  const auto parsed = ClientId::parse(id);
  if (!parsed)
    return report(make_error(ErrorCode::invalid_request, "\"" + id + "\" is no client id."));
  const auto answer = ask_owner(common.paths(), "DELETE", "/clients/" + id, "",
                                [&](ClientRegistry& clients) -> Result<std::string> {
                                  const auto removed = clients.remove(*parsed);
                                  if (!removed) return fail(removed.error());
                                  return std::string();
                                });
  if (!answer) return report(answer.error());
  if (common.json) print(json{{"id", id}, {"removed", true}}.dump());
  return 0;
}

int run_serve(const Common& common, ServeOptions options) {
  options.paths = common.paths();
  options.json = common.json;
  const auto served = serve(options);
  return served ? 0 : report(served.error());
}

void add_serve_options(CLI::App& command, ServeOptions& options, std::string& store) {
  command.add_option("--listen", options.listen, "HOST:PORT for backends and front ends")
      ->capture_default_str()
      ->envname("CARDVAULT_LISTEN");
  command.add_option("--admin-listen", options.admin_listen, "HOST:PORT for probes and metrics")
      ->capture_default_str()
      ->envname("CARDVAULT_ADMIN_LISTEN");
  command.add_option("--store", store, "Where wallets are kept: sqlite, in the data directory")
      ->check(CLI::IsMember({"sqlite"}))
      ->capture_default_str()
      ->envname("CARDVAULT_STORE");
  command.add_option("--banks", options.banks, "The directory of bank profiles")
      ->envname("CARDVAULT_BANKS");
  command
      .add_option("--cors-origin", options.cors_origins,
                  "An origin that browsers may call the front-end plane from; repeatable")
      ->delimiter(',')
      ->envname("CARDVAULT_CORS_ORIGIN");
  command.add_option("--max-connections", options.max_connections, "Connections served at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str()
      ->envname("CARDVAULT_MAX_CONNECTIONS");
  command
      .add_option("--verification-threads", options.verification_threads,
                  "Password evaluations at once; half of the processors unless said")
      ->check(CLI::Range(1, 256))
      ->envname("CARDVAULT_VERIFICATION_THREADS");
  command
      .add_option("--verification-queue", options.verification_queue,
                  "Password evaluations that may wait; more are answered 503 busy")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str()
      ->envname("CARDVAULT_VERIFICATION_QUEUE");
  command
      .add_flag("--test-mode", options.test_mode,
                "Let POST /v1/test/clock on the admin listener move the clock")
      ->envname("CARDVAULT_TEST_MODE");
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("cardvault keeps the bank cards of a payment wallet encrypted.");
  app.set_version_flag("--version", CARDVAULT_VERSION);
  const char* config = std::getenv("CARDVAULT_CONFIG");
  app.set_config("--config", config != nullptr ? config : "",
                 "A TOML file with these options; [serve] holds those of serve (CARDVAULT_CONFIG)",
                 config != nullptr);
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.require_subcommand(1);

  Common common;
  auto* init = app.add_subcommand("init", "Create a vault and its first client; print its key");
  add_common(*init, common);

  ServeOptions options;
  options.verification_threads = default_verification_threads();
  options.banks = default_banks_directory();
  std::string store = "sqlite";
  auto* serve_command = app.add_subcommand("serve", "Run the service until SIGTERM");
  add_common(*serve_command, common);
  add_serve_options(*serve_command, options, store);

  auto* client = app.add_subcommand("client", "Backend clients and their keys");
  client->require_subcommand(1);
  std::string name;
  std::vector<std::string> permissions;
  auto* add = client->add_subcommand("add", "Add a client and print its key once");
  add->add_option("name", name, "What to call it")->required();
  add->add_option("--permissions", permissions, "What it may do, with commas between")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember(
          std::vector<std::string>(kPermissionNames.begin(), kPermissionNames.end())));
  add_common(*add, common);
  auto* list = client->add_subcommand("list", "List the clients");
  add_common(*list, common);
  std::string id;
  auto* remove = client->add_subcommand("remove", "Remove a client; its key is dead at once");
  remove->add_option("id", id, "cli_...")->required();
  add_common(*remove, common);

  CLI11_PARSE(app, argc, argv);
  log::Level level = log::Level::info;
  if (log::parse_level(common.log_level, level)) log::set_level(level);
  if (!init_crypto()) return report(make_error(ErrorCode::internal, "libsodium cannot start."));
  if (init->parsed()) return run_init(common);
  if (serve_command->parsed()) return run_serve(common, std::move(options));
  if (add->parsed()) return run_client_add(common, name, permissions);
  if (list->parsed()) return run_client_list(common);
  return run_client_remove(common, id);
}

}  // namespace cardvault::api
