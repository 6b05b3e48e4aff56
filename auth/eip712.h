// The digest of a typed structure by EIP-712, which is what a wallet signs.
//
//   const Hash256 domain = DomainSeparator({.name = "Exchange", .version = "1", .chain_id = 1337});
//   Eip712Struct agent("Agent(string source,bytes32 connectionId)");
//   agent.AddString("a").AddBytes32(connection_id);
//   signer.Sign(Eip712Digest(domain, agent.Hash()));
//
// Structures of plain fields: string, bytes32, address, bool and uintN up to 64 bits; no structure
// or array within. A field that does not follow the type, or a missing one, is a CHECK: the type is
// a literal of ours.
// Thread: one per object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/keccak256.h"
#include "auth/wallet_address.h"

namespace colibri {

struct Eip712Domain {
  std::string_view name;
  std::string_view version;
  uint64_t chain_id = 1;
  WalletAddress verifying_contract = {};
};

[[nodiscard]] Hash256 DomainTypeHash();
[[nodiscard]] Hash256 DomainSeparator(const Eip712Domain& domain);

class Eip712Struct final {
 public:
  // `type` as the standard encodes it, "Name(type field,type field)"; outlives the object.
  explicit Eip712Struct(std::string_view type);

  Eip712Struct& AddString(std::string_view value);
  Eip712Struct& AddBytes32(const Hash256& value);
  Eip712Struct& AddAddress(const WalletAddress& value);
  Eip712Struct& AddBool(bool value);
  Eip712Struct& AddUint(uint64_t value);

  [[nodiscard]] Hash256 TypeHash() const { return Keccak256(type_); }
  // Of the structure with all its fields.
  [[nodiscard]] Hash256 Hash() const;

 private:
  // CHECKs that the next field of the type is of this kind, and goes past it.
  void Expect(std::string_view kind);
  void Append(const Hash256& word);

  std::string_view type_;
  std::string_view fields_;  // of the type, those still to come
  std::string encoded_;      // the type's hash and a word of 32 bytes a field
};

// keccak256(0x19 0x01 domain_separator struct_hash).
[[nodiscard]] Hash256 Eip712Digest(const Hash256& domain_separator, const Hash256& struct_hash);

}  // namespace colibri
