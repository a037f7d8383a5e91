#include "api/json/client_json.h"

#include "api/json/json_writer.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestName = 64;

void write_permissions(JsonWriter& out, const PermissionSet& permissions) {
  out.key("permissions").open_list();
  for (const std::string_view name : names_in(kPermissionNames, permissions)) out.text(name);
  out.close_list();
}

}  // namespace

ClientRequest read_client_request(Body& body) {
  ClientRequest request;
  request.name = body.text("name", 1, kLongestName);
  const auto names = body.maybe_texts("permissions").value_or(std::vector<std::string>());
  const auto permissions = parse_names<PermissionSet>(kPermissionNames, names);
  if (!permissions && names.empty()) body.refuse("permissions", "required");
  if (!permissions && !names.empty()) body.refuse_other_than("permissions", kPermissionNames);
  request.permissions = permissions.value_or(PermissionSet());
  return request;
}

std::string render_client_request(const std::string& name,
                                  const std::vector<std::string>& permissions) {
  JsonWriter out;
  out.open_object().member("name", name).key("permissions").open_list();
  for (const std::string& permission : permissions) out.text(permission);
  out.close_list().close_object();
  return out.take();
}

std::string render_added_client(const AddedClient& added) {
  JsonWriter out;
  out.open_object().member("id", added.client.id).member("name", added.client.name);
  write_permissions(out, added.client.permissions);
  out.member("key", added.key.expose()).close_object();
  return out.take();
}

std::string render_clients(const std::vector<Client>& clients) {
  JsonWriter out;
  out.open_object().key("data").open_list();
  for (const Client& client : clients) {
    out.open_object().member("id", client.id).member("name", client.name);
    write_permissions(out, client.permissions);
    out.member("created_at", client.created_at).close_object();
  }
  out.close_list().member("has_more", false).key("next_cursor").null().close_object();
  return out.take();
}

}  // namespace cardvault::api
