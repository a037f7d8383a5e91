#include "crypto/secret.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace cardvault {

SecretBytes::SecretBytes(std::size_t size) {
  if (size == 0) return;
  data_ = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (data_ == nullptr) throw std::bad_alloc();
  size_ = size;
}

SecretBytes SecretBytes::random(std::size_t size, RandomSource& random) {
  SecretBytes bytes(size);
  random.fill(bytes.expose_mutable());
  return bytes;
}

SecretBytes SecretBytes::copy_of(ByteView source) {
  SecretBytes bytes(source.size());
  std::ranges::copy(source, bytes.data_);
  return bytes;
}

SecretBytes::~SecretBytes() {
  sodium_free(data_);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  sodium_free(data_);
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

void SecretBytes::forbid_access() {
  if (data_ != nullptr && sodium_mprotect_noaccess(data_) != 0) std::abort();
}

void SecretBytes::allow_reading() {
  if (data_ != nullptr && sodium_mprotect_readonly(data_) != 0) std::abort();
}

SecretText::~SecretText() {
  wipe(text_);
}

SecretText::SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) {
  wipe(other.text_);
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  if (this == &other) return *this;
  wipe(text_);
  text_ = std::move(other.text_);
  wipe(other.text_);
  return *this;
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::uint8_t> memory) {
  sodium_memzero(memory.data(), memory.size());
}

// A moved-from or shortened string keeps its old characters in the unused part of its buffer. So
// the whole buffer is wiped.
void wipe(std::string& text) {
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace cardvault
