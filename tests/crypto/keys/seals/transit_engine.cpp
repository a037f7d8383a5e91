#include "tests/crypto/keys/seals/transit_engine.h"

#include <openssl/evp.h>

#include "crypto/aead.h"

namespace cardvault::test {

using nlohmann::json;

std::string TransitEngine::to_base64(ByteView bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Bytes TransitEngine::from_base64(const std::string& text) {
  Bytes bytes(text.size());
  const int size =
      ::EVP_DecodeBlock(bytes.data(), as_bytes(text).data(), static_cast<int>(text.size()));
  if (size < 0) return {};
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

void TransitEngine::serve(httplib::Server& server) {
  server.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
    const Answer answer = take(request);
    response.status = answer.status;
    json document{{"errors", {answer.error}}};
    if (answer.status == 200) {
      document = {{"request_id", "9b1d"}, {"lease_id", ""},       {"renewable", false},
                  {"data", answer.data},  {"wrap_info", nullptr}, {"warnings", nullptr}};
    }
    response.set_content(document.dump(), "application/json");
  });
}

void TransitEngine::rotate(const std::string& key) {
  const std::lock_guard lock(mutex_);
  Bytes made(kAeadKeySize);
  random_.fill(made);
  keys_[key].push_back(std::move(made));
}

void TransitEngine::remove(const std::string& key) {
  const std::lock_guard lock(mutex_);
  keys_.erase(key);
}

void TransitEngine::seal(bool sealed) {
  const std::lock_guard lock(mutex_);
  sealed_ = sealed;
}

std::string TransitEngine::encrypt(const std::string& key, ByteView plaintext,
                                   ByteView associated) {
  Bytes sealed;
  aead_seal(keys_.at(key).back(), plaintext, associated, random_, sealed);
  return "vault:v" + std::to_string(keys_.at(key).size()) + ":" + to_base64(sealed);
}

httplib::Request TransitEngine::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

TransitEngine::Answer TransitEngine::take(const httplib::Request& request) {
  const std::lock_guard lock(mutex_);
  last_ = request;
  if (sealed_) return {503, {}, "Vault is sealed"};
  if (request.get_header_value("X-Vault-Token") != kToken) {
    return {403, {}, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"};
  }
  const bool encrypts = request.path.starts_with("/v1/" + mount_ + "/encrypt/");
  if (!encrypts && !request.path.starts_with("/v1/" + mount_ + "/decrypt/")) {
    return {404, {}, "no handler for route"};
  }
  const auto key = keys_.find(request.path.substr(request.path.rfind('/') + 1));
  if (key == keys_.end()) return {400, {}, "encryption key not found"};
  const json body = json::parse(request.body);
  const Bytes associated = from_base64(body.at("associated_data"));
  if (encrypts) {
    const Bytes plaintext = from_base64(body.at("plaintext"));
    return {200, {{"ciphertext", encrypt(key->first, plaintext, associated)}}, {}};
  }
  return decrypt(key->second, body.at("ciphertext"), associated);
}

TransitEngine::Answer TransitEngine::decrypt(const std::vector<Bytes>& versions,
                                             const std::string& ciphertext,
                                             ByteView associated) const {
  const auto colon = ciphertext.find(':', 7);
  const auto version = std::stoul(ciphertext.substr(7, colon - 7));
  if (version > versions.size()) return {400, {}, "invalid ciphertext: version is too new"};
  const Bytes& key = versions.at(version == 0 ? 0 : version - 1);
  const Bytes bytes = from_base64(ciphertext.substr(colon + 1));
  const auto opened = aead_open(key, bytes, associated);
  if (!opened) return {400, {}, "cipher: message authentication failed"};
  return {200, {{"plaintext", to_base64(*opened)}}, {}};
}

}  // namespace cardvault::test
