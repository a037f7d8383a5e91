#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault::api {

/// The JSON object of a request body, read member by member. Wrong members are collected, so that
/// one answer names all of them; only finish() reports them. The value of a secret member is wiped
/// from the parsed document when it is taken.
class Body {
 public:
  /// Errors: malformed_json for anything but one JSON object (see base/strict_json.h);
  /// sensitive_data_refused, with the member names, for data that no request may carry (see
  /// api/json/sensitive_data.h).
  [[nodiscard]] static Result<Body> parse(std::string_view text);

  ~Body();
  Body(Body&&) noexcept;
  Body& operator=(Body&&) noexcept;

  /// Free text of `shortest` to `longest` code points (see vault/text/free_text.h).
  [[nodiscard]] std::string text(std::string_view name, std::size_t shortest, std::size_t longest);
  [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name, std::size_t shortest,
                                                      std::size_t longest);
  /// A text that is looked up but never kept or shown, such as an id: 1 to `longest` bytes without
  /// control characters.
  [[nodiscard]] std::string word(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<std::string> maybe_word(std::string_view name, std::size_t longest);
  /// 1 to `longest` bytes without control characters.
  [[nodiscard]] SecretText secret(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<SecretText> maybe_secret(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<bool> maybe_boolean(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t least,
                                                          std::int64_t most);
  /// A list of at most 16 texts; nullopt if the member is absent.
  [[nodiscard]] std::optional<std::vector<std::string>> maybe_texts(std::string_view name);

  /// A required object. Read and finish it like this one.
  [[nodiscard]] std::optional<Body> take_object(std::string_view name);
  /// A list of at most `most` objects; empty if the member is absent. Read and finish each of them
  /// like this one.
  [[nodiscard]] std::vector<Body> take_objects(std::string_view name, std::size_t most);

  [[nodiscard]] bool has(std::string_view name) const;
  /// Adds a member that the caller found wrong. The same member and reason count once.
  void refuse(std::string_view name, std::string_view reason);
  /// Adds a member whose value is not in `allowed`: not_allowed, with the list.
  template <class Names>
  void refuse_other_than(std::string_view name, const Names& allowed) {
    refuse({std::string(name), "not_allowed", {std::begin(allowed), std::end(allowed)}});
  }

  /// Error: invalid_request with the refused and unknown members, at most kMostRefused. The answer
  /// repeats the name of an unknown member only if it is spelled like a member (see
  /// base/member_name.h) and would not be accepted as a password. All other unknown members share
  /// one entry named kUnnamed, which lists the known members.
  [[nodiscard]] Status finish() const;

 private:
  struct State;
  explicit Body(std::unique_ptr<State> state);
  void refuse(FieldError wrong);

  std::unique_ptr<State> state_;
};

/// Parses a body, reads it with `read(Body&) -> T` and finishes it.
template <class Read>
[[nodiscard]] auto read_body(std::string_view json, Read read)
    -> Result<decltype(read(std::declval<Body&>()))> {
  TRY_VALUE(auto body, Body::parse(json));
  auto value = read(body);
  TRY(body.finish());
  return value;
}

}  // namespace cardvault::api
