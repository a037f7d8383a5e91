#include "api/cli/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "api/app/data_directory.h"
#include "api/app/serve.h"
#include "api/cli/command.h"
#include "api/cli/usage.h"
#include "base/log.h"
#include "base/skipped_variables.h"
#include "base/time.h"
#include "crypto/process_hardening.h"
#include "crypto/random.h"
#include "net/server/cors.h"

namespace cardvault::api {
namespace {

int run_serve(const Common& common, ServeOptions options) {
  options.paths = common.paths();
  options.json = common.json;
  const auto served = serve(options);
  return served ? 0 : report(served.error());
}

void add_configuration_options(CLI::App& command, ServeOptions& options) {
  add_bank_and_channel_options(command, options.files);
  command
      .add_option(
          "--calendars", options.files.calendars,
          "Directory of public-holiday calendars; new files are loaded while the server runs")
      ->envname("CARDVAULT_CALENDARS");
  command
      .add_option("--time-zone", options.files.time_zone,
                  "IANA time zone for the days of deadlines")
      ->capture_default_str()
      ->envname("CARDVAULT_TIME_ZONE");
  command
      .add_option("--deadline-working-days", options.files.working_days,
                  "Working days until every channel must be closed")
      ->check(CLI::Range(1, 366))
      ->capture_default_str()
      ->envname("CARDVAULT_DEADLINE_WORKING_DAYS");
}

void add_closing_options(CLI::App& command, ServeOptions& options) {
  const auto add_seconds = [&](const std::string& name, Seconds& value, const char* help,
                               const char* variable) {
    command
        .add_option_function<std::int64_t>(
            name, [&value](std::int64_t seconds) { value = Seconds{seconds}; }, help)
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{7 * 24 * 60 * 60}))
        ->default_str(std::to_string(value.count()))
        ->envname(variable);
  };
  add_seconds("--closure-backoff-min-s", options.backoff.least,
              "Seconds to wait after the first failed attempt to close a channel",
              "CARDVAULT_CLOSURE_BACKOFF_MIN_S");
  add_seconds("--closure-backoff-max-s", options.backoff.most,
              "Maximum seconds to wait between two attempts", "CARDVAULT_CLOSURE_BACKOFF_MAX_S");
  command
      .add_flag("--allow-private-targets", options.allow_private_targets,
                "Allow channels with private or loopback addresses and plain http (only for tests)")
      ->envname("CARDVAULT_ALLOW_PRIVATE_TARGETS");
}

void add_serve_options(CLI::App& command, ServeOptions& options) {
  command
      .add_option("--listen", options.listen, "HOST:PORT to listen on for backends and front ends")
      ->capture_default_str()
      ->envname("CARDVAULT_LISTEN");
  command
      .add_option("--admin-listen", options.admin_listen,
                  "HOST:PORT to listen on for probes and metrics")
      ->capture_default_str()
      ->envname("CARDVAULT_ADMIN_LISTEN");
  add_configuration_options(command, options);
  add_closing_options(command, options);
  command
      .add_option("--cors-origin", options.cors_origins,
                  "Origin of web pages that may call the front-end plane, for example "
                  "https://wallet.example; repeatable")
      ->delimiter(',')
      ->check(CLI::Validator(unlike_an_origin, "ORIGIN"))
      ->envname("CARDVAULT_CORS_ORIGIN");
  command.add_option("--max-connections", options.max_connections, "Maximum number of connections")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str()
      ->envname("CARDVAULT_MAX_CONNECTIONS");
  command
      .add_option("--verification-threads", options.verification_threads,
                  "Maximum password evaluations at once; default: half of the processors")
      ->check(CLI::Range(1, 256))
      ->envname("CARDVAULT_VERIFICATION_THREADS");
  command
      .add_option("--verification-queue", options.verification_queue,
                  "Maximum waiting password evaluations; beyond that, 503 busy (0 = no waiting)")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str()
      ->envname("CARDVAULT_VERIFICATION_QUEUE");
  command
      .add_option("--check-rate", options.check_rate,
                  "Wallets per second in the background check of the store (0 = no check)")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str()
      ->envname("CARDVAULT_CHECK_RATE");
  command
      .add_option_function<std::string>(
          "--memory-lock",
          [&options](const std::string& what) { options.require_memory_lock = what == "refuse"; },
          "Action if the memory of keys cannot be locked: warn, or refuse to start")
      ->check(CLI::IsMember({"warn", "refuse"}))
      ->default_str("warn")
      ->envname("CARDVAULT_MEMORY_LOCK");
  command
      .add_option_function<std::string>(
          "--key-rotation",
          [&options](const std::string& mode) {
            options.key_rotation =
                mode == "auto" ? KeyRotation::Mode::automatic : KeyRotation::Mode::manual;
          },
          "Rotation of keys that seal or sign: auto (before they expire) or manual (`cardvault key "
          "rotate`)")
      ->check(CLI::IsMember({"auto", "manual"}))
      ->default_str("auto")
      ->envname("CARDVAULT_KEY_ROTATION");
  command
      .add_flag("--test-mode", options.test_mode,
                "Allow POST /v1/test/clock on the admin listener to move the clock")
      ->envname("CARDVAULT_TEST_MODE");
}

/// Prints the requested help or version, or says what is wrong with the arguments.
int end_without_command(const CLI::App& app, const CLI::ParseError& error,
                        std::span<char* const> arguments) {
  if (error.get_exit_code() == 0) return app.exit(error);
  std::fprintf(stderr, "cardvault: %s\n", explain_usage(app, error, arguments).c_str());
  return kUsageStatus;
}

/// Only a warning: the environment may hold variables for other programs, for example those that
/// Kubernetes adds.
void warn_of_unknown_variables(const CLI::App& app) {
  for (const UnknownVariable& variable : unknown_variables(app, environ)) {
    log::write(log::Level::warning, "environment_variable_unknown",
               {{"variable", std::string_view(variable.name)},
                {"did_you_mean", std::string_view(variable.meant)},
                {"note", "no option has this name; correct or remove it"}});
  }
}

/// Runs the command and checks that standard output was written: it may hold a share or key that is
/// shown only once.
int run_to_the_end(const Chosen& chosen) {
  try {
    const int status = chosen();
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    return report(make_error(
        ErrorCode::store_unavailable,
        "The command was executed, but its result cannot be written to standard output."));
  } catch (const std::exception& failure) {
    return report(make_error(ErrorCode::internal, "An internal error occurred.",
                             OperatorText{failure.what()}));
  }
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("cardvault stores the bank cards of a payment wallet encrypted.");
  app.set_version_flag("--version", CARDVAULT_VERSION);
  const char* config = std::getenv("CARDVAULT_CONFIG");
  app.set_config(
      "--config", config != nullptr ? config : "",
      "TOML file with options; the section [serve] has the options of serve (CARDVAULT_CONFIG)",
      config != nullptr);
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.require_subcommand(1);

  Common common;
  Chosen chosen;
  add_init_command(app, common, chosen);

  ServeOptions options;
  options.verification_threads = default_verification_threads();
  options.files = ConfigurationFiles::shipped();
  auto* serve_command = app.add_subcommand("serve", "Run the service until SIGTERM");
  add_common(*serve_command, common);
  add_serve_options(*serve_command, options);
  serve_command->callback([&] { chosen = [&] { return run_serve(common, options); }; });

  add_audit_commands(app, common, chosen);
  add_backup_commands(app, common, chosen);
  add_client_commands(app, common, chosen);
  add_closure_commands(app, common, chosen);
  add_copy_command(app, common, chosen);
  add_key_commands(app, common, chosen);
  add_receipt_commands(app, common, chosen);
  add_seal_commands(app, common, chosen);
  add_seed_command(app, common, chosen);
  add_verify_command(app, common, chosen);

  try {
    app.parse(argc, argv);
    take_skipped_variables(app);
  } catch (const CLI::ParseError& error) {
    return end_without_command(app, error, {argv, static_cast<std::size_t>(argc)});
  }
  if (const auto level = parse_name(log::kLevelNames, common.log_level)) log::set_level(*level);
  warn_of_unknown_variables(app);
  // A closed connection or pipe is then an error of the call and does not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  if (has_password(argc, argv)) {
    log::write(log::Level::warning, "password_in_arguments",
               {{"note", "every user of this machine can read it; use --store-password-file"}});
  }
  // Commands hold shares and passphrases. Only serve() reports it if the kernel refuses.
  (void)forbid_memory_dumps();
  if (!init_crypto())
    return report(make_error(ErrorCode::internal, "libsodium cannot be initialized."));
  return run_to_the_end(chosen);
}

}  // namespace cardvault::api
