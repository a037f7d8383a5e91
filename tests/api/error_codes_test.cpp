#include "api/callers/error_codes.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "api/json/error_codes.h"
#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "net/http_status.h"
#include "net/server/error_codes.h"
#include "net/server/problem.h"
#include "tests/support/captured_log.h"
#include "vault/access/error_codes.h"
#include "vault/cards/error_codes.h"
#include "vault/change/error_codes.h"
#include "vault/closing/error_codes.h"
#include "vault/storage/error_codes.h"
#include "vault/wallet/error_codes.h"

namespace cardvault::api {
namespace {

const std::filesystem::path kSources = CARDVAULT_SOURCE_DIR;

const std::vector<ErrorCode> kAllCodes{
    ErrorCode::malformed_json,
    ErrorCode::invalid_request,
    ErrorCode::limit_reached,
    ErrorCode::record_corrupt,
    ErrorCode::write_conflict,
    ErrorCode::busy,
    ErrorCode::store_unavailable,
    ErrorCode::internal,
    CryptoError::weak_credential,
    CryptoError::token_invalid,
    CryptoError::signature_invalid,
    CryptoError::signature_expired,
    CryptoError::key_unavailable,
    KeyError::key_not_found,
    KeyError::key_in_use,
    KeyError::key_expired,
    KeyError::job_running,
    KeyError::share_refused,
    KeyError::keyring_rolled_back,
    KeyError::vault_sealed,
    HttpError::bad_http,
    HttpError::route_not_found,
    HttpError::method_not_allowed,
    HttpError::length_required,
    HttpError::body_too_large,
    HttpError::uri_too_long,
    HttpError::unsupported_media_type,
    HttpError::headers_too_large,
    HttpError::transfer_encoding_refused,
    HttpError::shutting_down,
    WalletError::wallet_not_found,
    WalletError::wallet_frozen,
    WalletError::wallet_closed,
    WalletError::card_not_found,
    WalletError::device_not_found,
    WalletError::invalid_pan,
    StorageError::audit_log_damaged,
    ChangeError::idempotency_key_reused,
    CardError::card_already_bound,
    CardError::insufficient_scope,
    AccessError::token_expired,
    AccessError::token_revoked,
    AccessError::token_wrong_device,
    AccessError::unlock_failed,
    WalletError::credential_locked,
    WalletError::credential_void,
    AccessError::credential_not_set,
    AccessError::invalid_gesture,
    AccessError::device_already_bound,
    ClosingError::deregistration_not_found,
    ClosingError::closure_not_found,
    ClosingError::channel_closing,
    CallerError::unauthenticated,
    CallerError::client_key_invalid,
    CallerError::permission_denied,
    JsonError::sensitive_data_refused,
};

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// The names of the codes that one header declares.
std::set<std::string> declared_in(const std::filesystem::path& header) {
  const std::regex declaration(R"(constexpr ErrorCode (?:ErrorCode::)?(\w+)\{\s*"(\w+)\")");
  const std::string text = text_of(header);
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), declaration), end; it != end; ++it) {
    CHECK((*it)[1] == (*it)[2]);
    names.insert((*it)[2]);
  }
  return names;
}

/// Name and status of every code in the table of docs/api.md: "| a, b | 404, 409 | ... |".
std::map<std::string, int> documented() {
  std::map<std::string, int> statuses;
  std::istringstream lines(text_of(kSources / "docs/api.md"));
  const std::regex row(R"(\| ([a-z_]+(?:, [a-z_]+)*) \| (\d{3}(?:, \d{3})*) \|.*)");
  const std::regex word(R"(\w+)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch cells;
    if (!std::regex_match(line, cells, row)) continue;
    const std::string names = cells[1];
    const std::string numbers = cells[2];
    std::sregex_iterator status(numbers.begin(), numbers.end(), word);
    for (std::sregex_iterator it(names.begin(), names.end(), word), end; it != end; ++it) {
      statuses[it->str()] = std::stoi(status->str());
      if (std::next(status) != std::sregex_iterator()) ++status;
    }
  }
  return statuses;
}

TEST_CASE("error codes: sources and docs/api.md list the same codes with the same status") {
  std::map<std::string, int> ours;
  for (const ErrorCode& code : kAllCodes) ours[std::string(code.name)] = http_status(code.kind);
  CHECK(ours.size() == kAllCodes.size());
  CHECK(ours == documented());
}

TEST_CASE("error codes: these tests know every code that a header declares") {
  std::set<std::string> declared = declared_in(kSources / "base/error.h");
  for (const char* const folder : {"crypto", "net", "vault", "api"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kSources / folder)) {
      if (entry.path().filename() == "error_codes.h") declared.merge(declared_in(entry.path()));
    }
  }
  std::set<std::string> known;
  for (const ErrorCode& code : kAllCodes) known.emplace(code.name);
  CHECK(declared == known);
}

TEST_CASE("error codes: every 401 carries a challenge and every 503 a Retry-After") {
  const test::CapturedLog log(log::Level::off);
  for (const ErrorCode& code : kAllCodes) {
    const auto response = problem_response(make_error(code, "Words."), RequestId{});
    INFO(response.body);
    std::map<std::string, std::string> fields(response.headers.begin(), response.headers.end());
    const std::string challenge = fields["WWW-Authenticate"];
    const bool names_a_scheme = challenge.starts_with("Bearer") || challenge == "Webhook-Signature";
    CHECK((response.status != 401 || names_a_scheme));
    CHECK((response.status != 503 || fields["Retry-After"] == "1"));
  }
  const auto challenge_of = [](const ErrorCode& code) {
    for (const auto& [name, value] : problem_response(make_error(code, "Words."), {}).headers) {
      if (name == "WWW-Authenticate") return value;
    }
    return std::string();
  };
  CHECK(challenge_of(CallerError::unauthenticated) == "Bearer");
  CHECK(challenge_of(AccessError::token_expired) == R"(Bearer error="invalid_token")");
  CHECK(challenge_of(CardError::insufficient_scope) == R"(Bearer error="insufficient_scope")");
}

}  // namespace
}  // namespace cardvault::api
