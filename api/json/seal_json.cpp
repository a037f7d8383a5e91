#include "api/json/seal_json.h"

#include <algorithm>
#include <utility>

#include "api/json/json_writer.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kLongestRoot = 64;
constexpr std::size_t kLongestTyped = 1024;
constexpr std::int64_t kMostShares = 255;  // Ceremony::check() has the real limit

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

SecretBytes read_root(Body& body, std::string_view name, const SecretText& text) {
  SecretBytes root;
  auto bytes = from_base64url(text.expose());
  if (bytes && bytes->size() == kSharedRootSize) {
    root = SecretBytes::copy_of(*bytes);
  } else {
    body.refuse(std::string(name), "invalid_format");
  }
  if (bytes) wipe(*bytes);
  return root;
}

void write_root(JsonWriter& out, std::string_view name, const SecretBytes& root) {
  std::string text = to_base64url(root.expose());
  out.member(name, text);
  wipe(text);
}

/// Reads a ceremony and its root key. Refuses members that do not make a valid ceremony.
SharedRoot read_shared_root(Body& body) {
  SharedRoot shared;
  const auto id = from_base64url(body.word("ceremony", kLongestRoot));
  shared.root = read_root(body, "root", body.secret("root", kLongestRoot));
  shared.ceremony.threshold = static_cast<std::uint8_t>(count(body, "threshold"));
  shared.ceremony.shares = static_cast<std::uint8_t>(count(body, "shares"));
  shared.ceremony.custodians = body.maybe_texts("custodians").value_or(std::vector<std::string>());
  if (!id || id->size() != shared.ceremony.id.size()) {
    body.refuse("ceremony", "invalid_format");
  } else {
    std::ranges::copy(*id, shared.ceremony.id.begin());
  }
  if (const auto sound = shared.ceremony.check(); !sound) {
    for (const FieldError& field : sound.error().fields) body.refuse(field.field, field.reason);
  }
  return shared;
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
  const auto kind = parse_name(kSealNames, body.word("kind", kLongestPath));
  if (!kind) body.refuse_other_than("kind", kSealNames);
  request.kind = kind.value_or(SealKind::key_file);
  SealOptions& options = request.options;
  options.root_key_file = word_or_empty(body, "root_key_file");
  if (const auto present = body.maybe_secret("present_root", kLongestRoot)) {
    request.present_root = read_root(body, "present_root", *present);
  }
  if (kind == SealKind::shamir) request.shared = read_shared_root(body);
  read_token(body, options);
  read_transit(body, options);
  request.typed = body.maybe_secret("typed", kLongestTyped);
  if (kind && request.typed.has_value() == typed_for(*kind, options).empty()) {
    body.refuse("typed", request.typed ? "not_allowed" : "required");
  }
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
  if (request.typed) out.member("typed", request.typed->expose());
  if (request.present_root) write_root(out, "present_root", *request.present_root);
  if (request.shared) {
    const Ceremony& ceremony = request.shared->ceremony;
    out.member("ceremony", to_base64url(ceremony.id));
    write_root(out, "root", request.shared->root);
    out.member("threshold", std::size_t{ceremony.threshold});
    out.member("shares", std::size_t{ceremony.shares});
    write_names(out, "custodians", ceremony.custodians);
  }
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

Result<std::string> render_seal(KeyringKeeper& keeper, bool sealed, const SealOptions& options) {
  TRY_VALUE(const auto head, keeper.head());
  JsonWriter out;
  out.open_object()
      .member("kind", seal_name(head.kind))
      .member("sealed", sealed)
      .member("generation", std::size_t{head.age.generation})
      .member("sealing", std::size_t{head.age.seal_version});
  const std::string_view typed = typed_for(head.kind, options);
  if (!typed.empty()) out.member("typed", typed);
  if (head.kind == SealKind::shamir) {
    TRY_VALUE(const auto ceremony, ShamirSeal::ceremony_of(head.wrapped));
    const auto given = keeper.progress(head);
    out.member("have", std::size_t{given ? given->have : std::uint8_t{0}});
    out.member("need", std::size_t{ceremony.threshold});
    out.member("shares", std::size_t{ceremony.shares});
    write_names(out, "custodians", ceremony.custodians);
    out.member("wrapped", to_base64url(head.wrapped));
  }
  return out.close_object().take();
}

}  // namespace cardvault::api
