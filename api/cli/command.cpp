#include "api/cli/command.h"

#include <algorithm>
#include <cstdio>

#include "base/log.h"
#include "vault/cards/bank_catalogue.h"

namespace cardvault::api {
namespace {

void add_store_options(CLI::App& command, StoreOptions& store) {
  command
      .add_option("--store", store.url,
                  "Store of the wallets: sqlite (in the data directory), redis://USER@HOST:PORT, "
                  "rediss:// for TLS, or redis+cluster://HOST:PORT,HOST:PORT")
      ->capture_default_str()
      ->envname("CARDVAULT_STORE");
  add_store_access(command, store, "store");
  add_store_durability(command, store, "store");
}

}  // namespace

Owner& Common::owner() const {
  if (!asked) asked = std::make_shared<Owner>(paths());
  return *asked;
}

std::string variable_of(const std::string& option) {
  std::string variable = "CARDVAULT" + option.substr(1);
  std::ranges::transform(variable, variable.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return variable;
}

void add_output_options(CLI::App& command, Common& common) {
  command
      .add_option("--log-level", common.log_level,
                  "Lowest level to log: debug, info, warning, error or off")
      ->check(one_of(log::kLevelNames))
      ->capture_default_str()
      ->envname("CARDVAULT_LOG_LEVEL");
  command.add_flag("--json", common.json, "Print the result as JSON")->envname("CARDVAULT_JSON");
}

void add_store_access(CLI::App& command, StoreOptions& store, const std::string& name) {
  const auto add_file = [&](const std::string& what, std::filesystem::path& file,
                            const std::string& help) {
    const std::string option = "--" + name + "-" + what;
    command.add_option(option, file, help)->envname(variable_of(option));
  };
  add_file("password-file", store.password_file, "File with the store's password");
  add_file("ca-file", store.ca_file,
           "Trusted certificates (PEM) for the store's servers; default: the system's");
  add_file("cert-file", store.certificate_file, "Client certificate (PEM) for the store");
  add_file("key-file", store.key_file, "Private key (PEM) of the client certificate");
  const std::string timeout = "--" + name + "-timeout-ms";
  command.add_option(timeout, store.timeout_ms, "Timeout of a Redis operation in milliseconds")
      ->check(CLI::Range(10, 60'000))
      ->capture_default_str()
      ->envname(variable_of(timeout));
}

void add_store_durability(CLI::App& command, StoreOptions& store, const std::string& name) {
  const std::string replicas = "--" + name + "-wait-replicas";
  command
      .add_option(replicas, store.wait_replicas,
                  "Number of Redis replicas that must confirm a change (0 = none)")
      ->check(CLI::Range(0, 16))
      ->capture_default_str()
      ->envname(variable_of(replicas));
  command
      .add_flag("--accept-data-loss", store.accept_data_loss,
                "Accept a Redis that may lose acknowledged changes (only for tests and trials)")
      ->envname("CARDVAULT_ACCEPT_DATA_LOSS");
}

void add_common(CLI::App& command, Common& common) {
  command.add_option("--data", common.data, "Data directory")
      ->required()
      ->envname("CARDVAULT_DATA");
  add_seal_kind(command, "--seal", common.seal,
                "Holder of the root key; default for a new vault: keyfile")
      ->envname("CARDVAULT_SEAL");
  add_seal_access(command, common.seal, "");
  add_store_options(command, common.store);
  add_output_options(command, common);
}

void add_bank_and_channel_options(CLI::App& command, ConfigurationFiles& files) {
  command.add_option("--banks", files.banks, "Directory of bank profiles")
      ->envname("CARDVAULT_BANKS");
  command.add_option("--channels", files.channels, "File with the channels and their settings")
      ->envname("CARDVAULT_CHANNELS");
}

void print(const std::string& text) {
  std::printf("%s\n", text.c_str());
}

int report(const Error& error) {
  std::fprintf(stderr, "cardvault: %s\n", error.detail.c_str());
  if (!error.inside.text.empty()) std::fprintf(stderr, "  %s\n", error.inside.text.c_str());
  for (const FieldError& field : error.fields) {
    std::string line = field.field + ": " + field.reason;
    for (const std::string& one : field.allowed) {
      line += (&one == &field.allowed.front() ? "; allowed: " : ", ") + one;
    }
    std::fprintf(stderr, "  %s\n", line.c_str());
  }
  return 1;
}

}  // namespace cardvault::api
