// HMAC-SHA256 (RFC 2104, FIPS 180-4), keyed once: the hash states after the inner and the outer pad
// are kept, so that a signature costs two compressions less and never touches the key again.
//
//   HmacSha256 hmac(credentials.api_secret.reveal());
//   char signature[HmacSha256::kHexSize];
//   hmac.SignHex("symbol=BTCUSDT&timestamp=1", signature);
//
// Thread: any; signing changes nothing in the object. Signing allocates nothing and cannot fail.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace colibri {

class HmacSha256 final {
 public:
  static constexpr size_t kDigestSize = 32;
  static constexpr size_t kHexSize = 2 * kDigestSize;

  // Any length of key, as the RFC has it: longer than 64 bytes is hashed first.
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();

  // The saved states are as good as the key: they stay where they are.
  HmacSha256(const HmacSha256&) = delete;
  HmacSha256& operator=(const HmacSha256&) = delete;

  void Sign(std::string_view payload, std::array<uint8_t, kDigestSize>& out) const;

  // Lower-case hex, without a terminating zero.
  void SignHex(std::string_view payload, char (&out)[kHexSize]) const;
  [[nodiscard]] std::string SignHex(std::string_view payload) const;

 private:
  // The eight chaining words of SHA-256 after one block.
  using State = std::array<uint32_t, 8>;

  State inner_;
  State outer_;
};

}  // namespace colibri
