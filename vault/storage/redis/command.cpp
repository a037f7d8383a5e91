#include "vault/storage/redis/command.h"

namespace cardvault {
namespace {

void append_word(std::string& out, std::string_view text) {
  out += '$';
  out += std::to_string(text.size());
  out += "\r\n";
  out += text;
  out += "\r\n";
}

}  // namespace

Command::Command(const Script& script, std::size_t keys) : script_(&script) {
  word(std::to_string(keys));
}

Command& Command::word(std::string_view text) {
  append_word(words_, text);
  ++count_;
  return *this;
}

Command& Command::key(std::string_view name) {
  if (routing_key_.empty()) routing_key_ = name;
  return word(name);
}

std::string Command::encoded(Naming naming) const {
  std::string out = "*" + std::to_string(count_ + (script_ == nullptr ? 0 : 2)) + "\r\n";
  out.reserve(out.size() + words_.size() + 80);
  if (script_ != nullptr) {
    const bool whole = naming == Naming::text;
    append_word(out, whole ? "EVAL" : "EVALSHA");
    append_word(out, whole ? script_->text() : std::string_view(script_->name()));
  }
  return out += words_;
}

}  // namespace cardvault
