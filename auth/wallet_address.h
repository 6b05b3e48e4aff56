// The address of an Ethereum wallet: the last 20 bytes of the hash of its public key.
//
//   ASSIGN_OR_RETURN(WalletAddress account, WalletAddress::Parse("0x5E9EE108..."));
//   account.ToString()   // "0x5e9ee108...": always lower case
//
// Thread: any. Addresses are public: errors may quote their length, never their text, because a
// user may have pasted a key in the wrong place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace colibri {

struct WalletAddress {
  static constexpr size_t kSize = 20;

  std::array<uint8_t, kSize> bytes = {};

  // "0x" and 40 hex digits of either case; the checksum that mixed case may carry is not checked.
  [[nodiscard]] static absl::StatusOr<WalletAddress> Parse(std::string_view text);
  [[nodiscard]] std::string ToString() const;

  bool operator==(const WalletAddress&) const = default;
};

}  // namespace colibri
