#pragma once

#include <curl/curl.h>

#include <memory>

#include "net/client/http_client.h"

namespace cardvault {

/// A handle of libcurl with at most one connection, over which one call at a time is made.
class CurlSession {
 public:
  struct Outcome {
    HttpReply reply = {};
    bool connected = true;  ///< somebody took the connection, now or before
    bool reusable = false;  ///< the connection stays open, and its next answer is the next call's
  };

  /// nullptr when libcurl cannot be started or has no memory.
  [[nodiscard]] static std::unique_ptr<CurlSession> open();

  /// To `target` and to nothing else; to the socket of the call when it names one.
  [[nodiscard]] Outcome send(const HttpCall& call, const Address& target);

  /// Nothing has come since the last answer, no end and no bytes: those would be taken for the
  /// answer to the next call.
  [[nodiscard]] bool is_quiet() const;
  /// Where it sent last.
  [[nodiscard]] const Address& target() const { return gate_.target; }

 private:
  /// The last word on where a connection goes.
  struct Gate {
    Address target;
    bool opened = false;  ///< a new connection was begun
  };
  struct Free {
    void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
  };
  using Handle = std::unique_ptr<CURL, Free>;
  using List = std::unique_ptr<curl_slist, Free>;

  explicit CurlSession(Handle handle) : handle_(std::move(handle)) {}

  static curl_socket_t open_socket(void* gate, curlsocktype purpose, curl_sockaddr* where);

  template <class Value>
  void set(CURLoption option, Value value) {
    ::curl_easy_setopt(handle_.get(), option, value);
  }
  void set_target(const HttpCall& call, const List& route);
  void set_request(const HttpCall& call, const List& fields);
  void set_tls(const TlsFiles& files);
  void set_limits(const HttpCall& call, std::chrono::milliseconds left);

  Handle handle_;
  Gate gate_;
};

}  // namespace cardvault
