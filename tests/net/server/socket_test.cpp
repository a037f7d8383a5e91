#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;
using test::RunningServer;

std::vector<Route> routes() {
  return {{Method::get, "/", Plane::admin, [](const Request&) { return test::text_answer("{}"); }}};
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A temporary folder, removed by the destructor.
struct Folder {
  std::filesystem::path path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "cardvault-XXXXXX").string();
    return std::filesystem::path(::mkdtemp(name.data()) != nullptr ? name : "");
  }();
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST_CASE("socket: a port in use is an error and never shared") {
  RunningServer first(routes());
  const auto second = Server::bind(ServerOptions{.port = first.port()}, routes(), {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == ErrorCode::internal);
  CHECK(second.error().detail.find("Address already in use") != std::string::npos);
  CHECK(second.error().detail.find(std::to_string(first.port())) != std::string::npos);
}

TEST_CASE("socket: after a stop with open connections the port is free at once") {
  std::uint16_t port = 0;
  {
    RunningServer first(routes());
    port = first.port();
    RawClient client(port);
    REQUIRE(client.ask(kGet)->status == 200);
    first.stop();
    CHECK(client.ends());
  }
  RunningServer second(routes(), ServerOptions{.port = port});
  CHECK(RawClient(port).ask(kGet)->status == 200);
}

/// True if a socket can listen on ::1: the kernel has IPv6 and the loopback has its address.
bool has_ipv6_loopback() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const void* const raw = &address;
  const bool can = ::bind(fd, static_cast<const sockaddr*>(raw), sizeof address) == 0;
  ::close(fd);
  return can;
}

TEST_CASE("socket: IPv6 addresses work with and without brackets") {
  if (!has_ipv6_loopback()) SKIP("this machine has no IPv6 loopback address");
  for (const std::string host : {"::1", "[::1]"}) {
    const auto server = Server::bind(ServerOptions{.host = host}, routes(), {});
    REQUIRE(server.has_value());
    CHECK((*server)->port() != 0);
  }
}

TEST_CASE("socket: a host that does not resolve is an error") {
  const auto server = Server::bind(ServerOptions{.host = "no such host"}, routes(), {});
  REQUIRE_FALSE(server.has_value());
  CHECK(server.error().detail.starts_with("Cannot listen on no such host:0: "));
}

TEST_CASE("unix socket: the mode is 0600 and a stop removes the socket") {
  const Folder folder;
  const std::string path = folder.path / "admin.sock";
  const mode_t before = ::umask(0);
  {
    RunningServer server(routes(), ServerOptions{.host = path, .unix_socket = true});
    ::umask(before);
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(RawClient(path).ask(kGet)->status == 200);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("unix socket: the socket file of a dead server is replaced") {
  const Folder folder;
  const std::string path = folder.path / "admin.sock";
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const void* const raw = &address;
    REQUIRE(::bind(dead, static_cast<const sockaddr*>(raw), sizeof address) == 0);
    ::close(dead);
  }
  RunningServer server(routes(), ServerOptions{.host = path, .unix_socket = true});
  CHECK(RawClient(path).ask(kGet)->status == 200);
}

TEST_CASE("unix socket: the socket of a live server and a regular file are not replaced") {
  const Folder folder;
  const ServerOptions options{.host = folder.path / "admin.sock", .unix_socket = true};
  RunningServer server(routes(), options);
  CHECK_FALSE(Server::bind(options, routes(), {}).has_value());
  CHECK(RawClient(options.host).ask(kGet)->status == 200);
  const std::string file = folder.path / "notes";
  std::ofstream(file) << "kept";
  CHECK_FALSE(Server::bind(ServerOptions{.host = file, .unix_socket = true}, routes(), {}));
  CHECK(std::filesystem::file_size(file) == 4);
}

}  // namespace
}  // namespace cardvault::api
