#include "sandbox/answer.h"

#include <nlohmann/json.hpp>

namespace cardvault::sandbox {
namespace {

using Json = nlohmann::ordered_json;

std::string_view title_of(int status) {
  if (status == 400) return "The request is not acceptable";
  if (status == 401) return "The signature was refused";
  if (status == 404) return "There is no such thing here";
  if (status == 503) return "Not at the moment";
  return "No";
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::signature_invalid:
    case ErrorCode::signature_expired:
      return 401;
    case ErrorCode::route_not_found:
      return 404;
    case ErrorCode::body_too_large:
      return 413;
    case ErrorCode::key_unavailable:
    case ErrorCode::busy:
      return 503;
    case ErrorCode::internal:
      return 500;
    default:
      return 400;
  }
}

}  // namespace

Answer json_answer(int status, const Json& body) {
  return {.status = status, .body = body.dump()};
}

Answer problem(int status, const Error& error) {
  Json body{{"type", "about:blank"},
            {"title", title_of(status)},
            {"status", status},
            {"detail", error.detail},
            {"code", error_code_name(error.code)}};
  for (const FieldError& field : error.fields) {
    body["errors"].push_back({{"field", field.field}, {"reason", field.reason}});
  }
  Answer answer = json_answer(status, body);
  answer.content_type = "application/problem+json";
  return answer;
}

Answer problem(const Error& error) {
  return problem(status_of(error.code), error);
}

}  // namespace cardvault::sandbox
