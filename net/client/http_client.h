#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/url.h"
#include "net/client/address.h"
#include "net/client/name_lookup.h"
#include "net/client/net_failure.h"
#include "net/client/trust.h"

namespace cardvault {

class CurlSession;

using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// Names of PEM files; "" for no file.
struct TlsFiles {
  std::string authorities = {};  ///< trusted authorities, instead of the system's
  std::string certificate = {};  ///< this client's certificate and its chain
  std::string key = {};          ///< private key of that certificate

  bool operator==(const TlsFiles&) const = default;
};

/// The answers whose body is read.
enum class BodyOf : std::uint8_t {
  success,      ///< 2xx
  any_but_3xx,  ///< failures too, for their messages
};

/// A request and its limits. Host and the length are added to the fields.
struct HttpCall {
  std::string method = "POST";  ///< GET, POST, PUT, PATCH or DELETE
  Url url = {};
  HttpFields fields = {};
  std::string_view body = {};    ///< the caller keeps it alive until send() returns
  std::string unix_socket = {};  ///< connects to this socket instead of the host of the URL

  TlsFiles tls = {};
  std::chrono::milliseconds connect_timeout{};  ///< for one address, with its TLS handshake
  CallDeadline deadline{};                      ///< for everything, with the look-up

  BodyOf wanted = BodyOf::success;
  std::size_t most_body = 65'536;

  /// A call takes an idle connection only if group, scheme, host, port, Unix socket and TLS files
  /// are the same.
  std::uint32_t group = 0;
  std::size_t most_idle = 0;  ///< maximum number of idle connections of the group
};

/// The outcome of one call.
struct HttpReply {
  NetFailure failure = NetFailure::none;  ///< none: a whole answer with 2xx
  std::uint16_t status = 0;               ///< 0 without an answer
  std::string body = {};                  ///< "" unless the answer came whole
  HttpFields fields = {};                 ///< of the answer, in their order

  /// The value of the first field of that name (any case), "" if there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

[[nodiscard]] inline bool any_address(const Address&) {
  return true;
}

struct HttpClientOptions {
  Resolver resolver = resolve_by_system;
  /// True if a connection may go to this address. All addresses of a name must be allowed.
  std::function<bool(const Address&)> allows = any_address;
  /// The first call after this time closes the idle connection, whichever server the call is for.
  std::chrono::milliseconds keep_idle{4000};
};

/// HTTP/1.1 calls by libcurl to servers that may be hostile or broken. Every address is judged
/// before anything is sent, and only judged addresses are connected to. A certificate is checked
/// against the name. The client does not follow redirects, does not use proxies and .netrc of the
/// environment, and asks for no compression. TLS is 1.2 or newer.
///
/// The head of an answer is at most 64 KiB and 100 fields of at most 4 KiB, after at most 20
/// interim answers. If a kept connection ends before the first line of an answer, the request is
/// sent once more on a new connection, within the same deadline. libcurl wipes its memory of
/// requests and answers when it frees it.
///
/// Safe from any thread. The first call in a process starts libcurl and makes the process ignore
/// SIGPIPE: OpenSSL writes to sockets in a way that cannot ask for this per call.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] HttpReply send(const HttpCall& call);
  /// Reads a file of authorities ahead of the calls that name it. False if it cannot be read or
  /// contains no certificate.
  [[nodiscard]] bool can_trust(const std::string& file) { return trust_.of(file).has_value(); }

 private:
  struct Peer;
  struct Idle;

  [[nodiscard]] NetResult<std::vector<Address>> addresses_of(const HttpCall& call);
  /// The most recently used idle connection to this peer at one of these addresses; nullptr if
  /// there is none.
  [[nodiscard]] std::unique_ptr<CurlSession> take_idle(const Peer& peer,
                                                       const std::vector<Address>& addresses);
  void keep(Peer peer, std::unique_ptr<CurlSession> session, std::size_t most);
  /// Takes out the connections that have been idle for too long. The caller closes them without the
  /// lock.
  [[nodiscard]] std::vector<Idle> take_old();

  const HttpClientOptions options_;
  NameLookup names_;
  Trust trust_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  ///< the most recently used one is last
};

}  // namespace cardvault
