#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace cardvault::test {

/// A server's answer. Numbers are also in `text`.
struct RedisReply {
  std::string text;
  std::vector<RedisReply> items;  ///< of an array
  bool is_nil = false;
  bool is_error = false;
};

/// An authority and two certificates that it signed, as files: one for servers at 127.0.0.1 and
/// localhost, one for clients.
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

/// Start options of a server. A later line of a configuration wins, so `config` can override
/// others.
struct RedisServerOptions {
  std::vector<std::string> config = {};  ///< more lines of redis.conf
  /// Not empty: clients without the password are refused. The tests' own commands use another user.
  std::string password = {};
  std::string user = "default";
  std::string rights = "~* &* +@all";  ///< of that user, in the form of ACL SETUSER
  /// Set: the server speaks only TLS, and clients need a certificate of the same authority.
  std::shared_ptr<const RedisCertificates> tls = {};
  bool cluster = false;  ///< a cluster node; its bus port is 10000 higher
};

/// A real `redis-server` on a free port of 127.0.0.1 with its own directory. It keeps every
/// acknowledged write: appendonly, appendfsync always, noeviction, no snapshots.
///
/// It is ready when a constructor or start() returns. It ends with the object, or with the thread
/// that started it, so this thread must outlive the server. If this process dies, the server ends
/// too. From the first server on, SIGPIPE is ignored, as hiredis needs it.
///
/// Any failure throws std::runtime_error with the end of the server's log. Use from one thread at a
/// time, except command(), which opens a new connection each time.
class RedisServer {
 public:
  explicit RedisServer(RedisServerOptions options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool runs() const { return pid_ > 0; }
  /// True if it runs and is not paused.
  [[nodiscard]] bool answers() const { return runs() && !paused_; }
  [[nodiscard]] const RedisServerOptions& options() const { return options_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  /// redis[s]://[user@]127.0.0.1:PORT
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string log() const;

  /// Starts again on the same port with the kept data, after stop() or kill().
  void start();
  /// Stops as an operator would; acknowledged writes are kept.
  void stop();
  /// SIGKILL.
  void kill();
  /// The kernel still accepts connections, but the process answers nothing until resume().
  void pause();
  void resume();

  /// Runs a command with all rights. An error reply throws.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often for its effect
  RedisReply command(const std::vector<std::string>& words) const;
  /// The same, but returns an error reply.
  [[nodiscard]] RedisReply try_command(const std::vector<std::string>& words) const;
  /// The value of a "name:value" line in the answer of INFO or CLUSTER INFO; "" if there is none.
  [[nodiscard]] std::string info(const std::vector<std::string>& words,
                                 const std::string& name) const;

  /// Credentials of the tests' own commands if the server has a password.
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
