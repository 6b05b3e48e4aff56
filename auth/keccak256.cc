#include "auth/keccak256.h"

#include "auth/encoding.h"
#include <cryptopp/keccak.h>

namespace colibri {

Hash256 Keccak256(std::string_view bytes) {
  Hash256 digest;
  const auto input = AsBytes(bytes);
  CryptoPP::Keccak_256().CalculateDigest(digest.data(), input.data(), input.size());
  return digest;
}

}  // namespace colibri
