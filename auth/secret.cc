#include "auth/secret.h"

#include <cstring>
#include <ostream>
#include <utility>

#include <openssl/crypto.h>

namespace colibri {

Secret::Secret(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  bytes_ = new char[bytes.size()];
  size_ = bytes.size();
  std::memcpy(bytes_, bytes.data(), size_);
}

Secret::~Secret() {
  Wipe();
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret Secret::Clone() const {
  return Secret(reveal());
}

void Secret::Wipe() {
  if (bytes_ == nullptr) {
    return;
  }
  WipeMemory(bytes_, size_);
  delete[] bytes_;
  bytes_ = nullptr;
  size_ = 0;
}

std::ostream& operator<<(std::ostream& out, const Secret&) {
  return out << "REDACTED";
}

void WipeMemory(void* bytes, size_t size) {
  OPENSSL_cleanse(bytes, size);
}

void WipeString(std::string& text) {
  // The whole capacity: characters of an earlier, longer value may stand behind the end.
  text.resize(text.capacity());
  WipeMemory(text.data(), text.size());
  text.clear();
}

}  // namespace colibri
