#include "api/cli/seal_requests.h"

#include <unistd.h>

#include <utility>

#include "api/seals/terminal.h"
#include "crypto/error_codes.h"

namespace cardvault::api {
namespace {

using nlohmann::json;

std::string in_words(const json& seal) {
  const std::string kind = seal.at("kind");
  if (!seal.value("server", true))
    return "No server runs on this data directory; the vault's seal is " + kind + ".";
  if (!seal.at("sealed").get<bool>()) return "The vault is open; its seal is " + kind + ".";
  std::string words = "The vault is sealed by " + kind;
  if (seal.contains("need")) {
    words += ": " + std::to_string(seal.at("have").get<int>()) + " of " +
             std::to_string(seal.at("need").get<int>()) + " shares are given";
  }
  return words + ".";
}

}  // namespace

Result<json> ask_seal(const Common& common, const std::string& method, const std::string& target,
                      const std::string& body) {
  TRY_VALUE(const auto answer, common.owner().ask(method, target, body));
  return json::parse(answer);
}

Result<json> tell_seal(const Common& common, const std::string& target, const SecretText& body) {
  std::string copy(body.expose());
  auto answer = ask_seal(common, "POST", target, copy);
  wipe(copy);
  return answer;
}

int show_seal(const Common& common, const Result<json>& seal) {
  if (!seal) return report(seal.error());
  print(common.json ? seal->dump() : in_words(*seal));
  return 0;
}

Result<std::optional<SecretText>> next_share(const std::string& prompt) {
  if (::isatty(STDIN_FILENO) == 1) {
    TRY_VALUE(auto typed, ask_on_terminal(prompt));
    return typed;
  }
  while (true) {
    auto line = read_secret_line(STDIN_FILENO);
    if (!line && line.error().code == CryptoError::key_unavailable) return std::nullopt;
    if (!line) return fail(std::move(line.error()));
    if (!line->expose().starts_with('#')) return std::move(*line);
  }
}

}  // namespace cardvault::api
