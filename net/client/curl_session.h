#pragma once

#include <curl/curl.h>

#include <memory>

#include "net/client/http_client.h"
#include "net/client/trust.h"

namespace cardvault {

/// A libcurl handle with at most one connection. It makes one call at a time.
class CurlSession {
 public:
  struct Outcome {
    HttpReply reply = {};
    bool connected = true;  ///< a server accepted the connection, now or earlier
    bool reusable = false;  ///< it stays open, and its next bytes answer the next call
  };

  /// nullptr if libcurl cannot be started or has no memory.
  [[nodiscard]] static std::unique_ptr<CurlSession> open();

  /// Makes the call to `target` and to no other address. If the call names a Unix socket, it goes
  /// there. `trusted` is needed for TLS only.
  [[nodiscard]] Outcome send(const HttpCall& call, const Address& target,
                             const Authorities& trusted);

  /// True if neither an end nor bytes have come since the last answer. The next call would take
  /// such bytes for its own answer.
  [[nodiscard]] bool is_quiet() const;
  /// Target of the last call.
  [[nodiscard]] const Address& target() const { return gate_.target; }

 private:
  /// Makes the final decision about the address of a connection.
  struct Gate {
    Address target;
    bool opened = false;  ///< libcurl began a new connection
  };
  struct Free {
    void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
  };
  using Handle = std::unique_ptr<CURL, Free>;
  using List = std::unique_ptr<curl_slist, Free>;

  explicit CurlSession(Handle handle) : handle_(std::move(handle)) {}

  static curl_socket_t open_socket(void* data, curlsocktype purpose, curl_sockaddr* where);

  /// A libcurl that does not know an option must not go on without it.
  template <class Value>
  void set(CURLoption option, Value value) {
    if (::curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) options_taken_ = false;
  }
  void set_target(const HttpCall& call, const List& route);
  void set_request(const HttpCall& call, const List& fields);
  void set_tls(const TlsFiles& files, const Authorities& trusted);
  void set_limits(const HttpCall& call, std::chrono::milliseconds left);

  Handle handle_;
  Gate gate_;
  bool options_taken_ = true;
};

}  // namespace cardvault
