#include "net/server/problem.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/captured_log.h"

namespace cardvault::api {
namespace {

const RequestId kRequest{};

std::string field(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Response problem(ErrorCode code) {
  return problem_response(make_error(code, "Words."), kRequest);
}

TEST_CASE("problem: every code has the status that callers rely on") {
  const std::map<int, std::vector<std::string_view>> expected{
      {400, {"malformed_json", "invalid_request", "transfer_encoding_refused", "bad_http"}},
      {401,
       {"signature_invalid", "signature_expired", "unauthenticated", "client_key_invalid",
        "token_invalid", "token_expired", "token_revoked", "token_wrong_device", "unlock_failed"}},
      {403, {"permission_denied", "insufficient_scope", "wallet_frozen"}},
      {404,
       {"closure_not_found", "route_not_found", "wallet_not_found", "card_not_found",
        "device_not_found", "deregistration_not_found", "key_not_found"}},
      {405, {"method_not_allowed"}},
      {409,
       {"channel_closing", "wallet_closed", "credential_not_set", "card_already_bound",
        "device_already_bound", "limit_reached", "key_in_use", "job_running"}},
      {411, {"length_required"}},
      {413, {"body_too_large"}},
      {414, {"uri_too_long"}},
      {415, {"unsupported_media_type"}},
      {422,
       {"sensitive_data_refused", "invalid_pan", "invalid_gesture", "weak_credential",
        "idempotency_key_reused", "share_refused"}},
      {423, {"credential_locked", "credential_void"}},
      {431, {"headers_too_large"}},
      {500, {"record_corrupt", "audit_log_damaged", "internal"}},
      {503,
       {"write_conflict", "busy", "shutting_down", "store_unavailable", "key_unavailable",
        "key_expired", "keyring_rolled_back", "vault_sealed"}}};
  std::map<std::string_view, int> by_name;
  for (const auto& [status, names] : expected) {
    for (const auto name : names) by_name[name] = status;
  }
  const auto last = static_cast<int>(ErrorCode::internal);
  REQUIRE(by_name.size() == static_cast<std::size_t>(last) + 1);
  for (int i = 0; i <= last; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    INFO(error_code_name(code));
    CHECK(http_status(code) == by_name.at(error_code_name(code)));
  }
}

TEST_CASE("problem: the document names its code, title, status and request") {
  const auto response = problem(ErrorCode::card_not_found);
  const auto document = nlohmann::json::parse(response.body);
  CHECK(response.content_type == "application/problem+json");
  CHECK(document["type"] == "urn:cardvault:problem:card_not_found");
  CHECK(document["title"] == "There is no such card.");
  CHECK(document["status"] == 404);
  CHECK(document["detail"] == "Words.");
  CHECK(document["code"] == "card_not_found");
  CHECK(document["request_id"] == kRequest.text());
  CHECK(document.size() == 6);
}

TEST_CASE("problem: the optional members appear where the error has them") {
  Error error = make_error(ErrorCode::credential_locked, "Wait.");
  error.fields = {{"pan", "too_long"}};
  error.attempts_left = 0;
  error.retry_after = std::chrono::minutes(30);
  error.fallback = {"password"};
  const auto response = problem_response(error, kRequest);
  const auto document = nlohmann::json::parse(response.body);
  CHECK(document["errors"] == nlohmann::json{{{"field", "pan"}, {"reason", "too_long"}}});
  CHECK(document["attempts_left"] == 0);
  CHECK(document["retry_after_s"] == 1800);
  CHECK(document["fallback"] == nlohmann::json{"password"});
  CHECK(field(response, "Retry-After") == "1800");
}

TEST_CASE("problem: a refused member says which values are allowed, where there is a list") {
  Error error = make_error(ErrorCode::invalid_request, "No.");
  error.fields = {{"state", "not_allowed", {"active", "frozen"}}, {"pan", "required"}};
  const auto document = nlohmann::json::parse(problem_response(error, kRequest).body);
  CHECK(document["errors"] ==
        nlohmann::json{
            {{"field", "state"}, {"reason", "not_allowed"}, {"allowed", {"active", "frozen"}}},
            {{"field", "pan"}, {"reason", "required"}}});
}

TEST_CASE("problem: an existing thing is named by the member of its kind") {
  Error card = make_error(ErrorCode::card_already_bound, "Bound.");
  card.existing_id = "crd_1";
  CHECK(nlohmann::json::parse(problem_response(card, kRequest).body)["card_id"] == "crd_1");
  Error device = make_error(ErrorCode::device_already_bound, "Bound.");
  device.existing_id = "dev_1";
  CHECK(nlohmann::json::parse(problem_response(device, kRequest).body)["device_id"] == "dev_1");
}

TEST_CASE("problem: every 401 carries a challenge and every 503 a time to return") {
  const test::CapturedLog log(log::Level::off);
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const auto response = problem(static_cast<ErrorCode>(i));
    INFO(response.body);
    const std::string challenge = std::string(field(response, "WWW-Authenticate"));
    const bool names_a_scheme = challenge.starts_with("Bearer") || challenge == "Webhook-Signature";
    CHECK((response.status != 401 || names_a_scheme));
    CHECK((response.status != 503 || field(response, "Retry-After") == "1"));
  }
  CHECK(field(problem(ErrorCode::unauthenticated), "WWW-Authenticate") == "Bearer");
  CHECK(field(problem(ErrorCode::token_expired), "WWW-Authenticate") ==
        R"(Bearer error="invalid_token")");
  CHECK(field(problem(ErrorCode::insufficient_scope), "WWW-Authenticate") ==
        R"(Bearer error="insufficient_scope")");
}

TEST_CASE("problem: what only the operator may read goes to the log and not to the caller") {
  const test::CapturedLog log(log::Level::info);
  const auto error = make_error(ErrorCode::store_unavailable, "Later.", OperatorText{"disk full"});
  const auto response = problem_response(error, kRequest);
  CHECK(response.body.find("disk") == std::string::npos);
  CHECK(log.text().find("disk full") != std::string::npos);
  CHECK(log.text().find(kRequest.text()) != std::string::npos);
}

TEST_CASE("problem: a detail that is not UTF-8 still gives a document") {
  const auto response =
      problem_response(make_error(ErrorCode::invalid_request, "bad \xff byte"), kRequest);
  CHECK(nlohmann::json::accept(response.body));
}

}  // namespace
}  // namespace cardvault::api
