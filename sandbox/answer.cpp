#include "sandbox/answer.h"

#include <nlohmann/json.hpp>

#include "net/http_status.h"

namespace cardvault::sandbox {
namespace {

using Json = nlohmann::ordered_json;

std::string_view title_of(int status) {
  if (status == 400) return "The request is not valid";
  if (status == 401) return "The signature was refused";
  if (status == 404) return "Not found";
  if (status == 503) return "The service is not available";
  return "No";
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
            {"code", error.code.name}};
  for (const FieldError& field : error.fields) {
    body["errors"].push_back({{"field", field.field}, {"reason", field.reason}});
  }
  Answer answer = json_answer(status, body);
  answer.content_type = "application/problem+json";
  return answer;
}

Answer problem(const Error& error) {
  return problem(http_status(error.code.kind), error);
}

}  // namespace cardvault::sandbox
