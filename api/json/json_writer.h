#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace cardvault::api {

/// Writes a JSON text from front to back without building a document: a list view renders one for
/// each request. The caller opens and closes in the right order. Texts must be well-formed UTF-8.
class JsonWriter {
 public:
  JsonWriter() { out_.reserve(kUsualSize); }

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_list() { return open('['); }
  JsonWriter& close_list() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// `json` must be a complete value.
  JsonWriter& raw(std::string_view json);

  JsonWriter& member(std::string_view name, std::string_view value) {
    return key(name).text(value);
  }
  JsonWriter& member(std::string_view name, const std::string& value) {
    return key(name).text(value);
  }
  JsonWriter& member(std::string_view name, const char* value) { return key(name).text(value); }
  JsonWriter& member(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& member(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& member(std::string_view name, std::size_t value) {
    return key(name).number(static_cast<std::int64_t>(value));
  }
  JsonWriter& member(std::string_view name, Time value) {
    return key(name).text(format_rfc3339(value));
  }
  JsonWriter& member(std::string_view name, const std::optional<Time>& value) {
    return value ? member(name, *value) : key(name).null();
  }
  template <class Kind>
  JsonWriter& member(std::string_view name, const Id<Kind>& id) {
    before_value();
    append_key(name);
    out_ += '"';
    id.append_to(out_);
    out_ += '"';
    comma_ = true;
    return *this;
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void before_value();
  void append_key(std::string_view name);
  void append_quoted(std::string_view value);

  /// Size of a list of five cards, so that writing one allocates once.
  static constexpr std::size_t kUsualSize = 2048;

  std::string out_;
  bool comma_ = false;
};

}  // namespace cardvault::api
