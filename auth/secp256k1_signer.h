// Recoverable ECDSA signatures over secp256k1, as Ethereum wallets make them.
//
//   ASSIGN_OR_RETURN(auto signer, Secp256k1Signer::FromHex(credentials.wallet_key.reveal()));
//   WalletSignature signature = signer.Sign(digest);   // r, s with s low, v 27 or 28
//
// The nonce of a signature comes from key and digest (RFC 6979): the same digest gives the same
// bytes, and no randomness can fail. What is random is only how the curve is computed (blinding
// against side channels), which no result shows.
// Thread: any; signing changes nothing in the object. The key is wiped on destruction. Errors are
// InvalidArgument and never quote the key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

#include "auth/keccak256.h"
#include "auth/secret.h"
#include "auth/wallet_address.h"

struct secp256k1_context_struct;

namespace colibri {

struct WalletSignature {
  std::array<uint8_t, 32> r = {};
  std::array<uint8_t, 32> s = {};  // at most half of the curve's order
  int v = 27;                      // 27 or 28: which of two points r stands for
};

struct Secp256k1ContextDeleter {
  void operator()(secp256k1_context_struct* context) const;
};

class Secp256k1Signer final {
 public:
  static constexpr size_t kKeySize = 32;

  // 64 hex digits, with or without 0x. Zero and what is not below the curve's order is no key.
  [[nodiscard]] static absl::StatusOr<Secp256k1Signer> FromHex(std::string_view key);

  [[nodiscard]] WalletSignature Sign(const Hash256& digest) const;

  // Of this key: what a signature of it recovers to.
  [[nodiscard]] const WalletAddress& address() const { return address_; }

 private:
  using Context = std::unique_ptr<secp256k1_context_struct, Secp256k1ContextDeleter>;

  Secp256k1Signer(Context context, Secret key, WalletAddress address)
      : context_(std::move(context)), key_(std::move(key)), address_(address) {}

  Context context_;
  Secret key_;  // its 32 bytes
  WalletAddress address_;
};

// Who signed: what a venue does with a signature. InvalidArgument for what is no signature; a
// signature of another digest recovers to some other address.
[[nodiscard]] absl::StatusOr<WalletAddress> RecoverAddress(const Hash256& digest,
                                                           const WalletSignature& signature);

}  // namespace colibri
