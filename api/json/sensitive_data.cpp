#include "api/json/sensitive_data.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/json/error_codes.h"
#include "base/member_name.h"
#include "vault/text/card_in_text.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

// Names of sensitive authentication data (PCI DSS v4.0.1 requirement 3.3.1) and of the card's
// expiry, as the large payment interfaces spell them. Case, dashes and underscores are ignored. The
// first list has whole names, the second has parts that no other name contains.
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

class Finder {
 public:
  /// `path` is the place of the value, `name` the member that it belongs to.
  void look_at(const json& value, const std::string& path, std::string_view name) {
    if (value.is_string()) look_at_text(value.get_ref<const std::string&>(), path, name);
    if (value.is_array()) {
      std::size_t index = 0;
      for (const json& one : value) {
        look_at(one, path + "[" + std::to_string(index++) + "]", name);
      }
    }
    if (!value.is_object()) return;
    for (const auto& [member, inner] : value.items()) {
      const std::string_view shown = is_member_name(member) ? std::string_view(member) : kUnnamed;
      const std::string place = path.empty() ? std::string(shown) : path + "." + std::string(shown);
      if (is_never_taken(member)) refuse(place, "not_allowed");
      look_at(inner, place, member);
    }
  }

  std::optional<Error> finish() {
    if (found_.empty()) return std::nullopt;
    Error error = make_error(
        JsonError::sensitive_data_refused,
        "The request contains data that this service never accepts. Leave out verification codes, "
        "PINs, track data and card expiry dates. Send card numbers only as \"pan\".");
    error.fields = std::move(found_);
    return error;
  }

 private:
  void look_at_text(std::string_view text, const std::string& path, std::string_view name) {
    const bool exempt = std::ranges::find(kMayHoldDigits, name) != kMayHoldDigits.end();
    if (!exempt && holds_card_number(text)) refuse(path, "card_number");
  }
  void refuse(const std::string& place, std::string_view reason) {
    if (found_.size() < kMostRefused) found_.push_back({place, std::string(reason)});
  }

  std::vector<FieldError> found_;
};

}  // namespace

std::optional<Error> find_sensitive_data(const json& document) {
  Finder finder;
  finder.look_at(document, "", "");
  return finder.finish();
}

}  // namespace cardvault::api
