#include "api/json/body.h"

#include "api/json/sensitive_data.h"
#include "vault/access/password.h"
#include "vault/text/free_text.h"

namespace cardvault::api {
namespace {

/// A caller may have sent a password as a name, and one of small letters looks like a name. So a
/// name that would be accepted as a password is not shown.
bool may_be_shown(std::string_view name) {
  return is_member_name(name) && !check_new_password(SecretText(name));
}

}  // namespace

Result<Body> Body::parse(std::string_view text) {
  TRY_VALUE(auto parsed, JsonObject::parse(text, may_be_shown));
  if (auto found = find_sensitive_data(parsed.document())) return fail(std::move(*found));
  return Body(std::move(parsed));
}

std::string Body::text(std::string_view name, std::size_t shortest, std::size_t longest) {
  require(name);
  return maybe_text(name, shortest, longest).value_or("");
}

std::optional<std::string> Body::maybe_text(std::string_view name, std::size_t shortest,
                                            std::size_t longest) {
  const std::string* value = find_text(name);
  if (value == nullptr) return std::nullopt;
  auto parsed = parse_free_text(name, *value, shortest, longest);
  if (parsed) return std::move(*parsed);
  for (FieldError& one : parsed.error().fields) refuse(std::move(one));
  return std::nullopt;
}

std::string Body::word(std::string_view name, std::size_t longest) {
  require(name);
  return maybe_word(name, longest).value_or("");
}

std::optional<std::string> Body::maybe_word(std::string_view name, std::size_t longest) {
  const std::string* value = find_text(name);
  if (value == nullptr) return std::nullopt;
  check_bytes(name, *value, longest);
  return *value;
}

SecretText Body::secret(std::string_view name, std::size_t longest) {
  require(name);
  return maybe_secret(name, longest).value_or(SecretText());
}

std::optional<SecretText> Body::maybe_secret(std::string_view name, std::size_t longest) {
  std::string* value = find_text(name);
  if (value == nullptr) return std::nullopt;
  SecretText taken{std::string_view(*value)};
  wipe(*value);
  check_bytes(name, taken.expose(), longest);
  return taken;
}

void Body::check_bytes(std::string_view name, std::string_view value, std::size_t longest) {
  if (value.empty()) refuse(name, "too_short");
  if (value.size() > longest) refuse(name, "too_long");
  if (!is_printable_utf8(value)) refuse(name, "control_characters");
}

std::optional<Body> Body::take_object(std::string_view name) {
  return JsonObject::take_object(name).transform(
      [](JsonObject&& object) { return Body(std::move(object)); });
}

std::vector<Body> Body::take_objects(std::string_view name, std::size_t most) {
  auto objects = JsonObject::take_objects(name, most);
  std::vector<Body> bodies;
  bodies.reserve(objects.size());
  for (JsonObject& one : objects) bodies.push_back(Body(std::move(one)));
  return bodies;
}

}  // namespace cardvault::api
