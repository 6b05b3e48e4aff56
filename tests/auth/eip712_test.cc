#include "auth/eip712.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"

#include "auth/encoding.h"

namespace colibri {
namespace {

Hash256 HashOf(std::string_view hex) {
  const std::string bytes = HexDecode(hex).value();
  Hash256 hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

constexpr Eip712Domain kExchange = {.name = "Exchange", .version = "1", .chain_id = 1337};
constexpr std::string_view kUsdSend =
    "HyperliquidTransaction:UsdSend(string hyperliquidChain,string destination,string amount,"
    "uint64 time)";

TEST(Eip712DeathTest, RefusesFieldsThatAreNotOfTheType) {
  const auto wrong_kind = [] { Eip712Struct("T(string a)").AddUint(1); };
  const auto missing = [] { (void)Eip712Struct("T(string a,bool b)").AddString("").Hash(); };
  const auto too_many = [] { Eip712Struct("T(string a)").AddString("").AddString(""); };

  EXPECT_DEATH(wrong_kind(), "CHECK failed");
  EXPECT_DEATH(missing(), "CHECK failed");
  EXPECT_DEATH(too_many(), "CHECK failed");
}

TEST(Eip712Test, HashesTheDomain) {
  EXPECT_EQ(HexEncode(DomainTypeHash()),
            "8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f");
  EXPECT_EQ(HexEncode(DomainSeparator(kExchange)),
            "d79297fcdf2ffcd4ae223d01edaa2ba214ff8f401d7c9300d995d17c82aa4040");
}

TEST(Eip712Test, HashesAStructureAndItsDigest) {
  Eip712Struct agent("Agent(string source,bytes32 connectionId)");
  agent.AddString("a").AddBytes32(
      HashOf("884f2c32bb6dbdd65f6033e32fb28c0cb6f5b345db0f6471fd3366d85c9252c1"));

  EXPECT_EQ(HexEncode(agent.TypeHash()),
            "26f05c2f7239b6983075e58321292d77b3aa173d19b27257ac96ab362570f508");
  EXPECT_EQ(HexEncode(agent.Hash()),
            "56a652ccec8b12829fce3495c42fc8428b58e3ad04d124c8f46d1955a4da1fbc");
  EXPECT_EQ(HexEncode(Eip712Digest(DomainSeparator(kExchange), agent.Hash())),
            "a5cfed1f2d7948de30aecacc7fea3c5e05c1e759020e96239847879b906f801e");
}

TEST(Eip712Test, HashesAnActionThatTheUserSigns) {
  const Hash256 domain =
      DomainSeparator({.name = "HyperliquidSignTransaction", .version = "1", .chain_id = 0x66eee});
  Eip712Struct send(kUsdSend);
  send.AddString("Testnet")
      .AddString("0x5e9ee1089755c3435139848e47e6635505d5a13a")
      .AddString("1")
      .AddUint(1687816341423);

  EXPECT_EQ(HexEncode(domain), "feb1393ca4412a4ca577bd51d04f0a77033514c602f4d0a11490fb95f7428df6");
  EXPECT_EQ(HexEncode(send.TypeHash()),
            "c7410964737e2180e258d649f23f74a49460432fecbd94688103ecc63fb66b4c");
  EXPECT_EQ(HexEncode(send.Hash()),
            "e81f1691f350bb9a59d2b40b3d16c9526a8f93407dd72bcb9ea95e291a5de6da");
  EXPECT_EQ(HexEncode(Eip712Digest(domain, send.Hash())),
            "cacf7585cc49ca60c6c5fb3001e226c0ca03c46252c893eea574c78907b7cebe");
}

// The example of the standard's text: a domain with a contract's address.
TEST(Eip712Test, HashesAddresses) {
  Eip712Domain domain = {.name = "Ether Mail", .version = "1", .chain_id = 1};
  domain.verifying_contract =
      WalletAddress::Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC").value();

  EXPECT_EQ(HexEncode(DomainSeparator(domain)),
            "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
}

TEST(Eip712Test, WritesBooleansAndNumbersAsWords) {
  const std::string zeros(62, '0');
  const std::string type = "T(bool a,uint256 b)";
  const std::string encoded = HexEncode(Keccak256(type)) + zeros + "01" + zeros + "07";

  EXPECT_EQ(Eip712Struct(type).AddBool(true).AddUint(7).Hash(),
            Keccak256(HexDecode(encoded).value()));
}

}  // namespace
}  // namespace colibri
