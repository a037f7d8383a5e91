#include "net/client/curl_session.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/socket.h"
#include "crypto/secret.h"
#include "net/client/answer_reader.h"
#include "net/client/curl_memory.h"

namespace cardvault {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// CURLE_TOO_LARGE, new in libcurl 8.6. Older versions return CURLE_OUT_OF_MEMORY instead.
constexpr int kTooLarge = 100;

std::size_t take_line(char* bytes, std::size_t, std::size_t size, void* reader) {
  return static_cast<AnswerReader*>(reader)->take_line({bytes, size}) ? size : 0;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* reader) {
  return static_cast<AnswerReader*>(reader)->take_body({bytes, size}) ? size : 0;
}

/// Makes OpenSSL trust the authorities that connections share, and wipe the plaintext that it
/// decrypts: it can hold a key.
CURLcode set_up_tls(CURL*, void* context, void* authorities) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  ::SSL_CTX_set1_cert_store(tls, static_cast<X509_STORE*>(authorities));
  ::SSL_CTX_set_options(tls, SSL_OP_CLEANSE_PLAINTEXT);
  return CURLE_OK;
}

NetFailure failure_of(CURLcode code, bool in_head) {
  switch (static_cast<int>(code)) {
    case CURLE_OK:
      return NetFailure::none;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_FAILED_INIT:
      return NetFailure::connect_failed;
    case CURLE_OPERATION_TIMEDOUT:
      return NetFailure::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CLIENTCERT:
      return NetFailure::tls_failed;
    case CURLE_OUT_OF_MEMORY:
    case kTooLarge:
      return in_head ? NetFailure::response_too_large : NetFailure::connection_lost;
    default:
      return NetFailure::connection_lost;
  }
}

std::string url_text(const Url& url) {
  return (url.tls ? "https://" : "http://") + url.authority() + url.target;
}

std::string route_to(const Address& target) {
  const std::string text = target.text();
  return target.family() == AF_INET6 ? "::[" + text + "]:" : "::" + text + ":";
}

const char* text_or_none(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

std::unique_ptr<CurlSession> CurlSession::open() {
  if (!start_curl()) return nullptr;
  Handle handle(::curl_easy_init());
  if (!handle) return nullptr;
  return std::unique_ptr<CurlSession>(new CurlSession(std::move(handle)));
}

/// The last check before a connection: whatever address libcurl has, only the judged target gets a
/// socket. Child processes do not inherit it.
curl_socket_t CurlSession::open_socket(void* data, curlsocktype, curl_sockaddr* where) {
  auto& gate = *static_cast<Gate*>(data);
  gate.opened = true;
  if (where->family != AF_UNIX && Address::of(where->addr) != gate.target) return CURL_SOCKET_BAD;
  return ::socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

CurlSession::Outcome CurlSession::send(const HttpCall& call, const Address& target,
                                       const Authorities& trusted) {
  const auto left = std::chrono::ceil<milliseconds>(call.deadline - steady_clock::now());
  if (left <= milliseconds(0)) return {.reply = {.failure = NetFailure::timeout}};
  gate_ = {.target = target};
  const List route(::curl_slist_append(nullptr, route_to(target).c_str()));
  List fields(::curl_slist_append(nullptr, "Expect:"));
  for (const auto& [name, value] : call.fields) {
    std::string line = name + ": " + value;
    fields.reset(::curl_slist_append(fields.release(), line.c_str()));
    wipe(line);
  }

  AnswerReader reader(call.wanted, call.most_body);
  ::curl_easy_reset(handle_.get());  // resets the options; the connection stays
  set_target(call, route);
  set_request(call, fields);
  set_tls(call.tls, trusted);
  set_limits(call, left);
  set(CURLOPT_HEADERFUNCTION, take_line);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&reader));
  set(CURLOPT_WRITEFUNCTION, take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&reader));

  if (!options_taken_) return {.reply = {.failure = NetFailure::connect_failed}};

  const CURLcode code = ::curl_easy_perform(handle_.get());
  curl_off_t connect_time = 0;
  ::curl_easy_getinfo(handle_.get(), CURLINFO_CONNECT_TIME_T, &connect_time);
  const bool framed = reader.is_framed();
  Outcome outcome{.reply = reader.finish(failure_of(code, reader.in_head())),
                  .connected = !gate_.opened || connect_time > 0};
  outcome.reusable = outcome.reply.failure == NetFailure::none && framed;
  return outcome;
}

bool CurlSession::is_quiet() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  ::curl_easy_getinfo(handle_.get(), CURLINFO_ACTIVESOCKET, &socket);
  return socket != CURL_SOCKET_BAD && !wait_for_socket(socket, POLLIN, {});
}

void CurlSession::set_target(const HttpCall& call, const List& route) {
  set(CURLOPT_URL, url_text(call.url).c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&gate_));
  if (call.unix_socket.empty()) {
    set(CURLOPT_CONNECT_TO, route.get());
  } else {
    set(CURLOPT_UNIX_SOCKET_PATH, call.unix_socket.c_str());
  }
}

void CurlSession::set_request(const HttpCall& call, const List& fields) {
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HTTPHEADER, fields.get());
  const bool has_body = !call.body.empty() || call.method == "POST" || call.method == "PUT";
  if (has_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    set(CURLOPT_POSTFIELDS, call.body.empty() ? "" : call.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

void CurlSession::set_tls(const TlsFiles& files, const Authorities& trusted) {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // libcurl must not read authorities itself: it would read the system's for each connection.
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
  set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(trusted.get()));
  set(CURLOPT_SSLCERT, text_or_none(files.certificate));
  set(CURLOPT_SSLKEY, text_or_none(files.key));
}

void CurlSession::set_limits(const HttpCall& call, milliseconds left) {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_MAXCONNECTS, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  const auto connect = std::clamp(call.connect_timeout, milliseconds(1), left);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
}

}  // namespace cardvault
