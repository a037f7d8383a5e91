#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "api/app/configuration.h"
#include "api/app/data_directory.h"
#include "api/cli/owner.h"
#include "base/result.h"

namespace cardvault::api {

/// What every command may be told.
struct Common {
  std::string data;
  std::string log_level = "info";
  bool json = false;
  SealOptions seal = {};
  StoreOptions store = {};

  [[nodiscard]] DataPaths paths() const { return DataPaths::in(data, seal, store); }
  /// Of the vault at paths(), which stay as they are from the first call on.
  [[nodiscard]] Owner& owner() const;

  mutable std::shared_ptr<Owner> asked = {};  ///< see owner()
};

/// The command that the arguments name, to be run once all of them are known; its exit status.
using Chosen = std::function<int()>;

/// CARDVAULT_STORE_CA_FILE for "--store-ca-file".
[[nodiscard]] std::string variable_of(const std::string& option);

void add_output_options(CLI::App& command, Common& common);
/// Those of a command that works on a vault.
void add_common(CLI::App& command, Common& common);
/// How to reach a store that is called `name`: --NAME-password-file (CARDVAULT_NAME_PASSWORD_FILE),
/// the files of TLS, the timeout.
void add_store_access(CLI::App& command, StoreOptions& store, const std::string& name);
/// What must be durable there before it is done: --NAME-wait-replicas, --accept-data-loss.
void add_store_durability(CLI::App& command, StoreOptions& store, const std::string& name);

/// Which seal: its kind, by the option named; the ceremony of shares; how to reach whoever holds
/// the root key, options that begin with --PREFIX; and how to make one there.
CLI::Option* add_seal_kind(CLI::App& command, const std::string& option, SealOptions& seal,
                           const std::string& help);
void add_ceremony_options(CLI::App& command, SealOptions& seal);
void add_seal_access(CLI::App& command, SealOptions& seal, const std::string& prefix);
void add_seal_creation(CLI::App& command, SealOptions& seal, const std::string& prefix);

/// Those of a command that needs to know banks and channels.
void add_bank_and_channel_options(CLI::App& command, ConfigurationFiles& files);

/// A line on standard output; run_command_line() sees to it that it got there.
void print(const std::string& text);
/// The error on standard error; 1, the exit status of a command that failed.
[[nodiscard]] int report(const Error& error);

// Each adds its part of the command line. `common` and `chosen` outlive `app`.
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
