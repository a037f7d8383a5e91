#include "net/server/problem.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "api/callers/error_codes.h"
#include "tests/support/captured_log.h"
#include "vault/access/error_codes.h"
#include "vault/cards/error_codes.h"
#include "vault/wallet/error_codes.h"

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

TEST_CASE("problem: the document names its code, title, status and request") {
  const auto response = problem(WalletError::card_not_found);
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

TEST_CASE("problem: optional members appear only if the error has them") {
  Error error = make_error(WalletError::credential_locked, "Wait.");
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

TEST_CASE("problem: a refused member lists the allowed values if there is a list") {
  Error error = make_error(ErrorCode::invalid_request, "No.");
  error.fields = {{"state", "not_allowed", {"active", "frozen"}}, {"pan", "required"}};
  const auto document = nlohmann::json::parse(problem_response(error, kRequest).body);
  CHECK(document["errors"] ==
        nlohmann::json{
            {{"field", "state"}, {"reason", "not_allowed"}, {"allowed", {"active", "frozen"}}},
            {{"field", "pan"}, {"reason", "required"}}});
}

TEST_CASE("problem: the id of an existing card or device is in the member of its kind") {
  Error card = make_error(CardError::card_already_bound, "Bound.");
  card.existing_id = "crd_1";
  CHECK(nlohmann::json::parse(problem_response(card, kRequest).body)["card_id"] == "crd_1");
  Error device = make_error(AccessError::device_already_bound, "Bound.");
  device.existing_id = "dev_1";
  CHECK(nlohmann::json::parse(problem_response(device, kRequest).body)["device_id"] == "dev_1");
}

TEST_CASE("problem: operator text goes to the log and not to the caller") {
  const test::CapturedLog log(log::Level::info);
  const auto error = make_error(ErrorCode::store_unavailable, "Later.", OperatorText{"disk full"});
  const auto response = problem_response(error, kRequest);
  CHECK(response.body.find("disk") == std::string::npos);
  CHECK(log.text().find("disk full") != std::string::npos);
  CHECK(log.text().find(kRequest.text()) != std::string::npos);
}

TEST_CASE("problem: a detail with invalid UTF-8 still gives a JSON document") {
  const auto response =
      problem_response(make_error(ErrorCode::invalid_request, "bad \xff byte"), kRequest);
  CHECK(nlohmann::json::accept(response.body));
}

}  // namespace
}  // namespace cardvault::api
