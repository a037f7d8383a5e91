#include "api/body.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/policy/free_text.h"

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

/// Watches the parser: how deep, which names, any twice.
class Watcher {
 public:
  bool operator()(int depth, json::parse_event_t event, const json& parsed) {
    if (depth > kDeepest) refuse(ErrorCode::malformed_json);
    if (event == json::parse_event_t::object_start) names_.emplace_back();
    if (event == json::parse_event_t::object_end) names_.pop_back();
    if (event == json::parse_event_t::key) see(parsed.get_ref<const std::string&>());
    return true;
  }

  [[nodiscard]] std::optional<ErrorCode> refused() const { return refused_; }

 private:
  void see(const std::string& name) {
    if (!names_.back().insert(name).second) refuse(ErrorCode::malformed_json);
    if (is_never_taken(name)) refuse(ErrorCode::sensitive_data_refused);
  }
  void refuse(ErrorCode code) {
    if (!refused_) refused_ = code;
  }

  std::vector<std::set<std::string>> names_;
  std::optional<ErrorCode> refused_;
};

std::unexpected<Error> refuse_body(ErrorCode code) {
  if (code == ErrorCode::sensitive_data_refused) {
    return fail(code,
                "The request carries data that this service never takes: "
                "verification codes, PINs, track data and card expiry must not be sent.");
  }
  return fail(code, "The body is not one well-formed JSON object.");
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
      refused.push_back({std::string(name), "wrong_type"});
      return nullptr;
    }
    return found->get_ptr<std::string*>();
  }

  void require(std::string_view name) {
    if (!members.contains(name)) refused.push_back({std::string(name), "required"});
  }

  void take_error(Error error) {
    if (error.code == ErrorCode::invalid_request) {
      std::ranges::move(error.fields, std::back_inserter(refused));
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
  auto state = std::make_unique<State>();
  Watcher watcher;
  try {
    state->members = json::parse(text, std::ref(watcher));
  } catch (const json::exception&) {
    return refuse_body(ErrorCode::malformed_json);
  }
  if (watcher.refused()) return refuse_body(*watcher.refused());
  if (!state->members.is_object()) return refuse_body(ErrorCode::malformed_json);
  return Body(std::move(state));
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
  state_->refused.push_back({std::string(name), std::string(reason)});
}

Status Body::finish() const {
  std::vector<FieldError> fields = state_->refused;
  for (const auto& [name, value] : state_->members.items()) {
    if (state_->known.contains(name)) continue;
    // A name out of the request goes back into the answer: only if it is plain and carries no card.
    const bool quotable = parse_free_text("", name, 1, 64).has_value();
    fields.push_back({quotable ? name : "(unprintable)", "unknown_field"});
  }
  if (fields.empty()) return state_->other ? Status(fail(*state_->other)) : Status();
  Error error =
      make_error(ErrorCode::invalid_request, "Members of the request are not acceptable.");
  error.fields = std::move(fields);
  return fail(std::move(error));
}

}  // namespace cardvault::api
