#include "sandbox/members.h"

#include <utility>

#include "base/member_name.h"
#include "base/strict_json.h"

namespace cardvault::sandbox {

using nlohmann::json;

Result<Members> Members::parse(std::string_view text) {
  TRY_VALUE(auto parsed, parse_strict_json(text));
  if (!parsed.is_object()) {
    return fail(ErrorCode::malformed_json, "The body is not one well-formed JSON object.");
  }
  return Members(std::move(parsed));
}

std::optional<bool> Members::boolean(const std::string& name) {
  const json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  refuse(name, "wrong_type");
  return std::nullopt;
}

std::optional<std::int64_t> Members::integer(const std::string& name, std::int64_t least,
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

std::optional<std::string> Members::text(const std::string& name) {
  const json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  refuse(name, "wrong_type");
  return std::nullopt;
}

bool Members::takes_null(const std::string& name) {
  const json* value = find(name);
  return value != nullptr && value->is_null();
}

void Members::require(const std::string& name) {
  if (!members_.contains(name)) refuse(name, "required");
}

Status Members::finish() const {
  std::vector<FieldError> fields = refused_;
  for (const auto& [name, value] : members_.items()) {
    if (known_.contains(name) || fields.size() >= kMostRefused) continue;
    fields.push_back({std::string(is_member_name(name) ? name : kUnnamed), "unknown_field"});
  }
  if (fields.empty()) return {};
  Error error =
      make_error(ErrorCode::invalid_request,
                 "Members of the request are not valid. Correct the members listed in errors.");
  error.fields = std::move(fields);
  return fail(std::move(error));
}

const json* Members::find(const std::string& name) {
  known_.insert(name);
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : &*found;
}

void Members::refuse(const std::string& name, const std::string& reason) {
  refused_.push_back({name, reason});
}

}  // namespace cardvault::sandbox
