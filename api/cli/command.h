#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/app/configuration.h"
#include "api/app/data_directory.h"
#include "api/cli/owner.h"
#include "base/result.h"

namespace cardvault::api {

/// Options that every command has.
struct Common {
  std::string data;
  std::string log_level = "info";
  bool json = false;
  SealOptions seal = {};
  StoreOptions store = {};

  [[nodiscard]] DataPaths paths() const { return DataPaths::in(data, seal, store); }
  /// The owner of the vault at paths(). paths() must not change after the first call.
  [[nodiscard]] Owner& owner() const;

  mutable std::shared_ptr<Owner> asked = {};  ///< see owner()
};

/// Runs the command that the arguments name and returns its exit status. It is called after all
/// arguments are parsed.
using Chosen = std::function<int()>;

/// Name of an option's environment variable: CARDVAULT_STORE_CA_FILE for "--store-ca-file".
[[nodiscard]] std::string variable_of(const std::string& option);

/// Accepts the names of an enumeration (see base/names.h).
template <class List>
[[nodiscard]] CLI::IsMember one_of(const List& names) {
  return CLI::IsMember(std::vector<std::string>(names.begin(), names.end()));
}

void add_output_options(CLI::App& command, Common& common);
/// Adds the options of a command that works on a vault.
void add_common(CLI::App& command, Common& common);
/// Adds the options to reach the store `name`: --NAME-password-file (CARDVAULT_NAME_PASSWORD_FILE),
/// the TLS files and the timeout.
void add_store_access(CLI::App& command, StoreOptions& store, const std::string& name);
/// Adds the durability options of the store `name`: --NAME-wait-replicas, --accept-data-loss.
void add_store_durability(CLI::App& command, StoreOptions& store, const std::string& name);

/// Add the options of a seal: its kind, as the option `option`; the ceremony of shares; access to
/// the holder of the root key; and the creation of a root key there. The last two begin with
/// --PREFIX.
CLI::Option* add_seal_kind(CLI::App& command, const std::string& option, SealOptions& seal,
                           const std::string& help);
void add_ceremony_options(CLI::App& command, SealOptions& seal);
void add_seal_access(CLI::App& command, SealOptions& seal, const std::string& prefix);
void add_seal_creation(CLI::App& command, SealOptions& seal, const std::string& prefix);

/// Adds the options of a command that needs banks and channels.
void add_bank_and_channel_options(CLI::App& command, ConfigurationFiles& files);

/// Prints a line on standard output; run_command_line() checks that it was written.
void print(const std::string& text);
/// Prints the error on standard error. Returns 1, the exit status of a failed command.
[[nodiscard]] int report(const Error& error);

// Each function adds its part of the command line. `common` and `chosen` must outlive `app`.
void add_audit_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_backup_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_client_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_closure_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_copy_command(CLI::App& app, Common& common, Chosen& chosen);
void add_init_command(CLI::App& app, Common& common, Chosen& chosen);
void add_key_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_receipt_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_seal_commands(CLI::App& app, Common& common, Chosen& chosen);
void add_seed_command(CLI::App& app, Common& common, Chosen& chosen);
void add_verify_command(CLI::App& app, Common& common, Chosen& chosen);

}  // namespace cardvault::api
