// The low-level SHA-256 calls are deprecated in OpenSSL 3 in favour of EVP, which can neither start
// from saved chaining words nor run without a heap-allocated context: measured side by side by
// tools/bench/sign_benchmark.cc.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "auth/hmac_sha256.h"

#include <algorithm>
#include <cstring>

#include <openssl/sha.h>

#include "auth/encoding.h"
#include "auth/secret.h"

namespace colibri {
namespace {

constexpr size_t kBlockSize = SHA256_CBLOCK;
constexpr uint8_t kInnerPad = 0x36;
constexpr uint8_t kOuterPad = 0x5c;

using Block = std::array<uint8_t, kBlockSize>;

std::array<uint32_t, 8> StateAfterPad(const Block& key, uint8_t pad) {
  Block block;
  std::transform(
      key.begin(), key.end(), block.begin(), [pad](uint8_t byte) -> uint8_t { return byte ^ pad; });
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Transform(&context, block.data());
  std::array<uint32_t, 8> state;
  std::copy(std::begin(context.h), std::end(context.h), state.begin());
  WipeMemory(block.data(), block.size());
  WipeMemory(&context, sizeof(context));
  return state;
}

// A context that has hashed exactly one block, with these chaining words as its result.
void Resume(const std::array<uint32_t, 8>& state, SHA256_CTX& context) {
  std::copy(state.begin(), state.end(), std::begin(context.h));
  context.Nl = 8 * kBlockSize;  // bits hashed so far
  context.Nh = 0;
  context.num = 0;
  context.md_len = SHA256_DIGEST_LENGTH;
}

}  // namespace

HmacSha256::HmacSha256(std::string_view key) {
  Block block{};
  if (key.size() > kBlockSize) {
    SHA256(reinterpret_cast<const uint8_t*>(key.data()), key.size(), block.data());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  inner_ = StateAfterPad(block, kInnerPad);
  outer_ = StateAfterPad(block, kOuterPad);
  WipeMemory(block.data(), block.size());
}

HmacSha256::~HmacSha256() {
  WipeMemory(inner_.data(), sizeof(inner_));
  WipeMemory(outer_.data(), sizeof(outer_));
}

void HmacSha256::Sign(std::string_view payload, std::array<uint8_t, kDigestSize>& out) const {
  SHA256_CTX context;
  Resume(inner_, context);
  SHA256_Update(&context, payload.data(), payload.size());
  SHA256_Final(out.data(), &context);

  Resume(outer_, context);
  SHA256_Update(&context, out.data(), out.size());
  SHA256_Final(out.data(), &context);
  // No wipe of the context: by now it holds digests of public bytes, not the pads.
}

void HmacSha256::SignHex(std::string_view payload, char (&out)[kHexSize]) const {
  std::array<uint8_t, kDigestSize> digest;
  Sign(payload, digest);
  HexEncodeTo(digest, out);
}

std::string HmacSha256::SignHex(std::string_view payload) const {
  char hex[kHexSize];
  SignHex(payload, hex);
  return std::string(hex, kHexSize);
}

}  // namespace colibri
