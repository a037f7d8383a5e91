// bench_ceiling_server HEADERS BODY: answers GET /v1/cards with the bytes of two files ("Name:
// value" lines and the body) until SIGTERM. It listens on a free loopback port and prints it. It is
// the service's server without the vault behind it: the best that a list view could reach.

#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "net/server/server.h"

namespace {

using namespace cardvault;

std::optional<Response> read_response(const char* headers_file, const char* body_file) {
  Response response;
  std::ifstream headers(headers_file);
  for (std::string line; std::getline(headers, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) return std::nullopt;
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  std::ifstream body(body_file, std::ios::binary);
  response.body.assign(std::istreambuf_iterator<char>(body), {});
  if (response.body.empty()) return std::nullopt;
  return response;
}

sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int serve(const Response& response) {
  const sigset_t signals = block_stop_signals();
  auto server = Server::bind({},
                             {{.method = Method::get,
                               .pattern = "/v1/cards",
                               .plane = Plane::front_end,
                               .handler = [&](const Request&) { return response; }}},
                             [](const Finished&) {});
  if (!server) {
    std::fprintf(stderr, "bench_ceiling_server: %s\n", server.error().detail.c_str());
    return 1;
  }
  std::thread running([&] { (*server)->run(); });
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  (*server)->stop();
  running.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto response = argc == 3 ? read_response(argv[1], argv[2]) : std::nullopt;
  if (!response) {
    std::fprintf(stderr, "usage: bench_ceiling_server HEADERS BODY\n");
    return 2;
  }
  return serve(*response);
}
