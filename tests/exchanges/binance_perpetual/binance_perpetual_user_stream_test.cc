#include "exchanges/binance_perpetual/binance_perpetual_user_stream.h"

#include <optional>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = PrivateMessage::Kind;

// An order event; `fields` come first, and so go before the defaults.
std::string OrderEvent(std::string_view fields) {
  return StrCat(
      R"({"e":"ORDER_TRADE_UPDATE","E":1568879465651,"T":1568879465650,"o":{)",
      fields,
      R"(,"s":"BTCUSDT","c":"clb-1","S":"SELL","o":"LIMIT","f":"GTC","q":"0.5","p":"7100.5",)"
      R"("ap":"0","sp":"0","x":"NEW","X":"NEW","i":8886774,"l":"0","z":"0","L":"0",)"
      R"("T":1568879465650,"t":0,"b":"0","a":"9.91","m":false,"R":false,"wt":"CONTRACT_PRICE",)"
      R"("ot":"LIMIT","ps":"BOTH","cp":false,"rp":"0","V":"EXPIRE_TAKER","er":"0"}})");
}

class PerpetualUserStreamTest : public testing::Test {
 protected:
  static VenueHosts Hosts() {
    VenueHosts hosts;
    hosts.private_stream_url = "wss://fstream.example/private/ws";
    return hosts;
  }

  PrivateMessage Parsed(std::string_view frame) {
    absl::StatusOr<PrivateMessage> message = source_.Parse(frame);
    EXPECT_OK(message) << frame;
    return message.ok() ? *std::move(message) : PrivateMessage();
  }
  OrderUpdate ParsedOrder(std::string_view fields) {
    PrivateMessage message = Parsed(OrderEvent(fields));
    EXPECT_EQ(message.kind, Kind::kUpdate);
    EXPECT_THAT(message.orders, SizeIs(1));
    return message.orders.empty() ? OrderUpdate() : message.orders[0];
  }

  InstrumentTable instruments_ = SampleInstruments();
  BinancePerpetualUserStream source_{Hosts(), {}, instruments_};
};

TEST_F(PerpetualUserStreamTest, RefusesWhatCannotBeRead) {
  for (const std::string_view frame : {"",
                                       "x",
                                       "[]",
                                       "{}",
                                       R"({"data":5})",
                                       R"({"e":1})",
                                       R"({"e":"ORDER_TRADE_UPDATE"})",
                                       R"({"e":"ACCOUNT_UPDATE"})",
                                       R"({"e":"ACCOUNT_UPDATE","a":{"m":"ORDER","B":5}})",
                                       R"({"e":"ACCOUNT_CONFIG_UPDATE","ac":{"s":"BTCUSDT"}})",
                                       R"({"e":"MARGIN_CALL"})"}) {
    EXPECT_THAT(source_.Parse(frame), StatusIs(StatusCode::kDataLoss)) << frame;
  }
}

TEST_F(PerpetualUserStreamTest, NamesTheFieldThatIsWrong) {
  struct Case {
    std::string_view fields;
    std::string_view word;
  };
  const Case cases[] = {
      {R"("X":"LOST")", "LOST"},
      {R"("i":-1)", "`i`"},
      {R"("z":"-1")", "`z`"},
      {R"("T":"1")", "`T`"},
      {R"("c":5)", "`c`"},
      {R"("l":"x")", "`l`"},
      {R"("x":"TRADE")", "`l`"},
      {R"("x":"TRADE","l":"1")", "`L`"},
      {R"("x":"TRADE","l":"1","L":"1","S":"LONG")", "`S`"},
      {R"("x":"TRADE","l":"1","L":"1","n":"0.1")", "`N`"},
      {R"("x":"TRADE","l":"1","L":"1","ps":"UP")", "`ps`"},
      {R"("x":"TRADE","l":"1","L":"1","rp":"x")", "`rp`"},
      {R"("x":"AMENDMENT","q":"0")", "`q`"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(source_.Parse(OrderEvent(c.fields)),
                StatusIs(StatusCode::kDataLoss, HasSubstr(std::string(c.word))))
        << c.fields;
  }
}

TEST_F(PerpetualUserStreamTest, ReadsEveryExecutionAndStatus) {
  struct Case {
    std::string_view fields;
    OrderState state;
    std::string_view reason;
  };
  const Case cases[] = {
      {R"("x":"NEW","X":"NEW")", OrderState::kOpen, ""},
      {R"("x":"CANCELED","X":"CANCELED","z":"0.1")", OrderState::kCanceled, ""},
      {R"("x":"EXPIRED","X":"EXPIRED","er":"2")",
       OrderState::kExpired,
       "the rest of an immediate-or-cancel order"},
      {R"("x":"EXPIRED","X":"EXPIRED")", OrderState::kExpired, ""},
      {R"("x":"EXPIRED","X":"EXPIRED_IN_MATCH")", OrderState::kExpired, "self-trade prevention"},
      {R"("x":"AMENDMENT","X":"PARTIALLY_FILLED")", OrderState::kPartiallyFilled, ""},
  };
  for (const Case& c : cases) {
    const OrderUpdate order = ParsedOrder(c.fields);
    EXPECT_EQ(order.state, c.state) << c.fields;
    EXPECT_EQ(order.reason, c.reason) << c.fields;
    EXPECT_EQ(order.client_order_id.view(), "clb-1");
    EXPECT_EQ(order.exchange_order_id.view(), "8886774");
    EXPECT_EQ(order.venue_time, absl::FromUnixMillis(1568879465650));
  }
  EXPECT_EQ(ParsedOrder(R"("x":"AMENDMENT","q":"0.3")").quantity, Quantity(D("0.3")));
  EXPECT_EQ(ParsedOrder(R"("x":"NEW")").quantity, std::nullopt);
}

TEST_F(PerpetualUserStreamTest, ReadsAFillWithItsFeeAndProfit) {
  const PrivateMessage message = Parsed(
      OrderEvent(R"("x":"TRADE","X":"PARTIALLY_FILLED","l":"0.2","z":"0.3","L":"7100.25",)"
                 R"("N":"USDT","n":"0.0142","t":12345678,"m":true,"ps":"LONG","rp":"-1.5")"));
  ASSERT_THAT(message.trades, SizeIs(1));
  ASSERT_THAT(message.orders, SizeIs(1));
  const Fill& fill = message.trades[0].fill;
  EXPECT_EQ(fill.trade_id.view(), "12345678");
  EXPECT_EQ(fill.client_order_id.view(), "clb-1");
  EXPECT_EQ(fill.side, Side::kSell);
  EXPECT_EQ(fill.price, Price(D("7100.25")));
  EXPECT_EQ(fill.quantity, Quantity(D("0.2")));
  EXPECT_EQ(fill.fees[0], (AssetAmount{"USDT", D("0.0142")}));
  EXPECT_TRUE(fill.is_maker);
  EXPECT_EQ(fill.position_side, PositionSide::kLong);
  EXPECT_EQ(fill.realised_profit, Notional(D("-1.5")));
  EXPECT_EQ(message.orders[0].cumulative_filled, Quantity(D("0.3")));
  EXPECT_THAT(message.liquidations, IsEmpty());
}

TEST_F(PerpetualUserStreamTest, ReadsAFillWithoutAFee) {
  const PrivateMessage message =
      Parsed(OrderEvent(R"("x":"TRADE","X":"FILLED","l":"0.5","z":"0.5","L":"7100.25","t":1)"));
  ASSERT_THAT(message.trades, SizeIs(1));
  EXPECT_THAT(message.trades[0].fill.fees, IsEmpty());
  EXPECT_EQ(message.trades[0].fill.position_side, PositionSide::kNet);
}

TEST_F(PerpetualUserStreamTest, TellsALiquidationAndItsForeignFill) {
  const PrivateMessage message = Parsed(OrderEvent(
      R"("c":"autoclose-1234567890","x":"CALCULATED","X":"FILLED","l":"0.014","z":"0.014",)"
      R"("L":"9910.12","N":"USDT","n":"0.06937084","t":12345999,"ps":"LONG","rp":"-5.67")"));
  EXPECT_EQ(message.kind, Kind::kUpdate);
  EXPECT_THAT(message.orders, IsEmpty());
  ASSERT_THAT(message.trades, SizeIs(1));
  EXPECT_EQ(message.trades[0].fill.trade_id.view(), "12345999");
  EXPECT_EQ(message.trades[0].fill.exchange_order_id.view(), "8886774");
  ASSERT_THAT(message.liquidations, SizeIs(1));
  const LiquidationUpdate& liquidation = message.liquidations[0];
  EXPECT_EQ(liquidation.side, Side::kSell);
  EXPECT_EQ(liquidation.position_side, PositionSide::kLong);
  EXPECT_EQ(liquidation.price, Price(D("9910.12")));
  EXPECT_EQ(liquidation.quantity, Quantity(D("0.014")));
  EXPECT_FALSE(liquidation.is_auto_deleveraging);
}

TEST_F(PerpetualUserStreamTest, TellsAutoDeleveragingFromLiquidation) {
  const PrivateMessage message =
      Parsed(OrderEvent(R"("c":"adl_autoclose_12345","x":"CALCULATED","X":"NEW_ADL","l":"0.005",)"
                        R"("z":"0.005","L":"42000","t":12346001,"ps":"SHORT")"));
  ASSERT_THAT(message.liquidations, SizeIs(1));
  EXPECT_TRUE(message.liquidations[0].is_auto_deleveraging);
  EXPECT_THAT(message.trades, SizeIs(1));
}

TEST_F(PerpetualUserStreamTest, TellsNothingOfALiquidationThatHasNotFilledYet) {
  for (const std::string_view fields :
       {R"("c":"autoclose-1","x":"CALCULATED","X":"NEW")",
        R"("c":"autoclose-1","x":"NEW","X":"NEW")",
        R"("c":"autoclose-1","x":"EXPIRED","X":"EXPIRED","l":"1","L":"1")"}) {
    EXPECT_EQ(Parsed(OrderEvent(fields)).kind, Kind::kIgnored) << fields;
  }
}

TEST_F(PerpetualUserStreamTest, CountsTheFillsOfASettlement) {
  for (const std::string_view id : {"settlement_autoclose-9999", "delivery_autoclose-12345"}) {
    const PrivateMessage message = Parsed(OrderEvent(StrCat(
        R"("c":")", id, R"(","x":"TRADE","X":"FILLED","l":"0.01","z":"0.01","L":"5","t":7)")));
    EXPECT_THAT(message.trades, SizeIs(1));
    EXPECT_THAT(message.orders, IsEmpty());
    EXPECT_THAT(message.liquidations, IsEmpty());
  }
}

TEST_F(PerpetualUserStreamTest, ReadsBalancesAndPositionsThatChanged) {
  const PrivateMessage message = Parsed(
      R"({"e":"ACCOUNT_UPDATE","E":1564745798939,"T":1564745798938,"a":{"m":"ORDER",)"
      R"("B":[{"a":"USDT","wb":"122624.12345678","cw":"100.12345678","bc":"50.12345678"}],)"
      R"("P":[{"s":"BTCUSDT","pa":"-20","ep":"6563.66500","bep":"0","cr":"0","up":"2850.21200",)"
      R"("mt":"isolated","iw":"13200.70726908","ps":"SHORT"},)"
      R"({"s":"XRPUSDT","pa":"1","ep":"1","up":"0","mt":"cross","ps":"BOTH"},)"
      R"({"s":"ETHUSDT","pa":"0","ep":"0","up":"0","mt":"cross","ps":"BOTH"}]}})");
  EXPECT_EQ(message.kind, Kind::kUpdate);
  ASSERT_THAT(message.balances, SizeIs(1));
  EXPECT_TRUE(message.balances[0].is_total_only);
  EXPECT_EQ(message.balances[0].balance.total, D("122624.12345678"));
  EXPECT_EQ(message.balances[0].venue_time, absl::FromUnixMillis(1564745798938));
  ASSERT_THAT(message.positions, SizeIs(2));
  EXPECT_FALSE(message.is_position_snapshot);
  EXPECT_EQ(message.positions[0].side, PositionSide::kShort);
  EXPECT_EQ(message.positions[0].quantity, Quantity(D("-20")));
  EXPECT_EQ(message.positions[0].entry_price, Price(D("6563.665")));
  EXPECT_EQ(message.positions[0].unrealised_profit, Notional(D("2850.212")));
  EXPECT_TRUE(message.positions[1].is_flat());
  EXPECT_FALSE(message.is_funding_due);
  EXPECT_THAT(message.leverages, IsEmpty());
}

TEST_F(PerpetualUserStreamTest, AsksForFundingThatNamesNoSymbol) {
  const PrivateMessage message =
      Parsed(R"({"e":"ACCOUNT_UPDATE","E":1,"T":1,"a":{"m":"FUNDING_FEE",)"
             R"("B":[{"a":"USDT","wb":"1","cw":"1","bc":"-0.5"}]}})");
  EXPECT_EQ(message.kind, Kind::kUpdate);
  EXPECT_TRUE(message.is_funding_due);
  EXPECT_THAT(message.balances, SizeIs(1));
}

TEST_F(PerpetualUserStreamTest, ReadsSettings) {
  const PrivateMessage leverage =
      Parsed(R"({"e":"ACCOUNT_CONFIG_UPDATE","E":1,"T":1,"ac":{"s":"BTCUSDT","l":25}})");
  EXPECT_EQ(leverage.kind, Kind::kUpdate);
  ASSERT_THAT(leverage.leverages, SizeIs(1));
  EXPECT_EQ(leverage.leverages[0].leverage, 25);
  EXPECT_EQ(leverage.leverages[0].margin_mode, std::nullopt);
  const PrivateMessage margin = Parsed(
      R"({"e":"ACCOUNT_UPDATE","E":1,"T":1,"a":{"m":"MARGIN_TYPE_CHANGE","B":[],"P":[)"
      R"({"s":"BTCUSDT","pa":"0","ep":"0","up":"0","mt":"isolated","iw":"0","ps":"BOTH"}]}})");
  ASSERT_THAT(margin.leverages, SizeIs(1));
  EXPECT_EQ(margin.leverages[0].margin_mode, MarginMode::kIsolated);
  EXPECT_EQ(Parsed(R"({"e":"ACCOUNT_CONFIG_UPDATE","E":1,"T":1,"ai":{"j":true}})").kind,
            Kind::kIgnored);
}

TEST_F(PerpetualUserStreamTest, ReadsAMarginCall) {
  const PrivateMessage message = Parsed(
      R"({"e":"MARGIN_CALL","E":1587727187525,"cw":"3.16812045","p":[{"s":"ETHUSDT","ps":"LONG",)"
      R"("pa":"1.327","mt":"CROSSED","iw":"0","mp":"187.17127","up":"-1.166074",)"
      R"("mm":"1.614445"}]})");
  EXPECT_EQ(message.kind, Kind::kUpdate);
  ASSERT_THAT(message.margin_calls, SizeIs(1));
  EXPECT_EQ(message.margin_calls[0].position.quantity, Quantity(D("1.327")));
  EXPECT_EQ(message.margin_calls[0].maintenance_margin, Notional(D("1.614445")));
}

TEST_F(PerpetualUserStreamTest, EndsWithTheListenKey) {
  // Its time is a text.
  for (
      const std::string_view frame :
      {R"({"e":"listenKeyExpired","E":"1736996475556","listenKey":"abc"})",
       R"({"stream":"abc","data":{"e":"listenKeyExpired","E":1736996475556,"listenKey":"abc"}})"}) {
    const PrivateMessage message = Parsed(frame);
    EXPECT_EQ(message.kind, Kind::kStreamEnded);
    EXPECT_FALSE(message.status.ok());
  }
}

TEST_F(PerpetualUserStreamTest, IgnoresWhatIsKnownToBeOfNoUse) {
  for (const std::string_view frame :
       {R"({"e":"TRADE_LITE","E":1,"T":1,"s":"BTCUSDT","q":"1","p":"0","m":false,"c":"clb-1",)"
        R"("S":"BUY","L":"64089.20","l":"0.040","t":109100866,"i":8886774})",
        R"({"e":"STRATEGY_UPDATE"})",
        R"({"e":"GRID_UPDATE"})",
        R"({"e":"CONDITIONAL_ORDER_TRIGGER_REJECT"})",
        R"({"e":"SOMETHING_NEW"})",
        R"({"result":null,"id":1})"}) {
    EXPECT_EQ(Parsed(frame).kind, Kind::kIgnored) << frame;
  }
  EXPECT_EQ(Parsed(OrderEvent(R"("s":"XRPUSDT")")).kind, Kind::kIgnored);
}

TEST_F(PerpetualUserStreamTest, AsksForListenKeys) {
  EXPECT_EQ(source_.StreamUrl("abc"), "wss://fstream.example/private/ws/abc");
  EXPECT_EQ(source_.CreateListenKeyCall()->request.Target(), "/fapi/v1/listenKey");
  EXPECT_EQ(source_.KeepListenKeyCall("abc")->request.Target(), "/fapi/v1/listenKey");
  EXPECT_EQ(*source_.ParseListenKey(R"({"listenKey":"abc"})"), "abc");
}

TEST_F(PerpetualUserStreamTest, SurvivesEveryTruncation) {
  const std::string frame = OrderEvent(R"("x":"TRADE","X":"FILLED","l":"0.5","L":"1","t":1)");
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_THAT(source_.Parse(frame.substr(0, size)), StatusIs(StatusCode::kDataLoss)) << size;
  }
}

TEST_F(PerpetualUserStreamTest, ReadsTheFixtures) {
  struct Case {
    std::string_view name;
    size_t orders, trades, balances, positions, liquidations;
  };
  const Case cases[] = {
      {"account_update", 0, 0, 1, 3, 0},
      {"account_update_bnfcr", 0, 0, 1, 0, 0},
      {"algo_update_canceled", 0, 0, 0, 0, 0},
      {"algo_update_new", 0, 0, 0, 0, 0},
      {"order_update_adl", 0, 1, 0, 0, 1},
      {"order_update_calculated", 0, 1, 0, 0, 1},
      {"order_update_calculated_pending", 0, 0, 0, 0, 0},
      {"order_update_delivery", 0, 0, 0, 0, 0},  // of a contract that is not ours
      {"order_update_insurance", 0, 1, 0, 0, 1},
      {"order_update_new", 1, 0, 0, 0, 0},
      {"order_update_settlement", 0, 1, 0, 0, 0},
      {"order_update_trade", 1, 1, 0, 0, 0},
      {"order_update_trade_partial", 1, 1, 0, 0, 0},
      {"trade_lite", 0, 0, 0, 0, 0},
  };
  for (const Case& c : cases) {
    const std::optional<std::string> frame =
        ReadReferenceFile(StrCat("fixtures/binance_usdm/user_data_json/", c.name, ".json"));
    if (!frame.has_value()) {
      GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
    }
    const PrivateMessage message = Parsed(*frame);
    EXPECT_THAT(message.orders, SizeIs(c.orders)) << c.name;
    EXPECT_THAT(message.trades, SizeIs(c.trades)) << c.name;
    EXPECT_THAT(message.balances, SizeIs(c.balances)) << c.name;
    EXPECT_THAT(message.positions, SizeIs(c.positions)) << c.name;
    EXPECT_THAT(message.liquidations, SizeIs(c.liquidations)) << c.name;
  }
}

}  // namespace
}  // namespace colibri::binance::perpetual
