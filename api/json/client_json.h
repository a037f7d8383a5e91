#pragma once

#include <string>
#include <vector>

#include "api/callers/client_registry.h"
#include "api/json/body.h"

namespace cardvault::api {

/// JSON forms of clients: between the command line and a running server, and in `--json` output.

struct ClientRequest {
  std::string name;
  PermissionSet permissions;
};

/// `{name, permissions:[...]}`
[[nodiscard]] ClientRequest read_client_request(Body& body);
[[nodiscard]] std::string render_client_request(const std::string& name,
                                                const std::vector<std::string>& permissions);
/// `{id, name, permissions, key}`: the only place that writes a client key.
[[nodiscard]] std::string render_added_client(const AddedClient& added);
/// `{data:[{id, name, permissions, created_at}]}`
[[nodiscard]] std::string render_clients(const std::vector<Client>& clients);

}  // namespace cardvault::api
