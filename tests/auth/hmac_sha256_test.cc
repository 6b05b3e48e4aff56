#include "auth/hmac_sha256.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/encoding.h"

namespace colibri {
namespace {

// The sample key of Binance's published examples.
constexpr std::string_view kSampleSecret =
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
constexpr std::string_view kSampleQuery =
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
    "&timestamp=1499827319559";

TEST(HmacSha256Test, EqualsBinanceRestExample) {
  EXPECT_EQ(HmacSha256(kSampleSecret).SignHex(kSampleQuery),
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

TEST(HmacSha256Test, EqualsBinanceExampleWithPercentEncodedSymbol) {
  EXPECT_EQ(HmacSha256(kSampleSecret)
                .SignHex("symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY"
                         "&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
                         "&timestamp=1499827319559"),
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3");
}

TEST(HmacSha256Test, EqualsBinanceExampleOfQueryThenBody) {
  EXPECT_EQ(HmacSha256(kSampleSecret)
                .SignHex("symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
                         "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"),
            "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77");
}

TEST(HmacSha256Test, EqualsBinanceWebSocketExample) {
  EXPECT_EQ(HmacSha256(kSampleSecret)
                .SignHex("apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
                         "&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL"
                         "&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT"),
            "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24");
}

TEST(HmacSha256Test, EqualsBinanceFuturesExample) {
  EXPECT_EQ(HmacSha256("2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9")
                .SignHex("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC"
                         "&recvWindow=5000&timestamp=1591702613943"),
            "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9");
}

TEST(HmacSha256Test, EqualsRfc4231WithKeyLongerThanABlock) {
  EXPECT_EQ(HmacSha256(std::string(131, '\xaa'))
                .SignHex("Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256Test, ChangesWithAnyBitOfThePayload) {
  const HmacSha256 hmac(kSampleSecret);
  const std::string original = hmac.SignHex(kSampleQuery);
  std::string tampered(kSampleQuery);
  for (char& byte : tampered) {
    byte ^= 1;
    ASSERT_NE(hmac.SignHex(tampered), original);
    byte ^= 1;
  }
  EXPECT_EQ(hmac.SignHex(tampered), original);
}

TEST(HmacSha256Test, ChangesWithTheKey) {
  EXPECT_NE(HmacSha256("secret").SignHex("a=1"), HmacSha256("secres").SignHex("a=1"));
  EXPECT_NE(HmacSha256("secret").SignHex("a=1"), HmacSha256("secret ").SignHex("a=1"));
}

TEST(HmacSha256Test, EqualsOpenSslForEveryLengthOfKeyAndPayload) {
  std::mt19937 random(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string key(size * 7 % 140, '\0');
    std::string payload(size, '\0');
    for (char& byte : key) {
      byte = static_cast<char>(random());
    }
    for (char& byte : payload) {
      byte = static_cast<char>(random());
    }
    std::array<uint8_t, 32> expected;
    unsigned written = 0;
    ASSERT_NE(HMAC(EVP_sha256(),
                   key.data(),
                   static_cast<int>(key.size()),
                   AsBytes(payload).data(),
                   payload.size(),
                   expected.data(),
                   &written),
              nullptr);

    std::array<uint8_t, 32> actual;
    HmacSha256(key).Sign(payload, actual);

    ASSERT_EQ(actual, expected) << "key of " << key.size() << ", payload of " << size << " bytes";
  }
}

}  // namespace
}  // namespace colibri
