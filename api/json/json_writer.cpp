#include "api/json/json_writer.h"

#include <algorithm>

#include "base/bytes.h"

namespace cardvault::api {

JsonWriter& JsonWriter::open(char bracket) {
  before_value();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void JsonWriter::before_value() {
  if (comma_) out_ += ',';
  comma_ = false;
}

void JsonWriter::append_key(std::string_view name) {
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  append_key(name);
  return *this;
}

void JsonWriter::append_quoted(std::string_view value) {
  const auto plain = [](char c) {
    return static_cast<std::uint8_t>(c) >= 0x20 && c != '"' && c != '\\';
  };
  out_ += '"';
  if (std::ranges::all_of(value, plain)) {
    out_ += value;
  } else {
    for (const char c : value) {
      const auto byte = static_cast<std::uint8_t>(c);
      if (plain(c)) {
        out_ += c;
      } else if (byte < 0x20) {
        out_ += "\\u00" + to_hex(ByteView(&byte, 1));
      } else {
        out_ += '\\';
        out_ += c;
      }
    }
  }
  out_ += '"';
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  append_quoted(value);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  return raw(std::to_string(value));
}
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json;
  comma_ = true;
  return *this;
}

}  // namespace cardvault::api
