#include "auth/signer.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

#include "auth/ed25519_signer.h"
#include "auth/hmac_sha256.h"
#include "core/check.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

static_assert(Signer::kSizeMax >= HmacSha256::kHexSize);
static_assert(Signer::kSizeMax >= Ed25519Signer::kBase64Size);

class HmacHexSigner final : public Signer {
 public:
  explicit HmacHexSigner(std::string_view key) : hmac_(key) {}

  SignatureKind kind() const override { return SignatureKind::kHmacSha256Hex; }

  size_t SignTo(std::string_view payload, absl::Span<char> out) const override {
    CHECK(out.size() >= kSizeMax);
    char hex[HmacSha256::kHexSize];
    hmac_.SignHex(payload, hex);
    std::copy(std::begin(hex), std::end(hex), out.begin());
    return sizeof(hex);
  }

 private:
  HmacSha256 hmac_;
};

class Ed25519Base64Signer final : public Signer {
 public:
  explicit Ed25519Base64Signer(Ed25519Signer signer) : signer_(std::move(signer)) {}

  SignatureKind kind() const override { return SignatureKind::kEd25519Base64; }

  size_t SignTo(std::string_view payload, absl::Span<char> out) const override {
    CHECK(out.size() >= kSizeMax);
    char text[Ed25519Signer::kBase64Size];
    signer_.SignBase64(payload, text);
    std::copy(std::begin(text), std::end(text), out.begin());
    return sizeof(text);
  }

 private:
  Ed25519Signer signer_;
};

}  // namespace

std::string Signer::Sign(std::string_view payload) const {
  char text[kSizeMax];
  return std::string(text, SignTo(payload, absl::MakeSpan(text)));
}

absl::StatusOr<std::unique_ptr<Signer>> MakeSigner(const Credentials& credentials) {
  const std::string_view secret = credentials.api_secret.reveal();
  if (secret.empty()) {
    return absl::InvalidArgumentError(
        "cannot sign: the credentials have no api_secret (an HMAC secret or an Ed25519 PEM)");
  }
  if (!LooksLikePem(secret)) {
    return std::make_unique<HmacHexSigner>(secret);
  }
  ASSIGN_OR_RETURN(Ed25519Signer signer, Ed25519Signer::FromPem(secret));
  return std::make_unique<Ed25519Base64Signer>(std::move(signer));
}

}  // namespace colibri
