// Every HMAC, Ed25519 and RSA vector of the venues' collection, which lives outside the tree: its
// folder comes from COLIBRI_REFERENCE. The published ones stand as literals in the tests of each
// signer.
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/encoding.h"
#include "auth/hmac_sha256.h"
#include "auth/signer.h"
#include "nlohmann/json.hpp"
#include "tests/auth/test_keys.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::StartsWith;

// The public half of the key of the RSA vectors: the modulus is the greatest common divisor of what
// two signatures differ by from their padded digests, and both verify under it.
constexpr std::string_view kRsaPublicPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0Oqo8LUW63pCLrdeZciP\n"
    "50jz4AhYxmIYTJePuBlvHOId/jlP6Xn3XYM1T8F0EShyycvD3DLLW5mKL9NexE+1\n"
    "9e8Ub+47eNI6C0HbJSMAIeIzKbsAPWiA1+GfIFQWRSkAnRbGI7Ii/5hN7ll9+kVo\n"
    "wz52L2WntPdVj9rRwqzLOnYE2quN38Dwg/d9YpztzpyVqNmRW2RJK7YGRLH+JKuG\n"
    "RrvTzOe9/0WqRU4+HRExka4JOVeBmnMzIcvELKu1i1KxwFwySf53Ra9FM6T/E/I3\n"
    "ItqH2H2bFs5UbJPQTbGq0DkmN91Pfn0VN56+KGKHzuEDqOCPdJY9NHzsTofHU0mL\n"
    "VwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

std::string VectorsPath() {
  const char* const folder = std::getenv("COLIBRI_REFERENCE");
  return std::string(folder == nullptr ? "../shared/reference" : folder) +
         "/venues/vectors/signature_vectors.json";
}

class SignatureVectorsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(VectorsPath());
    if (!file) {
      GTEST_SKIP() << "no " << VectorsPath();
    }
    std::stringstream text;
    text << file.rdbuf();
    vectors_ = nlohmann::json::parse(text.str(), nullptr, false);
    ASSERT_TRUE(vectors_.is_array());
  }

  // Calls `check` with key, payload and signature of each vector whose algorithm and venue start
  // so, and returns how many there were.
  template <typename Check>
  int ForEach(const std::string& algorithm, const std::string& venue, Check check) {
    int count = 0;
    for (const nlohmann::json& vector : vectors_) {
      if (vector.at("algo").get<std::string>().rfind(algorithm, 0) == 0 &&
          vector.at("venue").get<std::string>().rfind(venue, 0) == 0) {
        SCOPED_TRACE(vector.at("venue").get<std::string>() + " " +
                     vector.at("name").get<std::string>());
        check(vector.at("secret_or_key").get<std::string>(),
              vector.at("payload").get<std::string>(),
              vector.at("signature").get<std::string>());
        ++count;
      }
    }
    return count;
  }

  nlohmann::json vectors_;
};

void ExpectSigned(std::string_view secret,
                  const std::string& payload,
                  const std::string& signature) {
  const auto signer = MakeSigner({.api_key = Secret("key"), .api_secret = Secret(secret)});
  ASSERT_THAT(signer, IsOk());
  EXPECT_EQ((*signer)->Sign(payload), signature);
  EXPECT_NE((*signer)->Sign(payload + "0"), signature);
}

// Signing with RSA is not supported, but its vectors must hold, or the collection is damaged.
void ExpectRsaSigned(const std::string&, const std::string& payload, const std::string& signature) {
  const auto bytes = Base64Decode(signature);
  ASSERT_THAT(bytes, IsOk());
  const TestKey key = PublicKeyFromPem(kRsaPublicPem);
  ASSERT_NE(key, nullptr);
  EXPECT_TRUE(VerifiesWithSha256(key, payload, *bytes));
  EXPECT_FALSE(VerifiesWithSha256(key, payload + "0", *bytes));
}

TEST_F(SignatureVectorsTest, BinanceSpotHmac) {
  EXPECT_EQ(ForEach("HMAC-SHA256 hex", "binance_spot", ExpectSigned), 9);
}

TEST_F(SignatureVectorsTest, BinanceUsdmHmac) {
  EXPECT_EQ(ForEach("HMAC-SHA256 hex", "binance_usdm", ExpectSigned), 5);
}

TEST_F(SignatureVectorsTest, BinanceEd25519) {
  const auto expect_signed =
      [](const std::string& key, const std::string& payload, const std::string& signature) {
        ASSERT_THAT(key, StartsWith("test_ed25519_pkcs8.pem"));  // the one whose seed is 00..1f
        ExpectSigned(kEd25519Pem, payload, signature);
      };
  EXPECT_EQ(ForEach("Ed25519 base64", "binance_spot", expect_signed), 2);
}

TEST_F(SignatureVectorsTest, RsaVerifies) {
  EXPECT_EQ(ForEach("RSASSA-PKCS1-v1_5 SHA-256", "binance_spot", ExpectRsaSigned), 1);
  EXPECT_EQ(ForEach("RSASSA-PKCS1-v1_5 SHA-256", "bybit_v5", ExpectRsaSigned), 1);
}

TEST_F(SignatureVectorsTest, OtherVenuesHmac) {
  EXPECT_EQ(ForEach("HMAC-SHA256 hex", "bybit", ExpectSigned), 5);
  const auto expect_base64 =
      [](const std::string& key, const std::string& payload, const std::string& signature) {
        std::array<uint8_t, HmacSha256::kDigestSize> digest;
        HmacSha256(key).Sign(payload, digest);
        EXPECT_EQ(Base64Encode(digest), signature);
      };
  EXPECT_EQ(ForEach("HMAC-SHA256 base64", "okx", expect_base64), 4);
}

}  // namespace
}  // namespace colibri
