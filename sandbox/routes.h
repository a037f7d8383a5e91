#pragma once

#include "sandbox/desk.h"
#include "sandbox/interruptible.h"

namespace httplib {
class Server;
}

namespace cardvault::sandbox {

/// Adds all routes; no other file has paths. The handlers keep references to `desk` and `patience`.
void add_routes(httplib::Server& server, Desk& desk, Interruptible& patience);

}  // namespace cardvault::sandbox
