#include "net/server/problem.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/log.h"
#include "net/http_status.h"

namespace cardvault {
namespace {

constexpr std::chrono::seconds kDefaultRetryAfter{1};

std::string_view challenge(const ErrorCode& code) {
  if (!code.challenge.empty() || code.kind != ErrorKind::unauthenticated) return code.challenge;
  return R"(Bearer error="invalid_token")";
}

std::optional<std::chrono::seconds> retry_after(const Error& error, int status) {
  if (error.retry_after || status != 503) return error.retry_after;
  return kDefaultRetryAfter;
}

void log_inside(const Error& error, int status, std::string_view request) {
  const bool expected = status == 503 && error.inside.text.empty();
  if (status < 500 || expected) return;
  log::write(status == 503 ? log::Level::warning : log::Level::error, "request_failed",
             {{"code", error.code.name},
              {"request_id", request},
              {"inside", std::string_view(error.inside.text)}});
}

void add_optional_members(nlohmann::ordered_json& document, const Error& error) {
  if (!error.fields.empty()) {
    auto& fields = document["errors"] = nlohmann::ordered_json::array();
    for (const FieldError& field : error.fields) {
      nlohmann::ordered_json entry{{"field", field.field}, {"reason", field.reason}};
      if (!field.allowed.empty()) entry["allowed"] = field.allowed;
      fields.push_back(std::move(entry));
    }
  }
  if (error.attempts_left) document["attempts_left"] = *error.attempts_left;
  if (!error.fallback.empty()) document["fallback"] = error.fallback;
  if (!error.existing_id.empty()) document[error.code.existing_member] = error.existing_id;
}

}  // namespace

Response problem_response(const Error& error, const RequestId& request) {
  const int status = http_status(error.code.kind);
  const std::string request_id = request.text();
  const std::string_view code = error.code.name;
  log_inside(error, status, request_id);

  nlohmann::ordered_json document{{"type", std::string("urn:cardvault:problem:").append(code)},
                                  {"title", error.code.title},
                                  {"status", status},
                                  {"detail", error.detail},
                                  {"code", code},
                                  {"request_id", request_id}};
  add_optional_members(document, error);

  Response response{.status = status, .content_type = "application/problem+json"};
  if (const auto wait = retry_after(error, status)) {
    document["retry_after_s"] = wait->count();
    response.headers.emplace_back("Retry-After", std::to_string(wait->count()));
  }
  if (const auto words = challenge(error.code); !words.empty()) {
    response.headers.emplace_back("WWW-Authenticate", words);
  }
  response.body = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace cardvault
