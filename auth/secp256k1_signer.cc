#include "auth/secp256k1_signer.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include <openssl/rand.h>

#include "auth/encoding.h"
#include "core/check.h"
#include "core/strings.h"
#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace colibri {
namespace {

constexpr size_t kPublicKeySize = 65;  // 04, x, y

// The key's bytes, or an empty secret for what is not 64 hex digits.
Secret DecodeKey(std::string_view key) {
  if (key.substr(0, 2) == "0x") {
    key.remove_prefix(2);
  }
  if (key.size() != 2 * Secp256k1Signer::kKeySize) {
    return Secret();
  }
  absl::StatusOr<std::string> bytes = HexDecode(key);
  if (!bytes.ok()) {
    return Secret();
  }
  Secret secret(*bytes);
  WipeString(*bytes);
  return secret;
}

// The hash of both coordinates without the byte that names their form.
WalletAddress AddressOf(const secp256k1_context* context, const secp256k1_pubkey& key) {
  std::array<uint8_t, kPublicKeySize> bytes;
  size_t size = bytes.size();
  CHECK(secp256k1_ec_pubkey_serialize(
            context, bytes.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED) == 1);
  const Hash256 hash =
      Keccak256({reinterpret_cast<const char*>(bytes.data()) + 1, kPublicKeySize - 1});
  WalletAddress address;
  std::copy(hash.end() - WalletAddress::kSize, hash.end(), address.bytes.begin());
  return address;
}

}  // namespace

void Secp256k1ContextDeleter::operator()(secp256k1_context_struct* context) const {
  secp256k1_context_destroy(context);
}

absl::StatusOr<Secp256k1Signer> Secp256k1Signer::FromHex(std::string_view key) {
  Secret bytes = DecodeKey(key);
  if (bytes.empty()) {
    return absl::InvalidArgumentError(
        StrCat("a wallet's private key is 64 hex digits, with or without 0x; this text of ",
               key.size(),
               " characters is not"));
  }
  Context context(secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY));
  CHECK(context != nullptr);
  std::array<uint8_t, 32> blinding;
  if (RAND_bytes(blinding.data(), static_cast<int>(blinding.size())) == 1) {
    CHECK(secp256k1_context_randomize(context.get(), blinding.data()) == 1);
  }  // without randomness signatures are the same, and merely not blinded
  WipeMemory(blinding.data(), blinding.size());
  secp256k1_pubkey public_key;
  if (secp256k1_ec_pubkey_create(context.get(), &public_key, AsBytes(bytes.reveal()).data()) != 1) {
    return absl::InvalidArgumentError(
        "the wallet's private key is zero or not below the order of secp256k1: no wallet made it");
  }
  const WalletAddress address = AddressOf(context.get(), public_key);
  return Secp256k1Signer(std::move(context), std::move(bytes), address);
}

WalletSignature Secp256k1Signer::Sign(const Hash256& digest) const {
  secp256k1_ecdsa_recoverable_signature recoverable;
  CHECK(secp256k1_ecdsa_sign_recoverable(context_.get(),
                                         &recoverable,
                                         digest.data(),
                                         AsBytes(key_.reveal()).data(),
                                         secp256k1_nonce_function_rfc6979,
                                         nullptr) == 1);
  std::array<uint8_t, 64> compact;
  int recovery_id = 0;
  CHECK(secp256k1_ecdsa_recoverable_signature_serialize_compact(
            context_.get(), compact.data(), &recovery_id, &recoverable) == 1);
  WalletSignature signature;
  std::copy(compact.begin(), compact.begin() + 32, signature.r.begin());
  std::copy(compact.begin() + 32, compact.end(), signature.s.begin());
  signature.v = 27 + recovery_id;
  return signature;
}

absl::StatusOr<WalletAddress> RecoverAddress(const Hash256& digest,
                                             const WalletSignature& signature) {
  const std::unique_ptr<secp256k1_context, Secp256k1ContextDeleter> context(
      secp256k1_context_create(SECP256K1_CONTEXT_VERIFY));
  CHECK(context != nullptr);
  std::array<uint8_t, 64> compact;
  std::copy(signature.r.begin(), signature.r.end(), compact.begin());
  std::copy(signature.s.begin(), signature.s.end(), compact.begin() + 32);
  secp256k1_ecdsa_recoverable_signature recoverable;
  secp256k1_pubkey key;
  const bool is_recovered =
      (signature.v == 27 || signature.v == 28) &&
      secp256k1_ecdsa_recoverable_signature_parse_compact(
          context.get(), &recoverable, compact.data(), signature.v - 27) == 1 &&
      secp256k1_ecdsa_recover(context.get(), &key, &recoverable, digest.data()) == 1;
  if (!is_recovered) {
    return absl::InvalidArgumentError(
        "this is no signature: v is 27 or 28, r and s are below the order of secp256k1 and not 0");
  }
  return AddressOf(context.get(), key);
}

}  // namespace colibri
