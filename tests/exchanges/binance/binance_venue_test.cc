// The registry's entries, and one session of the connector over scripted transports: what it asks,
// what it signs, what it makes of the answers.
#include "exchanges/binance/binance_venue.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/support/fake_transport.h"
#include "tests/support/market_sink.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(RegistryTest, KnowsItsVenues) {
  const Registry registry = MakeRegistry();
  ASSERT_OK(registry.Find("binance"));
  ASSERT_OK(registry.Find("binance_perpetual"));
  EXPECT_THAT(registry.Find("binanse").status(),
              StatusIs(StatusCode::kNotFound, HasSubstr("did you mean binance")));
}

TEST(RegistryTest, ReadsRecordingsOfBothProducts) {
  const Registry registry = MakeRegistry();
  for (const std::string_view name : {"binance", "binance_perpetual"}) {
    ASSERT_OK_AND_ASSIGN(const VenueEntry* venue, registry.Find(name));
    const auto [symbol, stream_symbol] = venue->default_symbols({"BTC", "USDT"});
    EXPECT_EQ(symbol, "BTCUSDT");
    EXPECT_EQ(stream_symbol, "btcusdt");
    InstrumentTable instruments;
    instruments.Add({"BTC", "USDT"}, symbol, stream_symbol, {2, 2});
    const std::unique_ptr<OrderBookDataSource> source = venue->make_market_data({}, instruments);
    MarketSink sink;
    EXPECT_OK(source->Parse(R"({"u":1,"s":"BTCUSDT","b":"1.5","B":"1","a":"2","A":"1"})", 7, sink));
    EXPECT_THAT(sink.lines(), ElementsAre("quote 0 u=1 b=150:100 a=200:100 E=0 at=7"));
  }
}

TEST(RegistryTest, HasAConnectorForEachVenue) {
  const Registry registry = MakeRegistry();
  for (const std::unique_ptr<VenueEntry>& venue : registry.entries()) {
    EXPECT_NE(venue->make_connector, nullptr) << venue->spec.name;
  }
}

TEST(RegistryTest, NamesTheDomains) {
  SimulatedEnvironment environment(1);
  ExchangeConfig config;
  config.domain = "mars";
  EXPECT_THAT(BinanceVenue().make_connector(environment, config, nullptr).status(),
              StatusIs(StatusCode::kNotFound, HasSubstr("live, testnet, us, local")));
}

constexpr std::string_view kInfo =
    R"({"rateLimits":[],"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC",)"
    R"("baseAssetPrecision":8,"quoteAsset":"USDT","quoteAssetPrecision":8,"orderTypes":["LIMIT",)"
    R"("LIMIT_MAKER","MARKET"],"isSpotTradingAllowed":true,"filters":[)"
    R"({"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000","tickSize":"0.01"},)"
    R"({"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000","stepSize":"0.00001"}]}]})";

class BinanceSessionTest : public testing::Test {
 protected:
  BinanceSessionTest() : environment_(1, http_, web_sockets_) {
    http_.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
      if (request.url.path == "/api/v3/time") {
        return FakeHttpTransport::Ok(
            StrCat(R"({"serverTime":)", absl::ToUnixMillis(environment_.clock().now()), "}"));
      }
      return std::nullopt;
    });
    http_.AnswerAlways("GET /api/v3/exchangeInfo", std::string(kInfo));
    http_.AnswerAlways("GET /api/v3/depth",
                       R"({"lastUpdateId":100,"bids":[["100.00","1.5"]],"asks":[["101.00","2"]]})");
    http_.AnswerAlways("GET /api/v3/account",
                       R"({"updateTime":1,"balances":[{"asset":"USDT","free":"1000","locked":"0"},)"
                       R"({"asset":"BTC","free":"1","locked":"0"}]})");
    http_.AnswerAlways("GET /api/v3/account/commission",
                       R"({"standardCommission":{"maker":"0.0005","taker":"0.0007"}})");
    http_.AnswerAlways("GET /api/v3/openOrders", "[]");
    http_.AnswerAlways("GET /api/v3/myTrades", "[]");
    web_sockets_.set_on_connect([](FakeWebSocketPeer& peer) {
      if (peer.request().url.path.starts_with("/ws-api")) {
        peer.set_on_write([&peer](const std::string&) {
          peer.Push(R"({"id":"1","status":200,"result":{"subscriptionId":0},"rateLimits":[]})");
        });
      } else {
        peer.Push(
            R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT",)"
            R"("U":99,"u":101,"b":[["99.00","3"]],"a":[]}})");
      }
    });
  }

  // With keys when `secret` is not empty.
  absl::Status Start(std::string_view secret) {
    ExchangeConfig config;
    config.venue = "binance";
    config.domain = "testnet";
    config.order_entry = OrderChannel::kRest;
    config.pairs = {pair_};
    Credentials credentials;
    credentials.api_key = Secret("k");
    credentials.api_secret = Secret(secret);
    absl::StatusOr<std::unique_ptr<Connector>> made = BinanceVenue().make_connector(
        environment_, config, secret.empty() ? nullptr : &credentials);
    EXPECT_OK(made);
    exchange_ = *std::move(made);
    return environment_.Await(exchange_->Start(absl::Seconds(30)));
  }

  ~BinanceSessionTest() override {
    if (exchange_ != nullptr) {
      environment_.Await(exchange_->Stop(absl::Seconds(10)));
    }
  }

  // The signed parameters of the only request of that kind, without time and signature.
  std::string Signed(std::string_view request) {
    const std::vector<HttpRequest> sent = http_.requests_to(request);
    EXPECT_THAT(sent, SizeIs(1));
    if (sent.empty()) {
      return "";
    }
    const std::string path = sent[0].url.path;
    EXPECT_THAT(path, testing::ContainsRegex("&timestamp=[0-9]+&signature=[0-9a-f]+$"));
    return path.substr(0, path.find("&timestamp="));
  }

  const TradingPair pair_ = {"BTC", "USDT"};
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_;
  std::unique_ptr<Connector> exchange_;
};

TEST_F(BinanceSessionTest, ServesMarketDataWithoutKeys) {
  ASSERT_OK(Start(""));
  ASSERT_OK_AND_ASSIGN(const OrderBook* book, exchange_->book(pair_));
  EXPECT_EQ(book->best_bid()->price, Price(D("100")));
  EXPECT_EQ(book->best_ask()->price, Price(D("101")));
  EXPECT_EQ(web_sockets_.size(), 1u);
  EXPECT_EQ(web_sockets_.latest().request().url.host, "stream.testnet.binance.vision");
  EXPECT_EQ(web_sockets_.latest().request().url.path,
            "/stream?streams=btcusdt@depth@100ms/btcusdt@trade/btcusdt@bookTicker");
  EXPECT_THAT(exchange_->Place({.pair = pair_,
                                .side = Side::kBuy,
                                .type = OrderType::kLimit,
                                .time_in_force = TimeInForce::kGtc,
                                .quantity = Quantity(D("0.5")),
                                .price = Price(D("100")),
                                .quote_quantity = std::nullopt,
                                .client_order_id = std::nullopt}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("COLIBRI_BINANCE_API_KEY")));
}

TEST_F(BinanceSessionTest, PlacesFillsAndCancels) {
  ASSERT_OK(Start("secret"));
  FakeWebSocketPeer* const stream = web_sockets_.find("/ws-api");
  ASSERT_NE(stream, nullptr);
  EXPECT_THAT(stream->written(),
              ElementsAre(HasSubstr(R"("method":"userDataStream.subscribe.signature")")));
  EXPECT_EQ(exchange_->balance("USDT").available, D("1000"));
  EXPECT_EQ(exchange_->fee_rates(pair_), (FeeRates{D("0.0005"), D("0.0007")}));

  http_.Answer("POST /api/v3/order",
               R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"my-1","transactTime":)"
               R"(1700000000000,"executedQty":"0.0","status":"NEW","fills":[]})");
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id,
                       exchange_->Place({.pair = pair_,
                                         .side = Side::kBuy,
                                         .type = OrderType::kLimitMaker,
                                         .time_in_force = TimeInForce::kGtc,
                                         .quantity = Quantity(D("0.5000001")),
                                         .price = Price(D("99.999")),
                                         .quote_quantity = std::nullopt,
                                         .client_order_id = ClientOrderId("my-1")}));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Signed("POST /api/v3/order"),
            "/api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.5&price=99.99"
            "&newClientOrderId=my-1&newOrderRespType=FULL&recvWindow=5000");
  ASSERT_NE(exchange_->FindOrder(id), nullptr);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);

  stream->Push(
      R"({"subscriptionId":0,"event":{"e":"executionReport","E":1700000001000,"s":"BTCUSDT",)"
      R"("c":"my-1","S":"BUY","C":"","x":"TRADE","X":"PARTIALLY_FILLED","r":"NONE","i":28,)"
      R"("l":"0.2","z":"0.2","L":"99.99","n":"0.0001","N":"BTC","T":1700000001000,"t":56,)"
      R"("m":true}})");
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kPartiallyFilled);
  EXPECT_EQ(exchange_->FindOrder(id)->filled, Quantity(D("0.2")));

  http_.Answer("DELETE /api/v3/order",
               R"({"symbol":"BTCUSDT","origClientOrderId":"my-1","orderId":28,)"
               R"("clientOrderId":"x","transactTime":1700000002000,"executedQty":"0.2",)"
               R"("status":"CANCELED"})");
  ASSERT_OK(exchange_->Cancel(id));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(Signed("DELETE /api/v3/order"),
            "/api/v3/order?symbol=BTCUSDT&origClientOrderId=my-1&recvWindow=5000");
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kCanceled);
}

TEST_F(BinanceSessionTest, HealsItsClockAndSendsOnceMore) {
  ASSERT_OK(Start("secret"));
  http_.Answer("POST /api/v3/order",
               R"({"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."})",
               400);
  http_.Answer("POST /api/v3/order",
               R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"my-1","transactTime":)"
               R"(1700000000000,"executedQty":"0.0","status":"NEW","fills":[]})");
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id,
                       exchange_->Place({.pair = pair_,
                                         .side = Side::kBuy,
                                         .type = OrderType::kLimit,
                                         .time_in_force = TimeInForce::kGtc,
                                         .quantity = Quantity(D("0.5")),
                                         .price = Price(D("99")),
                                         .quote_quantity = std::nullopt,
                                         .client_order_id = ClientOrderId("my-1")}));
  environment_.RunFor(absl::Seconds(5));
  EXPECT_EQ(http_.count("POST /api/v3/order"), 2u);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);
  http_.AnswerAlways("DELETE /api/v3/openOrders", "[]");
  http_.AnswerAlways("DELETE /api/v3/order", R"({"code":-2011,"msg":"Unknown order sent."})", 400);
  http_.AnswerAlways("GET /api/v3/order",
                     R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"my-1","status":)"
                     R"("CANCELED","executedQty":"0.0","updateTime":1700000009000})");
}

}  // namespace
}  // namespace colibri::binance
