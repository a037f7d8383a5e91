#pragma once

#include "sandbox/desk.h"
#include "sandbox/interruptible.h"

namespace httplib {
class Server;
}

namespace cardvault::sandbox {

/// The only place where paths stand. The server's handlers keep references to `desk` and
/// `patience`.
void add_routes(httplib::Server& server, Desk& desk, Interruptible& patience);

}  // namespace cardvault::sandbox
