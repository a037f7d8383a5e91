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

/// The JSON object of a control request, read member by member. Wrong members are collected;
/// finish() reports them together with unknown members.
class Members {
 public:
  /// Error: malformed_json for anything but one JSON object.
  [[nodiscard]] static Result<Members> parse(std::string_view text);

  /// The value of a member; nullopt if it is absent or refused.
  [[nodiscard]] std::optional<bool> boolean(const std::string& name);
  [[nodiscard]] std::optional<std::int64_t> integer(const std::string& name, std::int64_t least,
                                                    std::int64_t most);
  [[nodiscard]] std::optional<std::string> text(const std::string& name);
  /// True if the member is null, which the other readers refuse.
  [[nodiscard]] bool takes_null(const std::string& name);
  /// Refuses a request without the member.
  void require(const std::string& name);

  /// Error: invalid_request with every refused or unknown member.
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
