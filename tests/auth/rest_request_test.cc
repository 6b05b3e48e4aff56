#include "auth/rest_request.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RestRequestTest, HasNoQuestionMarkWithoutParameters) {
  const RestRequest request = {.path = "/api/v3/ping"};

  EXPECT_EQ(request.Target(), "/api/v3/ping");
}

TEST(RestRequestTest, JoinsParametersInTheOrderGiven) {
  RestRequest request = {.method = HttpMethod::kPost, .path = "/api/v3/order"};

  request.AddParameter("symbol", "BTCUSDT");
  request.AddParameter("side", "BUY");

  EXPECT_EQ(request.Target(), "/api/v3/order?symbol=BTCUSDT&side=BUY");
}

TEST(RestRequestTest, PercentEncodesValues) {
  RestRequest request;

  request.AddParameter("symbol", "\xEF\xBC\x91");
  request.AddParameter("signature", "a+b/c==");
  request.AddParameter("note", "");

  EXPECT_EQ(request.query, "symbol=%EF%BC%91&signature=a%2Bb%2Fc%3D%3D&note=");
}

TEST(RestRequestTest, ValueCannotAddAParameter) {
  RestRequest request;

  request.AddParameter("symbol", "BTCUSDT&side=SELL#?");

  EXPECT_EQ(request.query, "symbol=BTCUSDT%26side%3DSELL%23%3F");
}

TEST(RestRequestTest, KeepsHeadersInOrder) {
  RestRequest request;

  request.AddHeader("X-MBX-APIKEY", "k");
  request.AddHeader("Accept", "application/json");

  EXPECT_THAT(request.headers,
              ElementsAre(Pair("X-MBX-APIKEY", "k"), Pair("Accept", "application/json")));
}

TEST(RestRequestTest, NamesMethodsAsHttpDoes) {
  EXPECT_EQ(ToString(HttpMethod::kGet), "GET");
  EXPECT_EQ(ToString(HttpMethod::kPost), "POST");
  EXPECT_EQ(ToString(HttpMethod::kPut), "PUT");
  EXPECT_EQ(ToString(HttpMethod::kDelete), "DELETE");
}

}  // namespace
}  // namespace colibri
