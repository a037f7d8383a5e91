#include "api/json/body.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "api/json/sensitive_data.h"
#include "base/member_name.h"
#include "base/strict_json.h"
#include "vault/access/password.h"
#include "vault/text/free_text.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestList = 16;

/// True if the answer may repeat the name of an unknown member. A caller may have sent a password
/// as a name, and one of small letters looks like a name. So a name that would be accepted as a
/// password is not shown.
bool may_be_shown(const std::string& name) {
  return is_member_name(name) && !check_new_password(SecretText(std::string_view(name)));
}

}  // namespace

struct Body::State {
  json members;
  std::set<std::string, std::less<>> known = {};
  std::vector<FieldError> refused = {};

  const json* find(std::string_view name) {
    known.emplace(name);
    const auto found = members.find(name);
    return found == members.end() ? nullptr : &*found;
  }

  std::string* find_text(std::string_view name) {
    known.emplace(name);
    const auto found = members.find(name);
    if (found == members.end()) return nullptr;
    if (!found->is_string()) {
      refuse({std::string(name), "wrong_type"});
      return nullptr;
    }
    return found->get_ptr<std::string*>();
  }

  /// A member that is wrong twice for the same reason, such as a list, gets one entry.
  void refuse(FieldError wrong) {
    const bool known_wrong = std::ranges::any_of(refused, [&](const FieldError& one) {
      return one.field == wrong.field && one.reason == wrong.reason;
    });
    if (!known_wrong && refused.size() < kMostRefused) refused.push_back(std::move(wrong));
  }

  void require(std::string_view name) {
    if (!members.contains(name)) refuse({std::string(name), "required"});
  }
};

Body::Body(std::unique_ptr<State> state) : state_(std::move(state)) {}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;
Body& Body::operator=(Body&&) noexcept = default;

Result<Body> Body::parse(std::string_view text) {
  TRY_VALUE(auto parsed, parse_strict_json(text));
  if (!parsed.is_object()) {
    return fail(ErrorCode::malformed_json, "The body is JSON, but not an object. Send {...}.");
  }
  if (auto found = find_sensitive_data(parsed)) return fail(std::move(*found));
  return Body(std::make_unique<State>(State{.members = std::move(parsed)}));
}

std::string Body::text(std::string_view name, std::size_t shortest, std::size_t longest) {
  state_->require(name);
  return maybe_text(name, shortest, longest).value_or("");
}

std::optional<std::string> Body::maybe_text(std::string_view name, std::size_t shortest,
                                            std::size_t longest) {
  const std::string* value = state_->find_text(name);
  if (value == nullptr) return std::nullopt;
  auto parsed = parse_free_text(name, *value, shortest, longest);
  if (parsed) return std::move(*parsed);
  for (FieldError& one : parsed.error().fields) state_->refuse(std::move(one));
  return std::nullopt;
}

std::string Body::word(std::string_view name, std::size_t longest) {
  state_->require(name);
  return maybe_word(name, longest).value_or("");
}

std::optional<std::string> Body::maybe_word(std::string_view name, std::size_t longest) {
  const std::string* value = state_->find_text(name);
  if (value == nullptr) return std::nullopt;
  if (value->empty()) refuse(name, "too_short");
  if (value->size() > longest) refuse(name, "too_long");
  if (!is_printable_utf8(*value)) refuse(name, "control_characters");
  return *value;
}

SecretText Body::secret(std::string_view name, std::size_t longest) {
  state_->require(name);
  return maybe_secret(name, longest).value_or(SecretText());
}

std::optional<SecretText> Body::maybe_secret(std::string_view name, std::size_t longest) {
  std::string* value = state_->find_text(name);
  if (value == nullptr) return std::nullopt;
  SecretText taken{std::string_view(*value)};
  wipe(*value);
  if (taken.size() == 0) refuse(name, "too_short");
  if (taken.size() > longest) refuse(name, "too_long");
  if (!is_printable_utf8(taken.expose())) refuse(name, "control_characters");
  return taken;
}

std::optional<bool> Body::maybe_boolean(std::string_view name) {
  const json* value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  refuse(name, "wrong_type");
  return std::nullopt;
}

std::optional<std::int64_t> Body::maybe_integer(std::string_view name, std::int64_t least,
                                                std::int64_t most) {
  const json* value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    refuse(name, "wrong_type");
    return std::nullopt;
  }
  const bool beyond = value->is_number_unsigned() &&
                      value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (beyond || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
    refuse(name, "out_of_range");
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::optional<std::vector<std::string>> Body::maybe_texts(std::string_view name) {
  const json* value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() ||
      !std::ranges::all_of(*value, [](const json& one) { return one.is_string(); })) {
    refuse(name, "wrong_type");
    return std::nullopt;
  }
  if (value->size() > kLongestList) {
    refuse(name, "too_long");
    return std::nullopt;
  }
  return value->get<std::vector<std::string>>();
}

std::optional<Body> Body::take_object(std::string_view name) {
  state_->require(name);
  if (state_->find(name) == nullptr) return std::nullopt;
  json& found = state_->members[std::string(name)];
  if (found.is_object()) return Body(std::make_unique<State>(State{.members = std::move(found)}));
  refuse(name, "wrong_type");
  return std::nullopt;
}

std::vector<Body> Body::take_objects(std::string_view name, std::size_t most) {
  state_->find(name);
  std::vector<Body> taken;
  const auto found = state_->members.find(name);
  if (found == state_->members.end()) return taken;
  const auto is_object = [](const json& one) { return one.is_object(); };
  if (!found->is_array() || !std::ranges::all_of(*found, is_object)) {
    refuse(name, "wrong_type");
  } else if (found->size() > most) {
    refuse(name, "too_long");
  } else {
    for (json& one : *found) {
      taken.push_back(Body(std::make_unique<State>(State{.members = std::move(one)})));
    }
  }
  return taken;
}

bool Body::has(std::string_view name) const {
  return state_->members.contains(name);
}

void Body::refuse(std::string_view name, std::string_view reason) {
  state_->refuse({std::string(name), std::string(reason)});
}

void Body::refuse(FieldError wrong) {
  state_->refuse(std::move(wrong));
}

Status Body::finish() const {
  std::vector<FieldError> fields = state_->refused;
  bool unnamed = false;
  for (const auto& [name, value] : state_->members.items()) {
    if (state_->known.contains(name) || fields.size() >= kMostRefused) continue;
    const bool shown = may_be_shown(name);
    if (shown) fields.push_back({name, "unknown_field"});
    if (!shown && !unnamed) {
      fields.push_back(
          {std::string(kUnnamed), "unknown_field", {state_->known.begin(), state_->known.end()}});
    }
    unnamed = unnamed || !shown;
  }
  if (fields.empty()) return {};
  Error error =
      make_error(ErrorCode::invalid_request,
                 "Members of the request are not valid. Correct the members listed in errors.");
  error.fields = std::move(fields);
  return fail(std::move(error));
}

}  // namespace cardvault::api
