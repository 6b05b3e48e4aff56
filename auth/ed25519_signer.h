// Ed25519 signatures (RFC 8032) with a private key that is read once.
//
//   ASSIGN_OR_RETURN(Ed25519Signer signer, Ed25519Signer::FromPem(secret.reveal()));
//   std::string signature = signer.SignBase64("symbol=BTCUSDT&timestamp=1");
//
// Thread: any; signing changes nothing in the object. Errors are InvalidArgument, say which keys
// would work, and never quote the key.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "auth/encoding.h"
#include "auth/secret.h"

namespace colibri {

class Ed25519Signer final {
 public:
  static constexpr size_t kSeedSize = 32;
  static constexpr size_t kPublicKeySize = 32;
  static constexpr size_t kSignatureSize = 64;
  static constexpr size_t kBase64Size = Base64Size(kSignatureSize);

  // A PKCS#8 private key in PEM, unencrypted: what `openssl genpkey -algorithm ed25519` writes.
  // Line breaks may be written as the two characters \n, as an environment variable often has them.
  [[nodiscard]] static absl::StatusOr<Ed25519Signer> FromPem(std::string_view pem);

  // The 32 bytes that RFC 8032 calls the private key.
  [[nodiscard]] static absl::StatusOr<Ed25519Signer> FromSeed(std::string_view seed);

  void Sign(std::string_view payload, std::array<uint8_t, kSignatureSize>& out) const;

  // Standard alphabet with padding, without a terminating zero.
  void SignBase64(std::string_view payload, char (&out)[kBase64Size]) const;
  [[nodiscard]] std::string SignBase64(std::string_view payload) const;

  // The half that the venue was given.
  [[nodiscard]] const std::array<uint8_t, kPublicKeySize>& PublicKey() const { return public_key_; }

 private:
  explicit Ed25519Signer(Secret seed);

  Secret seed_;
  std::array<uint8_t, kPublicKeySize> public_key_;
};

// Whether `text` is PEM at all, of any kind.
[[nodiscard]] bool LooksLikePem(std::string_view text);

// Whether `signature` (64 bytes) is that of `payload` under a public key of 32 bytes. Input of a
// wrong size is simply not valid.
[[nodiscard]] bool VerifyEd25519(std::string_view public_key,
                                 std::string_view payload,
                                 std::string_view signature);

}  // namespace colibri
