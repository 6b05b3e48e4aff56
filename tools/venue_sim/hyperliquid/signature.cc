#include "tools/venue_sim/hyperliquid/signature.h"

#include <array>

#include "core/check.h"
#include "tools/venue_sim/hyperliquid/msgpack.h"
#include <cryptopp/keccak.h>
#include <secp256k1_recovery.h>

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr size_t kWord = 32;
constexpr uint64_t kAgentChainId = 1337;
constexpr char kDomainType[] =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
constexpr char kAgentType[] = "Agent(string source,bytes32 connectionId)";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const secp256k1_context* Context() {
  static const secp256k1_context* const context =
      secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
  return context;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string Keccak256(std::string_view bytes) {
  CryptoPP::Keccak_256 hash;
  hash.Update(Bytes(bytes), bytes.size());
  std::string digest(kWord, '\0');
  hash.Final(reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> FromHex(std::string_view text, size_t size) {
  if (!text.starts_with("0x") || text.size() > 2 + 2 * size) {
    return std::nullopt;
  }
  text.remove_prefix(2);
  std::string bytes(size, '\0');
  for (size_t i = 0; i < text.size(); ++i) {
    const int digit = HexDigit(text[text.size() - 1 - i]);
    if (digit < 0) {
      return std::nullopt;
    }
    char& byte = bytes[size - 1 - i / 2];
    byte = static_cast<char>(byte | (digit << (i % 2 == 0 ? 0 : 4)));
  }
  return bytes;
}

std::string ConnectionId(const Json& action,
                         uint64_t nonce,
                         std::string_view vault,
                         std::optional<uint64_t> expires_after) {
  std::string bytes = Msgpack(action);
  AppendBigEndian(bytes, nonce, 8);
  if (vault.empty()) {
    bytes.push_back('\0');
  } else {
    bytes.push_back('\1');
    bytes += FromHex(vault, 20).value_or("");
  }
  if (expires_after.has_value()) {
    bytes.push_back('\0');
    AppendBigEndian(bytes, *expires_after, 8);
  }
  return Keccak256(bytes);
}

std::string NumberWord(uint64_t value) {
  std::string word(kWord - 8, '\0');
  AppendBigEndian(word, value, 8);
  return word;
}

std::string AddressWord(std::string_view address) {
  return std::string(kWord - 20, '\0') + FromHex(address, 20).value_or(std::string(20, '\0'));
}

std::string TypedDigest(std::string_view domain_name,
                        uint64_t chain_id,
                        std::string_view struct_hash) {
  std::string domain = Keccak256(kDomainType);
  domain += Keccak256(domain_name);
  domain += Keccak256("1");
  domain += NumberWord(chain_id);
  domain += std::string(kWord, '\0');
  std::string text = "\x19\x01";
  text += Keccak256(domain);
  text += struct_hash;
  return Keccak256(text);
}

std::string AgentDigest(std::string_view connection_id, bool is_testnet) {
  std::string agent = Keccak256(kAgentType);
  agent += Keccak256(is_testnet ? "b" : "a");
  agent += connection_id;
  return TypedDigest("Exchange", kAgentChainId, Keccak256(agent));
}

Address AddressOf(std::string_view public_key) {
  CHECK(public_key.size() == 64);
  return ToHex(std::string_view(Keccak256(public_key)).substr(12));
}

std::optional<Address> RecoverAddress(std::string_view digest, const GivenSignature& given) {
  const std::optional<std::string> r = FromHex(given.r, kWord);
  const std::optional<std::string> s = FromHex(given.s, kWord);
  if (!r.has_value() || !s.has_value() || (given.v != 27 && given.v != 28)) {
    return std::nullopt;
  }
  const std::string compact = *r + *s;
  secp256k1_ecdsa_recoverable_signature signature;
  secp256k1_ecdsa_signature plain;
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(
          Context(), &signature, Bytes(compact), given.v - 27) == 0) {
    return std::nullopt;
  }
  secp256k1_ecdsa_recoverable_signature_convert(Context(), &plain, &signature);
  if (secp256k1_ecdsa_signature_normalize(Context(), nullptr, &plain) != 0 ||
      secp256k1_ecdsa_recover(Context(), &key, &signature, Bytes(digest)) == 0) {
    return std::nullopt;
  }
  std::array<unsigned char, 65> serialized;
  size_t size = serialized.size();
  CHECK(secp256k1_ec_pubkey_serialize(
            Context(), serialized.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED) == 1);
  return AddressOf(
      std::string_view(reinterpret_cast<const char*>(serialized.data()) + 1, size - 1));
}

}  // namespace colibri::venue_sim::hyperliquid
