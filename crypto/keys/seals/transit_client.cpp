#include "crypto/keys/seals/transit_client.h"

#include <algorithm>

#include "base/ascii.h"
#include "crypto/error_codes.h"

namespace cardvault {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestTimeout{60'000};
constexpr std::size_t kLongestToken = 4096;
constexpr std::size_t kLongestName = 255;

std::unexpected<Error> unavailable(std::string detail, std::string inside = {}) {
  return fail(CryptoError::key_unavailable, std::move(detail), OperatorText{std::move(inside)});
}

bool is_word(char c) {
  return is_letter_or_digit(c) || c == '_';
}

bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::ranges::all_of(text, [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

bool is_key_name(std::string_view text) {
  return is_name(text) && is_word(text.front()) && is_word(text.back());
}

/// The server refuses a name that ends in a period. A name of periods only means another folder to
/// a proxy in front of the server.
bool is_path(std::string_view text) {
  while (true) {
    const auto slash = text.find('/');
    const std::string_view name = text.substr(0, slash);
    if (!is_name(name) || name.ends_with('.')) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

bool is_this_machine(const std::string& host) {
  const auto literal = Address::parse(host);
  return literal ? literal->is_loopback() : host == "localhost";
}

Result<Url> server_of(const std::string& address) {
  auto url = Url::parse(address);
  if (!url) return unavailable("The transit server's address " + url.error().detail + ".");
  if (url->target != "/") return unavailable("The transit server's address must not have a path.");
  if (!url->tls && !is_this_machine(url->host)) {
    return unavailable(
        "The transit server's address must begin with https://. Plain http:// is only allowed to "
        "this machine itself.");
  }
  return url;
}

Status check(const TransitOptions& options, const SecretText& token) {
  if (!is_path(options.mount))
    return unavailable("The transit engine's mount is not a valid path.");
  if (!is_key_name(options.key)) return unavailable("The transit key's name is not valid.");
  if (!options.name_space.empty() && !is_path(options.name_space)) {
    return unavailable("The transit server's namespace is not a valid path.");
  }
  if (options.timeout < milliseconds(1) || options.timeout > kLongestTimeout) {
    return unavailable("The transit server's timeout must be between 1 ms and 60 s.");
  }
  const std::string_view text = token.expose();
  if (text.empty() || text.size() > kLongestToken || !std::ranges::all_of(text, is_visible)) {
    return unavailable("The transit token must have 1 to 4096 visible ASCII characters.");
  }
  return {};
}

std::string_view meaning(NetFailure failure) {
  switch (failure) {
    case NetFailure::resolve_failed:
      return "has no address";
    case NetFailure::target_refused:
      return "is not this machine; use https://";
    case NetFailure::timeout:
      return "did not answer in time";
    case NetFailure::tls_failed:
      return "has no valid certificate, or does not use TLS";
    case NetFailure::redirected:
      return "sends a redirect, which is not followed; use the final address";
    case NetFailure::response_too_large:
      return "answered with more than 64 KiB";
    case NetFailure::connection_lost:
      return "closed the connection, or its answer is not HTTP";
    default:
      return "cannot be reached";
  }
}

/// A call that wipes its fields in the end: the token is one of them.
struct SecretCall {
  SecretCall() = default;
  ~SecretCall() {
    for (auto& field : http.fields) wipe(field.second);
  }
  SecretCall(const SecretCall&) = delete;
  SecretCall& operator=(const SecretCall&) = delete;

  HttpCall http;
};

bool loopback_address(const Address& address) {
  return address.is_loopback();
}

}  // namespace

Result<std::unique_ptr<TransitClient>> TransitClient::open(TransitOptions options, SecretText token,
                                                           Resolver resolver) {
  TRY_VALUE(auto url, server_of(options.address));
  if (Status sound = check(options, token); !sound) return fail(std::move(sound.error()));
  std::unique_ptr<TransitClient> client(
      new TransitClient(std::move(options), std::move(token), std::move(resolver), std::move(url)));
  const std::string& ca_file = client->options_.ca_file;
  if (!client->url_.tls || client->http_.can_trust(ca_file)) return client;
  return unavailable("The trusted certificates for the transit server cannot be read" +
                     (ca_file.empty() ? std::string(".") : " from \"" + ca_file + "\"."));
}

TransitClient::TransitClient(TransitOptions options, SecretText token, Resolver resolver, Url url)
    : options_(std::move(options)),
      token_(std::move(token)),
      url_(std::move(url)),
      http_(
          {.resolver = std::move(resolver), .allows = url_.tls ? any_address : loopback_address}) {}

Result<TransitAnswer> TransitClient::post(std::string_view operation,
                                          const std::string& body) const {
  SecretCall call;
  call.http.url = url_;
  call.http.url.target =
      "/v1/" + options_.mount + "/" + std::string(operation) + "/" + options_.key;
  call.http.fields = {{"User-Agent", "cardvault"},
                      {"Content-Type", "application/json"},
                      {"Accept", "application/json"},
                      {"Accept-Encoding", "identity"},
                      {"X-Vault-Request", "true"}};
  call.http.fields.emplace_back("X-Vault-Token", token_.expose());
  if (!options_.name_space.empty()) {
    call.http.fields.emplace_back("X-Vault-Namespace", options_.name_space);
  }
  call.http.body = body;
  call.http.tls.authorities = options_.ca_file;
  // If the first of several addresses is dead, this leaves time for another one.
  call.http.connect_timeout = options_.timeout / 2;
  call.http.deadline = std::chrono::steady_clock::now() + options_.timeout;
  call.http.wanted = BodyOf::any_but_3xx;
  HttpReply reply = http_.send(call.http);
  if (reply.failure != NetFailure::none && reply.failure != NetFailure::http_status) {
    return unavailable(
        "The transit server " + options_.address + " " + std::string(meaning(reply.failure)) + ".",
        "transit: " + std::string(net_failure_name(reply.failure)));
  }
  TransitAnswer answer{reply.status, SecretBytes::copy_of(as_bytes(reply.body))};
  wipe(reply.body);
  return answer;
}

}  // namespace cardvault
