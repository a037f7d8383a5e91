#include "api/body.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/member_name.h"
#include "base/strict_json.h"
#include "vault/policy/free_text.h"
#include "vault/policy/password.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;
constexpr std::size_t kLongestList = 16;

// Sensitive authentication data (PCI DSS v4.0.1 requirement 3.3.1) and the card's expiry, in the
// spellings of the big payment interfaces, without case, dashes and underscores. The first list is
// of whole names, the second of parts that no other name has.
constexpr std::array<std::string_view, 10> kNeverTaken{
    "cid", "pin", "pincode", "cardpin", "track", "track1", "track2", "track3", "exp", "cardexp"};
constexpr std::array<std::string_view, 13> kNeverTakenParts{
    "cvv",       "cvc",   "cvn",      "cav2",    "securitycode", "pinblock", "trackdata",
    "magstripe", "expir", "expmonth", "expyear", "expdate",      "validthru"};

std::string bare_name(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c == '-' || c == '_') continue;
    bare += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return bare;
}

bool is_never_taken(std::string_view name) {
  const std::string bare = bare_name(name);
  return std::ranges::find(kNeverTaken, bare) != kNeverTaken.end() ||
         std::ranges::any_of(kNeverTakenParts, [&](std::string_view part) {
           return bare.find(part) != std::string::npos;
         });
}

/// Adds every member of that kind, however deep; `path` is where `value` stands.
void find_never_taken(const json& value, const std::string& path, std::vector<FieldError>& found) {
  if (value.is_array()) {
    for (const json& one : value) find_never_taken(one, path, found);
  }
  if (!value.is_object()) return;
  for (const auto& [name, inner] : value.items()) {
    const std::string_view shown = is_member_name(name) ? std::string_view(name) : kUnnamed;
    const std::string place = path.empty() ? std::string(shown) : path + "." + std::string(shown);
    if (is_never_taken(name) && found.size() < kMostRefused)
      found.push_back({place, "not_allowed"});
    find_never_taken(inner, place, found);
  }
}

std::unexpected<Error> refuse_sensitive(std::vector<FieldError> found) {
  Error error = make_error(ErrorCode::sensitive_data_refused,
                           "The request carries data that this service never takes. Leave out "
                           "verification codes, PINs, track data and card expiry.");
  error.fields = std::move(found);
  return fail(std::move(error));
}

/// Whether the name of an unknown member may come back to the caller. A password may have been sent
/// as a name, and one of small letters looks like a name: what would do as a password is not shown.
bool may_be_shown(const std::string& name) {
  return is_member_name(name) && !check_new_password(SecretText(std::string_view(name)));
}

}  // namespace

struct Body::State {
  json members;
  std::set<std::string, std::less<>> known = {};
  std::vector<FieldError> refused = {};
  std::optional<Error> other = {};

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

  /// One entry for a member that is wrong in the same way twice, such as a list.
  void refuse(FieldError wrong) {
    const bool known_wrong = std::ranges::any_of(refused, [&](const FieldError& one) {
      return one.field == wrong.field && one.reason == wrong.reason;
    });
    if (!known_wrong && refused.size() < kMostRefused) refused.push_back(std::move(wrong));
  }

  void require(std::string_view name) {
    if (!members.contains(name)) refuse({std::string(name), "required"});
  }

  void take_error(Error error) {
    if (error.code == ErrorCode::invalid_request) {
      for (FieldError& one : error.fields) refuse(std::move(one));
    } else if (!other) {
      other = std::move(error);
    }
  }
};

Body::Body(std::unique_ptr<State> state) : state_(std::move(state)) {}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;
Body& Body::operator=(Body&&) noexcept = default;

Result<Body> Body::parse(std::string_view text) {
  auto parsed = parse_strict_json(text);
  if (!parsed) return fail(std::move(parsed.error()));
  if (!parsed->is_object()) {
    return fail(ErrorCode::malformed_json, "The body is JSON, but not an object. Send {...}.");
  }
  std::vector<FieldError> never_taken;
  find_never_taken(*parsed, "", never_taken);
  if (!never_taken.empty()) return refuse_sensitive(std::move(never_taken));
  return Body(std::make_unique<State>(State{.members = std::move(*parsed)}));
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
  state_->take_error(std::move(parsed.error()));
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
  if (fields.empty()) return state_->other ? Status(fail(*state_->other)) : Status();
  Error error = make_error(ErrorCode::invalid_request,
                           "Members of the request are not acceptable. Correct what errors lists.");
  error.fields = std::move(fields);
  return fail(std::move(error));
}

}  // namespace cardvault::api
