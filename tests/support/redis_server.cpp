#include "tests/support/redis_server.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "tests/support/certificates.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

constexpr std::uint16_t kBusOffset = 10000;
// Below the ephemeral ports of the kernel, bus ports included, so that few other programs take one.
constexpr std::uint16_t kFirstPort = 12000;
constexpr std::uint16_t kLastPort = 22000;
constexpr int kTries = 20;
constexpr timeval kTimeout{.tv_sec = 10, .tv_usec = 0};

using Context = std::unique_ptr<redisContext, decltype(&::redisFree)>;
using TlsContext = std::unique_ptr<redisSSLContext, decltype(&::redisFreeSSLContext)>;

bool can_listen(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* const raw = &address;
  const bool free = ::bind(fd, static_cast<const sockaddr*>(raw), sizeof address) == 0;
  ::close(fd);
  return free;
}

std::uint16_t free_port() {
  static std::random_device random;
  std::uniform_int_distribution<int> ports(kFirstPort, kLastPort);
  for (;;) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (can_listen(port) && can_listen(port + kBusOffset)) return port;
  }
}

/// Runs in the child between fork and exec: only system calls, no allocation.
[[noreturn]] void become_redis(const char* configuration, const char* log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execl(CARDVAULT_REDIS_SERVER, "redis-server", configuration, nullptr);
  ::_exit(127);
}

RedisReply reply_from(const redisReply& from) {
  RedisReply reply{.text = {},
                   .items = {},
                   .is_nil = from.type == REDIS_REPLY_NIL,
                   .is_error = from.type == REDIS_REPLY_ERROR};
  if (from.type == REDIS_REPLY_INTEGER) reply.text = std::to_string(from.integer);
  if (from.str != nullptr) reply.text.assign(from.str, from.len);
  for (std::size_t i = 0; i < from.elements; ++i) {
    reply.items.push_back(reply_from(*from.element[i]));
  }
  return reply;
}

RedisReply ask(redisContext& context, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<void, decltype(&::freeReplyObject)> reply(
      ::redisCommandArgv(&context, static_cast<int>(words.size()), texts.data(), sizes.data()),
      ::freeReplyObject);
  if (!reply) throw std::runtime_error("redis: " + words.front() + ": " + context.errstr);
  return reply_from(*static_cast<const redisReply*>(reply.get()));
}

void speak_tls(redisContext& context, const RedisCertificates& files) {
  static const int started = ::redisInitOpenSSL();
  redisSSLContextError error = REDIS_SSL_CTX_NONE;
  const TlsContext tls(::redisCreateSSLContext(files.authority().c_str(), nullptr,
                                               files.client_certificate().c_str(),
                                               files.client_key().c_str(), nullptr, &error),
                       ::redisFreeSSLContext);
  if (started != REDIS_OK || !tls || ::redisInitiateSSLWithContext(&context, tls.get()) != 0) {
    throw std::runtime_error(std::string("redis: no TLS: ") + context.errstr);
  }
}

Context connect(std::uint16_t port, const RedisServerOptions& options) {
  Context context(::redisConnectWithTimeout("127.0.0.1", port, kTimeout), ::redisFree);
  if (!context || context->err != 0 || ::redisSetTimeout(context.get(), kTimeout) != REDIS_OK) {
    throw std::runtime_error("redis: no connection to port " + std::to_string(port));
  }
  if (options.tls) speak_tls(*context, *options.tls);
  if (!options.password.empty()) {
    const RedisReply reply =
        ask(*context, {"AUTH", RedisServer::kControlUser, RedisServer::kControlPassword});
    if (reply.is_error) throw std::runtime_error("redis: " + reply.text);
  }
  return context;
}

void write_private(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::string access_rules(const RedisServerOptions& options) {
  std::string rules = std::string("user ") + RedisServer::kControlUser + " on >" +
                      RedisServer::kControlPassword + " ~* &* +@all\n";
  if (options.user != "default") rules += "user default off\n";
  return rules + "user " + options.user + " on >" + options.password + " " + options.rights + "\n";
}

std::string tls_configuration(const RedisCertificates& tls, std::uint16_t port) {
  return "port 0\ntls-port " + std::to_string(port) + "\ntls-cert-file " +
         tls.server_certificate() + "\ntls-key-file " + tls.server_key() + "\ntls-ca-cert-file " +
         tls.authority() + "\ntls-auth-clients yes\ntls-replication yes\ntls-cluster yes\n";
}

}  // namespace

RedisCertificates::RedisCertificates() {
  const Certificate authority = Certificate::self_signed("DNS:authority.test");
  authority.save_certificate(this->authority());
  const Certificate server = authority.issue("DNS:localhost,IP:127.0.0.1");
  server.save_certificate(server_certificate());
  server.save_key(server_key());
  const Certificate client = authority.issue("DNS:client.test");
  client.save_certificate(client_certificate());
  client.save_key(client_key());
}

RedisServer::RedisServer(RedisServerOptions options) : options_(std::move(options)) {
  std::signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < kTries; ++i) {
    port_ = free_port();
    configure();
    launch();
    if (becomes_ready()) return;
  }
  give_up("no free port");
}

RedisServer::~RedisServer() {
  if (runs()) end(SIGKILL);
}

std::string RedisServer::url() const {
  const std::string user = options_.user == "default" ? "" : options_.user + "@";
  return (options_.tls ? "rediss://" : "redis://") + user + "127.0.0.1:" + std::to_string(port_);
}

std::string RedisServer::log() const {
  std::ifstream file(directory() / "redis.log");
  return {std::istreambuf_iterator<char>(file), {}};
}

void RedisServer::configure() const {
  std::string text = "bind 127.0.0.1\nport " + std::to_string(port_) + "\ndir " +
                     directory().string() +
                     "\ndaemonize no\nprotected-mode no\nsave \"\"\nappendonly yes\n"
                     "appendfsync always\nmaxmemory-policy noeviction\n";
  if (options_.tls) text += tls_configuration(*options_.tls, port_);
  if (options_.cluster) text += "cluster-enabled yes\ncluster-config-file nodes.conf\n";
  if (!options_.password.empty()) {
    const auto rules = directory() / "users.acl";
    write_private(rules, access_rules(options_));
    text += "aclfile " + rules.string() + "\nmasteruser " + kControlUser + "\nmasterauth " +
            kControlPassword + "\n";
  }
  for (const std::string& line : options_.config) text += line + "\n";
  write_private(directory() / "redis.conf", text);
}

void RedisServer::launch() {
  const std::string configuration = directory() / "redis.conf";
  const std::string log = directory() / "redis.log";
  const pid_t child = ::fork();
  if (child < 0) give_up("no process");
  if (child == 0) become_redis(configuration.c_str(), log.c_str());
  pid_ = child;
}

/// False if another process took the port meanwhile.
bool RedisServer::becomes_ready() {
  const bool settled = soon([this] { return has_ended() || answers_as_this_process(); });
  if (!settled) give_up("not ready");
  if (runs()) return true;
  if (log().find("Address already in use") == std::string::npos) give_up("ended at the start");
  std::filesystem::remove(directory() / "redis.log");
  return false;
}

bool RedisServer::answers_as_this_process() const {
  try {
    return info({"INFO", "server"}, "process_id") == std::to_string(pid_) &&
           info({"INFO", "persistence"}, "loading") == "0";
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool RedisServer::has_ended() {
  if (::waitpid(pid_, nullptr, WNOHANG) != pid_) return false;
  pid_ = 0;
  return true;
}

void RedisServer::start() {
  if (runs()) give_up("it runs already");
  launch();
  if (!becomes_ready()) give_up("its port was taken");
}

void RedisServer::stop() {
  end(SIGTERM);
}

void RedisServer::kill() {
  end(SIGKILL);
}

void RedisServer::end(int signal) {
  if (!runs()) give_up("it does not run");
  ::kill(pid_, signal);
  resume();
  if (soon([this] { return has_ended(); })) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RedisServer::pause() {
  ::kill(pid_, SIGSTOP);
  paused_ = true;
}

void RedisServer::resume() {
  ::kill(pid_, SIGCONT);
  paused_ = false;
}

RedisReply RedisServer::command(const std::vector<std::string>& words) const {
  RedisReply reply = try_command(words);
  if (reply.is_error) throw std::runtime_error("redis: " + words.front() + ": " + reply.text);
  return reply;
}

RedisReply RedisServer::try_command(const std::vector<std::string>& words) const {
  return ask(*connect(port_, options_), words);
}

std::string RedisServer::info(const std::vector<std::string>& words,
                              const std::string& name) const {
  const std::string text = "\n" + command(words).text;
  const auto at = text.find("\n" + name + ":");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('\r', begin) - begin);
}

void RedisServer::give_up(const std::string& what) const {
  constexpr std::size_t kEnd = 2000;
  const std::string text = log();
  throw std::runtime_error("redis-server on port " + std::to_string(port_) + ": " + what + "\n" +
                           text.substr(text.size() > kEnd ? text.size() - kEnd : 0));
}

}  // namespace cardvault::test
