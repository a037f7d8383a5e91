#include "api/handlers/routes.h"

#include "api/handlers/admin.h"
#include "api/handlers/handlers.h"
#include "api/handlers/keys.h"
#include "api/handlers/probes.h"

namespace cardvault::api {

namespace h = handlers;

std::vector<Route> public_routes(const Service& service) {
  const auto to_backend = [&](Method method, std::string path, Permission permission,
                              BackendHandler handler) {
    return Route{method, std::move(path), Plane::backend, backend(service, permission, handler)};
  };
  const auto to_front_end = [&](Method method, std::string path, Scope scope,
                                FrontEndHandler handler) {
    return Route{method, std::move(path), Plane::front_end, front_end(service, scope, handler)};
  };
  const auto to_anyone = [&](Method method, std::string path, OpenHandler handler) {
    return Route{method, std::move(path), Plane::backend, anyone(service, handler)};
  };
  using enum Method;
  using P = Permission;
  const std::string wallet = "/v1/wallets/:wallet";
  return {
      to_backend(post, "/v1/wallets", P::wallets_write, h::create_wallet),
      to_backend(get, wallet, P::wallets_read, h::get_wallet),
      to_backend(patch, wallet, P::wallets_write, h::update_wallet),
      to_backend(post, wallet + "/devices", P::devices_write, h::bind_device),
      to_backend(get, wallet + "/devices", P::wallets_read, h::list_devices),
      to_backend(get, wallet + "/devices/:device", P::wallets_read, h::get_device),
      to_backend(del, wallet + "/devices/:device", P::devices_write, h::unbind_device),
      to_backend(put, wallet + "/credentials/:method", P::credentials_write, h::set_credential),
      to_backend(get, wallet + "/credentials/:method", P::wallets_read, h::get_credential),
      to_backend(del, wallet + "/credentials/:method", P::credentials_write, h::remove_credential),
      to_backend(post, wallet + "/unlock", P::unlock, h::unlock),
      to_backend(post, wallet + "/tokens", P::tokens_issue, h::issue_token),
      to_backend(del, wallet + "/tokens", P::tokens_revoke, h::revoke_all_tokens),
      to_backend(post, "/v1/tokens/introspect", P::tokens_introspect, h::introspect_token),
      to_backend(post, "/v1/tokens/revoke", P::tokens_revoke, h::revoke_token),
      to_backend(post, wallet + "/cards", P::cards_import, h::import_card),
      to_backend(post, wallet + "/cards/:card/deregistrations", P::cards_deregister,
                 h::deregister_card),
      to_backend(patch, wallet + "/cards/:card", P::cards_channels, h::change_channels),
      to_backend(post, wallet + "/consent-withdrawals", P::cards_channels, h::withdraw_consent),
      to_backend(get, wallet + "/deregistrations", P::wallets_read, h::list_deregistrations),
      to_backend(get, wallet + "/deregistrations/:deregistration", P::wallets_read,
                 h::get_deregistration),
      to_backend(get, wallet + "/audit", P::audit_read, h::get_audit),
      to_backend(post, "/v1/bank-events", P::bank_report, h::take_bank_event),
      to_anyone(post, "/v1/channel-events", h::take_channel_event),
      to_anyone(get, "/.well-known/cardvault-keys", h::published_keys),
      to_front_end(get, "/v1/cards", Scope::cards_list, h::list_cards),
      to_front_end(get, "/v1/cards/:card", Scope::cards_list, h::get_card),
      to_front_end(patch, "/v1/cards/:card", Scope::cards_list, h::change_card),
      to_front_end(post, "/v1/cards/:card/deregistrations", Scope::card_deregister,
                   h::deregister_own_card),
  };
}

std::vector<Route> admin_routes(const ProbeService& service) {
  const auto to_probe = [&](Method method, std::string path, ProbeHandler handler) {
    return Route{method, std::move(path), Plane::admin, probe(service, handler)};
  };
  std::vector<Route> routes{
      to_probe(Method::get, "/livez", h::livez),
      to_probe(Method::get, "/readyz", h::readyz),
      to_probe(Method::get, "/metrics", h::metrics),
  };
  if (service.test_clock != nullptr) {
    routes.push_back(to_probe(Method::post, "/v1/test/clock", h::advance_clock));
  }
  return routes;
}

std::vector<Route> socket_routes(const AdminService& service) {
  const auto to_admin = [&](Method method, std::string path, AdminHandler handler) {
    return Route{method, std::move(path), Plane::admin, admin(service, handler)};
  };
  return {
      to_admin(Method::post, "/clients", h::add_client),
      to_admin(Method::get, "/clients", h::list_clients),
      to_admin(Method::del, "/clients/:client", h::remove_client),
      to_admin(Method::get, "/closures", h::open_closures),
      to_admin(Method::get, "/closures/:wallet/:deregistration", h::show_closures),
      to_admin(Method::post, "/closures/:wallet/:deregistration/retry", h::retry_closures),
      to_admin(Method::get, "/keys", h::show_keys),
      to_admin(Method::get, "/seal", h::show_seal),
      to_admin(Method::post, "/seal/open", h::open_seal),
      to_admin(Method::post, "/seal/close", h::close_seal),
      to_admin(Method::post, "/seal/anew", h::reseal),
      to_admin(Method::get, "/keyring", h::show_keyring),
      to_admin(Method::post, "/keyring/rotate", h::rotate_key),
      to_admin(Method::post, "/keyring/state", h::set_key_state),
      to_admin(Method::post, "/keyring/jobs", h::start_key_job),
      to_admin(Method::get, "/keyring/jobs", h::show_key_job),
      to_admin(Method::post, "/compact", h::compact_store),
      to_admin(Method::post, "/verify", h::start_verify),
      to_admin(Method::get, "/verify", h::show_verify),
      to_admin(Method::post, "/audit/:wallet/repair", h::repair_audit),
  };
}

}  // namespace cardvault::api
