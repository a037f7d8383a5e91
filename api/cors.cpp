#include "api/cors.h"

#include <algorithm>

namespace cardvault::api {
namespace {

constexpr const char* kRequestFields =
    "Authorization, Device-Id, Content-Type, Idempotency-Key, If-None-Match";
constexpr const char* kAnswerFields =
    "ETag, Request-Id, Retry-After, Location, Idempotent-Replayed";
constexpr const char* kPreflightLife = "600";

}  // namespace

bool Cors::allows(std::string_view origin) const {
  return !origin.empty() && std::ranges::find(origins_, origin) != origins_.end();
}

HeaderFields Cors::readable_by(std::string_view origin) {
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Expose-Headers", kAnswerFields}};
}

Response Cors::preflight(std::string methods) {
  Response answer{.status = 204};
  answer.headers.emplace_back("Access-Control-Allow-Methods", std::move(methods));
  answer.headers.emplace_back("Access-Control-Allow-Headers", kRequestFields);
  answer.headers.emplace_back("Access-Control-Max-Age", kPreflightLife);
  return answer;
}

}  // namespace cardvault::api
