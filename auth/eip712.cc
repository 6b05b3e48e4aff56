#include "auth/eip712.h"

#include <algorithm>
#include <cstddef>

#include "core/check.h"

namespace colibri {
namespace {

constexpr std::string_view kDomainType =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

std::string_view AsText(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

Hash256 DomainTypeHash() {
  return Keccak256(kDomainType);
}

Hash256 DomainSeparator(const Eip712Domain& domain) {
  return Eip712Struct(kDomainType)
      .AddString(domain.name)
      .AddString(domain.version)
      .AddUint(domain.chain_id)
      .AddAddress(domain.verifying_contract)
      .Hash();
}

Eip712Struct::Eip712Struct(std::string_view type) : type_(type) {
  const size_t open = type.find('(');
  CHECK(open != std::string_view::npos && type.back() == ')');
  fields_ = type.substr(open + 1, type.size() - open - 2);
  Append(TypeHash());
}

Eip712Struct& Eip712Struct::AddString(std::string_view value) {
  Expect("string");
  Append(Keccak256(value));
  return *this;
}

Eip712Struct& Eip712Struct::AddBytes32(const Hash256& value) {
  Expect("bytes32");
  Append(value);
  return *this;
}

Eip712Struct& Eip712Struct::AddAddress(const WalletAddress& value) {
  Expect("address");
  Hash256 word = {};
  std::copy(value.bytes.begin(), value.bytes.end(), word.end() - WalletAddress::kSize);
  Append(word);
  return *this;
}

Eip712Struct& Eip712Struct::AddBool(bool value) {
  Expect("bool");
  Hash256 word = {};
  word.back() = value ? 1 : 0;
  Append(word);
  return *this;
}

Eip712Struct& Eip712Struct::AddUint(uint64_t value) {
  Expect("uint");
  Hash256 word = {};
  for (size_t i = 0; i < sizeof(value); ++i) {
    word[word.size() - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  }
  Append(word);
  return *this;
}

Hash256 Eip712Struct::Hash() const {
  CHECK(fields_.empty());
  return Keccak256(encoded_);
}

void Eip712Struct::Expect(std::string_view kind) {
  const std::string_view field = fields_.substr(0, fields_.find(','));
  std::string_view type = field.substr(0, field.find(' '));
  if (kind == "uint") {  // of any width
    type = type.substr(0, kind.size());
  }
  CHECK(type == kind);
  fields_.remove_prefix(std::min(field.size() + 1, fields_.size()));
}

void Eip712Struct::Append(const Hash256& word) {
  encoded_.append(AsText(word));
}

Hash256 Eip712Digest(const Hash256& domain_separator, const Hash256& struct_hash) {
  std::string bytes = "\x19\x01";
  bytes.append(AsText(domain_separator)).append(AsText(struct_hash));
  return Keccak256(bytes);
}

}  // namespace colibri
