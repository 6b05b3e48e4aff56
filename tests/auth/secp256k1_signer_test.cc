#include "auth/secp256k1_signer.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/encoding.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr std::string_view kKey =
    "0x0123456789012345678901234567890123456789012345678901234567890123";
// Of the curve, and half of it.
constexpr std::string_view kOrder =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
constexpr std::string_view kHalfOrder =
    "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

Hash256 HashOf(std::string_view hex) {
  const std::string bytes = HexDecode(hex).value();
  Hash256 hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

TEST(Secp256k1SignerTest, RefusesAKeyOfAnotherLengthAndDoesNotQuoteIt) {
  EXPECT_THAT(Secp256k1Signer::FromHex(""), StatusIs(kInvalid, HasSubstr("64 hex digits")));
  EXPECT_THAT(Secp256k1Signer::FromHex("0x"), StatusIs(kInvalid));
  EXPECT_THAT(Secp256k1Signer::FromHex(kKey.substr(0, 65)),
              StatusIs(kInvalid, AllOf(HasSubstr("65 characters"), Not(HasSubstr("0123")))));
  EXPECT_THAT(Secp256k1Signer::FromHex(std::string(kKey) + "45"),
              StatusIs(kInvalid, Not(HasSubstr("0123"))));
}

TEST(Secp256k1SignerTest, RefusesAKeyThatIsNotHexAndDoesNotQuoteIt) {
  std::string key(kKey);
  key[20] = 'g';

  EXPECT_THAT(Secp256k1Signer::FromHex(key),
              StatusIs(kInvalid, AllOf(HasSubstr("64 hex digits"), Not(HasSubstr("0123")))));
}

TEST(Secp256k1SignerTest, RefusesNumbersThatAreNoKey) {
  EXPECT_THAT(Secp256k1Signer::FromHex(std::string(64, '0')),
              StatusIs(kInvalid, HasSubstr("order")));
  EXPECT_THAT(Secp256k1Signer::FromHex(kOrder), StatusIs(kInvalid, HasSubstr("order")));
}

TEST(Secp256k1SignerTest, KnowsTheAddressOfItsKey) {
  const auto signer = Secp256k1Signer::FromHex(kKey);
  const auto without_prefix = Secp256k1Signer::FromHex(kKey.substr(2));
  // The key 1 has the curve's generator as its public key.
  const auto one = Secp256k1Signer::FromHex(std::string(63, '0') + "1");

  ASSERT_THAT(signer, IsOk());
  EXPECT_EQ(signer->address().ToString(), "0x14791697260e4c9a71f18484c9f997b308e59325");
  ASSERT_THAT(without_prefix, IsOk());
  EXPECT_EQ(without_prefix->address(), signer->address());
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->address().ToString(), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

TEST(Secp256k1SignerTest, SignsAlikeInEveryObject) {
  const Hash256 digest = HashOf("a5cfed1f2d7948de30aecacc7fea3c5e05c1e759020e96239847879b906f801e");

  // Each object blinds its computation with other random bytes.
  for (int i = 0; i < 5; ++i) {
    const auto signer = Secp256k1Signer::FromHex(kKey);
    ASSERT_THAT(signer, IsOk());
    const WalletSignature signature = signer->Sign(digest);
    EXPECT_EQ(HexEncode(signature.r),
              "d65369825a9df5d80099e513cce430311d7d26ddf477f5b3a33d2806b100d78e");
    EXPECT_EQ(HexEncode(signature.s),
              "2b54116ff64054968aa237c20ca9ff68000f977c93289157748a3162b6ea940e");
    EXPECT_EQ(signature.v, 28);
  }
}

TEST(Secp256k1SignerTest, SignsWithLowSSoThatTheSignatureRecoversToItsAddress) {
  const auto signer = Secp256k1Signer::FromHex(kKey);
  ASSERT_THAT(signer, IsOk());
  int of_v_28 = 0;

  for (int i = 0; i < 200; ++i) {
    const Hash256 digest = Keccak256(std::to_string(i));
    const WalletSignature signature = signer->Sign(digest);
    EXPECT_LE(HexEncode(signature.s), kHalfOrder);
    EXPECT_THAT(RecoverAddress(digest, signature), IsOkAndHolds(signer->address()));
    of_v_28 += signature.v == 28 ? 1 : 0;
  }

  EXPECT_GT(of_v_28, 50);
  EXPECT_LT(of_v_28, 150);
}

TEST(RecoverAddressTest, RefusesWhatIsNoSignature) {
  const Hash256 digest = Keccak256("a");
  const auto signer = Secp256k1Signer::FromHex(kKey);
  ASSERT_THAT(signer, IsOk());
  const WalletSignature good = signer->Sign(digest);

  for (const int v : {0, 1, 26, 29}) {
    WalletSignature bad = good;
    bad.v = v;
    EXPECT_THAT(RecoverAddress(digest, bad), StatusIs(kInvalid, HasSubstr("27 or 28"))) << v;
  }
  WalletSignature zero = good;
  zero.r = {};
  EXPECT_THAT(RecoverAddress(digest, zero), StatusIs(kInvalid));
  WalletSignature large = good;
  large.s = HashOf(kOrder);
  EXPECT_THAT(RecoverAddress(digest, large), StatusIs(kInvalid));
}

TEST(RecoverAddressTest, GivesSomebodyElseForAnotherDigest) {
  const auto signer = Secp256k1Signer::FromHex(kKey);
  ASSERT_THAT(signer, IsOk());
  const WalletSignature signature = signer->Sign(Keccak256("a"));

  const auto address = RecoverAddress(Keccak256("b"), signature);

  ASSERT_THAT(address, IsOk());
  EXPECT_NE(*address, signer->address());
}

}  // namespace
}  // namespace colibri
