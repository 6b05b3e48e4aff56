#include "tools/venue_sim/binance_common/request_auth.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "core/strings.h"

namespace colibri::venue_sim::binance {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The signature's hex is case-insensitive.
bool VerifyHmac(std::string_view secret, std::string_view payload, std::string_view signature) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (HMAC(EVP_sha256(),
           secret.data(),
           static_cast<int>(secret.size()),
           Bytes(payload),
           payload.size(),
           digest,
           &size) == nullptr) {
    return false;
  }
  const std::string expected =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(digest), size));
  const std::string given = absl::AsciiStrToLower(Abs(signature));
  return given.size() == expected.size() &&
         CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

KeyPtr LoadPublicKey(std::string_view text) {
  if (text.substr(0, 5) == "-----") {
    BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
    return KeyPtr(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  }
  const std::string raw = absl::HexStringToBytes(Abs(text));
  return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(raw), raw.size()),
                &EVP_PKEY_free);
}

bool VerifyEd25519(std::string_view public_key,
                   std::string_view payload,
                   std::string_view signature) {
  std::string raw;
  if (!absl::Base64Unescape(Abs(signature), &raw) || raw.size() != 64) {
    return false;
  }
  const KeyPtr key = LoadPublicKey(public_key);
  const ContextPtr context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (key == nullptr || context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Bytes(raw), raw.size(), Bytes(payload), payload.size()) ==
         1;
}

// Takes the signature out of one part; nullopt when it has none.
std::optional<std::string> TakeSignature(std::string_view part, SignedParts& parts) {
  constexpr std::string_view kName = "signature=";
  size_t start = part.substr(0, kName.size()) == kName ? 0 : std::string_view::npos;
  if (start == std::string_view::npos) {
    start = part.find("&signature=");
    if (start == std::string_view::npos) {
      return std::nullopt;
    }
  }
  const size_t value = part.find('=', start) + 1;
  const size_t end = std::min(part.find('&', value), part.size());
  parts.signature = std::string(part.substr(value, end - value));
  parts.is_last = end == part.size();
  return StrCat(part.substr(0, start), part.substr(end));
}

}  // namespace

SignedParts SplitSignature(std::string_view query, std::string_view body) {
  SignedParts parts;
  if (const std::optional<std::string> rest = TakeSignature(query, parts)) {
    parts.payload = StrCat(*rest, body);
    return parts;
  }
  const std::optional<std::string> rest = TakeSignature(body, parts);
  parts.payload = StrCat(query, rest.has_value() ? std::string_view(*rest) : body);
  return parts;
}

bool VerifySignature(const AccountKeys& keys,
                     std::string_view payload,
                     std::string_view signature) {
  if (!keys.ed25519_public_key.empty()) {
    return VerifyEd25519(keys.ed25519_public_key, payload, signature);
  }
  return !keys.hmac_secret.empty() && VerifyHmac(keys.hmac_secret, payload, signature);
}

}  // namespace colibri::venue_sim::binance
