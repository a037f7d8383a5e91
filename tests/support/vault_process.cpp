#include "tests/support/vault_process.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/paths.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

/// A generous bound for the expected event. Nothing waits that long unless it fails.
constexpr std::chrono::seconds kSoon{60};

void fail_on_sanitizer_report(const std::string& err) {
  INFO(err);
  CHECK(err.find("ERROR: AddressSanitizer") == std::string::npos);
  CHECK(err.find("ERROR: LeakSanitizer") == std::string::npos);
  CHECK(err.find("runtime error:") == std::string::npos);
}

std::vector<std::string> environment_of(const Start& start) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!text.starts_with("CARDVAULT_")) all.push_back(text);
  }
  for (const auto& [name, value] : start.environment) {
    all.push_back(name);
    all.back().append("=").append(value);
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};

  Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int take_reading_end() { return std::exchange(ends[0], -1); }
};

/// Runs in the child between fork and exec: only system calls, no allocation.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         const std::optional<uid_t>& user, int in, int out, int err) {
  if (user && (::setgroups(0, nullptr) != 0 || ::setresgid(*user, *user, *user) != 0 ||
               ::setresuid(*user, *user, *user) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (in >= 0) ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execve(program, arguments, environment);
  ::_exit(127);
}

/// Does not reap the process. Uses no pidfd, because some containers forbid pidfd_open.
bool ends_within(pid_t pid, std::chrono::seconds time) {
  return soon(
      [pid] {
        siginfo_t ended{};
        const auto id = static_cast<id_t>(pid);
        return ::waitid(P_PID, id, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid;
      },
      time);
}

std::uint16_t port_in(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

Start serve_command(const std::filesystem::path& data, std::vector<std::string> options) {
  Start start{.arguments = {"serve", "--data", data.string(), "--listen", "127.0.0.1:0",
                            "--admin-listen", "127.0.0.1:0", "--banks", kBankProfiles,
                            "--test-mode", "--json"}};
  for (std::string& option : options) start.arguments.push_back(std::move(option));
  return start;
}

Start sandbox_command(const std::filesystem::path& channels_file,
                      std::vector<std::string> options) {
  Start start{.arguments = {"--listen", "127.0.0.1:0", "--write-channels", channels_file.string(),
                            "--json"},
              .program = kSandboxProgram};
  for (std::string& option : options) start.arguments.push_back(std::move(option));
  return start;
}

}  // namespace

/// Reads both streams, each in its own thread, so that the program never waits for this process.
class Process::Output {
 public:
  Output(int out, int err)
      : out_reader_([this, out] { drain(out, out_); }),
        err_reader_([this, err] { drain(err, err_); }) {}

  [[nodiscard]] std::optional<std::string> first_line() {
    std::unique_lock lock(mutex_);
    const auto complete = [this] { return out_.find('\n') != std::string::npos || ended_ == 2; };
    if (!changed_.wait_for(lock, kSoon, complete)) return std::nullopt;
    const auto end = out_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    return out_.substr(0, end);
  }
  [[nodiscard]] std::string err() {
    const std::lock_guard lock(mutex_);
    return err_;
  }
  [[nodiscard]] Run finish(int status) {
    out_reader_ = {};
    err_reader_ = {};
    return {status, out_, err_};
  }

 private:
  void drain(int from, std::string& into) {
    std::array<char, 4096> bytes;
    for (auto count = ::read(from, bytes.data(), bytes.size()); count > 0;
         count = ::read(from, bytes.data(), bytes.size())) {
      const std::lock_guard lock(mutex_);
      into.append(bytes.data(), static_cast<std::size_t>(count));
      changed_.notify_all();
    }
    ::close(from);
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string out_;
  std::string err_;
  int ended_ = 0;
  std::jthread out_reader_;
  std::jthread err_reader_;
};

Process::Process(const Start& start) {
  std::vector<std::string> arguments{"cardvault"};
  arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
  std::vector<std::string> environment = environment_of(start);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  Pipe in;
  Pipe out;
  Pipe err;
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    become(start.program.c_str(), argument_pointers.data(), environment_pointers.data(), start.user,
           start.input ? in.ends[0] : -1, out.ends[1], err.ends[1]);
  }
  if (start.input) {
    // The pipe holds the whole text. The end of `in` closes it.
    REQUIRE(::write(in.ends[1], start.input->data(), start.input->size()) ==
            static_cast<ssize_t>(start.input->size()));
  }
  output_ = std::make_shared<Output>(out.take_reading_end(), err.take_reading_end());
}

Process::~Process() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> Process::first_line() const {
  return output_->first_line();
}

std::string Process::err() const {
  return output_->err();
}

void Process::send(int signal) const {
  REQUIRE(::kill(pid_, signal) == 0);
}

Run Process::wait() {
  const bool ended = ends_within(pid_, kSoon);
  if (!ended) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_ = true;
  Run run = output_->finish(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  INFO(run.err);
  REQUIRE(ended);
  fail_on_sanitizer_report(run.err);
  return run;
}

Run run_cardvault(const Start& start) {
  return Process(start).wait();
}

SandboxServer::SandboxServer(const std::filesystem::path& directory,
                             std::vector<std::string> options)
    : channels_file_(directory / "channels.json"),
      process_(sandbox_command(channels_file_, std::move(options))) {
  const auto line = process_.first_line();
  INFO(process_.err());
  REQUIRE(line);
  port_ = port_in(nlohmann::json::parse(*line).at("listen"));
}

void SandboxServer::stop() {
  process_.send(SIGTERM);
  const Run run = process_.wait();
  INFO(run.err);
  CHECK(run.status == 0);
}

VaultServer::VaultServer(const std::filesystem::path& data, std::vector<std::string> options)
    : process_(serve_command(data, std::move(options))) {
  const auto line = process_.first_line();
  INFO(process_.err());
  REQUIRE(line);
  const auto addresses = nlohmann::json::parse(*line);
  port_ = port_in(addresses.at("listen"));
  admin_port_ = port_in(addresses.at("admin_listen"));
}

void VaultServer::ask_to_stop() const {
  process_.send(SIGTERM);
}

void VaultServer::await_stop() {
  const Run run = process_.wait();
  INFO(run.err);
  CHECK(run.status == 0);
}

void VaultServer::stop() {
  ask_to_stop();
  await_stop();
}

void VaultServer::kill() {
  process_.send(SIGKILL);
  CHECK(process_.wait().status == -SIGKILL);
}

}  // namespace cardvault::test
