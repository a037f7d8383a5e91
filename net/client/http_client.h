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

namespace cardvault {

class CurlSession;

using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// PEM files; "" for none.
struct TlsFiles {
  std::string authorities = {};  ///< to trust, instead of the system's
  std::string certificate = {};  ///< with which this side names itself, and what signed it
  std::string key = {};          ///< of that certificate

  bool operator==(const TlsFiles&) const = default;
};

/// Of which answers the body is taken in.
enum class BodyOf : std::uint8_t {
  success,      ///< 2xx
  any_but_3xx,  ///< failures too, for what they say
};

/// A request, and what bounds it. The fields complete what HTTP itself needs: Host and the length
/// are added.
struct HttpCall {
  std::string method = "POST";  ///< GET, POST, PUT, PATCH or DELETE
  Url url = {};
  HttpFields fields = {};
  std::string_view body = {};    ///< of the caller, who keeps it until the answer is there
  std::string unix_socket = {};  ///< connects to this socket instead of the host of the URL

  TlsFiles tls = {};
  std::chrono::milliseconds connect_timeout{};  ///< for one address, its TLS handshake included
  CallDeadline deadline{};                      ///< for everything, the look-up included

  BodyOf wanted = BodyOf::success;
  std::size_t most_body = 65'536;

  /// An idle connection is used again by calls of the same group, host, port and TLS files only.
  std::uint32_t group = 0;
  std::size_t most_idle = 0;  ///< how many of the group are kept
};

/// What came back for one call.
struct HttpReply {
  NetFailure failure = NetFailure::none;  ///< none: answered 2xx, whole
  std::uint16_t status = 0;               ///< 0 when there was no answer
  std::string body = {};                  ///< "" unless it came whole
  HttpFields fields = {};                 ///< of the answer, as they came

  /// The first field of that name (any case), "" when there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

[[nodiscard]] inline bool any_address(const Address&) {
  return true;
}

struct HttpClientOptions {
  Resolver resolver = resolve_by_system;
  /// Whether a connection may go to this address. All of a name's have to be allowed.
  std::function<bool(const Address&)> allows = any_address;
  /// Idle connections are closed when it has passed, at the latest with the next call to anyone.
  std::chrono::milliseconds keep_idle{4000};
};

/// HTTP/1.1 calls by libcurl to servers that may be hostile or broken. An address is judged before
/// anything is sent, and only judged addresses are connected to; a certificate is checked against
/// the name. Redirects are not followed, proxies and .netrc of the environment not used, no
/// compression is asked for, TLS is 1.2 or newer.
///
/// Of an answer the head is at most 64 KiB and 100 fields of at most 4 KiB, with at most 20 interim
/// answers before it. A request that meets the end of a kept connection before the first line of an
/// answer is sent once more on a new one, within the same deadline. What libcurl holds of requests
/// and answers is wiped when it frees it.
///
/// Safe from any thread. The first one in a process starts libcurl and sets SIGPIPE to be ignored:
/// OpenSSL writes to sockets in a way that cannot ask for it call by call.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] HttpReply send(const HttpCall& call);

 private:
  struct Peer;
  struct Idle;

  [[nodiscard]] NetResult<std::vector<Address>> addresses_of(const HttpCall& call);
  /// The one used last of those to this peer at one of these addresses; nullptr when there is none.
  [[nodiscard]] std::unique_ptr<CurlSession> take_idle(const Peer& peer,
                                                       const std::vector<Address>& addresses);
  void keep(Peer peer, std::unique_ptr<CurlSession> session, std::size_t most);
  /// Those that have been idle for too long, for the caller to close without the lock.
  [[nodiscard]] std::vector<Idle> take_old();

  const HttpClientOptions options_;
  NameLookup names_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  ///< the one used last stands last
};

}  // namespace cardvault
