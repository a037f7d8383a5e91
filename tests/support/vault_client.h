#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardvault::test {

using Json = nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

/// An answer. Status 0: no answer; the body is the reason.
struct Answer {
  int status = 0;
  Fields fields = {};
  std::string body = {};

  /// The value of the first field of that name (any case); "" if there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
  /// The body as JSON; a discarded value if it is not JSON.
  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  /// A text member of the body; "" if there is none.
  [[nodiscard]] std::string text(const std::string& member) const;
  [[nodiscard]] std::string code() const { return text("code"); }
  [[nodiscard]] std::string id() const { return text("id"); }
};

/// Every head and body received, for the leak scan. Safe from any thread.
class Transcript {
 public:
  void add(const Answer& answer);
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// One caller on one kept-alive connection. Do not share it between threads.
class VaultClient {
 public:
  /// `standing` are fields that every request has.
  VaultClient(std::uint16_t port, Fields standing, std::shared_ptr<Transcript> transcript);
  ~VaultClient();
  VaultClient(VaultClient&&) noexcept;
  VaultClient& operator=(VaultClient&&) noexcept;

  Answer get(const std::string& path, const Fields& fields = {});
  Answer del(const std::string& path, const Fields& fields = {});
  Answer post(const std::string& path, const Json& body, const Fields& fields = {});
  Answer put(const std::string& path, const Json& body, const Fields& fields = {});
  Answer patch(const std::string& path, const Json& body, const Fields& fields = {});
  /// Sends any method and, unless it is empty, any body as application/json.
  Answer send(const std::string& method, const std::string& path, const std::string& body,
              const Fields& fields = {});

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cardvault::test
