#include "exchanges/binance_perpetual/binance_perpetual_requests.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"

namespace colibri::binance::perpetual {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Text(const VenueCall& call) {
  std::string charges;
  for (const LimitCharge& charge : call.charges) {
    charges.append(StrCat(" ", charge.pool, "=", charge.weight));
  }
  return StrCat(
      ToString(call.request.method), " ", call.request.Target(), call.request.body, charges);
}

class PerpetualRequestsTest : public testing::Test {
 protected:
  static ExchangeConfig Config() {
    ExchangeConfig config;
    config.venue = "binance_perpetual";
    return config;
  }

  const InstrumentTable instruments_ = SampleInstruments();
  const Instrument& btc_ = instruments_.at(2);
  const PerpetualRequests requests_{Config()};
};

TEST_F(PerpetualRequestsTest, PlacesALimitOrderInOneWayMode) {
  const VenueCall call = requests_.Place(SampleOrder(), btc_);
  EXPECT_EQ(Text(call),
            "POST /fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&newOrderRespType=ACK&recvWindow=5000"
            " orders=1 orders_per_minute=1");
  EXPECT_EQ(call.security, CallSecurity::kSigned);
  EXPECT_EQ(call.priority, CallPriority::kCreate);
}

TEST_F(PerpetualRequestsTest, ClosesByReduceOnlyInOneWayModeAlone) {
  Order order = SampleOrder();
  order.side = Side::kSell;
  order.type = OrderType::kMarket;
  order.price.reset();
  order.position_action = PositionAction::kClose;
  const VenueCall one_way = requests_.Place(order, btc_);
  EXPECT_EQ(Text(one_way),
            "POST /fapi/v1/order?symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.5"
            "&newClientOrderId=clb-1&reduceOnly=true&newOrderRespType=ACK&recvWindow=5000"
            " orders=1 orders_per_minute=1");
  EXPECT_EQ(one_way.priority, CallPriority::kReduceOnly);
  order.position_side = PositionSide::kLong;
  EXPECT_EQ(Text(requests_.Place(order, btc_)),
            "POST /fapi/v1/order?symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.5"
            "&newClientOrderId=clb-1&positionSide=LONG&newOrderRespType=ACK&recvWindow=5000"
            " orders=1 orders_per_minute=1");
}

TEST_F(PerpetualRequestsTest, PlacesPostOnlyAndShortInHedgeMode) {
  Order order = SampleOrder();
  order.type = OrderType::kLimitMaker;
  order.position_side = PositionSide::kShort;
  EXPECT_EQ(Text(requests_.Place(order, btc_)),
            "POST /fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.5"
            "&price=23416.1&newClientOrderId=clb-1&positionSide=SHORT&newOrderRespType=ACK"
            "&recvWindow=5000 orders=1 orders_per_minute=1");
  order.type = OrderType::kLimit;
  order.time_in_force = TimeInForce::kFok;
  EXPECT_THAT(Text(requests_.Place(order, btc_)), testing::HasSubstr("timeInForce=FOK"));
}

TEST_F(PerpetualRequestsTest, SendsTheConfiguredSelfTradePrevention) {
  ExchangeConfig config = Config();
  config.self_trade_prevention = "EXPIRE_MAKER";
  EXPECT_THAT(Text(PerpetualRequests(config).Place(SampleOrder(), btc_)),
              testing::HasSubstr("&selfTradePreventionMode=EXPIRE_MAKER&recvWindow"));
}

TEST_F(PerpetualRequestsTest, AmendsOnlyDownwards) {
  Order order = SampleOrder();
  order.filled = Quantity(D("0.1"));
  const auto amend = [&](std::string_view quantity, std::optional<Price> price) {
    return requests_.Amend(order, {.price = price, .quantity = Quantity(D(quantity))}, btc_);
  };
  EXPECT_EQ(amend("0.6", std::nullopt), std::nullopt);
  // The venue would cancel it.
  EXPECT_EQ(amend("0.1", std::nullopt), std::nullopt);
  EXPECT_EQ(amend("0.2", Price(D("1"))), std::nullopt);
  const std::optional<VenueCall> call = amend("0.2", std::nullopt);
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(Text(*call),
            "PUT /fapi/v1/order?symbol=BTCUSDT&origClientOrderId=clb-1&side=BUY&quantity=0.2"
            "&price=23416.1&recvWindow=5000 request_weight=1 orders=1 orders_per_minute=1");
}

TEST_F(PerpetualRequestsTest, AsksForOrdersAndTrades) {
  Order order = SampleOrder();
  order.exchange_order_id = ExchangeOrderId("28");
  EXPECT_EQ(Text(requests_.QueryOrder(order, btc_)),
            "GET /fapi/v1/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000"
            " request_weight=1");
  EXPECT_EQ(Text(requests_.Cancel(order, btc_)),
            "DELETE /fapi/v1/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000"
            " request_weight=1");
  EXPECT_EQ(Text(requests_.CancelAll(btc_)),
            "DELETE /fapi/v1/allOpenOrders?symbol=BTCUSDT&recvWindow=5000 request_weight=1");
  EXPECT_EQ(Text(requests_.OpenOrders(btc_)),
            "GET /fapi/v1/openOrders?symbol=BTCUSDT&recvWindow=5000 request_weight=1");
  EXPECT_EQ(Text(requests_.OrderTrades(order, btc_)),
            "GET /fapi/v1/userTrades?symbol=BTCUSDT&orderId=28&limit=1000&recvWindow=5000"
            " request_weight=5");
  const absl::Time since = absl::FromUnixMillis(1499865549590);
  EXPECT_EQ(Text(requests_.Trades({.after = TradeId("28457"), .since = since}, btc_)),
            "GET /fapi/v1/userTrades?symbol=BTCUSDT&fromId=28458&limit=1000&recvWindow=5000"
            " request_weight=5");
  EXPECT_EQ(Text(requests_.Trades({.after = std::nullopt, .since = since}, btc_)),
            "GET /fapi/v1/userTrades?symbol=BTCUSDT&startTime=1499865549590&limit=1000"
            "&recvWindow=5000 request_weight=5");
}

TEST_F(PerpetualRequestsTest, AsksForAccountAndVenue) {
  EXPECT_EQ(Text(requests_.ServerTime()), "GET /fapi/v1/time request_weight=1");
  EXPECT_EQ(Text(requests_.ExchangeInfo()), "GET /fapi/v1/exchangeInfo request_weight=1");
  EXPECT_EQ(Text(requests_.Balances()), "GET /fapi/v3/balance?recvWindow=5000 request_weight=5");
  EXPECT_EQ(Text(requests_.Fees(btc_)),
            "GET /fapi/v1/commissionRate?symbol=BTCUSDT&recvWindow=5000 request_weight=20");
  EXPECT_EQ(Text(requests_.Positions()),
            "GET /fapi/v3/positionRisk?recvWindow=5000 request_weight=5");
  EXPECT_EQ(Text(requests_.FundingInfo(btc_)),
            "GET /fapi/v1/premiumIndex?symbol=BTCUSDT request_weight=1");
  EXPECT_EQ(Text(requests_.OpenInterest(btc_)),
            "GET /fapi/v1/openInterest?symbol=BTCUSDT request_weight=1");
  EXPECT_EQ(requests_.FundingInfo(btc_).security, CallSecurity::kNone);
  EXPECT_EQ(Text(requests_.FundingPayments(absl::FromUnixMillis(1570608000000))),
            "GET /fapi/v1/income?incomeType=FUNDING_FEE&startTime=1570608000000&limit=1000"
            "&recvWindow=5000 request_weight=30");
  EXPECT_EQ(Text(requests_.CreateListenKey()), "POST /fapi/v1/listenKey request_weight=1");
  EXPECT_EQ(Text(requests_.KeepListenKey()), "PUT /fapi/v1/listenKey request_weight=1");
  EXPECT_EQ(requests_.KeepListenKey().security, CallSecurity::kKey);
}

TEST_F(PerpetualRequestsTest, ReadsAndMakesSettings) {
  EXPECT_EQ(Text(requests_.PositionMode()),
            "GET /fapi/v1/positionSide/dual?recvWindow=5000 request_weight=30");
  EXPECT_EQ(Text(requests_.SetPositionMode(PositionMode::kHedge)),
            "POST /fapi/v1/positionSide/dual?dualSidePosition=true&recvWindow=5000"
            " request_weight=1");
  EXPECT_EQ(Text(requests_.Leverage(btc_)),
            "GET /fapi/v1/symbolConfig?symbol=BTCUSDT&recvWindow=5000 request_weight=5");
  const auto set = [&](LeverageSetting current, LeverageSetting wanted) {
    std::vector<std::string> texts;
    for (const VenueCall& call : requests_.SetLeverage(btc_, current, wanted)) {
      texts.push_back(Text(call));
    }
    return texts;
  };
  const LeverageSetting cross = {.leverage = 20, .margin_mode = MarginMode::kCross};
  EXPECT_THAT(set(cross, cross), IsEmpty());
  EXPECT_THAT(set(cross, {.leverage = 5, .margin_mode = MarginMode::kIsolated}),
              ElementsAre("POST /fapi/v1/marginType?symbol=BTCUSDT&marginType=ISOLATED"
                          "&recvWindow=5000 request_weight=1",
                          "POST /fapi/v1/leverage?symbol=BTCUSDT&leverage=5&recvWindow=5000"
                          " request_weight=1"));
}

TEST_F(PerpetualRequestsTest, CountsDownAndEndsTheCountdown) {
  EXPECT_EQ(Text(requests_.CancelAllAfter(btc_, absl::Seconds(30))),
            "POST /fapi/v1/countdownCancelAll?symbol=BTCUSDT&countdownTime=30000&recvWindow=5000"
            " request_weight=10");
  EXPECT_EQ(Text(requests_.CancelAllAfter(btc_, absl::ZeroDuration())),
            "POST /fapi/v1/countdownCancelAll?symbol=BTCUSDT&countdownTime=0&recvWindow=5000"
            " request_weight=10");
}

}  // namespace
}  // namespace colibri::binance::perpetual
