#include "exchanges/binance_common/binance_order_socket_source.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "auth/credentials.h"
#include "exchanges/binance_common/binance_auth.h"
#include "exchanges/binance_common/binance_family.h"
#include "tests/auth/test_keys.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = OrderSocketMessage::Kind;

const OrderSocketDialect& Dialect() {
  static const OrderSocketDialect dialect = {
      .methods = {{HttpMethod::kPost, "/api/v3/order", "order.place"},
                  {HttpMethod::kDelete, "/api/v3/order", "order.cancel"}},
      .probe_method = "ping",
      .probe_charges = {{kRequestWeightPool, 1}}};
  return dialect;
}

VenueCall Call(HttpMethod method, std::string path, std::string query = "") {
  VenueCall call;
  call.request.method = method;
  call.request.path = std::move(path);
  call.request.query = std::move(query);
  call.security = CallSecurity::kSigned;
  return call;
}

std::unique_ptr<Auth> MakeAuth(std::string_view secret) {
  return BinanceAuth::Make({.api_key = Secret("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14"
                                              "y7Ju91duEh8A"),
                            .api_secret = Secret(secret)},
                           absl::ZeroDuration())
      .value();
}

class BinanceOrderSocketSourceTest : public ::testing::Test {
 protected:
  std::unique_ptr<Auth> auth_ =
      MakeAuth("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j");
  std::unique_ptr<Auth> ed25519_auth_ = MakeAuth(kEd25519Pem);
  BinanceOrderSocketSource source_{Dialect()};
};

TEST_F(BinanceOrderSocketSourceTest, TakesWhatTheVenueHasAMethodForAndNothingElse) {
  EXPECT_TRUE(source_.Takes(Call(HttpMethod::kPost, "/api/v3/order")));
  EXPECT_FALSE(source_.Takes(Call(HttpMethod::kGet, "/api/v3/order")));
  EXPECT_FALSE(source_.Takes(Call(HttpMethod::kPost, "/api/v3/order/test")));
}

TEST_F(BinanceOrderSocketSourceTest, RefusesACallWhoseParametersCannotBeRead) {
  EXPECT_FALSE(source_
                   .MakeFrame(Call(HttpMethod::kPost, "/api/v3/order", "symbol=%4"),
                              1,
                              *auth_,
                              absl::FromUnixMillis(1))
                   .ok());
}

// The documented vector of order.place.
TEST_F(BinanceOrderSocketSourceTest, SignsTheParametersOfTheRestCall) {
  ASSERT_OK_AND_ASSIGN(
      const std::string frame,
      source_.MakeFrame(Call(HttpMethod::kPost,
                             "/api/v3/order",
                             "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity="
                             "0.01000000&price=52000.00&recvWindow=100"),
                        7,
                        *auth_,
                        absl::FromUnixMillis(1'645'423'376'532)));

  EXPECT_EQ(frame,
            R"({"id":"7","method":"order.place","params":{"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2)"
            R"(zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A","price":"52000.00","quantity":"0.01000000",)"
            R"("recvWindow":100,"side":"SELL","symbol":"BTCUSDT","timeInForce":"GTC",)"
            R"("timestamp":1645423376532,"type":"LIMIT","signature":)"
            R"("aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"}})");
}

TEST_F(BinanceOrderSocketSourceTest, LogsOnWithAnEd25519KeyAndWithNoOther) {
  const absl::Time now = absl::FromUnixMillis(1'649'729'878'532);

  EXPECT_THAT(source_.LoginFrame(7, *auth_, now), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(source_.LoginFrame(7, *ed25519_auth_, now),
              IsOkAndHolds(
                  R"({"id":"7","method":"session.logon","params":{"apiKey":"vmPUZE6mv9SD5VNHk4HlWF)"
                  R"(sOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A","timestamp":1649729878532,)"
                  R"("signature":"OIe2IwMR3NP+oRgf/Hbo4Wf1DQyOmGvT5NrO+vm69t5WJn7jxvFQvS6nRtYpyF)"
                  R"(gebeGilE89v0rBSxL5N7EhCA=="}})"));
}

TEST_F(BinanceOrderSocketSourceTest, LeavesKeyAndSignatureOutWhereTheConnectionIsLoggedOn) {
  EXPECT_THAT(source_.MakeFrame(Call(HttpMethod::kPost,
                                     "/api/v3/order",
                                     "symbol=BTCUSDT&side=SELL&price=52000.00&recvWindow=100"),
                                7,
                                *ed25519_auth_,
                                absl::FromUnixMillis(1'645'423'376'532)),
              IsOkAndHolds(R"({"id":"7","method":"order.place","params":{"price":"52000.00",)"
                           R"("recvWindow":100,"side":"SELL","symbol":"BTCUSDT",)"
                           R"("timestamp":1645423376532}})"));
}

TEST_F(BinanceOrderSocketSourceTest, HearsThatTheLogonWasRevoked) {
  ASSERT_OK_AND_ASSIGN(
      const OrderSocketMessage message,
      source_.Parse(R"({"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key."}})"));

  EXPECT_EQ(message.kind, Kind::kEnded);
}

TEST_F(BinanceOrderSocketSourceTest, CarriesValuesAsTheyAreNotAsAQueryHasThem) {
  ASSERT_OK_AND_ASSIGN(
      const std::string frame,
      source_.MakeFrame(
          Call(HttpMethod::kDelete, "/api/v3/order", "symbol=%EF%BC%91&origClientOrderId=a%22b"),
          7,
          *auth_,
          absl::FromUnixMillis(1)));

  EXPECT_THAT(frame, HasSubstr(R"("origClientOrderId":"a\"b")"));
  EXPECT_THAT(frame, HasSubstr("\"symbol\":\"\xEF\xBC\x91\""));
}

TEST_F(BinanceOrderSocketSourceTest, AsksForASignOfLife) {
  EXPECT_EQ(source_.MakeProbe(9).frame, R"({"id":"9","method":"ping"})");
}

TEST_F(BinanceOrderSocketSourceTest, CannotReadWhatIsCutOrNamesNoCall) {
  for (const std::string_view frame :
       {"",
        "[]",
        R"({"id":"7","status":200,"result":{"orderId":1)",
        R"({"status":200,"result":{}})",
        R"({"id":null,"status":400,"error":{"code":-1135,"msg":"Invalid JSON Request"}})",
        R"({"id":"x7","status":200,"result":{}})",
        R"({"id":"7","result":{}})",
        R"({"id":"7","status":"200","result":{}})",
        R"({"id":"7","status":20000,"result":{}})"}) {
    EXPECT_THAT(source_.Parse(frame).status(), StatusIs(absl::StatusCode::kDataLoss)) << frame;
  }
}

TEST_F(BinanceOrderSocketSourceTest, GivesTheAnswerAsRestWould) {
  ASSERT_OK_AND_ASSIGN(
      const OrderSocketMessage message,
      source_.Parse(
          R"({"id":"7","status":200,"result":{"symbol":"BTCUSDT","fills":[{"price":"1"}]},)"
          R"("rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,)"
          R"("limit":50,"count":12},{"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,)"
          R"("limit":160000,"count":4043},{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE",)"
          R"("intervalNum":1,"limit":6000,"count":321}]})"));

  EXPECT_EQ(message.kind, Kind::kAnswer);
  EXPECT_EQ(message.id, 7u);
  EXPECT_EQ(message.response.status, 200);
  EXPECT_EQ(message.response.body, R"({"symbol":"BTCUSDT","fills":[{"price":"1"}]})");
  EXPECT_EQ(message.response.header("x-mbx-order-count-10s"), "12");
  EXPECT_EQ(message.response.header("x-mbx-order-count-1d"), "4043");
  EXPECT_EQ(message.response.header("x-mbx-used-weight-1m"), "321");
}

TEST_F(BinanceOrderSocketSourceTest, GivesARefusalAsRestWould) {
  ASSERT_OK_AND_ASSIGN(
      const OrderSocketMessage message,
      source_.Parse(
          R"({"id":"7","status":429,"error":{"code":-1003,"msg":"Too much","data":)"
          R"({"serverTime":1659142907531,"retryAfter":1659142920000}},"rateLimits":[]})"));

  EXPECT_EQ(message.response.status, 429);
  EXPECT_EQ(message.response.body,
            R"({"code":-1003,"msg":"Too much","data":)"
            R"({"serverTime":1659142907531,"retryAfter":1659142920000}})");
  EXPECT_EQ(message.response.header("Retry-After"), "13");
}

TEST_F(BinanceOrderSocketSourceTest, HearsThatTheConnectionIsAboutToEnd) {
  ASSERT_OK_AND_ASSIGN(const OrderSocketMessage ending,
                       source_.Parse(R"({"event":{"e":"serverShutdown","E":1770123456789}})"));
  ASSERT_OK_AND_ASSIGN(const OrderSocketMessage other,
                       source_.Parse(R"({"subscriptionId":0,"event":{"e":"balanceUpdate"}})"));

  EXPECT_EQ(ending.kind, Kind::kEnding);
  EXPECT_EQ(other.kind, Kind::kIgnored);
  EXPECT_THAT(ending.response.body, IsEmpty());
}

}  // namespace
}  // namespace colibri::binance
