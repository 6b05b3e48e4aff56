#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "tests/tools/venue_sim/sim_fixture.h"

namespace colibri::venue_sim {
namespace {

using testing::HasSubstr;

constexpr char kPath[] = "/api/v3/order";
constexpr char kBuyOne[] =
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000";
constexpr char kSellOne[] =
    "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=50000";

struct Refused {
  const char* what;
  const char* params;
  int code;
  const char* message;
};

class RefusedOrderTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedOrderTest, IsRefusedInTheVenuesWords) {
  SimFixture sim;
  const HttpReply reply = sim.Order(GetParam().params);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(ErrorCode(reply), GetParam().code) << reply.body;
  EXPECT_THAT(ErrorMessage(reply), HasSubstr(GetParam().message));
  EXPECT_TRUE(sim.venue.account(kTestApiKey)->orders.empty());
  EXPECT_EQ(sim.Balance("USDT").locked, Decimal());
}

#define LIMIT_BUY "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"

INSTANTIATE_TEST_SUITE_P(
    Venue,
    RefusedOrderTest,
    testing::Values(
        Refused{"NoSymbol", "side=BUY&type=LIMIT", -1102, "Mandatory parameter 'symbol'"},
        Refused{"LowerCaseSymbol", "symbol=btcusdt&side=BUY", -1100, "'symbol'; legal range"},
        Refused{"UnknownSymbol", "symbol=XXXYYY&side=BUY&type=LIMIT", -1121, "Invalid symbol."},
        Refused{"NoSide", "symbol=BTCUSDT&type=LIMIT", -1102, "'side'"},
        Refused{"BadSide", "symbol=BTCUSDT&side=HOLD&type=LIMIT", -1117, "Invalid side."},
        Refused{"BadType", "symbol=BTCUSDT&side=BUY&type=OCO", -1116, "Invalid orderType."},
        Refused{"NoTimeInForce",
                "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=5",
                -1102,
                "'timeInForce'"},
        Refused{"BadTimeInForce",
                "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=1&price=50000",
                -1115,
                "Invalid timeInForce."},
        Refused{"NoQuantity", LIMIT_BUY "&price=50000", -1102, "'quantity'"},
        Refused{"NoPrice", LIMIT_BUY "&quantity=1", -1102, "'price'"},
        Refused{"EmptyPrice", LIMIT_BUY "&quantity=1&price=", -1105, "Parameter 'price' was empty"},
        Refused{"Exponent", LIMIT_BUY "&quantity=1e-3&price=50000", -1100, "'quantity'"},
        Refused{"NegativePrice", LIMIT_BUY "&quantity=1&price=-5", -1100, "'price'"},
        Refused{"TooPrecise",
                LIMIT_BUY "&quantity=1&price=50000.123456789",
                -1111,
                "too much precision"},
        Refused{"TimeInForceForMarket",
                "symbol=BTCUSDT&side=BUY&type=MARKET&timeInForce=GTC&quantity=1",
                -1106,
                "'timeInForce' sent when not required"},
        Refused{"BothMarketAmounts",
                "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=10&quantity=1",
                -1128,
                "Combination"},
        Refused{"UnknownParameter",
                LIMIT_BUY "&quantity=1&price=50000&reduceOnly=true",
                -1104,
                "read '8' parameter(s) but was sent '9'"},
        Refused{"DuplicateParameter",
                LIMIT_BUY "&quantity=1&quantity=2&price=50000",
                -1101,
                "Duplicate values"},
        Refused{"BadClientId",
                LIMIT_BUY "&quantity=1&price=50000&newClientOrderId=a.b",
                -1100,
                "'newClientOrderId'"},
        Refused{"LongClientId",
                LIMIT_BUY "&quantity=1&price=50000&newClientOrderId="
                          "1234567890123456789012345678901234567",
                -1100,
                "'newClientOrderId'"},
        Refused{"OffTick",
                LIMIT_BUY "&quantity=1&price=50000.001",
                -1013,
                "Filter failure: PRICE_FILTER"},
        Refused{"ZeroPrice", LIMIT_BUY "&quantity=1&price=0", -1013, "Invalid price."},
        Refused{"OffStep",
                LIMIT_BUY "&quantity=1.000001&price=50000",
                -1013,
                "Filter failure: LOT_SIZE"},
        Refused{
            "TooMuch", LIMIT_BUY "&quantity=9001&price=50000", -1013, "Filter failure: LOT_SIZE"},
        Refused{"TooMuchForMarket",
                "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1001",
                -1013,
                "Filter failure: MARKET_LOT_SIZE"},
        Refused{"TooSmall",
                LIMIT_BUY "&quantity=0.00009&price=50000",
                -1013,
                "Filter failure: NOTIONAL"},
        Refused{"TooSmallMarket",
                "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=4.9",
                -1013,
                "Filter failure: NOTIONAL"},
        Refused{"TooFar",
                LIMIT_BUY "&quantity=1&price=300000.01",
                -1013,
                "Filter failure: PERCENT_PRICE_BY_SIDE"},
        Refused{"TooPoor",
                LIMIT_BUY "&quantity=21&price=50000",
                -2010,
                "Account has insufficient balance for requested action."},
        Refused{"BadPrevention",
                LIMIT_BUY "&quantity=1&price=50000&selfTradePreventionMode=X",
                -1013,
                "self-trade prevention mode"},
        Refused{"StopAlreadyThere",
                "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1"
                "&price=59000&stopPrice=60000",
                -2010,
                "Stop price would trigger immediately."}),
    [](const testing::TestParamInfo<Refused>& info) { return info.param.what; });

TEST(BinanceOrdersTest, RefusesASecondOpenOrderWithTheSameClientId) {
  SimFixture sim;
  const std::string order = StrCat(kBuyOne, "&newClientOrderId=mine");
  EXPECT_EQ(sim.Order(order).status, 200);
  const HttpReply twin = sim.Order(order);
  EXPECT_EQ(ErrorCode(twin), -2010);
  EXPECT_EQ(ErrorMessage(twin), "Duplicate order sent.");
  EXPECT_EQ(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&origClientOrderId=mine").status, 200);
  EXPECT_EQ(sim.Order(order).status, 200);
}

TEST(BinanceOrdersTest, RefusesAPostOnlyOrderThatWouldTake) {
  SimFixture sim;
  sim.OtherOrder(kSellOne);
  const HttpReply reply =
      sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=1&price=50000");
  EXPECT_EQ(ErrorCode(reply), -2010);
  EXPECT_EQ(ErrorMessage(reply), "Order would immediately match and take.");
  EXPECT_EQ(sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=1&price=49999.99").status,
            200);
}

TEST(BinanceOrdersTest, RefusesMoreOpenOrdersThanTheFilterAllows) {
  BinanceSimOptions options = QuietOptions();
  options.symbols[0].max_num_orders = 2;
  SimFixture sim(options);
  EXPECT_EQ(sim.Order(kBuyOne).status, 200);
  EXPECT_EQ(sim.Order(kBuyOne).status, 200);
  EXPECT_EQ(ErrorMessage(sim.Order(kBuyOne)), "Filter failure: MAX_NUM_ORDERS");
}

TEST(BinanceOrdersTest, RefusesOrdersOnAClosedMarket) {
  BinanceSimOptions options = QuietOptions();
  options.symbols[0].status = "BREAK";
  SimFixture sim(options);
  EXPECT_EQ(ErrorMessage(sim.Order(kBuyOne)), "Market is closed.");
}

TEST(BinanceOrdersTest, KnowsNoOrderThatWasNeverSent) {
  SimFixture sim;
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=1")), -2013);
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&orderId=1")), -2011);
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "symbol=BTCUSDT")), -1102);
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")), -2011);
}

TEST(BinanceOrdersTest, RefusesIdsThatDoNotBelongTogether) {
  SimFixture sim;
  sim.Order(StrCat(kBuyOne, "&newClientOrderId=mine"));
  EXPECT_EQ(ErrorCode(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=1&origClientOrderId=yours")),
            -2039);
}

TEST(BinanceOrdersTest, LocksWhatARestingOrderMayCost) {
  SimFixture sim;
  const HttpReply reply = sim.Order(StrCat(kBuyOne, "&newClientOrderId=mine"));
  EXPECT_EQ(reply.body,
            R"({"symbol":"BTCUSDT","orderId":1,"orderListId":-1,"clientOrderId":"mine",)"
            R"("transactTime":1700000000000,"price":"50000.00000000","origQty":"1.00000000",)"
            R"("executedQty":"0.00000000","origQuoteOrderQty":"0.00000000",)"
            R"("cummulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC",)"
            R"("type":"LIMIT","side":"BUY","workingTime":1700000000000,)"
            R"("selfTradePreventionMode":"NONE","fills":[]})");
  EXPECT_EQ(sim.Balance("USDT"), (SimBalance{Dec("950000"), Dec("50000")}));
  const HttpReply canceled =
      sim.Signed("DELETE", kPath, "symbol=BTCUSDT&orderId=1&newClientOrderId=stop");
  EXPECT_EQ(Body(canceled)["origClientOrderId"], "mine");
  EXPECT_EQ(Body(canceled)["clientOrderId"], "stop");
  EXPECT_EQ(Body(canceled)["status"], "CANCELED");
  EXPECT_EQ(sim.Balance("USDT"), (SimBalance{Dec("1000000"), Decimal()}));
  EXPECT_EQ(ErrorCode(sim.Signed("DELETE", kPath, "symbol=BTCUSDT&orderId=1")), -2011);
}

TEST(BinanceOrdersTest, TradesAtTheMakersPriceAndTakesFeesFromWhatIsReceived) {
  SimFixture sim;
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.4&price=50000");
  const TestJson taken =
      Body(sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50100"));
  EXPECT_EQ(taken["status"], "PARTIALLY_FILLED");
  EXPECT_EQ(taken["executedQty"], "0.40000000");
  EXPECT_EQ(taken["cummulativeQuoteQty"], "20000.00000000");
  ASSERT_EQ(taken["fills"].size(), 1u);
  EXPECT_EQ(taken["fills"][0].dump(),
            R"({"price":"50000.00000000","qty":"0.40000000","commission":"0.00040000",)"
            R"("commissionAsset":"BTC","tradeId":1})");
  // 0.6 at 50100 stays locked; 0.4 cost 50000 each.
  EXPECT_EQ(sim.Balance("USDT"), (SimBalance{Dec("949940"), Dec("30060")}));
  EXPECT_EQ(sim.Balance("BTC"), (SimBalance{Dec("10.3996"), Decimal()}));
  EXPECT_EQ(sim.Balance("USDT", kOtherKey), (SimBalance{Dec("1019980"), Decimal()}));
  EXPECT_EQ(sim.Balance("BTC", kOtherKey), (SimBalance{Dec("9.6"), Decimal()}));
}

TEST(BinanceOrdersTest, PaysFeesInBnbWhenTheVenueDoes) {
  BinanceSimOptions options = QuietOptions();
  options.fees_in_bnb = true;
  SimFixture sim(options);
  sim.OtherOrder(kSellOne);
  const TestJson taken = Body(sim.Order(kBuyOne));
  // 0.1 % of 50000 USDT at 600 a BNB.
  EXPECT_EQ(taken["fills"][0]["commission"], "0.08333333");
  EXPECT_EQ(taken["fills"][0]["commissionAsset"], "BNB");
  EXPECT_EQ(sim.Balance("BTC").free, Dec("11"));
}

TEST(BinanceOrdersTest, ExpiresWhatAnImmediateOrderCannotFill) {
  SimFixture sim;
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.4&price=50000");
  const TestJson killed =
      Body(sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&quantity=1&price=50000"));
  EXPECT_EQ(killed["status"], "EXPIRED");
  EXPECT_EQ(killed["executedQty"], "0.00000000");
  const TestJson partial =
      Body(sim.Order("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=1&price=50000"));
  EXPECT_EQ(partial["status"], "EXPIRED");
  EXPECT_EQ(partial["executedQty"], "0.40000000");
  const TestJson starved = Body(sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1"));
  EXPECT_EQ(starved["status"], "EXPIRED");
  EXPECT_EQ(Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=4"))["expiryReason"],
            "INSUFFICIENT_LIQUIDITY");
  EXPECT_EQ(sim.Balance("USDT").locked, Decimal());
}

TEST(BinanceOrdersTest, SpendsAQuoteAmountAtTheMarket) {
  SimFixture sim;
  sim.OtherOrder(kSellOne);
  const TestJson taken = Body(sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100.7"));
  EXPECT_EQ(taken["status"], "FILLED");
  EXPECT_EQ(taken["executedQty"], "0.00201000");
  EXPECT_EQ(taken["cummulativeQuoteQty"], "100.50000000");
  EXPECT_EQ(taken["origQuoteOrderQty"], "100.70000000");
  EXPECT_EQ(sim.Balance("USDT"), (SimBalance{Dec("999899.5"), Decimal()}));
}

TEST(BinanceOrdersTest, RefusesAMarketOrderThatCostsMoreThanThereIs) {
  SimFixture sim;
  for (const char* price : {"200000", "290000"}) {
    sim.OtherOrder(StrCat("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=4&price=",
                          std::string_view(price)));
  }
  EXPECT_EQ(ErrorCode(sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=5")), -2010);
  EXPECT_EQ(ErrorCode(sim.Order("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=11")), -2010);
  EXPECT_EQ(sim.Order("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=4").status, 200);
}

TEST(BinanceOrdersTest, PreventsSelfTradesAsAsked) {
  struct Case {
    const char* mode;
    const char* taker_status;
    const char* maker_status;
  };
  for (const Case& expected : {Case{"NONE", "FILLED", "FILLED"},
                               Case{"EXPIRE_TAKER", "EXPIRED_IN_MATCH", "NEW"},
                               Case{"EXPIRE_MAKER", "NEW", "EXPIRED_IN_MATCH"},
                               Case{"EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"}}) {
    SimFixture sim;
    sim.Order(kSellOne);
    const TestJson taker = Body(
        sim.Order(StrCat(kBuyOne, "&selfTradePreventionMode=", std::string_view(expected.mode))));
    EXPECT_EQ(taker["status"], expected.taker_status) << expected.mode;
    EXPECT_EQ(Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=1"))["status"],
              expected.maker_status)
        << expected.mode;
  }
}

TEST(BinanceOrdersTest, TriggersAStopWhenThePriceGetsThere) {
  SimFixture sim;
  sim.Order(
      "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1"
      "&price=54000&stopPrice=55000");
  EXPECT_EQ(Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=1"))["isWorking"], false);
  EXPECT_EQ(sim.venue.book("BTCUSDT")->asks.size(), 0u);
  EXPECT_EQ(sim.Balance("BTC").locked, Dec("1"));
  sim.OtherOrder("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=55000");
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.1&price=55000");
  EXPECT_EQ(Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&orderId=1"))["isWorking"], true);
  EXPECT_EQ(sim.venue.book("BTCUSDT")->asks.front(), (std::pair{Dec("54000"), Dec("1")}));
}

TEST(BinanceOrdersTest, ReplacesAnOrderInTwoIndependentHalves) {
  SimFixture sim;
  constexpr char kReplace[] = "/api/v3/order/cancelReplace";
  const std::string next = StrCat(kBuyOne, "&cancelOrderId=1");
  const HttpReply nothing = sim.Signed(
      "POST", kReplace, StrCat(std::string_view(next), "&cancelReplaceMode=STOP_ON_FAILURE"));
  EXPECT_EQ(nothing.status, 400);
  EXPECT_EQ(ErrorCode(nothing), -2022);
  EXPECT_EQ(Body(nothing)["data"]["newOrderResult"], "NOT_ATTEMPTED");
  const HttpReply half = sim.Signed(
      "POST", kReplace, StrCat(std::string_view(next), "&cancelReplaceMode=ALLOW_FAILURE"));
  EXPECT_EQ(half.status, 409);
  EXPECT_EQ(ErrorCode(half), -2021);
  EXPECT_EQ(Body(half)["data"]["cancelResponse"]["code"], -2011);
  EXPECT_EQ(Body(half)["data"]["newOrderResponse"]["orderId"], 1);
  const HttpReply both = sim.Signed(
      "POST", kReplace, StrCat(std::string_view(next), "&cancelReplaceMode=STOP_ON_FAILURE"));
  EXPECT_EQ(both.status, 200);
  EXPECT_EQ(Body(both)["cancelResult"], "SUCCESS");
  EXPECT_EQ(Body(both)["newOrderResponse"]["orderId"], 2);
  EXPECT_EQ(sim.venue.account(kTestApiKey)->open_order_count(), 1u);
}

TEST(BinanceOrdersTest, AmendsDownAndKeepsThePlaceInTheQueue) {
  SimFixture sim;
  sim.Order(kSellOne);
  sim.OtherOrder(kSellOne);
  constexpr char kAmend[] = "/api/v3/order/amend/keepPriority";
  EXPECT_EQ(ErrorCode(sim.Signed("PUT", kAmend, "symbol=BTCUSDT&orderId=1&newQty=1")), -2038);
  EXPECT_EQ(ErrorCode(sim.Signed("PUT", kAmend, "symbol=BTCUSDT&orderId=9&newQty=0.5")), -2013);
  const HttpReply amended =
      sim.Signed("PUT", kAmend, "symbol=BTCUSDT&orderId=1&newQty=0.5&newClientOrderId=less");
  EXPECT_EQ(Body(amended)["amendedOrder"]["qty"], "0.50000000");
  EXPECT_EQ(sim.Balance("BTC").locked, Dec("0.5"));
  sim.OtherOrder(
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.5&price=50000"
      "&selfTradePreventionMode=NONE");
  EXPECT_EQ(Body(sim.Signed("GET", kPath, "symbol=BTCUSDT&origClientOrderId=less"))["status"],
            "FILLED");
}

TEST(BinanceOrdersTest, ListsOpenOrdersAndOwnTrades) {
  SimFixture sim;
  sim.Order(kBuyOne);
  sim.Order("symbol=ETHUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=2000");
  sim.OtherOrder("symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.25&price=50000");
  EXPECT_EQ(Body(sim.Signed("GET", "/api/v3/openOrders", "")).size(), 2u);
  const TestJson one = Body(sim.Signed("GET", "/api/v3/openOrders", "symbol=BTCUSDT"));
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0]["status"], "PARTIALLY_FILLED");
  const TestJson trades = Body(sim.Signed("GET", "/api/v3/myTrades", "symbol=BTCUSDT"));
  ASSERT_EQ(trades.size(), 1u);
  EXPECT_EQ(trades[0]["isMaker"], true);
  EXPECT_EQ(trades[0]["quoteQty"], "12500.00000000");
  EXPECT_EQ(trades[0]["commission"], "0.00025000");
  EXPECT_EQ(Body(sim.Signed("GET", "/api/v3/myTrades", "symbol=BTCUSDT&fromId=2")).size(), 0u);
  EXPECT_EQ(Body(sim.Signed("GET", "/api/v3/allOrders", "symbol=BTCUSDT")).size(), 1u);
  EXPECT_EQ(Body(sim.Signed("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"))[0]["status"],
            "CANCELED");
  EXPECT_EQ(sim.venue.account(kTestApiKey)->open_order_count(), 1u);
}

}  // namespace
}  // namespace colibri::venue_sim
