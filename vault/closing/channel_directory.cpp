#include "vault/closing/channel_directory.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/strict_json.h"
#include "base/url.h"
#include "crypto/webhook_signature.h"

namespace cardvault {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 10> kMembers{
    "name",        "close_url",       "completion",           "timeout_s",    "connect_timeout_s",
    "signing_key", "max_concurrency", "acknowledge_within_s", "callback_key", "ca_file"};
constexpr std::int64_t kMaxTimeout = 60;
constexpr std::int64_t kMaxConcurrency = 64;
constexpr std::int64_t kWeek = 7 * 24 * 3600;

std::unexpected<Error> bad_directory(const std::string& why) {
  return fail(ErrorCode::invalid_request, "channels: " + why);
}

/// One entry during parsing. Its errors name the channel and the member that is wrong.
class Entry {
 public:
  Entry(const Json& members, std::string name) : members_(members), name_(std::move(name)) {}

  [[nodiscard]] std::unexpected<Error> bad(std::string_view member, const std::string& why) const {
    return bad_directory(name_ + ": " + std::string(member) + " " + why);
  }

  [[nodiscard]] Status only_known_members() const {
    for (const auto& [member, value] : members_.items()) {
      if (std::ranges::find(kMembers, member) == kMembers.end()) {
        return bad(member, "is not a known member");
      }
    }
    return {};
  }

  [[nodiscard]] bool has(std::string_view member) const { return members_.contains(member); }

  /// Reads a text of at least one character and without control characters.
  [[nodiscard]] Result<std::string> text(std::string_view member) const {
    if (!has(member)) return bad(member, "is missing");
    const Json& value = members_.at(member);
    if (!value.is_string()) return bad(member, "must be a text");
    auto read = value.get<std::string>();
    if (read.empty() || !is_printable_utf8(read)) {
      return bad(member, "is empty or contains control characters");
    }
    return read;
  }

  [[nodiscard]] Result<std::int64_t> number(std::string_view member, std::int64_t max,
                                            std::int64_t otherwise) const {
    if (!has(member)) return otherwise;
    const Json& value = members_.at(member);
    if (!value.is_number_integer()) return bad(member, "must be a whole number");
    const bool fits = !value.is_number_unsigned() ||
                      value.get<std::uint64_t>() <= static_cast<std::uint64_t>(max);
    if (!fits || value.get<std::int64_t>() < 1 || value.get<std::int64_t>() > max) {
      return bad(member, "must be between 1 and " + std::to_string(max));
    }
    return value.get<std::int64_t>();
  }

 private:
  const Json& members_;
  std::string name_;
};

Status read_url(const Entry& entry, ChannelProfile& profile) {
  TRY_VALUE(auto text, entry.text("close_url"));
  if (const auto url = Url::parse(text); !url) return entry.bad("close_url", url.error().detail);
  profile.close_url = std::move(text);
  return {};
}

Status read_times(const Entry& entry, ChannelProfile& profile) {
  TRY_VALUE(const auto timeout, entry.number("timeout_s", kMaxTimeout, profile.timeout.count()));
  TRY_VALUE(const auto connect, entry.number("connect_timeout_s", timeout,
                                             std::min(timeout, profile.connect_timeout.count())));
  TRY_VALUE(const auto within,
            entry.number("acknowledge_within_s", kWeek, profile.acknowledge_within.count()));
  profile.timeout = Seconds(timeout);
  profile.connect_timeout = Seconds(connect);
  profile.acknowledge_within = Seconds(within);
  return {};
}

Status read_signing(const Entry& entry, ChannelProfile& profile) {
  TRY_VALUE(const auto id, entry.number("signing_key", std::numeric_limits<KeyId>::max(), 0));
  if (id != 0) profile.signing_key = static_cast<KeyId>(id);
  TRY_VALUE(const auto most,
            entry.number("max_concurrency", kMaxConcurrency, profile.max_concurrency));
  profile.max_concurrency = static_cast<std::uint32_t>(most);
  if (!entry.has("ca_file")) return {};
  TRY_VALUE(auto file, entry.text("ca_file"));
  profile.ca_file = std::move(file);
  return {};
}

Status read_completion(const Entry& entry, ChannelProfile& profile) {
  if (entry.has("completion")) {
    TRY_VALUE(const auto word, entry.text("completion"));
    if (word != "response" && word != "callback") {
      return entry.bad("completion", "must be response or callback");
    }
    if (word == "callback") profile.completion = Completion::callback;
  }
  if (entry.has("callback_key")) {
    TRY_VALUE(const auto text, entry.text("callback_key"));
    profile.callback_key = parse_webhook_public_key(text);
    if (!profile.callback_key) return entry.bad("callback_key", "must be a whpk_ key");
  }
  if (profile.completion == Completion::callback && !profile.callback_key) {
    return entry.bad("callback_key", "is missing");
  }
  return {};
}

Result<ChannelProfile> read_profile(const Json& members, std::size_t place) {
  const std::string unnamed = "entry " + std::to_string(place + 1);
  if (!members.is_object()) return bad_directory(unnamed + " must be an object");
  TRY_VALUE(const auto name, Entry(members, unnamed).text("name"));
  const Entry entry(members, name);
  const auto channel = parse_channel(name);
  if (!channel) return entry.bad("name", "is not the name of a channel");
  ChannelProfile profile;
  profile.channel = *channel;
  Status read = entry.only_known_members();
  for (auto* const part : {read_url, read_times, read_signing, read_completion}) {
    if (read) read = part(entry, profile);
  }
  if (!read) return fail(std::move(read.error()));
  return profile;
}

}  // namespace

Result<ChannelDirectory> ChannelDirectory::parse(std::string_view json) {
  const auto parsed = parse_strict_json(json);
  if (!parsed) return fail(parsed.error().code, "channels: " + parsed.error().detail);
  const Json& document = *parsed;
  if (!document.is_object() || document.size() != 1 || !document.contains("channels") ||
      !document["channels"].is_array()) {
    return bad_directory("the document must be an object with one member, the list channels");
  }
  ChannelDirectory directory;
  const Json& entries = document["channels"];
  for (std::size_t place = 0; place < entries.size(); ++place) {
    TRY_VALUE(auto profile, read_profile(entries[place], place));
    auto& slot = directory.profiles_[static_cast<std::size_t>(profile.channel)];
    if (slot) {
      return bad_directory(std::string(channel_name(profile.channel)) + ": the name occurs twice");
    }
    slot = std::move(profile);
  }
  return directory;
}

const ChannelProfile* ChannelDirectory::find(Channel channel) const {
  const auto& slot = profiles_[static_cast<std::size_t>(channel)];
  return slot ? &*slot : nullptr;
}

}  // namespace cardvault
