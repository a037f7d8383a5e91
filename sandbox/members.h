#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cardvault::sandbox {

/// The JSON object of a control request, read member by member. What is wrong is collected and
/// comes out of finish(), together with members that nobody asked for.
class Members {
 public:
  /// malformed_json for anything but one JSON object.
  [[nodiscard]] static Result<Members> parse(std::string_view text);

  /// The value of a member: nullopt when it is not there or refused.
  [[nodiscard]] std::optional<bool> boolean(const std::string& name);
  [[nodiscard]] std::optional<std::int64_t> integer(const std::string& name, std::int64_t least,
                                                    std::int64_t most);
  [[nodiscard]] std::optional<std::string> text(const std::string& name);
  /// True when the member is there and null, which the other readers refuse.
  [[nodiscard]] bool takes_null(const std::string& name);
  /// Refuses a request that lacks the member.
  void require(const std::string& name);

  /// invalid_request with every member that was refused or is unknown.
  [[nodiscard]] Status finish() const;

 private:
  explicit Members(nlohmann::json members) : members_(std::move(members)) {}
  const nlohmann::json* find(const std::string& name);
  void refuse(const std::string& name, const std::string& reason);

  nlohmann::json members_;
  std::set<std::string> known_;
  std::vector<FieldError> refused_;
};

}  // namespace cardvault::sandbox
