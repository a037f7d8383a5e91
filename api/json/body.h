#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_object.h"
#include "crypto/secret.h"

namespace cardvault::api {

/// The JSON object of a request body. The value of a secret member is wiped from the parsed
/// document when it is taken. The error of finish() repeats the name of an unknown member only if
/// it is spelled like a member (see base/member_name.h) and would not be accepted as a password.
class Body : public JsonObject {
 public:
  /// Errors: malformed_json as JsonObject::parse(); sensitive_data_refused, with the member names,
  /// for data that no request may carry (see api/json/sensitive_data.h).
  [[nodiscard]] static Result<Body> parse(std::string_view text);

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

  // As in JsonObject.
  [[nodiscard]] std::optional<Body> take_object(std::string_view name);
  [[nodiscard]] std::vector<Body> take_objects(std::string_view name, std::size_t most);

 private:
  explicit Body(JsonObject object) : JsonObject(std::move(object)) {}
  void check_bytes(std::string_view name, std::string_view value, std::size_t longest);
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
