#include "net/client/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

namespace cardvault {
namespace {

std::unexpected<NetFailure> tls_failed() {
  ::ERR_clear_error();
  return std::unexpected(NetFailure::tls_failed);
}

bool load_authorities(SSL_CTX* context, const std::string& ca_file) {
  return ca_file.empty() ? ::SSL_CTX_set_default_verify_paths(context) == 1
                         : ::SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1;
}

/// SNI is for names only (RFC 6066, 3).
bool expect_host(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* const rules = ::SSL_get0_param(session);
  if (Address::parse(host)) return ::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  ::X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // What the macro SSL_set_tlsext_host_name does, without its old-style casts.
  std::string name = host;
  return ::SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    name.data()) == 1 &&
         ::X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
}

}  // namespace

void FreeTls::operator()(SSL* session) const {
  if (::SSL_is_init_finished(session) == 1) ::SSL_shutdown(session);
  ::ERR_clear_error();
  ::SSL_free(session);
}

void FreeTls::operator()(SSL_CTX* context) const {
  ::SSL_CTX_free(context);
}

NetResult<TlsContext> TlsContext::trusting(const std::string& ca_file) {
  std::unique_ptr<SSL_CTX, FreeTls> context(::SSL_CTX_new(::TLS_client_method()));
  if (!context || !load_authorities(context.get(), ca_file)) return tls_failed();
  // An answer can hold a key.
  ::SSL_CTX_set_options(context.get(), SSL_OP_CLEANSE_PLAINTEXT);
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // What the macro SSL_CTX_set_min_proto_version does.
  if (::SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) != 1) {
    return tls_failed();
  }
  return TlsContext(std::move(context));
}

NetResult<TlsSession> TlsContext::handshake(const TcpSocket& socket, const std::string& host,
                                            CallDeadline deadline) const {
  TlsSession session(::SSL_new(context_.get()));
  if (!session || !expect_host(session.get(), host) ||
      ::SSL_set_fd(session.get(), socket.fd()) != 1) {
    return tls_failed();
  }
  while (true) {
    ::ERR_clear_error();
    const int done = ::SSL_connect(session.get());
    if (done == 1) return session;
    const int wanted = ::SSL_get_error(session.get(), done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return tls_failed();
    if (!socket.wait(wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return std::unexpected(NetFailure::timeout);
    }
  }
}

}  // namespace cardvault
