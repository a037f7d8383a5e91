#include "net/server/running_server.h"

#include <signal.h>
#include <unistd.h>

#include <utility>

namespace cardvault {

RunningServer::RunningServer(std::unique_ptr<Server> server)
    : server_(std::move(server)), thread_([this] {
        server_->run();
        ended_ = true;
        ::kill(::getpid(), SIGTERM);
      }) {}

RunningServer::~RunningServer() {
  server_->stop();
  thread_.join();
}

}  // namespace cardvault
