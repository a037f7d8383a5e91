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

/// An answer; status 0 when there was none, with the reason in place of the body.
struct Answer {
  int status = 0;
  Fields fields = {};
  std::string body = {};

  /// The value of the first field of that name (any case), "" when there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
  /// The body as JSON, a discarded value when it is none.
  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  /// A text member of the body, "" when there is none.
  [[nodiscard]] std::string text(const std::string& member) const;
  [[nodiscard]] std::string code() const { return text("code"); }
  [[nodiscard]] std::string id() const { return text("id"); }
};

/// Every head and body that came back, for the leak scan. Safe from any thread.
class Transcript {
 public:
  void add(const Answer& answer);
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// One caller on one kept-alive connection; not to be shared by threads.
class VaultClient {
 public:
  /// `standing` are the fields that every request carries.
  VaultClient(std::uint16_t port, Fields standing, std::shared_ptr<Transcript> transcript);
  ~VaultClient();
  VaultClient(VaultClient&&) noexcept;
  VaultClient& operator=(VaultClient&&) noexcept;

  Answer get(const std::string& path, const Fields& fields = {});
  Answer del(const std::string& path, const Fields& fields = {});
  Answer post(const std::string& path, const Json& body, const Fields& fields = {});
  Answer put(const std::string& path, const Json& body, const Fields& fields = {});
  Answer patch(const std::string& path, const Json& body, const Fields& fields = {});
  /// Any method and, where it is not empty, any body, as application/json.
  Answer send(const std::string& method, const std::string& path, const std::string& body,
              const Fields& fields = {});

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cardvault::test
