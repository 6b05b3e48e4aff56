#include "exchanges/binance/binance_orders.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"

namespace colibri::binance {
namespace {

using testing::ElementsAre;

class SpotRequestsTest : public testing::Test {
 protected:
  static ExchangeConfig Config(std::string domain) {
    ExchangeConfig config;
    config.venue = "binance";
    config.domain = std::move(domain);
    return config;
  }
  static std::string Text(const VenueCall& call) {
    return StrCat(ToString(call.request.method), " ", call.request.Target(), call.request.body);
  }
  static std::vector<std::string> Charges(const VenueCall& call) {
    std::vector<std::string> charges;
    for (const LimitCharge& charge : call.charges) {
      charges.push_back(StrCat(charge.pool, "=", charge.weight));
    }
    return charges;
  }

  const InstrumentTable instruments_ = SampleInstruments();
  const Instrument& btc_ = instruments_.at(2);
  const SpotRequests live_{Config("live")};
  const SpotRequests us_{Config("us")};
};

TEST_F(SpotRequestsTest, PlacesALimitOrder) {
  const VenueCall call = live_.Place(SampleOrder(), btc_);
  EXPECT_EQ(Text(call),
            "POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
  EXPECT_EQ(call.security, CallSecurity::kSigned);
  EXPECT_EQ(call.priority, CallPriority::kCreate);
  // A placement that succeeds weighs nothing, but counts as an order.
  EXPECT_THAT(Charges(call), ElementsAre("raw_requests=1", "orders=1", "orders_per_day=1"));
  EXPECT_THAT(Charges(us_.Place(SampleOrder(), btc_)),
              ElementsAre("request_weight=1", "raw_requests=1", "orders=1", "orders_per_day=1"));
}

TEST_F(SpotRequestsTest, PlacesTheOtherTimesInForce) {
  Order order = SampleOrder();
  order.side = Side::kSell;
  order.time_in_force = TimeInForce::kIoc;
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=IOC&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
  order.time_in_force = TimeInForce::kFok;
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=FOK&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
}

TEST_F(SpotRequestsTest, PlacesALimitMakerWithoutTimeInForce) {
  Order order = SampleOrder();
  order.type = OrderType::kLimitMaker;
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
}

TEST_F(SpotRequestsTest, PlacesMarketOrdersByEitherAmount) {
  Order order = SampleOrder();
  order.type = OrderType::kMarket;
  order.price.reset();
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.5"
            "&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
  order.quantity = Quantity();
  order.quote_quantity = Notional(D("1000.50"));
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=1000.5"
            "&newClientOrderId=clb-1&newOrderRespType=FULL&recvWindow=5000");
}

TEST_F(SpotRequestsTest, WritesNumbersWithoutExponent) {
  Order order = SampleOrder();
  order.quantity = Quantity(D("0.00000001"));
  order.price = Price(D("100000000000"));
  EXPECT_EQ(Text(live_.Place(order, btc_)),
            "POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
            "&quantity=0.00000001&price=100000000000&newClientOrderId=clb-1&newOrderRespType=FULL"
            "&recvWindow=5000");
}

TEST_F(SpotRequestsTest, PercentEncodesSymbolsOfAnyScript) {
  InstrumentTable instruments;
  const Instrument& instrument =
      instruments.Add({"１２３", "４５６"}, "１２３４５６", "１２３４５６", {8, 8});
  EXPECT_EQ(Text(live_.OpenOrders(instrument)),
            "GET /api/v3/openOrders?symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96"
            "&recvWindow=5000");
}

TEST_F(SpotRequestsTest, CancelsByClientOrderId) {
  const VenueCall call = live_.Cancel(SampleOrder(), btc_);
  EXPECT_EQ(Text(call),
            "DELETE /api/v3/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000");
  EXPECT_EQ(call.priority, CallPriority::kCancel);
  EXPECT_THAT(Charges(call), ElementsAre("raw_requests=1"));
  Order foreign = SampleOrder("");
  foreign.exchange_order_id = ExchangeOrderId("28");
  EXPECT_EQ(Text(live_.Cancel(foreign, btc_)),
            "DELETE /api/v3/order?symbol=BTCUSDT&orderId=28&recvWindow=5000");
}

TEST_F(SpotRequestsTest, CancelsAllOfAPair) {
  const VenueCall call = live_.CancelAll(btc_);
  EXPECT_EQ(Text(call), "DELETE /api/v3/openOrders?symbol=BTCUSDT&recvWindow=5000");
  EXPECT_EQ(call.priority, CallPriority::kCancel);
}

TEST_F(SpotRequestsTest, AmendsOnlyDownwards) {
  Order order = SampleOrder();
  order.filled = Quantity(D("0.1"));
  const auto amend = [&](OrderAmendment amendment) { return live_.Amend(order, amendment, btc_); };
  EXPECT_EQ(amend({}), std::nullopt);
  EXPECT_EQ(amend({.price = std::nullopt, .quantity = Quantity(D("0.5"))}), std::nullopt);
  EXPECT_EQ(amend({.price = std::nullopt, .quantity = Quantity(D("0.6"))}), std::nullopt);
  EXPECT_EQ(amend({.price = std::nullopt, .quantity = Quantity(D("0.1"))}), std::nullopt);
  EXPECT_EQ(amend({.price = Price(D("1")), .quantity = Quantity(D("0.2"))}), std::nullopt);
  EXPECT_EQ(us_.Amend(order, {.price = std::nullopt, .quantity = Quantity(D("0.2"))}, btc_),
            std::nullopt);
  const std::optional<VenueCall> call =
      amend({.price = Price(D("23416.1")), .quantity = Quantity(D("0.2"))});
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(Text(*call),
            "PUT /api/v3/order/amend/keepPriority?symbol=BTCUSDT&origClientOrderId=clb-1"
            "&newQty=0.2&newClientOrderId=clb-1&recvWindow=5000");
  EXPECT_THAT(Charges(*call), ElementsAre("request_weight=4", "raw_requests=1"));
}

TEST_F(SpotRequestsTest, ReplacesOneOrderByAnother) {
  EXPECT_EQ(Text(live_.Replace(SampleOrder("clb-1"), SampleOrder("clb-2"), btc_)),
            "POST /api/v3/order/cancelReplace?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
            "&quantity=0.5&price=23416.1&newClientOrderId=clb-2&newOrderRespType=FULL"
            "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=clb-1&recvWindow=5000");
}

TEST_F(SpotRequestsTest, AsksForOrders) {
  EXPECT_EQ(Text(live_.QueryOrder(SampleOrder(), btc_)),
            "GET /api/v3/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000");
  EXPECT_THAT(Charges(live_.QueryOrder(SampleOrder(), btc_)),
              ElementsAre("request_weight=4", "raw_requests=1"));
  EXPECT_EQ(Text(live_.OpenOrders(btc_)), "GET /api/v3/openOrders?symbol=BTCUSDT&recvWindow=5000");
  EXPECT_THAT(Charges(us_.OpenOrders(btc_)), ElementsAre("request_weight=3", "raw_requests=1"));
}

TEST_F(SpotRequestsTest, AsksForTradesOfAnOrder) {
  Order order = SampleOrder();
  EXPECT_EQ(Text(live_.OrderTrades(order, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&startTime=1699999940000&limit=1000"
            "&recvWindow=5000");
  order.exchange_order_id = ExchangeOrderId("28");
  const VenueCall call = live_.OrderTrades(order, btc_);
  EXPECT_EQ(Text(call),
            "GET /api/v3/myTrades?symbol=BTCUSDT&orderId=28&limit=1000&recvWindow=5000");
  EXPECT_THAT(Charges(call), ElementsAre("request_weight=5", "raw_requests=1"));
}

TEST_F(SpotRequestsTest, AsksForTradesSinceACursor) {
  EXPECT_EQ(Text(live_.Trades({}, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&limit=1000&recvWindow=5000");
  const absl::Time since = absl::FromUnixMillis(1499865549590);
  EXPECT_EQ(Text(live_.Trades({.after = std::nullopt, .since = since}, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&startTime=1499865549590&limit=1000"
            "&recvWindow=5000");
  EXPECT_EQ(Text(live_.Trades({.after = TradeId("28457"), .since = since}, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&fromId=28458&limit=1000&recvWindow=5000");
  EXPECT_EQ(Text(live_.Trades({.after = TradeId("9223372036854775807"), .since = since}, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&startTime=1499865549590&limit=1000"
            "&recvWindow=5000");
  EXPECT_EQ(Text(live_.Trades({.after = std::nullopt, .since = absl::InfinitePast()}, btc_)),
            "GET /api/v3/myTrades?symbol=BTCUSDT&startTime=0&limit=1000&recvWindow=5000");
}

TEST_F(SpotRequestsTest, AsksForAccountAndVenue) {
  EXPECT_EQ(Text(live_.ServerTime()), "GET /api/v3/time");
  EXPECT_EQ(live_.ServerTime().security, CallSecurity::kNone);
  EXPECT_EQ(Text(live_.ExchangeInfo()), "GET /api/v3/exchangeInfo");
  EXPECT_EQ(Text(live_.Balances()), "GET /api/v3/account?recvWindow=5000");
  EXPECT_EQ(Text(live_.Fees(btc_)),
            "GET /api/v3/account/commission?symbol=BTCUSDT&recvWindow=5000");
  EXPECT_EQ(Text(us_.Fees(btc_)), "GET /api/v3/account?recvWindow=5000");
  EXPECT_EQ(Text(us_.CreateListenKey()), "POST /api/v3/userDataStream");
  EXPECT_EQ(us_.CreateListenKey().security, CallSecurity::kKey);
  EXPECT_EQ(Text(us_.KeepListenKey("abc")), "PUT /api/v3/userDataStream?listenKey=abc");
}

TEST_F(SpotRequestsTest, LeavesTheReceiveWindowToTheVenueWhenItIsZero) {
  ExchangeConfig config = Config("live");
  config.receive_window = absl::ZeroDuration();
  EXPECT_EQ(Text(SpotRequests(config).Balances()), "GET /api/v3/account");
}

}  // namespace
}  // namespace colibri::binance
