#include "api/keys/seal_json.h"

#include <utility>

#include "api/json_writer.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kLongestShare = 512;
constexpr std::size_t kLongestPassphrase = 1024;
constexpr std::int64_t kMostShares = 255;  // Ceremony::make says what is too many

std::string word_or_empty(Body& body, std::string_view name) {
  return body.maybe_word(name, kLongestPath).value_or("");
}

std::uint32_t count(Body& body, std::string_view name) {
  return static_cast<std::uint32_t>(body.maybe_integer(name, 0, kMostShares).value_or(0));
}

void read_token(Body& body, SealOptions& options) {
  options.pkcs11 = {.module = word_or_empty(body, "pkcs11_module"),
                    .token_label = word_or_empty(body, "pkcs11_token"),
                    .key_label = word_or_empty(body, "pkcs11_key")};
  options.pkcs11_pin_file = word_or_empty(body, "pkcs11_pin_file");
  options.pkcs11_create_key = body.maybe_boolean("pkcs11_create_key").value_or(false);
}

void read_transit(Body& body, SealOptions& options) {
  options.transit.address = word_or_empty(body, "transit_address");
  options.transit.mount =
      body.maybe_word("transit_mount", kLongestPath).value_or(options.transit.mount);
  options.transit.key = word_or_empty(body, "transit_key");
  options.transit.name_space = word_or_empty(body, "transit_namespace");
  options.transit.ca_file = word_or_empty(body, "transit_ca_file");
  options.transit_token_file = word_or_empty(body, "transit_token_file");
}

void write_names(JsonWriter& out, std::string_view name, const std::vector<std::string>& names) {
  out.key(name).open_list();
  for (const std::string& one : names) out.text(one);
  out.close_list();
}

SecretText taken(JsonWriter& out) {
  std::string text = out.take();
  SecretText kept{std::string_view(text)};
  wipe(text);
  return kept;
}

}  // namespace

SealRequest read_seal_request(Body& body) {
  SealRequest request;
  const auto kind = parse_seal_kind(body.word("kind", kLongestPath));
  if (!kind) body.refuse("kind", "not_allowed");
  request.kind = kind.value_or(SealKind::key_file);
  SealOptions& options = request.options;
  options.root_key_file = word_or_empty(body, "root_key_file");
  request.passphrase = body.maybe_secret("passphrase", kLongestPassphrase);
  options.shares = count(body, "shares");
  options.threshold = count(body, "threshold");
  options.custodians = body.maybe_texts("custodians").value_or(std::vector<std::string>());
  read_token(body, options);
  read_transit(body, options);
  return request;
}

SecretText render_seal_request(const SealRequest& request) {
  const SealOptions& options = request.options;
  JsonWriter out;
  out.open_object().member("kind", seal_name(request.kind));
  const auto file = [&](std::string_view name, const std::filesystem::path& path) {
    if (!path.empty()) out.member(name, std::filesystem::absolute(path).string());
  };
  const auto word = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.member(name, value);
  };
  file("root_key_file", options.root_key_file);
  if (request.passphrase) out.member("passphrase", request.passphrase->expose());
  out.member("shares", std::size_t{options.shares});
  out.member("threshold", std::size_t{options.threshold});
  write_names(out, "custodians", options.custodians);
  file("pkcs11_module", options.pkcs11.module);
  word("pkcs11_token", options.pkcs11.token_label);
  word("pkcs11_key", options.pkcs11.key_label);
  file("pkcs11_pin_file", options.pkcs11_pin_file);
  out.member("pkcs11_create_key", options.pkcs11_create_key);
  word("transit_address", options.transit.address);
  word("transit_mount", options.transit.mount);
  word("transit_key", options.transit.key);
  word("transit_namespace", options.transit.name_space);
  file("transit_ca_file", options.transit.ca_file);
  file("transit_token_file", options.transit_token_file);
  out.close_object();
  return taken(out);
}

SharesRequest read_shares_request(Body& body) {
  SharesRequest request;
  auto current = body.take_objects("current", kMostShares);
  for (std::size_t i = 0; i < current.size(); ++i) {
    request.current.push_back(current[i].secret("share", kLongestShare));
    if (!current[i].finish()) body.refuse("current", "invalid_format");
  }
  request.shares = count(body, "shares");
  request.threshold = count(body, "threshold");
  request.custodians = body.maybe_texts("custodians").value_or(std::vector<std::string>());
  return request;
}

SecretText render_shares_request(const SharesRequest& request) {
  JsonWriter out;
  out.open_object().key("current").open_list();
  for (const SecretText& share : request.current) {
    out.open_object().member("share", share.expose()).close_object();
  }
  out.close_list();
  out.member("shares", std::size_t{request.shares});
  out.member("threshold", std::size_t{request.threshold});
  write_names(out, "custodians", request.custodians);
  out.close_object();
  return taken(out);
}

std::string render_shares(const Ceremony& ceremony, const std::vector<Share>& shares) {
  JsonWriter out;
  out.open_object()
      .member("threshold", std::size_t{ceremony.threshold})
      .member("shares", std::size_t{ceremony.shares});
  write_names(out, "custodians", ceremony.custodians);
  if (!shares.empty()) {
    out.key("texts").open_list();
    for (const Share& share : shares) out.text(share.text().expose());
    out.close_list();
  }
  return out.close_object().take();
}

Result<std::string> render_seal(KeyringKeeper& keeper, bool sealed) {
  const auto head = keeper.head();
  if (!head) return fail(head.error());
  JsonWriter out;
  out.open_object()
      .member("kind", seal_name(head->kind))
      .member("sealed", sealed)
      .member("generation", std::size_t{head->generation});
  if (head->kind == SealKind::shamir) {
    const auto ceremony = ShamirSeal::ceremony_of(head->wrapped);
    if (!ceremony) return fail(ceremony.error());
    const auto given = keeper.progress();
    out.member("have", std::size_t{given ? given->have : std::uint8_t{0}});
    out.member("need", std::size_t{ceremony->threshold});
    out.member("shares", std::size_t{ceremony->shares});
    write_names(out, "custodians", ceremony->custodians);
  }
  return out.close_object().take();
}

}  // namespace cardvault::api
