#include "api/cli/admin_client.h"

#include <httplib.h>
#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/support/temp_directory.h"

namespace cardvault::test {
namespace {

using api::ask_server;

TEST_CASE(
    "admin client: the client waits for a server that owns the directory and is still starting") {
  const TempDirectory directory;
  const auto socket = directory.path() / "admin.sock";
  httplib::Server server;
  server.set_address_family(AF_UNIX);
  server.Get("/v1/clients",
             [](const auto&, auto& answer) { answer.set_content("{}", "text/json"); });
  const std::jthread starting([&] {
    // Longer than the first attempt takes. A slower attempt finds the server at once and passes
    // too.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    server.listen(socket.string(), 80);
  });
  const auto answer = ask_server(socket, "GET", "/v1/clients", "", std::chrono::seconds{30});
  server.wait_until_ready();
  server.stop();
  REQUIRE(answer);
  CHECK(*answer == "{}");
}

}  // namespace
}  // namespace cardvault::test
