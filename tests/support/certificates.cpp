#include "tests/support/certificates.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace cardvault::test {
namespace {

void must(bool done, const std::string& what) {
  if (!done) throw std::runtime_error("certificate: " + what);
}

void add_extension(X509& certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&::X509_EXTENSION_free)> extension(
      ::X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), ::X509_EXTENSION_free);
  must(extension && ::X509_add_ext(&certificate, extension.get(), -1) == 1, value);
}

void set_name(X509_NAME& name, std::string_view text) {
  const void* const bytes = text.data();
  ::X509_NAME_add_entry_by_NID(&name, NID_commonName, MBSTRING_UTF8,
                               static_cast<const unsigned char*>(bytes),
                               static_cast<int>(text.size()), -1, 0);
}

template <class Write>
void write_file(const std::filesystem::path& path, Write write) {
  // Spelled out, because the type of fclose itself has attributes that g++ 14 warns about.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"),
                                                             std::fclose);
  must(file && ::chmod(path.c_str(), 0600) == 0 && write(file.get()) == 1, path.string());
}

}  // namespace

Certificate Certificate::self_signed(const std::string& alternative_names) {
  return {alternative_names, nullptr};
}

Certificate Certificate::issue(const std::string& alternative_names) const {
  return {alternative_names, this};
}

Certificate::Certificate(const std::string& alternative_names, const Certificate* issuer)
    : key_(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), ::EVP_PKEY_free),
      certificate_(::X509_new(), ::X509_free) {
  X509& made = *certificate_;
  std::uint32_t serial = 0;
  ::RAND_bytes(static_cast<unsigned char*>(static_cast<void*>(&serial)), sizeof serial);
  ::X509_set_version(&made, 2);
  ::ASN1_INTEGER_set_uint64(::X509_get_serialNumber(&made), serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(&made), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(&made), 3600);
  ::X509_set_pubkey(&made, key_.get());
  set_name(*::X509_get_subject_name(&made),
           issuer == nullptr ? "cardvault test authority" : "cardvault test");
  const Certificate& signer = issuer == nullptr ? *this : *issuer;
  ::X509_set_issuer_name(&made, ::X509_get_subject_name(signer.certificate()));
  add_extension(made, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(made, NID_subject_alt_name, alternative_names);
  must(::X509_sign(&made, signer.key(), ::EVP_sha256()) != 0, "X509_sign");
}

void Certificate::save_certificate(const std::filesystem::path& file) const {
  write_file(file, [&](std::FILE* to) { return ::PEM_write_X509(to, certificate()); });
}

void Certificate::save_key(const std::filesystem::path& file) const {
  write_file(file, [&](std::FILE* to) {
    return ::PEM_write_PrivateKey(to, key(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace cardvault::test
