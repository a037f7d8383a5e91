#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/soon.h"
#include "tests/support/vault_client.h"
#include "tests/support/vault_process.h"

namespace cardvault::test {

/// Published test numbers: Visa, Mastercard, UnionPay with 16 digits (one fails Luhn) and with 19.
inline constexpr std::array kPans{"4111111111111111", "5555555555554444", "6226090000000048",
                                  "6221558812340000", "6216261000000000018"};
inline constexpr const char* kGesture = "4-1-0-3-6-7-8-5-2";
inline constexpr const char* kWrongGesture = "2-5-8-7-6-3-0-1-4";
inline constexpr const char* kPassword = "Kupferkessel-8417";
inline constexpr const char* kWrongPassword = "Blechdose-55120";

/// Well-formed ids that do not exist.
inline constexpr const char* kNoWallet = "wal_01j00000000000000000000000";
inline constexpr const char* kNoDevice = "dev_01j00000000000000000000000";
inline constexpr const char* kNoCard = "crd_01j00000000000000000000000";

/// A wallet with one device.
struct Holder {
  std::string wallet;
  std::string device;

  [[nodiscard]] std::string path(std::string_view rest = "") const {
    return "/v1/wallets/" + wallet + std::string(rest);
  }
};

/// A vault made by `cardvault init` in its own directory and served by the real program. Requests
/// of the helpers must succeed; a test that expects an error uses the clients.
class ServedVault {
 public:
  /// `store` are the options for a store outside that directory; `init` are more options of
  /// `cardvault init`.
  explicit ServedVault(std::vector<std::string> options = {}, std::vector<std::string> store = {},
                       const std::vector<std::string>& init = {});
  /// One more server of the vault that `first` made, with its own data directory.
  ServedVault(const ServedVault& first, std::vector<std::string> options);

  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
  /// The output of `cardvault init`.
  [[nodiscard]] const Json& made() const { return made_; }
  [[nodiscard]] VaultServer& server() { return *server_; }
  /// True if `text` is in the server's log. A line may come later than its answer, so this waits.
  [[nodiscard]] bool logs(const std::string& text) const {
    return soon([&] { return server_->log().contains(text); });
  }
  [[nodiscard]] const Transcript& transcript() const { return *transcript_; }

  /// Callers on their own connections: the first client, a client with `key`, a front end, the
  /// operator on the admin listener, and a caller without credentials.
  [[nodiscard]] VaultClient backend() const { return backend(admin_key_); }
  [[nodiscard]] VaultClient backend(const std::string& key) const;
  [[nodiscard]] VaultClient front_end(const std::string& token, const std::string& device) const;
  [[nodiscard]] VaultClient operations() const;
  [[nodiscard]] VaultClient nobody() const;

  /// Runs `cardvault ... --data DIR` with the store's options. command() returns the output of
  /// --json.
  [[nodiscard]] Run run(std::vector<std::string> arguments,
                        const std::optional<std::string>& input = {}) const;
  Json command(std::vector<std::string> arguments,
               const std::optional<std::string>& input = {}) const;
  /// Adds a client with these permissions by `cardvault client add`; returns its key.
  [[nodiscard]] std::string add_client(const std::string& permissions) const;

  [[nodiscard]] Holder new_holder();
  void set_gesture(const Holder& holder);
  void set_password(const Holder& holder);
  /// Returns the id of the new card.
  std::string bind_card(const Holder& holder, const std::string& pan, const Json& channels = {});
  [[nodiscard]] std::string token(const Holder& holder, const Json& more = Json::object());
  /// The cards of the list view, read with a new token.
  [[nodiscard]] Json cards(const Holder& holder);
  /// Everything that can be read of a wallet, for a comparison.
  [[nodiscard]] std::string everything(const Holder& holder);
  void advance_clock(long seconds);
  /// Number of these store operations since the start.
  [[nodiscard]] long store_operations(const std::string& operation);

  void stop() { server_->stop(); }
  void kill() { server_->kill(); }
  /// Serves again after stop() or kill().
  void start();

 private:
  TempDirectory directory_;
  std::filesystem::path data_;
  std::vector<std::string> store_;
  std::vector<std::string> options_;
  Json made_;
  std::string admin_key_;
  std::shared_ptr<Transcript> transcript_ = std::make_shared<Transcript>();
  std::optional<VaultServer> server_;
  int holders_ = 0;
};

/// Checks that the answer is a complete problem document with this status and code.
void check_problem(const Answer& answer, int status, std::string_view code);
/// Also checks that `errors` has this member with this reason.
void check_problem(const Answer& answer, int status, std::string_view code, std::string_view field,
                   std::string_view reason);

/// The output of `cardvault init --data DIR --json`, with more options.
[[nodiscard]] Json initialize(const std::filesystem::path& data,
                              const std::vector<std::string>& options = {});

}  // namespace cardvault::test
