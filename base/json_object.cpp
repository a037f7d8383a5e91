#include "base/json_object.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/strict_json.h"

namespace cardvault {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestList = 16;

}  // namespace

struct JsonObject::State {
  json members;
  MayShow may_show;
  std::set<std::string, std::less<>> known = {};
  std::vector<FieldError> refused = {};
};

JsonObject::JsonObject(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonObject::~JsonObject() = default;
JsonObject::JsonObject(JsonObject&&) noexcept = default;
JsonObject& JsonObject::operator=(JsonObject&&) noexcept = default;

Result<JsonObject> JsonObject::parse(std::string_view text, MayShow may_show) {
  TRY_VALUE(auto parsed, parse_strict_json(text));
  if (!parsed.is_object()) {
    return fail(ErrorCode::malformed_json, "The body is JSON, but not an object. Send {...}.");
  }
  return JsonObject(std::make_unique<State>(std::move(parsed), may_show));
}

std::string* JsonObject::find_text(std::string_view name) {
  json* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_string()) refuse(name, "wrong_type");
  return value->get_ptr<std::string*>();
}

std::optional<bool> JsonObject::maybe_boolean(std::string_view name) {
  const json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  refuse(name, "wrong_type");
  return std::nullopt;
}

std::optional<std::int64_t> JsonObject::maybe_integer(std::string_view name, std::int64_t least,
                                                      std::int64_t most) {
  const json* value = find(name);
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

std::optional<std::vector<std::string>> JsonObject::maybe_texts(std::string_view name) {
  const json* value = find(name);
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

bool JsonObject::takes_null(std::string_view name) {
  const json* value = find(name);
  return value != nullptr && value->is_null();
}

std::optional<JsonObject> JsonObject::take_object(std::string_view name) {
  require(name);
  json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_object()) return child(*found);
  refuse(name, "wrong_type");
  return std::nullopt;
}

std::vector<JsonObject> JsonObject::take_objects(std::string_view name, std::size_t most) {
  std::vector<JsonObject> taken;
  json* found = find(name);
  if (found == nullptr) return taken;
  const auto is_object = [](const json& one) { return one.is_object(); };
  if (!found->is_array() || !std::ranges::all_of(*found, is_object)) {
    refuse(name, "wrong_type");
  } else if (found->size() > most) {
    refuse(name, "too_long");
  } else {
    for (json& one : *found) taken.push_back(child(one));
  }
  return taken;
}

bool JsonObject::has(std::string_view name) const {
  return state_->members.contains(name);
}

const json& JsonObject::document() const {
  return state_->members;
}

void JsonObject::require(std::string_view name) {
  if (!has(name)) refuse(name, "required");
}

void JsonObject::refuse(std::string_view name, std::string_view reason) {
  refuse({std::string(name), std::string(reason)});
}

void JsonObject::refuse(FieldError wrong) {
  std::vector<FieldError>& refused = state_->refused;
  const bool known_wrong = std::ranges::any_of(refused, [&](const FieldError& one) {
    return one.field == wrong.field && one.reason == wrong.reason;
  });
  if (!known_wrong && refused.size() < kMostRefused) refused.push_back(std::move(wrong));
}

Status JsonObject::finish() const {
  const auto& [members, may_show, known, refused] = *state_;
  std::vector<FieldError> fields = refused;
  bool unnamed = false;
  for (const auto& [name, value] : members.items()) {
    if (known.contains(name) || fields.size() >= kMostRefused) continue;
    const bool shown = may_show(name);
    if (shown) fields.push_back({name, "unknown_field"});
    if (!shown && !unnamed) {
      fields.push_back({std::string(kUnnamed), "unknown_field", {known.begin(), known.end()}});
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

json* JsonObject::find(std::string_view name) {
  state_->known.emplace(name);
  const auto found = state_->members.find(name);
  return found == state_->members.end() ? nullptr : &*found;
}

JsonObject JsonObject::child(json& object) const {
  return JsonObject(std::make_unique<State>(std::move(object), state_->may_show));
}

}  // namespace cardvault
