#include "auth/signer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/auth/test_keys.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<std::unique_ptr<Signer>> SignerFor(std::string_view secret) {
  return MakeSigner({.api_key = Secret("key"), .api_secret = Secret(secret)});
}

TEST(SignerTest, RefusesEmptySecret) {
  EXPECT_THAT(SignerFor(""), StatusIs(kInvalid, HasSubstr("api_secret")));
}

TEST(SignerTest, RefusesRsaPemAndNamesWhatIsSupported) {
  EXPECT_THAT(SignerFor(NewRsaPem()),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("RSA"),
                             HasSubstr("Ed25519"),
                             HasSubstr("openssl genpkey"),
                             Not(HasSubstr("BEGIN")))));
}

TEST(SignerTest, RefusesDamagedPemInsteadOfTakingItForAnHmacSecret) {
  EXPECT_THAT(SignerFor(kEd25519Pem.substr(0, 50)), StatusIs(kInvalid, HasSubstr("damaged")));
}

TEST(SignerTest, TakesPlainTextForAnHmacSecret) {
  const auto signer = SignerFor("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j");
  ASSERT_THAT(signer, IsOk());

  EXPECT_EQ((*signer)->kind(), SignatureKind::kHmacSha256Hex);
  EXPECT_EQ((*signer)->Sign("recvWindow=5000&timestamp=1499827319559"),
            "82f4e72e95e63d666b6da651e82a701722ad8a785a169318d91f36f279c55821");
}

TEST(SignerTest, TakesPemForEd25519) {
  const auto signer = SignerFor(kEd25519Pem);
  ASSERT_THAT(signer, IsOk());

  EXPECT_EQ((*signer)->kind(), SignatureKind::kEd25519Base64);
  EXPECT_EQ((*signer)->Sign("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1"
                            "&price=0.2&timestamp=1668481559918&recvWindow=5000"),
            "m5loLRxgkb9HyW0wkZ4KNrpck881bx5D0OrKNnPklvk4tlGjEJkhiP9DoyC0sc1lXA/TWugjVPrMb/bfNdmdBw"
            "==");
}

TEST(SignerTest, OutlivesItsCredentials) {
  std::unique_ptr<Signer> signer;
  {
    Credentials credentials{.api_key = Secret("key"), .api_secret = Secret("secret")};
    signer = *MakeSigner(credentials);
  }

  // printf 'a=1' | openssl dgst -sha256 -hmac secret
  EXPECT_EQ(signer->Sign("a=1"),
            "82b8b502fa852da323a3e5b1bfb10a043ece1551b5c16576d9a995590596389a");
}

TEST(SignerTest, WritesIntoTheBufferAndReturnsTheLength) {
  char text[Signer::kSizeMax + 1] = {};

  EXPECT_EQ((*SignerFor("secret"))->SignTo("a=1", absl::MakeSpan(text, Signer::kSizeMax)), 64u);
  EXPECT_EQ((*SignerFor(kEd25519Pem))->SignTo("a=1", absl::MakeSpan(text, Signer::kSizeMax)), 88u);
  EXPECT_EQ(text[Signer::kSizeMax], '\0');
}

TEST(SignerDeathTest, RefusesABufferThatIsTooSmall) {
  const auto signer = SignerFor("secret");
  ASSERT_THAT(signer, IsOk());
  char text[Signer::kSizeMax - 1];

  EXPECT_DEATH((*signer)->SignTo("a=1", absl::MakeSpan(text)), "CHECK failed");
}

}  // namespace
}  // namespace colibri
