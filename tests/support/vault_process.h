#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/temp_directory.h"

namespace cardvault::test {

/// Start options of the program. It does not inherit CARDVAULT_ variables of this process.
struct Start {
  std::vector<std::string> arguments = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// The default is cardvault.
  std::string program = kProgram;
  /// Its standard input, at most 64 KiB; nullopt: the standard input of this process.
  std::optional<std::string> input = {};
  /// The user and group it runs as; nullopt: those of this process. Needs root.
  std::optional<uid_t> user = {};
};

/// The result of a finished program.
struct Run {
  int status = -1;  ///< the exit status, or minus the signal that ended it
  std::string out;
  std::string err;
};

/// Runs the program to its end. Fails the test if it does not end or a sanitizer reports an error.
[[nodiscard]] Run run_cardvault(const Start& start);

/// A running program with its output collected. It is killed at the end of the scope, or when this
/// process dies.
class Process {
 public:
  explicit Process(const Start& start);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for the first line of its standard output; nullopt if it ends without one.
  [[nodiscard]] std::optional<std::string> first_line() const;
  /// Standard error so far.
  [[nodiscard]] std::string err() const;
  void send(int signal) const;
  /// Waits for the end. Fails the test if it does not end or a sanitizer has reported an error.
  Run wait();

 private:
  class Output;

  pid_t pid_ = -1;
  std::shared_ptr<Output> output_;
  bool ended_ = false;
};

/// `cardvault-sandbox` on a free loopback port, with a channels file for the vault.
class SandboxServer {
 public:
  /// `options` are added to --listen, --write-channels and --json. Returns once it listens.
  explicit SandboxServer(const std::filesystem::path& directory,
                         std::vector<std::string> options = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::filesystem::path& channels_file() const { return channels_file_; }
  /// Waits for the graceful end, which exits with 0.
  void stop();

 private:
  std::filesystem::path channels_file_;
  Process process_;
  std::uint16_t port_ = 0;
};

/// `cardvault serve` on free loopback ports, in test mode.
class VaultServer {
 public:
  /// Returns once it listens; fails the test if it does not start.
  explicit VaultServer(const std::filesystem::path& data, std::vector<std::string> options = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t admin_port() const { return admin_port_; }
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] std::string log() const { return process_.err(); }

  /// Sends SIGTERM and does not wait.
  void ask_to_stop() const;
  /// Waits for the graceful end, which exits with 0.
  void await_stop();
  void stop();
  /// SIGKILL: nothing is flushed or logged.
  void kill();

 private:
  Process process_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace cardvault::test
