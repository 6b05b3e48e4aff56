#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/perpetual_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::HasSubstr;

constexpr char kPath[] = "/fapi/v1/order";

#define LIMIT_BUY "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
#define LIMIT_SELL "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC"
#define MARKET_BUY "symbol=BTCUSDT&side=BUY&type=MARKET"

struct Refused {
  const char* what;
  const char* params;
  int code;
  const char* message;
};

class RefusedPerpetualOrderTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedPerpetualOrderTest, IsRefusedInTheVenuesWords) {
  PerpetualFixture sim;
  const HttpReply reply = sim.Order(GetParam().params);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(ErrorCode(reply), GetParam().code) << reply.body;
  EXPECT_THAT(ErrorMessage(reply), HasSubstr(GetParam().message));
  EXPECT_TRUE(sim.Account().orders.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Venue,
    RefusedPerpetualOrderTest,
    testing::Values(
        Refused{"NoSymbol", "side=BUY&type=LIMIT", -1102, "Mandatory parameter 'symbol'"},
        Refused{"UnknownSymbol", "symbol=XXXYYY&side=BUY&type=LIMIT", -1121, "Invalid symbol."},
        Refused{"ListedOnly", "symbol=BTCUSD_PERP&side=BUY&type=LIMIT", -1121, "Invalid symbol."},
        Refused{"NoSide", "symbol=BTCUSDT&type=LIMIT", -1102, "'side'"},
        Refused{"BadSide", "symbol=BTCUSDT&type=LIMIT&side=HOLD", -1117, "Invalid side."},
        Refused{"BadType", "symbol=BTCUSDT&side=BUY&type=OCO", -1116, "Invalid orderType."},
        Refused{"StopIsNotHere",
                "symbol=BTCUSDT&side=BUY&type=STOP_MARKET&stopPrice=61000&quantity=1",
                -4120,
                "Algo Order API"},
        Refused{"BadTimeInForce",
                "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=RPI&quantity=1&price=60000",
                -1115,
                "Invalid timeInForce."},
        Refused{"NoQuantity", LIMIT_BUY "&price=60000", -1102, "'quantity'"},
        Refused{"NoPrice", LIMIT_BUY "&quantity=1", -1102, "'price'"},
        Refused{"PriceOfMarket", MARKET_BUY "&quantity=1&price=60000", -1106, "'price'"},
        Refused{"NothingAsked", LIMIT_BUY "&quantity=0&price=60000", -4003, "zero"},
        Refused{"TooMuch", LIMIT_BUY "&quantity=1001&price=60000", -4005, "max quantity"},
        Refused{"TooMuchForMarket", MARKET_BUY "&quantity=121", -4005, "max quantity"},
        Refused{"QuantityTooFine", LIMIT_BUY "&quantity=0.0011&price=60000", -1111, "Precision"},
        Refused{"PriceTooFine", LIMIT_BUY "&quantity=1&price=60000.001", -1111, "Precision"},
        // The precision of prices is two decimals, the tick one.
        Refused{"OffTick", LIMIT_BUY "&quantity=1&price=60000.05", -4014, "tick size"},
        Refused{"TooHigh",
                LIMIT_BUY "&quantity=1&price=69000.1",
                -4016,
                "can't be higher than 69000.00"},
        Refused{"TooLow",
                LIMIT_SELL "&quantity=1&price=50999.9",
                -4024,
                "can't be lower than 51000.00"},
        Refused{"TooSmall", LIMIT_BUY "&quantity=0.001&price=49999.9", -4164, "no smaller than 50"},
        Refused{"LongClientId",
                LIMIT_BUY "&quantity=1&price=60000&newClientOrderId="
                          "1234567890123456789012345678901234567",
                -4015,
                "Client order id length"},
        Refused{"BadClientId",
                LIMIT_BUY "&quantity=1&price=60000&newClientOrderId=a%20b",
                -1100,
                "'newClientOrderId'"},
        Refused{"WrongPositionSide",
                LIMIT_BUY "&quantity=1&price=60000&positionSide=LONG",
                -4061,
                "position side does not match"},
        Refused{"BadPositionSide", LIMIT_BUY "&quantity=1&price=60000&positionSide=UP", -4060, ""},
        Refused{"NothingToReduce",
                LIMIT_BUY "&quantity=1&price=60000&reduceOnly=true",
                -2022,
                "ReduceOnly Order is rejected."},
        // 100,000 at leverage 20 are good for 33.3 BTC.
        Refused{"TooPoor", LIMIT_BUY "&quantity=33.4&price=60000", -2019, "Margin is insufficient"},
        Refused{"UnfillableFok",
                "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&quantity=1&price=60000",
                -5021,
                "FOK"},
        Refused{"NoSuchPriceMatch", LIMIT_BUY "&quantity=1&priceMatch=BEST", -5037, "price match"},
        Refused{"PriceAndMatch",
                LIMIT_BUY "&quantity=1&price=60000&priceMatch=QUEUE",
                -5038,
                "rice match"},
        Refused{"NothingToMatch", LIMIT_BUY "&quantity=1&priceMatch=QUEUE", -5041, "depth"},
        Refused{"BadPrevention",
                LIMIT_BUY "&quantity=1&price=60000&selfTradePreventionMode=X",
                -5039,
                ""},
        Refused{"GoodTillTooSoon",
                "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTD&quantity=1&price=60000"
                "&goodTillDate=1700000600000",
                -5040,
                "goodTillDate"},
        Refused{"UnknownParameter", LIMIT_BUY "&quantity=1&price=60000&colour=red", -1104, "read"}),
    [](const testing::TestParamInfo<Refused>& info) { return info.param.what; });

TEST(PerpetualOrdersTest, AnswersWithoutWhatBecameOfIt) {
  PerpetualFixture sim;
  sim.OtherOrder(LIMIT_SELL "&quantity=1&price=60000");
  const TestJson ack = Body(sim.Order(MARKET_BUY "&quantity=0.4&newClientOrderId=a"));
  EXPECT_EQ(ack["status"], "NEW");
  EXPECT_EQ(ack["executedQty"], "0.000");
  EXPECT_EQ(ack["origQty"], "0.400");
  EXPECT_EQ(ack["price"], "0");
  EXPECT_FALSE(ack.contains("avgPrice"));
  EXPECT_FALSE(ack.contains("cumQuote"));
  const TestJson result = Body(sim.Order(MARKET_BUY "&quantity=0.6&newOrderRespType=RESULT"));
  EXPECT_EQ(result["status"], "FILLED");
  EXPECT_EQ(result["executedQty"], "0.600");
  EXPECT_FALSE(result.contains("avgPrice"));
  const TestJson order = Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&origClientOrderId=a"));
  EXPECT_EQ(order["avgPrice"], "60000.00000");
  EXPECT_EQ(order["cumQuote"], "24000.00000000");
  EXPECT_EQ(order["status"], "FILLED");
}

TEST(PerpetualOrdersTest, RefusesPostOnlyThatWouldTakeAndSecondIds) {
  PerpetualFixture sim;
  sim.OtherOrder(LIMIT_SELL "&quantity=1&price=60000");
  const HttpReply reply =
      sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=1&price=60000");
  EXPECT_EQ(ErrorCode(reply), -5022);
  EXPECT_EQ(sim.Order(LIMIT_BUY "&quantity=1&price=59000&newClientOrderId=a").status, 200);
  EXPECT_EQ(ErrorCode(sim.Order(LIMIT_BUY "&quantity=1&price=59000&newClientOrderId=a")), -4116);
}

TEST(PerpetualOrdersTest, CancelsOnce) {
  PerpetualFixture sim;
  const TestJson placed = Body(sim.Order(LIMIT_BUY "&quantity=1&price=59000&newClientOrderId=a"));
  const TestJson canceled = Body(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&origClientOrderId=a"));
  EXPECT_EQ(canceled["status"], "CANCELED");
  EXPECT_EQ(canceled["orderId"], placed["orderId"]);
  EXPECT_EQ(canceled["clientOrderId"], "a");
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&origClientOrderId=a")), -2011);
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&orderId=99")), -2011);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=99")), -2013);
  EXPECT_EQ(
      ErrorCode(sim.Signed("GET", "/fapi/v1/openOrder", "symbol=BTCUSDT&origClientOrderId=a")),
      -2013);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "symbol=BTCUSDT")), -1102);
}

TEST(PerpetualOrdersTest, ForgetsWhatWasNeverFilledAfterThreeDays) {
  PerpetualFixture sim;
  sim.Order(LIMIT_BUY "&quantity=1&price=59000&newClientOrderId=a");
  sim.Signed("DELETE", kPath, "symbol=BTCUSDT&origClientOrderId=a");
  sim.Trade("BUY", "1", "60000");
  sim.clock.StepWallClock(absl::Hours(71));
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT")).size(), 2u);
  sim.clock.StepWallClock(absl::Hours(2));
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/allOrders", "symbol=BTCUSDT")).size(), 1u);
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "symbol=BTCUSDT&origClientOrderId=a")), -2013);
}

TEST(PerpetualOrdersTest, AmendsLimitOrders) {
  PerpetualFixture sim;
  sim.Order(LIMIT_BUY "&quantity=1&price=59000&newClientOrderId=a");
  const std::string which = "symbol=BTCUSDT&origClientOrderId=a&side=BUY";
  EXPECT_EQ(ErrorCode(sim.Signed("PUT", kPath, which + "&quantity=1&price=59000")), -5027);
  EXPECT_EQ(ErrorCode(sim.Signed("PUT", kPath, which + "&quantity=1&price=59000.05")), -4014);
  EXPECT_EQ(ErrorCode(sim.Signed("PUT", kPath, which + "&quantity=1")), -1102);
  const TestJson amended = Body(sim.Signed("PUT", kPath, which + "&quantity=2&price=59100"));
  EXPECT_EQ(amended["origQty"], "2.000");
  EXPECT_EQ(amended["price"], "59100.00");
  sim.OtherOrder(LIMIT_SELL "&quantity=1.5&price=59100");
  const TestJson canceled = Body(sim.Signed("PUT", kPath, which + "&quantity=1.5&price=59200"));
  EXPECT_EQ(canceled["status"], "CANCELED");
  EXPECT_EQ(canceled["executedQty"], "1.500");
}

TEST(PerpetualOrdersTest, TakesBatches) {
  PerpetualFixture sim;
  const HttpReply reply = sim.Signed(
      "POST",
      "/fapi/v1/batchOrders",
      "batchOrders=%5B%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side%22%3A%22BUY%22%2C%22type%22%3A%22"
      "LIMIT%22%2C%22timeInForce%22%3A%22GTC%22%2C%22quantity%22%3A%221%22%2C%22price%22%3A%22"
      "59000%22%2C%22newClientOrderId%22%3A%22a%22%7D%2C%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side"
      "%22%3A%22SELL%22%2C%22type%22%3A%22MARKET%22%2C%22quantity%22%3A%221%22%2C%22reduceOnly%22"
      "%3A%22true%22%7D%5D");
  const TestJson answers = Body(reply);
  ASSERT_EQ(answers.size(), 2u) << reply.body;
  EXPECT_EQ(answers[0]["clientOrderId"], "a");
  EXPECT_EQ(answers[1]["code"], -2022);
  EXPECT_EQ(HeaderOf(reply, "x-mbx-order-count-10s"), "1");
  EXPECT_EQ(HeaderOf(reply, "x-mbx-order-count-1m"), "5");
  const TestJson canceled = Body(sim.Signed("DELETE",
                                            "/fapi/v1/batchOrders",
                                            "symbol=BTCUSDT&origClientOrderIdList="
                                            "%5B%22a%22%2C%22b%22%5D"));
  EXPECT_EQ(canceled[0]["status"], "CANCELED");
  EXPECT_EQ(canceled[1]["code"], -2011);
}

TEST(PerpetualOrdersTest, TakesBatchesThatWereSignedUnencoded) {
  PerpetualFixture sim;
  const HttpReply reply =
      sim.Signed("DELETE", "/fapi/v1/batchOrders", "symbol=BTCUSDT&orderIdList=[7]");
  EXPECT_EQ(reply.body, R"([{"code":-2011,"msg":"Unknown order sent."}])");
}

TEST(PerpetualOrdersTest, CancelsAllOfASymbol) {
  PerpetualFixture sim;
  sim.Order(LIMIT_BUY "&quantity=1&price=59000");
  sim.Order("symbol=ETHUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=2900");
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/openOrders", "")).size(), 2u);
  EXPECT_EQ(Body(sim.Signed("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT"))["code"], 200);
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/openOrders", "symbol=BTCUSDT")).size(), 0u);
  EXPECT_EQ(Body(sim.Signed("GET", "/fapi/v1/openOrders", "symbol=ETHUSDT")).size(), 1u);
}

TEST(PerpetualOrdersTest, TheDeadMansSwitchCancelsUnlessItIsPushed) {
  PerpetualFixture sim;
  sim.Order(LIMIT_BUY "&quantity=1&price=59000");
  constexpr char kSwitch[] = "/fapi/v1/countdownCancelAll";
  EXPECT_EQ(sim.Signed("POST", kSwitch, "symbol=BTCUSDT&countdownTime=1000").status, 200);
  sim.clock.AdvanceBy(absl::Milliseconds(900));
  EXPECT_EQ(sim.Signed("POST", kSwitch, "symbol=BTCUSDT&countdownTime=1000").status, 200);
  sim.clock.AdvanceBy(absl::Milliseconds(900));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  EXPECT_EQ(sim.Signed("POST", kSwitch, "symbol=BTCUSDT&countdownTime=0").status, 200);
  sim.clock.AdvanceBy(absl::Seconds(5));
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
  sim.Signed("POST", kSwitch, "symbol=BTCUSDT&countdownTime=1000");
  sim.clock.AdvanceBy(absl::Milliseconds(1010));
  EXPECT_EQ(sim.Account().open_order_count(), 0u);
}

TEST(PerpetualOrdersTest, HedgeModeKeepsSidesApart) {
  PerpetualFixture sim;
  constexpr char kDual[] = "/fapi/v1/positionSide/dual";
  EXPECT_EQ(sim.Signed("POST", kDual, "dualSidePosition=true").status, 200);
  EXPECT_EQ(ErrorCode(sim.Signed("POST", kDual, "dualSidePosition=true")), -4059);
  EXPECT_EQ(Body(sim.Signed("GET", kDual, ""))["dualSidePosition"], true);
  EXPECT_EQ(ErrorCode(sim.Order(LIMIT_BUY "&quantity=1&price=60000")), -4061);
  EXPECT_EQ(
      ErrorCode(sim.Order(LIMIT_BUY "&quantity=1&price=60000&positionSide=LONG&reduceOnly=true")),
      -1106);
  sim.OtherOrder(LIMIT_SELL "&quantity=1&price=60000");
  EXPECT_EQ(sim.Order(LIMIT_BUY "&quantity=1&price=60000&positionSide=LONG").status, 200);
  EXPECT_EQ(ErrorCode(sim.Order(LIMIT_BUY "&quantity=1&price=60000&positionSide=SHORT")), -2022);
  sim.OtherOrder(LIMIT_BUY "&quantity=2&price=59900");
  EXPECT_EQ(sim.Order(LIMIT_SELL "&quantity=2&price=59900&positionSide=SHORT").status, 200);
  const TestJson rows = Body(sim.Signed("GET", "/fapi/v3/positionRisk", ""));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["positionSide"], "LONG");
  EXPECT_EQ(rows[0]["positionAmt"], "1.000");
  EXPECT_EQ(rows[1]["positionSide"], "SHORT");
  EXPECT_EQ(rows[1]["positionAmt"], "-2.000");
  EXPECT_EQ(ErrorCode(sim.Signed("POST", kDual, "dualSidePosition=false")), -4068);
}

TEST(PerpetualOrdersTest, ClosedSymbolsTakeNoOrders) {
  PerpetualFixture sim;
  sim.venue.SetSymbolStatus("BTCUSDT", "SETTLING");
  EXPECT_EQ(ErrorCode(sim.Order(LIMIT_BUY "&quantity=1&price=60000")), -4140);
}

TEST(PerpetualOrdersTest, MatchesPricesOfTheBook) {
  PerpetualFixture sim;
  sim.OtherOrder(LIMIT_BUY "&quantity=1&price=59000");
  sim.OtherOrder(LIMIT_SELL "&quantity=1&price=61000");
  EXPECT_EQ(Body(sim.Order(LIMIT_BUY "&quantity=0.1&priceMatch=QUEUE"))["price"], "59000.00");
  const TestJson taker = Body(sim.Order(LIMIT_BUY "&quantity=0.1&priceMatch=OPPONENT"));
  EXPECT_EQ(taker["price"], "61000.00");
  EXPECT_EQ(taker["priceMatch"], "OPPONENT");
}

TEST(PerpetualOrdersTest, ServesOrdersOverTheWebSocketApi) {
  PerpetualFixture sim;
  const SessionId session = sim.venue.Open("/ws-fapi/v1", "10.0.0.1");
  const std::string payload = StrCat("apiKey=",
                                     std::string_view(kTestApiKey),
                                     "&price=59000&quantity=1&side=BUY&symbol=BTCUSDT"
                                     "&timeInForce=GTC&timestamp=",
                                     kStartMs,
                                     "&type=LIMIT");
  const TestJson request = {{"id", "r1"},
                            {"method", "order.place"},
                            {"params",
                             {{"apiKey", kTestApiKey},
                              {"price", "59000"},
                              {"quantity", "1"},
                              {"side", "BUY"},
                              {"symbol", "BTCUSDT"},
                              {"timeInForce", "GTC"},
                              {"timestamp", kStartMs},
                              {"type", "LIMIT"},
                              {"signature", HmacHex(kTestApiSecret, payload)}}}};
  sim.venue.OnText(session, request.dump());
  const std::vector<TestJson> answers = sim.sink.Take(session);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0]["id"], "r1");
  EXPECT_EQ(answers[0]["status"], 200) << answers[0].dump();
  EXPECT_EQ(answers[0]["result"]["status"], "NEW");
  EXPECT_EQ(answers[0]["rateLimits"].size(), 3u);
  EXPECT_EQ(sim.Account().open_order_count(), 1u);
}

}  // namespace
}  // namespace colibri::venue_sim
