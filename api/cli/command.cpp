#include "api/cli/command.h"

#include <algorithm>
#include <cstdio>

#include "base/log.h"
#include "vault/cards/bank_catalogue.h"

namespace cardvault::api {
namespace {

void add_store_options(CLI::App& command, StoreOptions& store) {
  command
      .add_option(
          "--store", store.url,
          "Where wallets are kept: sqlite, in the data directory, or redis://USER@HOST:PORT, "
          "rediss:// for TLS, redis+cluster://HOST:PORT,HOST:PORT")
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
  command.add_option("--log-level", common.log_level, "debug, info, warning, error or off")
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
  add_file("password-file", store.password_file, "The file with the store's password");
  add_file("ca-file", store.ca_file,
           "Certificates (PEM) that the store's servers are trusted by, if not the system's");
  add_file("cert-file", store.certificate_file, "The certificate (PEM) to show to the store");
  add_file("key-file", store.key_file, "The private key (PEM) of that certificate");
  const std::string timeout = "--" + name + "-timeout-ms";
  command
      .add_option(timeout, store.timeout_ms,
                  "Milliseconds after which an operation of Redis has failed")
      ->check(CLI::Range(10, 60'000))
      ->capture_default_str()
      ->envname(variable_of(timeout));
}

void add_store_durability(CLI::App& command, StoreOptions& store, const std::string& name) {
  const std::string replicas = "--" + name + "-wait-replicas";
  command
      .add_option(replicas, store.wait_replicas,
                  "Replicas of Redis that must have a change before it is answered")
      ->check(CLI::Range(0, 16))
      ->capture_default_str()
      ->envname(variable_of(replicas));
  command
      .add_flag("--accept-data-loss", store.accept_data_loss,
                "Use a Redis that may lose what it has acknowledged, for tests and trials")
      ->envname("CARDVAULT_ACCEPT_DATA_LOSS");
}

void add_common(CLI::App& command, Common& common) {
  command.add_option("--data", common.data, "The data directory")
      ->required()
      ->envname("CARDVAULT_DATA");
  add_seal_kind(command, "--seal", common.seal, "Who holds the root key; keyfile for a new vault")
      ->envname("CARDVAULT_SEAL");
  add_seal_access(command, common.seal, "");
  add_store_options(command, common.store);
  add_output_options(command, common);
}

void add_bank_and_channel_options(CLI::App& command, ConfigurationFiles& files) {
  command.add_option("--banks", files.banks, "The directory of bank profiles")
      ->envname("CARDVAULT_BANKS");
  command.add_option("--channels", files.channels, "The file of channels and how to close them")
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
