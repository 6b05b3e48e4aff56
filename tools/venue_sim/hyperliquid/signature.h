// Who signed an action: the hash of the action, the typed data around it, the recovered address.
//
//   const std::string id = ConnectionId(action, nonce, /*vault=*/"", std::nullopt);
//   std::optional<Address> signer = RecoverAddress(AgentDigest(id, /*is_testnet=*/false), given);
//
// Stands on libsecp256k1 and Crypto++ alone and shares nothing with the signers of the connectors.
// Digests and hashes are 32 raw bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/venue_sim/hyperliquid/common.h"

namespace colibri::venue_sim::hyperliquid {

struct GivenSignature {
  std::string r = {};  // 0x and up to 64 hex digits: leading zeros may be missing
  std::string s = {};
  int v = 27;  // or 28
};

std::string Keccak256(std::string_view bytes);
std::string ToHex(std::string_view bytes);  // with 0x
// "0x" and hex digits, an odd first digit allowed; padded to `size` bytes from the left. Nothing
// when it is no hex or longer.
std::optional<std::string> FromHex(std::string_view text, size_t size);

// Of the action as it is hashed; the vault is an address, or empty.
std::string ConnectionId(const Json& action,
                         uint64_t nonce,
                         std::string_view vault,
                         std::optional<uint64_t> expires_after);
// What a wallet signs for an L1 action.
std::string AgentDigest(std::string_view connection_id, bool is_testnet);

// Nothing when it is no signature, or a malleable one (a high s).
std::optional<Address> RecoverAddress(std::string_view digest, const GivenSignature& signature);
// Of an uncompressed public key: 64 bytes.
Address AddressOf(std::string_view public_key);

// Words of 32 bytes, as typed data encodes them.
std::string NumberWord(uint64_t value);
std::string AddressWord(std::string_view address);
// keccak(0x1901 domain struct) for a domain of this name, version 1 and the zero contract.
std::string TypedDigest(std::string_view domain_name,
                        uint64_t chain_id,
                        std::string_view struct_hash);

}  // namespace colibri::venue_sim::hyperliquid
