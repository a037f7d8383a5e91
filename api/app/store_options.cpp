#include "api/app/store_options.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "vault/storage/redis/redis_store.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::api {
namespace {

/// Passwords are shorter than this.
constexpr std::streamsize kMostPasswordBytes = 4096;

/// Removes the line end that editors and `echo` add.
Result<SecretText> read_password(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMostPasswordBytes, '\0');
  in.read(text.data(), kMostPasswordBytes);
  const auto size = static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0));
  auto password = std::string_view(text).substr(0, size);
  while (password.ends_with('\n') || password.ends_with('\r')) password.remove_suffix(1);
  SecretText secret(password);
  wipe(text);
  if (secret.size() > 0) return secret;
  return fail(ErrorCode::invalid_request,
              "The password file " + file.string() + " is empty or cannot be read.");
}

}  // namespace

Result<RedisOptions> redis_options(const StoreOptions& options) {
  TRY_VALUE(auto location, RedisLocation::parse(options.url));
  if (!options.password_file.empty()) {
    TRY_VALUE(auto password, read_password(options.password_file));
    location.password = std::move(password);
  }
  return RedisOptions{.location = std::move(location),
                      .ca_file = options.ca_file,
                      .certificate_file = options.certificate_file,
                      .key_file = options.key_file,
                      .timeout = std::chrono::milliseconds(options.timeout_ms),
                      .wait_replicas = options.wait_replicas,
                      .accept_data_loss = options.accept_data_loss};
}

Result<std::unique_ptr<WalletStore>> open_store(const StoreOptions& options,
                                                const std::filesystem::path& directory) {
  if (options.is_embedded()) return open_sqlite_store(directory);
  TRY_VALUE(auto redis, redis_options(options));
  return open_redis_store(std::move(redis));
}

bool has_password(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view argument(argv[i]);
    if (const auto value = argument.find("redis"); value != std::string_view::npos) {
      const auto location = RedisLocation::parse(argument.substr(value));
      if (location && location->password.size() > 0) return true;
    }
  }
  return false;
}

}  // namespace cardvault::api
