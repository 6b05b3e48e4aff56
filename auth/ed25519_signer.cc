#include "auth/ed25519_signer.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "auth/secret.h"
#include "core/check.h"
#include "core/strings.h"
#include <cryptopp/donna.h>

namespace colibri {
namespace {

constexpr std::string_view kSupported =
    "an Ed25519 private key in unencrypted PKCS#8 PEM is supported "
    "(make one with: openssl genpkey -algorithm ed25519 -out key.pem)";

constexpr std::string_view kPemBegin = "-----BEGIN ";

struct OpenSslDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, OpenSslDeleter>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslDeleter>;
using Key = std::unique_ptr<EVP_PKEY, OpenSslDeleter>;

// Keeps OpenSSL from asking for a pass phrase on the terminal, which would hang a program that has
// none.
int RefusePassPhrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::Status Unsupported(std::string_view what) {
  return absl::InvalidArgumentError(StrCat(what, "; ", kSupported));
}

// The PEM with every \n that is spelled as two characters turned into a line break.
Secret WithLineBreaks(std::string_view pem) {
  std::string text;
  text.reserve(pem.size());  // so that no reallocation leaves a copy behind
  for (size_t i = 0; i < pem.size(); ++i) {
    if (pem[i] == '\\' && i + 1 < pem.size() && pem[i + 1] == 'n') {
      text.push_back('\n');
      ++i;
    } else {
      text.push_back(pem[i]);
    }
  }
  Secret unescaped(text);
  WipeString(text);
  return unescaped;
}

absl::Status CheckKind(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return absl::OkStatus();
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return Unsupported("the PEM holds an RSA key, which is not supported");
    case EVP_PKEY_EC:
      return Unsupported("the PEM holds an elliptic-curve (ECDSA) key, which is not supported");
    default:
      return Unsupported("the PEM holds a private key of another algorithm than Ed25519");
  }
}

}  // namespace

// OpenSSL reads keys; Crypto++ signs with them in half the time, and without a context on the heap.
Ed25519Signer::Ed25519Signer(Secret seed) : seed_(std::move(seed)) {
  CHECK(CryptoPP::Donna::ed25519_publickey(public_key_.data(), AsBytes(seed_.reveal()).data()) ==
        0);
}

bool LooksLikePem(std::string_view text) {
  return text.find(kPemBegin) != std::string_view::npos;
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::FromPem(std::string_view pem) {
  if (!LooksLikePem(pem)) {
    return Unsupported("the key is not PEM: it has no -----BEGIN line");
  }
  if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
    return Unsupported("the PEM holds no private key; it may be the public half");
  }
  const Secret text = WithLineBreaks(pem);
  const Bio bio(BIO_new_mem_buf(text.reveal().data(), static_cast<int>(text.size())));
  CHECK(bio != nullptr);
  bool asked_for_pass_phrase = false;
  const Key key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, &RefusePassPhrase, &asked_for_pass_phrase));
  ERR_clear_error();  // our message says enough, and the queue would leak into TLS errors
  if (asked_for_pass_phrase) {
    return Unsupported("the PEM is encrypted with a pass phrase");
  }
  if (key == nullptr) {
    return Unsupported("the PEM is damaged: its body is no private key");
  }
  if (absl::Status kind = CheckKind(key.get()); !kind.ok()) {
    return kind;
  }
  std::array<uint8_t, kSeedSize> seed;
  size_t size = seed.size();
  CHECK(EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size) == 1);
  CHECK(size == kSeedSize);
  Secret secret(std::string_view(reinterpret_cast<const char*>(seed.data()), seed.size()));
  WipeMemory(seed.data(), seed.size());
  return Ed25519Signer(std::move(secret));
}

absl::StatusOr<Ed25519Signer> Ed25519Signer::FromSeed(std::string_view seed) {
  if (seed.size() != kSeedSize) {
    return absl::InvalidArgumentError(
        StrCat("an Ed25519 seed has ", kSeedSize, " bytes, not ", seed.size()));
  }
  return Ed25519Signer(Secret(seed));
}

void Ed25519Signer::Sign(std::string_view payload, std::array<uint8_t, kSignatureSize>& out) const {
  const auto bytes = AsBytes(payload);
  CHECK(CryptoPP::Donna::ed25519_sign(bytes.data(),
                                      bytes.size(),
                                      AsBytes(seed_.reveal()).data(),
                                      public_key_.data(),
                                      out.data()) == 0);
}

void Ed25519Signer::SignBase64(std::string_view payload, char (&out)[kBase64Size]) const {
  std::array<uint8_t, kSignatureSize> signature;
  Sign(payload, signature);
  Base64EncodeTo(signature, out);
}

std::string Ed25519Signer::SignBase64(std::string_view payload) const {
  char text[kBase64Size];
  SignBase64(payload, text);
  return std::string(text, kBase64Size);
}

bool VerifyEd25519(std::string_view public_key,
                   std::string_view payload,
                   std::string_view signature) {
  if (public_key.size() != Ed25519Signer::kPublicKeySize ||
      signature.size() != Ed25519Signer::kSignatureSize) {
    return false;
  }
  const Key key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, AsBytes(public_key).data(), public_key.size()));
  const DigestContext context(EVP_MD_CTX_new());
  const bool valid =
      key != nullptr && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(),
                       AsBytes(signature).data(),
                       signature.size(),
                       AsBytes(payload).data(),
                       payload.size()) == 1;
  ERR_clear_error();
  return valid;
}

}  // namespace colibri
