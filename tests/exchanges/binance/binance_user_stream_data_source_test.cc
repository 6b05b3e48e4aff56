#include "exchanges/binance/binance_user_stream_data_source.h"

#include <optional>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = PrivateMessage::Kind;

// An execution report; `fields` comes first, and so goes before the defaults below it.
std::string Report(std::string_view fields) {
  return StrCat(R"({"e":"executionReport",)",
                fields,
                R"(,"E":1499405658658,"s":"BTCUSDT","c":"clb-1","S":"BUY","o":"LIMIT","f":"GTC",)",
                R"("q":"1.0","p":"4000","P":"0","F":"0","g":-1,"C":"","x":"NEW","X":"NEW",)",
                R"("r":"NONE","i":4293153,"l":"0","z":"0","L":"0","n":"0","N":null,)",
                R"("T":1499405658657,"t":-1,"I":8641984,"w":true,"m":false,"M":false,)",
                R"("O":1499405658657,"Z":"0","Y":"0","Q":"0","W":1499405658657,"V":"NONE"})");
}

class UserStreamTest : public testing::Test {
 protected:
  static VenueHosts Hosts(std::string private_stream_url) {
    VenueHosts hosts;
    hosts.private_stream_url = std::move(private_stream_url);
    return hosts;
  }
  static ExchangeConfig Config(std::string domain) {
    ExchangeConfig config;
    config.venue = "binance";
    config.domain = std::move(domain);
    return config;
  }

  PrivateMessage Parsed(std::string_view frame) {
    absl::StatusOr<PrivateMessage> message = source_.Parse(frame);
    EXPECT_OK(message) << frame;
    return message.ok() ? *std::move(message) : PrivateMessage();
  }
  OrderUpdate ParsedOrder(std::string_view frame) {
    PrivateMessage message = Parsed(frame);
    EXPECT_EQ(message.kind, Kind::kUpdate);
    EXPECT_THAT(message.orders, SizeIs(1));
    return message.orders.empty() ? OrderUpdate() : message.orders[0];
  }

  InstrumentTable instruments_ = SampleInstruments();
  BinanceUserStreamDataSource source_{
      Hosts("wss://ws-api.example/ws-api/v3"), Config("live"), instruments_};
};

TEST_F(UserStreamTest, RefusesWhatCannotBeRead) {
  for (const std::string_view frame : {"",
                                       "x",
                                       "[]",
                                       "{}",
                                       R"({"event":1})",
                                       R"({"event":{}})",
                                       R"({"e":1})",
                                       R"({"e":"executionReport"})",
                                       R"({"e":"outboundAccountPosition","u":1})",
                                       R"({"id":"1","status":200,"error":{}})",
                                       R"({"id":"1","status":500})"}) {
    EXPECT_THAT(source_.Parse(frame), StatusIs(StatusCode::kDataLoss)) << frame;
  }
}

TEST_F(UserStreamTest, NamesTheFieldThatIsWrong) {
  struct Case {
    std::string_view fields;
    std::string_view word;
  };
  const Case cases[] = {
      {R"("X":"LOST")", "LOST"},
      {R"("i":-1)", "`i`"},
      {R"("z":"-1")", "`z`"},
      {R"("z":"1e3")", "`z`"},
      {R"("T":"1")", "`T`"},
      {R"("c":5)", "`c`"},
      {R"("x":"TRADE")", "`t`"},
      {R"("x":"TRADE","t":1)", "`l`"},
      {R"("x":"TRADE","t":1,"l":"1")", "`L`"},
      {R"("x":"TRADE","t":1,"l":"1","L":"1","S":"LONG")", "`S`"},
      {R"("x":"TRADE","t":1,"l":"1","L":"1","n":"0.1")", "`N`"},
      {R"("x":"TRADE","t":1,"l":"1","L":"1","m":0)", "`m`"},
      {R"("x":"REPLACED","q":"0")", "`q`"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(source_.Parse(Report(c.fields)),
                StatusIs(StatusCode::kDataLoss, HasSubstr(std::string(c.word))))
        << c.fields;
  }
}

TEST_F(UserStreamTest, ReadsEveryExecutionAndStatus) {
  struct Row {
    std::string_view execution;
    std::string_view status;
    OrderState state;
  };
  const Row rows[] = {
      {"NEW", "NEW", OrderState::kOpen},
      {"NEW", "PENDING_NEW", OrderState::kPendingCreate},
      {"CANCELED", "CANCELED", OrderState::kCanceled},
      {"REPLACED", "NEW", OrderState::kOpen},
      {"REPLACED", "PARTIALLY_FILLED", OrderState::kPartiallyFilled},
      {"REJECTED", "REJECTED", OrderState::kRejected},
      {"EXPIRED", "EXPIRED", OrderState::kExpired},
      {"TRADE_PREVENTION", "EXPIRED_IN_MATCH", OrderState::kExpired},
      {"TRADE_PREVENTION", "NEW", OrderState::kOpen},
      {"SOMETHING_NEW", "PARTIALLY_FILLED", OrderState::kPartiallyFilled},
  };
  for (const Row& row : rows) {
    const PrivateMessage message =
        Parsed(Report(StrCat(R"("x":")", row.execution, R"(","X":")", row.status, "\"")));
    ASSERT_THAT(message.orders, SizeIs(1));
    EXPECT_EQ(message.orders[0].state, row.state) << row.execution << " " << row.status;
    EXPECT_THAT(message.trades, IsEmpty());
  }
}

TEST_F(UserStreamTest, ReadsAFill) {
  for (const std::string_view status : {"PARTIALLY_FILLED", "FILLED"}) {
    const PrivateMessage message = Parsed(Report(
        StrCat(R"("x":"TRADE","t":56,"l":"0.4","L":"4000.5","z":"0.6","n":"0.0004","N":"BNB",)",
               R"("m":true,"X":")",
               status,
               "\"")));
    EXPECT_EQ(message.kind, Kind::kUpdate);
    ASSERT_THAT(message.orders, SizeIs(1));
    EXPECT_EQ(message.orders[0].state,
              status == "FILLED" ? OrderState::kFilled : OrderState::kPartiallyFilled);
    EXPECT_EQ(message.orders[0].cumulative_filled, Quantity(D("0.6")));
    EXPECT_EQ(message.orders[0].source, Source::kStream);
    ASSERT_THAT(message.trades, SizeIs(1));
    const Fill& fill = message.trades[0].fill;
    EXPECT_EQ(fill.trade_id.view(), "56");
    EXPECT_EQ(fill.client_order_id.view(), "clb-1");
    EXPECT_EQ(fill.exchange_order_id.view(), "4293153");
    EXPECT_EQ(fill.pair, (TradingPair{"BTC", "USDT"}));
    EXPECT_EQ(fill.side, Side::kBuy);
    EXPECT_EQ(fill.price, Price(D("4000.5")));
    EXPECT_EQ(fill.quantity, Quantity(D("0.4")));
    EXPECT_THAT(fill.fees, ElementsAre(AssetAmount{"BNB", D("0.0004")}));
    EXPECT_TRUE(fill.is_maker);
    EXPECT_EQ(fill.venue_time, absl::FromUnixMillis(1499405658657));
  }
}

TEST_F(UserStreamTest, TakesTheOrdersOwnIdOfACancel) {
  const OrderUpdate canceled = ParsedOrder(
      Report(R"("x":"CANCELED","X":"CANCELED","c":"cancel-request","C":"clb-7","z":"0.25")"));
  EXPECT_EQ(canceled.client_order_id.view(), "clb-7");
  EXPECT_EQ(canceled.cumulative_filled, Quantity(D("0.25")));
  // Old records have the text null.
  EXPECT_EQ(ParsedOrder(Report(R"("C":"null")")).client_order_id.view(), "clb-1");
}

TEST_F(UserStreamTest, TellsTheNewQuantityOfAnAmendment) {
  EXPECT_EQ(ParsedOrder(Report(R"("x":"REPLACED","q":"0.75")")).quantity, Quantity(D("0.75")));
  EXPECT_EQ(ParsedOrder(Report(R"("x":"NEW","q":"0.75")")).quantity, std::nullopt);
}

TEST_F(UserStreamTest, TellsWhyAnOrderEnded) {
  EXPECT_EQ(
      ParsedOrder(Report(R"("x":"REJECTED","X":"REJECTED","r":"INSUFFICIENT_BALANCES")")).reason,
      "INSUFFICIENT_BALANCES");
  EXPECT_EQ(
      ParsedOrder(Report(R"("x":"EXPIRED","X":"EXPIRED","z":"0.5","eR":"INSUFFICIENT_LIQUIDITY")"))
          .reason,
      "INSUFFICIENT_LIQUIDITY");
  EXPECT_EQ(
      ParsedOrder(Report(R"("x":"TRADE_PREVENTION","X":"EXPIRED_IN_MATCH","r":"NONE")")).reason,
      "self-trade prevention");
  EXPECT_EQ(ParsedOrder(Report(R"("x":"CANCELED","X":"CANCELED")")).reason, "");
}

TEST_F(UserStreamTest, ReadsWrappedAndBareEventsAlike) {
  const OrderUpdate bare = ParsedOrder(Report(R"("x":"NEW")"));
  const OrderUpdate wrapped =
      ParsedOrder(StrCat(R"({"subscriptionId":0,"event":)", Report(R"("x":"NEW")"), "}"));
  EXPECT_EQ(bare.client_order_id, wrapped.client_order_id);
  EXPECT_EQ(bare.state, wrapped.state);
}

TEST_F(UserStreamTest, IgnoresPairsThatAreNotTradedHere) {
  const PrivateMessage message = Parsed(Report(R"("s":"XRPUSDT")"));
  EXPECT_EQ(message.kind, Kind::kIgnored);
  EXPECT_THAT(message.orders, IsEmpty());
}

std::string Position(int64_t time_ms, std::string_view asset, std::string_view free) {
  return StrCat(R"({"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1,"u":)",
                time_ms,
                R"(,"B":[{"a":")",
                asset,
                R"(","f":")",
                free,
                R"(","l":"0.5"}]}})");
}

TEST_F(UserStreamTest, ReadsBalances) {
  const PrivateMessage message = Parsed(Position(1564034571073, "ETH", "10000.25"));
  EXPECT_EQ(message.kind, Kind::kUpdate);
  ASSERT_THAT(message.balances, SizeIs(1));
  EXPECT_EQ(message.balances[0].asset, "ETH");
  EXPECT_EQ(message.balances[0].balance.total, D("10000.75"));
  EXPECT_EQ(message.balances[0].balance.available, D("10000.25"));
  EXPECT_EQ(message.balances[0].venue_time, absl::FromUnixMillis(1564034571073));
}

TEST_F(UserStreamTest, DropsBalancesOlderThanTheLastOfTheSameAsset) {
  EXPECT_EQ(Parsed(Position(1000, "ETH", "1")).kind, Kind::kUpdate);
  EXPECT_EQ(Parsed(Position(999, "ETH", "2")).kind, Kind::kIgnored);
  EXPECT_EQ(Parsed(Position(999, "BTC", "2")).kind, Kind::kUpdate);
  EXPECT_EQ(Parsed(Position(1000, "ETH", "3")).kind, Kind::kUpdate);
}

TEST_F(UserStreamTest, DoesNotAddDeltasOnTopOfBalances) {
  const PrivateMessage message = Parsed(
      R"({"subscriptionId":0,"event":{"e":"balanceUpdate","E":1,"a":"BTC","d":"100","T":1}})");
  EXPECT_EQ(message.kind, Kind::kIgnored);
  EXPECT_THAT(message.balances, IsEmpty());
}

TEST_F(UserStreamTest, ReadsRepliesToTheLogin) {
  EXPECT_EQ(
      Parsed(R"({"id":"a1","status":200,"result":{"subscriptionId":0},"rateLimits":[]})").kind,
      Kind::kLoginAccepted);
  EXPECT_EQ(Parsed(R"({"id":"a1","status":400,"error":{"code":-2035,"msg":"subscribed"}})").kind,
            Kind::kLoginAccepted);
  EXPECT_EQ(Parsed(R"({"id":"a1","status":200,"result":{}})").kind, Kind::kIgnored);
  const PrivateMessage skewed =
      Parsed(R"({"id":"a1","status":400,"error":{"code":-1021,"msg":"Timestamp outside."}})");
  EXPECT_EQ(skewed.kind, Kind::kLoginRefused);
  EXPECT_THAT(skewed.status, StatusIs(StatusCode::kFailedPrecondition, HasSubstr("-1021")));
  const PrivateMessage limited = Parsed(
      R"({"id":"a3","status":429,"error":{"code":-1003,"msg":"Too much request weight used",)"
      R"("data":{"serverTime":1659142907531,"retryAfter":1659142920000}}})");
  EXPECT_EQ(limited.kind, Kind::kLoginRefused);
  EXPECT_THAT(limited.status, StatusIs(StatusCode::kResourceExhausted));
}

TEST_F(UserStreamTest, TellsThatTheKeyWasRevoked) {
  const PrivateMessage message =
      Parsed(R"({"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or )"
             R"(permissions for action."}})");
  EXPECT_EQ(message.kind, Kind::kLoginRefused);
  EXPECT_THAT(message.status, StatusIs(StatusCode::kUnauthenticated, HasSubstr("-2015")));
}

TEST_F(UserStreamTest, TellsThatTheStreamEnded) {
  for (const std::string_view frame :
       {R"({"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1728973001334}})",
        R"({"subscriptionId":0,"event":{"e":"serverShutdown","E":1728973001334}})",
        R"({"e":"listenKeyExpired","E":1728973001334})"}) {
    EXPECT_EQ(Parsed(frame).kind, Kind::kStreamEnded) << frame;
  }
}

TEST_F(UserStreamTest, IgnoresEventsOfNoUse) {
  for (const std::string_view type : {"listStatus", "externalLockUpdate", "somethingNew"}) {
    EXPECT_EQ(Parsed(StrCat(R"({"e":")", type, R"(","E":1})")).kind, Kind::kIgnored) << type;
  }
}

TEST_F(UserStreamTest, UsesListenKeysOnBinanceUsAlone) {
  EXPECT_EQ(source_.StreamUrl(""), "wss://ws-api.example/ws-api/v3");
  EXPECT_EQ(source_.CreateListenKeyCall(), std::nullopt);
  EXPECT_EQ(source_.KeepListenKeyCall("k"), std::nullopt);
  BinanceUserStreamDataSource us(
      Hosts("wss://stream.binance.us:9443/ws"), Config("us"), instruments_);
  EXPECT_EQ(us.StreamUrl("abc"), "wss://stream.binance.us:9443/ws/abc");
  EXPECT_TRUE(us.CreateListenKeyCall().has_value());
  EXPECT_TRUE(us.KeepListenKeyCall("abc").has_value());
  EXPECT_THAT(us.ParseListenKey(R"({"listenKey":"abc"})"), IsOkAndHolds("abc"));
}

TEST_F(UserStreamTest, ReadsTheFixtures) {
  const auto fixture = [](std::string_view name) {
    return ReadFixture(StrCat("user_data_json/", name, ".json"));
  };
  if (!fixture("account_position").has_value()) {
    GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
  }
  EXPECT_THAT(Parsed(*fixture("account_position")).balances, SizeIs(2));
  EXPECT_EQ(Parsed(*fixture("account_position_wrapped")).kind, Kind::kIgnored);  // older
  EXPECT_EQ(Parsed(*fixture("balance_update")).kind, Kind::kIgnored);
  EXPECT_EQ(Parsed(*fixture("balance_update_wrapped")).kind, Kind::kIgnored);
  EXPECT_EQ(Parsed(*fixture("list_status_wrapped")).kind, Kind::kIgnored);
  const OrderUpdate canceled = ParsedOrder(*fixture("execution_report_canceled"));
  EXPECT_EQ(canceled.state, OrderState::kCanceled);
  EXPECT_EQ(canceled.client_order_id.view(), "x-TD67BGP9-T0000000000000");
  const OrderUpdate expired = ParsedOrder(*fixture("execution_report_expired"));
  EXPECT_EQ(expired.state, OrderState::kExpired);
  EXPECT_EQ(expired.reason, "INSUFFICIENT_LIQUIDITY");
  EXPECT_EQ(ParsedOrder(*fixture("execution_report_new")).state, OrderState::kOpen);
  EXPECT_EQ(ParsedOrder(*fixture("execution_report_stop_loss")).exchange_order_id.view(),
            "12345679");
  EXPECT_EQ(ParsedOrder(*fixture("execution_report_wrapped")).client_order_id.view(),
            "mUvoqJxFIILMdfAW5iGSOW");
  const PrivateMessage trade = Parsed(*fixture("execution_report_trade"));
  ASSERT_THAT(trade.trades, SizeIs(1));
  EXPECT_EQ(trade.trades[0].fill.trade_id.view(), "98765432");
  EXPECT_THAT(trade.trades[0].fill.fees, ElementsAre(AssetAmount{"ETH", D("0.001")}));
  EXPECT_EQ(trade.orders[0].state, OrderState::kFilled);
}

TEST_F(UserStreamTest, SurvivesEveryTruncation) {
  const std::string frames[] = {Report(R"("x":"TRADE","t":1,"l":"1","L":"1","X":"FILLED")"),
                                Position(5, "ETH", "1"),
                                R"({"id":"a1","status":200,"result":{"subscriptionId":0}})"};
  for (const std::string& frame : frames) {
    EXPECT_OK(source_.Parse(frame));
    for (size_t size = 0; size < frame.size(); ++size) {
      EXPECT_THAT(source_.Parse(frame.substr(0, size)), StatusIs(StatusCode::kDataLoss));
    }
  }
}

}  // namespace
}  // namespace colibri::binance
