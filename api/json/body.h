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
/// one answer names them all; finish() is the only place where they come out. Values of secret
/// members are wiped out of the parsed document when they are taken.
class Body {
 public:
  /// malformed_json for anything but one JSON object (see base/strict_json.h);
  /// sensitive_data_refused, naming the members, for what no request may carry (see
  /// api/json/sensitive_data.h).
  [[nodiscard]] static Result<Body> parse(std::string_view text);

  ~Body();
  Body(Body&&) noexcept;
  Body& operator=(Body&&) noexcept;

  /// Free text of `shortest` to `longest` code points (see vault/text/free_text.h).
  [[nodiscard]] std::string text(std::string_view name, std::size_t shortest, std::size_t longest);
  [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name, std::size_t shortest,
                                                      std::size_t longest);
  /// A text that is looked up and never kept or shown, such as an id: 1 to `longest` bytes without
  /// control characters.
  [[nodiscard]] std::string word(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<std::string> maybe_word(std::string_view name, std::size_t longest);
  /// At most `longest` bytes, no control characters, at least one byte.
  [[nodiscard]] SecretText secret(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<SecretText> maybe_secret(std::string_view name, std::size_t longest);
  [[nodiscard]] std::optional<bool> maybe_boolean(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t least,
                                                          std::int64_t most);
  /// A list of at most 16 texts, or nullopt when the member is not there.
  [[nodiscard]] std::optional<std::vector<std::string>> maybe_texts(std::string_view name);

  /// An object that must be there, to be read and finished like this one.
  [[nodiscard]] std::optional<Body> take_object(std::string_view name);
  /// A list of at most `most` objects, each to be read and finished like this one; empty when the
  /// member is not there.
  [[nodiscard]] std::vector<Body> take_objects(std::string_view name, std::size_t most);

  [[nodiscard]] bool has(std::string_view name) const;
  /// Adds a member that the caller found wrong; the same twice counts once.
  void refuse(std::string_view name, std::string_view reason);
  /// Adds a member whose value is none of `allowed`: not_allowed, with the list.
  template <class Names>
  void refuse_other_than(std::string_view name, const Names& allowed) {
    refuse({std::string(name), "not_allowed", {std::begin(allowed), std::end(allowed)}});
  }

  /// invalid_request with the refused and unknown members, at most kMostRefused. The name of an
  /// unknown member comes back only if it is spelled as a member (see base/member_name.h) and would
  /// not do as a password. The others are one entry named kUnnamed, which lists the members that
  /// are known.
  [[nodiscard]] Status finish() const;

 private:
  struct State;
  explicit Body(std::unique_ptr<State> state);
  void refuse(FieldError wrong);

  std::unique_ptr<State> state_;
};

/// Reads a body with `read(Body&) -> T` and finishes it.
template <class Read>
[[nodiscard]] auto read_body(std::string_view json, Read read)
    -> Result<decltype(read(std::declval<Body&>()))> {
  TRY_VALUE(auto body, Body::parse(json));
  auto value = read(body);
  TRY(body.finish());
  return value;
}

}  // namespace cardvault::api
