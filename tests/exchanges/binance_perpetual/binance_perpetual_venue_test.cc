// One session of the connector over scripted transports: what it asks, what it signs, what it makes
// of the answers.
#include "exchanges/binance_perpetual/binance_perpetual_venue.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/perpetual_exchange.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/support/fake_transport.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kInfo =
    R"({"rateLimits":[],"symbols":[{"symbol":"BTCUSDT","contractType":"PERPETUAL",)"
    R"("status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT",)"
    R"("pricePrecision":2,"quantityPrecision":3,"orderTypes":["LIMIT","MARKET"],)"
    R"("timeInForce":["GTC","IOC","FOK","GTX"],"filters":[)"
    R"({"filterType":"PRICE_FILTER","minPrice":"0.1","maxPrice":"1000000","tickSize":"0.10"},)"
    R"({"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"1000","stepSize":"0.001"},)"
    R"({"filterType":"MIN_NOTIONAL","notional":"5"}]}]})";

class BinancePerpetualSessionTest : public testing::Test {
 protected:
  BinancePerpetualSessionTest() : environment_(1, http_, web_sockets_) {
    http_.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
      if (request.url.path == "/fapi/v1/time") {
        return FakeHttpTransport::Ok(
            StrCat(R"({"serverTime":)", absl::ToUnixMillis(environment_.clock().now()), "}"));
      }
      return std::nullopt;
    });
    http_.AnswerAlways("GET /fapi/v1/exchangeInfo", std::string(kInfo));
    http_.AnswerAlways("GET /fapi/v1/depth",
                       R"({"lastUpdateId":100,"E":1,"T":1,"bids":[["100.0","1.5"]],)"
                       R"("asks":[["101.0","2"]]})");
    http_.AnswerAlways("GET /fapi/v3/balance",
                       R"([{"asset":"USDT","balance":"1000","availableBalance":"900",)"
                       R"("updateTime":1}])");
    http_.AnswerAlways("GET /fapi/v1/commissionRate",
                       R"({"symbol":"BTCUSDT","makerCommissionRate":"0.0001",)"
                       R"("takerCommissionRate":"0.0004"})");
    http_.AnswerAlways("GET /fapi/v1/openOrders", "[]");
    http_.AnswerAlways("GET /fapi/v1/openAlgoOrders", "[]");
    http_.AnswerAlways("GET /fapi/v1/userTrades", "[]");
    http_.AnswerAlways("GET /fapi/v1/income", "[]");
    http_.AnswerAlways("GET /fapi/v3/positionRisk", "[]");
    http_.AnswerAlways("GET /fapi/v1/positionSide/dual", R"({"dualSidePosition":false})");
    http_.AnswerAlways("GET /fapi/v1/openInterest",
                       R"({"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011})");
    http_.AnswerAlways("GET /fapi/v1/premiumIndex",
                       R"({"symbol":"BTCUSDT","markPrice":"100.5","indexPrice":"100.4",)"
                       R"("lastFundingRate":"0.0001","nextFundingTime":1597392000000,"time":1})");
    http_.AnswerAlways("POST /fapi/v1/listenKey", R"({"listenKey":"abc"})");
    http_.AnswerAlways("PUT /fapi/v1/listenKey", "{}");
    http_.AnswerAlways("DELETE /fapi/v1/allOpenOrders", R"({"code":200,"msg":"done"})");
    web_sockets_.set_on_connect([](FakeWebSocketPeer& peer) {
      if (peer.request().url.path.find("/public/") != std::string::npos) {
        peer.Push(R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"T":1,)"
                  R"("s":"BTCUSDT","U":99,"u":101,"pu":98,"b":[["99.00","3"]],"a":[]}})");
      }
    });
  }

  ~BinancePerpetualSessionTest() override {
    if (exchange_ != nullptr) {
      environment_.Await(exchange_->Stop(absl::Seconds(10)));
    }
  }

  void AnswerLeverage(int leverage) {
    http_.AnswerAlways(
        "GET /fapi/v1/symbolConfig",
        StrCat(R"([{"symbol":"BTCUSDT","marginType":"CROSSED","leverage":)", leverage, "}]"));
  }

  absl::Status Start(ExchangeConfig config, bool has_keys = true) {
    config.venue = "binance_perpetual";
    config.pairs = {pair_};
    config.order_entry = OrderChannel::kRest;
    Credentials credentials;
    credentials.api_key = Secret("k");
    credentials.api_secret = Secret("secret");
    absl::StatusOr<std::unique_ptr<Connector>> made = BinancePerpetualVenue().make_connector(
        environment_, config, has_keys ? &credentials : nullptr);
    EXPECT_OK(made);
    exchange_ = *std::move(made);
    return environment_.Await(exchange_->Start(absl::Seconds(30)));
  }

  // The signed parameters of the only request of that kind, without time and signature.
  std::string Signed(std::string_view request) {
    const std::vector<HttpRequest> sent = http_.requests_to(request);
    EXPECT_THAT(sent, SizeIs(1)) << request;
    if (sent.empty()) {
      return "";
    }
    const std::string path = sent[0].url.path;
    EXPECT_THAT(path, testing::ContainsRegex("&timestamp=[0-9]+&signature=[0-9a-f]+$"));
    return path.substr(0, path.find("&timestamp="));
  }

  OrderRequest Limit(Side side, std::string_view quantity, std::string_view price) {
    OrderRequest request;
    request.pair = pair_;
    request.side = side;
    request.quantity = Quantity(D(quantity));
    request.price = Price(D(price));
    request.client_order_id = ClientOrderId("my-1");
    return request;
  }

  const TradingPair pair_ = {"BTC", "USDT"};
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_;
  std::unique_ptr<Connector> exchange_;
};

TEST_F(BinancePerpetualSessionTest, NamesTheDomains) {
  ExchangeConfig config;
  config.domain = "mars";
  EXPECT_THAT(BinancePerpetualVenue().make_connector(environment_, config, nullptr).status(),
              StatusIs(StatusCode::kNotFound, HasSubstr("live, testnet, local")));
}

TEST_F(BinancePerpetualSessionTest, OpensASocketForEachKindOfStream) {
  AnswerLeverage(20);
  ASSERT_OK(Start({}));
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, exchange_->book(pair_));
  EXPECT_EQ(book->best_bid()->price, Price(D("100")));
  ASSERT_NE(web_sockets_.find("/public/"), nullptr);
  EXPECT_EQ(web_sockets_.find("/public/")->request().url.path,
            "/public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker");
  ASSERT_NE(web_sockets_.find("/market/"), nullptr);
  EXPECT_EQ(web_sockets_.find("/market/")->request().url.path,
            "/market/stream?streams=btcusdt@aggTrade/btcusdt@markPrice@1s/btcusdt@forceOrder");
  ASSERT_NE(web_sockets_.find("/private/"), nullptr);
  EXPECT_EQ(web_sockets_.find("/private/")->request().url.path, "/private/ws/abc");
}

TEST_F(BinancePerpetualSessionTest, TakesEverythingFromOneSocketWhereTheHostHasNoPaths) {
  AnswerLeverage(20);
  ExchangeConfig config;
  config.domain = "testnet";
  web_sockets_.set_on_connect([](FakeWebSocketPeer& peer) {
    if (peer.request().url.path.starts_with("/stream")) {
      peer.Push(R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"T":1,)"
                R"("s":"BTCUSDT","U":99,"u":101,"pu":98,"b":[],"a":[]}})");
    }
  });
  ASSERT_OK(Start(config, /*has_keys=*/false));
  EXPECT_EQ(web_sockets_.size(), 1u);
  EXPECT_THAT(web_sockets_.latest().request().url.path, HasSubstr("btcusdt@aggTrade"));
}

TEST_F(BinancePerpetualSessionTest, ReadsTheAccountAtTheStart) {
  AnswerLeverage(20);
  http_.AnswerAlways("GET /fapi/v3/positionRisk",
                     R"([{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"-0.5",)"
                     R"("entryPrice":"101","unRealizedProfit":"0.25","liquidationPrice":"190",)"
                     R"("updateTime":1}])");
  ASSERT_OK(Start({}));
  const PerpetualExchange* perpetual = exchange_->perpetual();
  ASSERT_NE(perpetual, nullptr);
  EXPECT_EQ(perpetual->position_mode(), PositionMode::kOneWay);
  EXPECT_EQ(perpetual->leverage(pair_).leverage, 20);
  EXPECT_EQ(perpetual->position(pair_, PositionSide::kNet).quantity, Quantity(D("-0.5")));
  EXPECT_EQ(perpetual->funding(pair_)->mark_price, Price(D("100.5")));
  EXPECT_EQ(exchange_->balance("USDT").total, D("1000"));
  EXPECT_EQ(exchange_->balance("USDT").available, D("900"));
  EXPECT_EQ(exchange_->fee_rates(pair_), (FeeRates{D("0.0001"), D("0.0004")}));
}

TEST_F(BinancePerpetualSessionTest, SetsTheConfiguredLeverageAndReadsItBack) {
  http_.Answer("GET /fapi/v1/symbolConfig",
               R"([{"symbol":"BTCUSDT","marginType":"CROSSED","leverage":20}])");
  AnswerLeverage(5);
  http_.Answer("POST /fapi/v1/leverage",
               R"({"leverage":5,"maxNotionalValue":"1000000","symbol":"BTCUSDT"})");
  ExchangeConfig config;
  config.perpetual.leverage = 5;
  ASSERT_OK(Start(config));
  EXPECT_EQ(Signed("POST /fapi/v1/leverage"),
            "/fapi/v1/leverage?symbol=BTCUSDT&leverage=5&recvWindow=5000");
  EXPECT_EQ(exchange_->perpetual()->leverage(pair_).leverage, 5);
}

TEST_F(BinancePerpetualSessionTest, PlacesFillsAndCancels) {
  AnswerLeverage(20);
  ASSERT_OK(Start({}));
  FakeWebSocketPeer* const stream = web_sockets_.find("/private/");
  ASSERT_NE(stream, nullptr);
  http_.Answer("POST /fapi/v1/order",
               R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"my-1","executedQty":"0",)"
               R"("origQty":"0.5","status":"NEW","updateTime":1700000000000})");
  OrderRequest request = Limit(Side::kBuy, "0.5004", "99.99");
  request.type = OrderType::kLimitMaker;
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(request));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Signed("POST /fapi/v1/order"),
            "/fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&quantity=0.5"
            "&price=99.9&newClientOrderId=my-1&newOrderRespType=ACK&recvWindow=5000");
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);

  stream->Push(
      R"({"e":"ORDER_TRADE_UPDATE","E":1700000001000,"T":1700000001000,"o":{"s":"BTCUSDT",)"
      R"("c":"my-1","S":"BUY","o":"LIMIT","f":"GTX","q":"0.5","p":"99.9","x":"TRADE",)"
      R"("X":"PARTIALLY_FILLED","i":28,"l":"0.2","z":"0.2","L":"99.9","n":"0.001998","N":"USDT",)"
      R"("T":1700000001000,"t":56,"m":true,"R":false,"ps":"BOTH","rp":"0","er":"0"}})");
  stream->Push(
      R"({"e":"ACCOUNT_UPDATE","E":1700000001000,"T":1700000001000,"a":{"m":"ORDER",)"
      R"("B":[{"a":"USDT","wb":"999.998002","cw":"999.998002","bc":"0"}],)"
      R"("P":[{"s":"BTCUSDT","pa":"0.2","ep":"99.9","up":"0.12","mt":"cross","ps":"BOTH"}]}})");
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(exchange_->FindOrder(id)->filled, Quantity(D("0.2")));
  EXPECT_EQ(exchange_->perpetual()->position(pair_, PositionSide::kNet).quantity,
            Quantity(D("0.2")));
  EXPECT_EQ(exchange_->balance("USDT").total, D("999.998002"));

  http_.Answer("DELETE /fapi/v1/order",
               R"({"symbol":"BTCUSDT","clientOrderId":"my-1","orderId":28,"executedQty":"0.2",)"
               R"("origQty":"0.5","status":"CANCELED","updateTime":1700000002000})");
  ASSERT_OK(exchange_->Cancel(id));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kCanceled);
}

// The cancel crosses the trigger, nobody hears of it, and the order has another client order id.
TEST_F(BinancePerpetualSessionTest, CancelsWhatHasTriggeredMeanwhile) {
  AnswerLeverage(20);
  ASSERT_OK(Start({}));
  http_.Answer("POST /fapi/v1/algoOrder",
               R"({"algoId":777,"clientAlgoId":"my-1","symbol":"BTCUSDT","algoStatus":"NEW",)"
               R"("updateTime":1700000000000})");
  OrderRequest request = Limit(Side::kSell, "0.5", "99.9");
  request.trigger = OrderTrigger{
      .price = Price(D("99.5")), .kind = TriggerKind::kStop, .source = TriggerSource::kMark};
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(request));
  environment_.RunFor(absl::Seconds(1));
  ASSERT_TRUE(exchange_->FindOrder(id)->is_waiting());
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);

  http_.Answer("DELETE /fapi/v1/algoOrder", R"({"code":-2011,"msg":"Unknown order sent."})", 400);
  http_.Answer("GET /fapi/v1/algoOrder",
               R"({"algoId":777,"clientAlgoId":"my-1","symbol":"BTCUSDT","algoStatus":)"
               R"("TRIGGERED","actualOrderId":"888","updateTime":1700000001000})");
  http_.Answer("GET /fapi/v1/order",
               R"({"symbol":"BTCUSDT","orderId":888,"clientOrderId":"other","executedQty":"0",)"
               R"("origQty":"0.5","status":"NEW","updateTime":1700000001000})");
  http_.Answer("DELETE /fapi/v1/order",
               R"({"symbol":"BTCUSDT","orderId":888,"clientOrderId":"other","executedQty":"0",)"
               R"("origQty":"0.5","status":"CANCELED","updateTime":1700000002000})");
  std::vector<std::string> seen;
  const Subscription subscription = exchange_->events().SubscribeAll([&](const Event& event) {
    if (EventName(event).substr(0, 6) == "order_") {
      seen.emplace_back(EventName(event));
    }
  });
  ASSERT_OK(exchange_->Cancel(id));
  environment_.RunFor(absl::Seconds(5));

  EXPECT_THAT(seen, ElementsAre("order_triggered", "order_canceled"));
  EXPECT_EQ(exchange_->FindOrder(id)->exchange_order_id, ExchangeOrderId("888"));
  EXPECT_THAT(Signed("GET /fapi/v1/order"), HasSubstr("orderId=888"));
  EXPECT_THAT(Signed("DELETE /fapi/v1/order"), HasSubstr("orderId=888"));
}

TEST_F(BinancePerpetualSessionTest, ClosesByReduceOnly) {
  AnswerLeverage(20);
  http_.AnswerAlways("GET /fapi/v3/positionRisk",
                     R"([{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"0.5",)"
                     R"("entryPrice":"101","unRealizedProfit":"0","liquidationPrice":"0"}])");
  ASSERT_OK(Start({}));
  http_.Answer(
      "POST /fapi/v1/order", R"({"code":-2022,"msg":"ReduceOnly Order is rejected."})", 400);
  OrderRequest request = Limit(Side::kSell, "0.01", "101");
  request.position_action = PositionAction::kClose;
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(request));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_THAT(Signed("POST /fapi/v1/order"), HasSubstr("&reduceOnly=true&"));
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kRejected);
}

}  // namespace
}  // namespace colibri::binance::perpetual
