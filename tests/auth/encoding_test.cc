#include "auth/encoding.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(EncodingTest, HexDecodeRefusesOddLength) {
  EXPECT_THAT(HexDecode("abc"), StatusIs(kInvalid, HasSubstr("odd")));
}

TEST(EncodingTest, HexDecodeRefusesOtherCharactersAndSaysWhere) {
  EXPECT_THAT(HexDecode("00g0"), StatusIs(kInvalid, HasSubstr("offset 2")));
  EXPECT_THAT(HexDecode("000g"), StatusIs(kInvalid, HasSubstr("offset 3")));
  EXPECT_THAT(HexDecode("0 "), StatusIs(kInvalid, HasSubstr("offset 1")));
  EXPECT_THAT(HexDecode("\xff\xff"), StatusIs(kInvalid));
}

TEST(EncodingTest, Base64DecodeRefusesWhatNoEncoderWrites) {
  EXPECT_THAT(Base64Decode("TWF"), StatusIs(kInvalid, HasSubstr("padded")));
  EXPECT_THAT(Base64Decode("TWFu\n"), StatusIs(kInvalid));
  EXPECT_THAT(Base64Decode("TW=u"), StatusIs(kInvalid, HasSubstr("offset 2")));
  EXPECT_THAT(Base64Decode("T==="), StatusIs(kInvalid, HasSubstr("offset 1")));
  EXPECT_THAT(Base64Decode("===="), StatusIs(kInvalid, HasSubstr("offset 0")));
  EXPECT_THAT(Base64Decode("TQ==TQ=="), StatusIs(kInvalid, HasSubstr("offset 2")));
  EXPECT_THAT(Base64Decode("-_-_"), StatusIs(kInvalid, HasSubstr("alphabet")));
  EXPECT_THAT(Base64Decode("TR=="), StatusIs(kInvalid, HasSubstr("stray bits")));
  EXPECT_THAT(Base64Decode("TWE="), IsOkAndHolds("Ma"));
  EXPECT_THAT(Base64Decode("TWF="), StatusIs(kInvalid, HasSubstr("stray bits")));
}

TEST(EncodingTest, PercentDecodeRefusesHalfATriplet) {
  EXPECT_THAT(PercentDecode("a%"), StatusIs(kInvalid, HasSubstr("offset 1")));
  EXPECT_THAT(PercentDecode("a%2"), StatusIs(kInvalid, HasSubstr("offset 1")));
  EXPECT_THAT(PercentDecode("%zz"), StatusIs(kInvalid, HasSubstr("offset 0")));
}

TEST(EncodingTest, ErrorsDoNotQuoteTheInput) {
  EXPECT_THAT(Base64Decode("hunter2!").status().ToString(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(HexDecode("hunter22").status().ToString(), Not(HasSubstr("hunter")));
  EXPECT_THAT(PercentDecode("hunter2%").status().ToString(), Not(HasSubstr("hunter")));
}

TEST(EncodingTest, Base64EqualsRfc4648Vectors) {
  EXPECT_EQ(Base64Encode(AsBytes("")), "");
  EXPECT_EQ(Base64Encode(AsBytes("f")), "Zg==");
  EXPECT_EQ(Base64Encode(AsBytes("fo")), "Zm8=");
  EXPECT_EQ(Base64Encode(AsBytes("foo")), "Zm9v");
  EXPECT_EQ(Base64Encode(AsBytes("foob")), "Zm9vYg==");
  EXPECT_EQ(Base64Encode(AsBytes("fooba")), "Zm9vYmE=");
  EXPECT_EQ(Base64Encode(AsBytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode(AsBytes("\xff\xef\xbe")), "/+++");
}

TEST(EncodingTest, HexIsLowerCaseAndDecodesBothCases) {
  EXPECT_EQ(HexEncode(AsBytes("\x01\xfe\xAB")), "01feab");
  EXPECT_THAT(HexDecode("01FEab"), IsOkAndHolds("\x01\xfe\xab"));
}

TEST(EncodingTest, PercentEncodeKeepsOnlyUnreserved) {
  EXPECT_EQ(PercentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(PercentEncode("a+b/c="), "a%2Bb%2Fc%3D");
  EXPECT_EQ(PercentEncode(R"(["BTCUSDT","BNBBTC"])"), "%5B%22BTCUSDT%22%2C%22BNBBTC%22%5D");
  EXPECT_EQ(PercentEncode(std::string_view("\0 *", 3)), "%00%20%2A");
}

TEST(EncodingTest, PercentEncodesUtf8ByteByByte) {
  EXPECT_EQ(PercentEncode("\xEF\xBC\x91\xEF\xBC\x92"), "%EF%BC%91%EF%BC%92");
}

TEST(EncodingTest, PercentDecodeLeavesThePlusAlone) {
  EXPECT_THAT(PercentDecode("a+b%20c%2b"), IsOkAndHolds("a+b c+"));
}

TEST(EncodingTest, DecodersUndoEncodersForRandomBytes) {
  std::mt19937 random(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random());
    }
    ASSERT_THAT(HexDecode(HexEncode(AsBytes(bytes))), IsOkAndHolds(bytes));
    ASSERT_THAT(Base64Decode(Base64Encode(AsBytes(bytes))), IsOkAndHolds(bytes));
    ASSERT_THAT(PercentDecode(PercentEncode(bytes)), IsOkAndHolds(bytes));
  }
}

}  // namespace
}  // namespace colibri
