#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace cardvault::test {

/// What a server answered. Numbers are in `text` too.
struct RedisReply {
  std::string text;
  std::vector<RedisReply> items;  ///< of an array
  bool is_nil = false;
  bool is_error = false;
};

/// An authority and what it signed, as files: a certificate for servers at 127.0.0.1 and localhost,
/// and one for clients.
class RedisCertificates {
 public:
  RedisCertificates();

  [[nodiscard]] std::string authority() const { return file("authority.pem"); }
  [[nodiscard]] std::string server_certificate() const { return file("server.pem"); }
  [[nodiscard]] std::string server_key() const { return file("server.key"); }
  [[nodiscard]] std::string client_certificate() const { return file("client.pem"); }
  [[nodiscard]] std::string client_key() const { return file("client.key"); }

 private:
  [[nodiscard]] std::string file(const char* name) const { return directory_.path() / name; }

  TempDirectory directory_;
};

/// How a server is started. Later lines of a configuration win, so `config` may say otherwise.
struct RedisServerOptions {
  std::vector<std::string> config = {};  ///< more lines, as in redis.conf
  /// Not empty: who has no password is refused. The tests' own commands use a user apart.
  std::string password = {};
  std::string user = "default";
  std::string rights = "~* &* +@all";  ///< of that user, as ACL SETUSER wants them
  /// Set: TLS alone is spoken, and a client shows a certificate of the same authority.
  std::shared_ptr<const RedisCertificates> tls = {};
  bool cluster = false;  ///< a node; its bus listens 10000 ports higher
};

/// A real `redis-server` on a free port of 127.0.0.1, with a directory of its own, that keeps every
/// acknowledged write: appendonly, appendfsync always, noeviction, no snapshots.
///
/// It is ready when a constructor or start() returns, and ends with the object or, if this process
/// dies first, with it: more exactly with the thread that started it, which therefore has to
/// outlive the server. SIGPIPE is ignored from the first one on, as hiredis needs it.
///
/// Whatever fails throws std::runtime_error with the end of the server's log. One thread at a time,
/// apart from command(), which opens a connection of its own each time.
class RedisServer {
 public:
  explicit RedisServer(RedisServerOptions options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool runs() const { return pid_ > 0; }
  /// Runs and is not paused.
  [[nodiscard]] bool answers() const { return runs() && !paused_; }
  [[nodiscard]] const RedisServerOptions& options() const { return options_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  /// redis[s]://[user@]127.0.0.1:PORT
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string log() const;

  /// Again on the same port, with what was kept, after stop() or kill().
  void start();
  /// As an operator would; what was acknowledged is there afterwards.
  void stop();
  /// SIGKILL.
  void kill();
  /// The process takes connections and answers nothing until resume().
  void pause();
  void resume();

  /// Asks with every right; an error that is answered throws.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often for its effect
  RedisReply command(const std::vector<std::string>& words) const;
  /// The same, but an error is a reply.
  [[nodiscard]] RedisReply try_command(const std::vector<std::string>& words) const;
  /// The value of a "name:value" line, as INFO and CLUSTER INFO answer them; "" without one.
  [[nodiscard]] std::string info(const std::vector<std::string>& words,
                                 const std::string& name) const;

  /// What the tests' own commands sign in with when there is a password.
  static constexpr const char* kControlUser = "control";
  static constexpr const char* kControlPassword = "control-of-the-test";

 private:
  void configure() const;
  void launch();
  [[nodiscard]] bool becomes_ready();
  [[nodiscard]] bool answers_as_this_process() const;
  [[nodiscard]] bool has_ended();
  void end(int signal);
  [[noreturn]] void give_up(const std::string& what) const;

  RedisServerOptions options_;
  TempDirectory directory_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
  bool paused_ = false;
};

}  // namespace cardvault::test
