#include "vault/storage/redis/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace cardvault {
namespace {

std::unexpected<Error> unusable(const std::string& what, const std::filesystem::path& file) {
  ERR_clear_error();
  return fail(ErrorCode::invalid_request,
              "The store's " + what +
                  " cannot be used: " + (file.empty() ? "no file is configured" : file.string()));
}

}  // namespace

void RedisTls::Free::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

void RedisTls::free(SSL* session) {
  SSL_free(session);
}

Result<RedisTls> RedisTls::make(const RedisOptions& options) {
  RedisTls tls(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = tls.context_.get();
  if (context == nullptr) return fail(ErrorCode::internal, "TLS cannot be initialized.");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // hiredis writes as much as the socket takes and continues later. Its buffer may have moved by
  // then.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int trusted = options.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context)
                          : SSL_CTX_load_verify_file(context, options.ca_file.c_str());
  if (trusted != 1) return unusable("file of trusted certificates", options.ca_file);
  if (options.certificate_file.empty() && options.key_file.empty()) return tls;
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return unusable("certificate", options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return unusable("private key", options.key_file);
  }
  return tls;
}

SSL* RedisTls::session_for(const std::string& host) const {
  SSL* session = SSL_new(context_.get());
  if (session == nullptr) return nullptr;
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) return session;
  ERR_clear_error();
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // This is the macro SSL_set_tlsext_host_name without its old-style casts.
  std::string name = host;
  if (SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) ==
          1 &&
      SSL_set1_host(session, host.c_str()) == 1) {
    return session;
  }
  SSL_free(session);
  return nullptr;
}

std::string RedisTls::certificate_fault(const SSL* session) {
  const auto verified = SSL_get_verify_result(session);
  return verified == X509_V_OK ? "" : X509_verify_cert_error_string(verified);
}

}  // namespace cardvault
