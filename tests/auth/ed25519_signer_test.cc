#include "auth/ed25519_signer.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <openssl/err.h>

#include "auth/encoding.h"
#include "tests/auth/test_keys.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr std::string_view kPayload =
    "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2"
    "&timestamp=1668481559918&recvWindow=5000";
constexpr std::string_view kSignature =
    "m5loLRxgkb9HyW0wkZ4KNrpck881bx5D0OrKNnPklvk4tlGjEJkhiP9DoyC0sc1lXA/TWugjVPrMb/bfNdmdBw==";

std::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Ed25519SignerTest, RefusesRsaAndNamesWhatIsSupported) {
  const auto refusal = StatusIs(kInvalid, AllOf(HasSubstr("RSA"), HasSubstr("Ed25519")));

  EXPECT_THAT(Ed25519Signer::FromPem(NewRsaPem()), refusal);
  EXPECT_THAT(Ed25519Signer::FromPem(NewTraditionalRsaPem()), refusal);
}

TEST(Ed25519SignerTest, RefusesEllipticCurveKey) {
  EXPECT_THAT(Ed25519Signer::FromPem(NewEcPem()), StatusIs(kInvalid, HasSubstr("ECDSA")));
}

TEST(Ed25519SignerTest, RefusesPublicKey) {
  EXPECT_THAT(Ed25519Signer::FromPem(NewPublicPem()), StatusIs(kInvalid, HasSubstr("public")));
}

TEST(Ed25519SignerTest, RefusesEncryptedPemWithoutAskingForItsPassPhrase) {
  EXPECT_THAT(Ed25519Signer::FromPem(NewEncryptedPem()),
              StatusIs(kInvalid, HasSubstr("pass phrase")));
}

TEST(Ed25519SignerTest, RefusesWhatIsNoPem) {
  EXPECT_THAT(Ed25519Signer::FromPem(""), StatusIs(kInvalid, HasSubstr("-----BEGIN")));
  EXPECT_THAT(Ed25519Signer::FromPem("hunter2"),
              StatusIs(kInvalid, AllOf(HasSubstr("-----BEGIN"), Not(HasSubstr("hunter2")))));
}

TEST(Ed25519SignerTest, RefusesDamagedPem) {
  std::string altered(kEd25519Pem);
  altered[altered.find("MC4C")] = 'N';

  const auto damaged = StatusIs(kInvalid, HasSubstr("damaged"));
  EXPECT_THAT(Ed25519Signer::FromPem(altered), damaged);
  EXPECT_THAT(Ed25519Signer::FromPem(kEd25519Pem.substr(0, kEd25519Pem.size() / 2)), damaged);
  EXPECT_THAT(Ed25519Signer::FromPem("-----BEGIN PRIVATE KEY-----\n!!!\n"
                                     "-----END PRIVATE KEY-----\n"),
              damaged);
}

TEST(Ed25519SignerTest, LeavesNoErrorForTheNextUserOfOpenSsl) {
  ASSERT_THAT(Ed25519Signer::FromPem(NewEncryptedPem()), Not(IsOk()));

  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Ed25519SignerTest, RefusesSeedOfWrongSize) {
  EXPECT_THAT(Ed25519Signer::FromSeed(std::string(31, 'x')), StatusIs(kInvalid, HasSubstr("31")));
  EXPECT_THAT(Ed25519Signer::FromSeed(std::string(64, 'x')), StatusIs(kInvalid, HasSubstr("64")));
}

TEST(Ed25519SignerTest, SignsAsTheVectorSays) {
  const auto signer = Ed25519Signer::FromPem(kEd25519Pem);
  ASSERT_THAT(signer, IsOk());

  EXPECT_EQ(signer->SignBase64(kPayload), kSignature);
  EXPECT_EQ(signer->SignBase64("apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91"
                               "duEh8A&timestamp=1649729878532"),
            "OIe2IwMR3NP+oRgf/Hbo4Wf1DQyOmGvT5NrO+vm69t5WJn7jxvFQvS6nRtYpyFgebeGilE89v0rBSxL5N7EhCA"
            "==");
}

TEST(Ed25519SignerTest, EqualsFirstVectorOfRfc8032) {
  const auto seed = HexDecode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const auto signer = Ed25519Signer::FromSeed(*seed);
  ASSERT_THAT(signer, IsOk());

  std::array<uint8_t, Ed25519Signer::kSignatureSize> signature;
  signer->Sign("", signature);

  EXPECT_EQ(HexEncode(signer->PublicKey()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      HexEncode(signature),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
      "cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST(Ed25519SignerTest, TakesLineBreaksSpelledAsTwoCharacters) {
  const auto signer = Ed25519Signer::FromPem(
      R"(-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZ)"
      R"(GhscHR4f\n-----END PRIVATE KEY-----\n)");
  ASSERT_THAT(signer, IsOk());

  EXPECT_EQ(signer->SignBase64(kPayload), kSignature);
}

TEST(Ed25519SignerTest, SeedAndPemGiveTheSameKey) {
  const auto signer = Ed25519Signer::FromSeed(Ed25519Seed());
  ASSERT_THAT(signer, IsOk());

  EXPECT_EQ(HexEncode(signer->PublicKey()),
            "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
  EXPECT_EQ(signer->SignBase64(kPayload), kSignature);
}

TEST(VerifyEd25519Test, AcceptsOnlyTheSignedBytes) {
  const auto signer = Ed25519Signer::FromSeed(Ed25519Seed());
  ASSERT_THAT(signer, IsOk());
  const auto key_bytes = signer->PublicKey();
  const std::string_view public_key = AsText(key_bytes);
  const auto decoded = Base64Decode(kSignature);
  ASSERT_THAT(decoded, IsOk());
  std::string signature = *decoded;

  EXPECT_TRUE(VerifyEd25519(public_key, kPayload, signature));
  EXPECT_FALSE(VerifyEd25519(public_key, kPayload.substr(1), signature));
  EXPECT_FALSE(VerifyEd25519(public_key, "", signature));
  for (char& byte : signature) {
    byte ^= 1;
    EXPECT_FALSE(VerifyEd25519(public_key, kPayload, signature));
    byte ^= 1;
  }
}

TEST(VerifyEd25519Test, RefusesWrongSizesAndKeys) {
  const auto signature = Base64Decode(kSignature);
  ASSERT_THAT(signature, IsOk());

  EXPECT_FALSE(VerifyEd25519("", kPayload, *signature));
  EXPECT_FALSE(VerifyEd25519(std::string(32, '\xff'), kPayload, *signature));
  EXPECT_FALSE(VerifyEd25519(Ed25519Seed(), kPayload, ""));
}

}  // namespace
}  // namespace colibri
