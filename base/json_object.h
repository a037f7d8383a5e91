#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/member_name.h"
#include "base/result.h"

namespace cardvault {

/// A JSON object from outside, read member by member. Wrong members are collected, so that one
/// answer names all of them; only finish() reports them. A reader returns nothing for a member that
/// is absent or refused.
class JsonObject {
 public:
  /// True if an answer may repeat this name of an unknown member.
  using MayShow = bool (*)(std::string_view name);

  /// Error: malformed_json for anything but one JSON object (see base/strict_json.h).
  [[nodiscard]] static Result<JsonObject> parse(std::string_view text,
                                                MayShow may_show = is_member_name);

  ~JsonObject();
  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(JsonObject&&) noexcept;

  /// The text where the document keeps it, so that a secret can be wiped there.
  [[nodiscard]] std::string* find_text(std::string_view name);
  [[nodiscard]] std::optional<bool> maybe_boolean(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t least,
                                                          std::int64_t most);
  /// A list of at most 16 texts.
  [[nodiscard]] std::optional<std::vector<std::string>> maybe_texts(std::string_view name);
  /// True if the member is null, which the other readers refuse.
  [[nodiscard]] bool takes_null(std::string_view name);

  /// A required object. Read and finish it like this one.
  [[nodiscard]] std::optional<JsonObject> take_object(std::string_view name);
  /// A list of at most `most` objects; empty if the member is absent. Read and finish each of them
  /// like this one.
  [[nodiscard]] std::vector<JsonObject> take_objects(std::string_view name, std::size_t most);

  [[nodiscard]] bool has(std::string_view name) const;
  /// What the object still holds: take_object() and take_objects() take their members out of it.
  [[nodiscard]] const nlohmann::json& document() const;

  /// Refuses an absent member: required.
  void require(std::string_view name);
  /// Adds a member that the caller found wrong. The same member and reason count once.
  void refuse(std::string_view name, std::string_view reason);
  void refuse(FieldError wrong);
  /// Adds a member whose value is not in `allowed`: not_allowed, with the list.
  template <class Names>
  void refuse_other_than(std::string_view name, const Names& allowed) {
    refuse({std::string(name), "not_allowed", {std::begin(allowed), std::end(allowed)}});
  }

  /// Error: invalid_request with the refused and unknown members, at most kMostRefused. Unknown
  /// members whose names may not be shown share one entry named kUnnamed, which lists the known
  /// members.
  [[nodiscard]] Status finish() const;

 private:
  struct State;
  explicit JsonObject(std::unique_ptr<State> state);
  nlohmann::json* find(std::string_view name);
  [[nodiscard]] JsonObject child(nlohmann::json& object) const;

  std::unique_ptr<State> state_;
};

}  // namespace cardvault
