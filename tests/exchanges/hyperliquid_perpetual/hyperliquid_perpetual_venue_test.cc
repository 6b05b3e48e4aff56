// The registry's entry, and sessions of the connector over scripted transports: what it asks, what
// it signs, what it makes of the answers.
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_venue.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/memory_files.h"
#include "connector/perpetual_exchange.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "exchanges/registry.h"
#include "nlohmann/json.hpp"
#include "tests/exchanges/hyperliquid_common/samples.h"
#include "tests/exchanges/hyperliquid_common/signing_vectors.h"
#include "tests/support/fake_transport.h"
#include "tests/support/status_matchers.h"

namespace colibri::hyperliquid::perpetual {
namespace {

using absl::StatusCode;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(HyperliquidPerpetualVenueTest, IsRegisteredAndNamesItsDomains) {
  SimulatedEnvironment environment(1);
  ExchangeConfig config;
  config.domain = "mars";
  ASSERT_OK(MakeRegistry().Find("hyperliquid_perpetual"));
  EXPECT_THAT(HyperliquidPerpetualVenue().make_connector(environment, config, nullptr).status(),
              StatusIs(StatusCode::kNotFound, HasSubstr("live, testnet, local")));
}

constexpr std::string_view kMeta =
    R"({"universe":[{"name":"BTC","szDecimals":5,"maxLeverage":40},)"
    R"({"name":"OLD","szDecimals":1,"maxLeverage":3,"isDelisted":true},)"
    R"({"name":"ETH","szDecimals":4,"maxLeverage":25}]})";
constexpr std::string_view kContexts =
    R"([{"universe":[]},[{},{},{"funding":"0.0000125","openInterest":"1","oraclePx":"1671",)"
    R"("markPx":"1670.5"}]])";
constexpr std::string_view kFlat =
    R"({"assetPositions":[],"marginSummary":{"accountValue":"1000"},"withdrawable":"1000",)"
    R"("time":1700000000000})";

class HyperliquidPerpetualSessionTest : public testing::Test {
 protected:
  HyperliquidPerpetualSessionTest() : environment_(1, http_, web_sockets_) {
    http_.set_responder([this](const HttpRequest& request) -> std::optional<HttpResult> {
      return FakeHttpTransport::Ok(Answer(request));
    });
    web_sockets_.set_on_connect([](FakeWebSocketPeer& peer) {
      peer.Push("Websocket connection established.");
      peer.set_on_write([&peer](const std::string& frame) {
        const json sent = json::parse(frame);
        if (sent["method"] == "ping") {
          peer.Push(R"({"channel":"pong"})");
          return;
        }
        peer.Push(json({{"channel", "subscriptionResponse"}, {"data", sent}}).dump());
        if (sent["subscription"]["type"] == "l2Book") {
          peer.Push(R"({"channel":"l2Book","data":{"coin":"ETH","time":1700000000000,"levels":[)"
                    R"([{"px":"1670.1","sz":"5","n":1}],[{"px":"1670.3","sz":"5","n":1}]]}})");
        }
      });
    });
  }

  ~HyperliquidPerpetualSessionTest() override {
    if (exchange_ != nullptr) {
      environment_.Await(exchange_->Stop(absl::Seconds(10)));
    }
  }

  std::string Answer(const HttpRequest& request) {
    const json body = json::parse(request.body);
    if (request.url.path == "/exchange") {
      actions_.push_back(body);
      if (action_answers_.empty()) {
        return R"({"status":"err","response":"nothing was scripted"})";
      }
      std::string answer = action_answers_.front();
      action_answers_.pop_front();
      return answer;
    }
    const std::string type = body["type"];
    if (type == "exchangeStatus") {
      return StrCat(
          R"({"time":)", absl::ToUnixMillis(environment_.clock().now() + venue_ahead_), "}");
    }
    const std::pair<std::string_view, std::string_view> kAnswers[] = {
        {"meta", kMeta},
        {"metaAndAssetCtxs", kContexts},
        {"clearinghouseState", kFlat},
        {"userFees", R"({"userCrossRate":"0.00045","userAddRate":"0.00015"})"},
        {"activeAssetData", R"({"coin":"ETH","leverage":{"type":"cross","value":20}})"},
        {"orderStatus", R"({"status":"unknownOid"})"},
        {"l2Book", R"({"coin":"ETH","time":1,"levels":[[],[]]})"},
    };
    for (const auto& [name, answer] : kAnswers) {
      if (type == name) {
        return std::string(answer);
      }
    }
    return "[]";  // open orders, fills, payments
  }

  absl::Status Start(bool has_keys) {
    ExchangeConfig config;
    config.venue = "hyperliquid_perpetual";
    config.domain = "testnet";
    config.order_entry = OrderChannel::kRest;
    config.pairs = {pair_};
    config.state_directory = state_directory_;
    Credentials credentials;
    credentials.wallet_key = Secret(kSampleKey);
    credentials.account_address = std::string(kSampleAccount);
    absl::StatusOr<std::unique_ptr<Connector>> made = HyperliquidPerpetualVenue().make_connector(
        environment_, config, has_keys ? &credentials : nullptr);
    EXPECT_OK(made);
    exchange_ = *std::move(made);
    return environment_.Await(exchange_->Start(absl::Seconds(30)));
  }

  void Script(std::string_view status) {
    action_answers_.push_back(StrCat(
        R"({"status":"ok","response":{"type":"order","data":{"statuses":[)", status, "]}}}"));
  }

  // Of the order that Buy asks for, with so much of it left.
  void PushCanceled(int64_t oid, std::string_view left) {
    private_stream().Push(
        StrCat(R"({"channel":"orderUpdates","data":[{"order":{"coin":"ETH","side":"B",)"
               R"("limitPx":"1670.1","sz":")",
               left,
               R"(","oid":)",
               oid,
               R"(,"timestamp":1700000000000,"origSz":"0.0147","cloid":")",
               kSampleCloid,
               R"("},"status":"canceled","statusTimestamp":1700000003000}]})"));
    environment_.RunUntilIdle();
  }

  OrderRequest Buy(std::string_view price) const {
    OrderRequest request;
    request.pair = pair_;
    request.side = Side::kBuy;
    request.quantity = Quantity(D("0.01479"));
    request.price = Price(D(price));
    request.client_order_id = ClientOrderId("clb1");
    return request;
  }

  // The connection that subscribed to orders.
  FakeWebSocketPeer& private_stream() {
    for (size_t i = web_sockets_.size(); i-- > 0;) {
      for (const std::string& frame : web_sockets_.peer(i).written()) {
        if (frame.find("orderUpdates") != std::string::npos) {
          return web_sockets_.peer(i);
        }
      }
    }
    ADD_FAILURE() << "no private stream";
    return web_sockets_.latest();
  }

  const TradingPair pair_ = {"ETH", "USD"};
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  MemoryFiles disk_;
  SimulatedEnvironment environment_;
  std::string state_directory_;
  absl::Duration venue_ahead_ = absl::ZeroDuration();
  std::deque<std::string> action_answers_;
  std::vector<json> actions_;
  std::unique_ptr<Connector> exchange_;
};

TEST_F(HyperliquidPerpetualSessionTest, ServesMarketDataWithoutKeys) {
  ASSERT_OK(Start(/*has_keys=*/false));

  ASSERT_OK_AND_ASSIGN(const OrderBook* book, exchange_->book(pair_));
  EXPECT_EQ(book->best_bid()->price, Price(D("1670.1")));
  EXPECT_EQ(book->best_ask()->price, Price(D("1670.3")));
  EXPECT_EQ(web_sockets_.latest().request().url.host, "api.hyperliquid-testnet.xyz");
  EXPECT_THAT(web_sockets_.latest().written(), SizeIs(4));
}

TEST_F(HyperliquidPerpetualSessionTest, PlacesFillsAndCancels) {
  ASSERT_OK(Start(/*has_keys=*/true));
  EXPECT_EQ(exchange_->balance("USDC").available, D("1000"));
  EXPECT_EQ(exchange_->fee_rates(pair_), (FeeRates{D("0.00015"), D("0.00045")}));
  EXPECT_EQ(exchange_->perpetual()->leverage(pair_), (LeverageSetting{20, MarginMode::kCross}));

  Script(R"({"resting":{"oid":4294967297}})");
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(Buy("1670.19")));
  environment_.RunFor(absl::Seconds(1));
  ASSERT_THAT(actions_, SizeIs(1));
  // Quantised passively, by the digits that count; the asset is the coin's place in the list.
  EXPECT_EQ(actions_[0]["action"]["orders"][0],
            json::parse(StrCat(R"({"a":2,"b":true,"p":"1670.1","s":"0.0147","r":false,)"
                               R"("t":{"limit":{"tif":"Gtc"}},"c":")",
                               kSampleCloid,
                               R"("})")));
  EXPECT_EQ(actions_[0]["expiresAfter"].get<int64_t>(), actions_[0]["nonce"].get<int64_t>() + 5000);
  ASSERT_NE(exchange_->FindOrder(id), nullptr);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);

  private_stream().Push(
      StrCat(R"({"channel":"userFills","data":{"user":"0x1","fills":[{"coin":"ETH","px":"1670.1",)"
             R"("sz":"0.01","side":"B","time":1700000001000,"closedPnl":"0.0","oid":4294967297,)"
             R"("crossed":false,"fee":"0.0025","tid":7,"feeToken":"USDC","cloid":")",
             kSampleCloid,
             R"("}]}})"));
  environment_.RunFor(absl::Seconds(1));
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kPartiallyFilled);
  EXPECT_EQ(exchange_->FindOrder(id)->filled, Quantity(D("0.01")));

  Script(R"("success")");
  ASSERT_OK(exchange_->Cancel(id));
  environment_.RunFor(absl::Seconds(1));
  ASSERT_THAT(actions_, SizeIs(2));
  EXPECT_EQ(actions_[1]["action"]["cancels"][0]["cloid"], kSampleCloid);
  EXPECT_GT(actions_[1]["nonce"].get<int64_t>(), actions_[0]["nonce"].get<int64_t>());
  // "success" does not say what was filled until then.
  EXPECT_TRUE(exchange_->FindOrder(id)->is_open());
  PushCanceled(4294967297, "0.0047");
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kCanceled);
}

TEST_F(HyperliquidPerpetualSessionTest, TakesTheVenuesWordsForARefusal) {
  ASSERT_OK(Start(/*has_keys=*/true));
  Script(R"({"error":"Insufficient margin to place order. asset=2"})");

  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(Buy("1670")));
  environment_.RunFor(absl::Seconds(1));

  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kRejected);
  EXPECT_THAT(exchange_->FindOrder(id)->reason, HasSubstr("Insufficient margin"));
  EXPECT_THAT(actions_, SizeIs(1));
}

TEST_F(HyperliquidPerpetualSessionTest, SendsOnceMoreWithAnotherNonce) {
  ASSERT_OK(Start(/*has_keys=*/true));
  action_answers_.push_back(R"({"status":"err","response":"Invalid nonce: duplicate"})");
  Script(R"({"resting":{"oid":9}})");

  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(Buy("1670")));
  environment_.RunFor(absl::Seconds(2));

  ASSERT_THAT(actions_, SizeIs(2));
  EXPECT_NE(actions_[0]["nonce"], actions_[1]["nonce"]);
  EXPECT_EQ(actions_[0]["action"], actions_[1]["action"]);
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kOpen);
  Script(R"("success")");  // of the shutdown
}

// The venue's clock is set back while no process runs.
TEST_F(HyperliquidPerpetualSessionTest, UsesNoNonceOfTheProcessBefore) {
  environment_.UseFiles(disk_);
  state_directory_ = "state";
  venue_ahead_ = absl::Seconds(5);
  ASSERT_OK(Start(/*has_keys=*/true));
  for (int i = 0; i < 3; ++i) {
    Script(R"({"error":"Insufficient margin to place order. asset=2"})");
    OrderRequest request = Buy("1670");
    request.client_order_id = std::nullopt;
    ASSERT_OK(exchange_->Place(request));
  }
  environment_.RunFor(absl::Seconds(1));
  ASSERT_THAT(actions_, SizeIs(3));
  environment_.Await(exchange_->Stop(absl::Seconds(1)));
  exchange_.reset();

  venue_ahead_ = absl::ZeroDuration();
  ASSERT_OK(Start(/*has_keys=*/true));
  Script(R"({"error":"Insufficient margin to place order. asset=2"})");
  ASSERT_OK(exchange_->Place(Buy("1670")));
  environment_.RunFor(absl::Seconds(1));

  ASSERT_THAT(actions_, SizeIs(4));
  EXPECT_GT(actions_[3]["nonce"].get<int64_t>(), actions_[2]["nonce"].get<int64_t>());
}

TEST_F(HyperliquidPerpetualSessionTest, SendsMarketOrdersWithTheWorstPrice) {
  ASSERT_OK(Start(/*has_keys=*/true));
  Script(R"({"filled":{"totalSz":"0.0147","avgPx":"1670.3","oid":9}})");
  OrderRequest request = Buy("1");
  request.type = OrderType::kMarket;
  request.price = std::nullopt;

  ASSERT_OK(exchange_->Place(request));
  environment_.RunFor(absl::Milliseconds(100));

  ASSERT_THAT(actions_, SizeIs(1));
  const json order = actions_[0]["action"]["orders"][0];
  EXPECT_EQ(order["t"]["limit"]["tif"], "Ioc");
  // Five percent beyond the best ask, in five digits.
  EXPECT_EQ(order["p"], "1753.8");
}

TEST_F(HyperliquidPerpetualSessionTest, ReplacesByModification) {
  ASSERT_OK(Start(/*has_keys=*/true));
  Script(R"({"resting":{"oid":9}})");
  ASSERT_OK_AND_ASSIGN(const ClientOrderId id, exchange_->Place(Buy("1660")));
  environment_.RunFor(absl::Seconds(1));
  Script(R"({"resting":{"oid":10}})");

  ASSERT_OK_AND_ASSIGN(const ClientOrderId next, exchange_->Amend(id, {.price = Price(D("1661"))}));
  environment_.RunFor(absl::Seconds(1));

  EXPECT_EQ(actions_[1]["action"]["type"], "modify");
  EXPECT_EQ(actions_[1]["action"]["oid"], kSampleCloid);
  EXPECT_EQ(actions_[1]["action"]["order"]["p"], "1661");
  PushCanceled(9, "0.0147");
  EXPECT_EQ(exchange_->FindOrder(id)->state, OrderState::kCanceled);
  EXPECT_EQ(exchange_->FindOrder(next)->state, OrderState::kOpen);
  EXPECT_EQ(exchange_->FindOrder(next)->exchange_order_id.view(), "10");
  Script(R"("success")");  // of the shutdown
}

TEST_F(HyperliquidPerpetualSessionTest, FollowsPositionsAndBalance) {
  ASSERT_OK(Start(/*has_keys=*/true));
  EXPECT_TRUE(exchange_->perpetual()->position(pair_, PositionSide::kNet).is_flat());

  private_stream().Push(
      R"({"channel":"clearinghouseState","data":{"assetPositions":[{"type":"oneWay","position":)"
      R"({"coin":"ETH","szi":"-0.5","entryPx":"1700","leverage":{"type":"isolated","value":7},)"
      R"("liquidationPx":"2500","unrealizedPnl":"1.5"}}],"marginSummary":{"accountValue":"1001.5"},)"
      R"("withdrawable":"900","time":1900000000000}})");
  environment_.RunFor(absl::Seconds(1));

  EXPECT_EQ(exchange_->perpetual()->position(pair_, PositionSide::kNet).quantity,
            Quantity(D("-0.5")));
  EXPECT_EQ(exchange_->perpetual()->leverage(pair_), (LeverageSetting{7, MarginMode::kIsolated}));
  EXPECT_EQ(exchange_->balance("USDC").total, D("1000"));
  EXPECT_EQ(exchange_->balance("USDC").available, D("900"));
}

}  // namespace
}  // namespace colibri::hyperliquid::perpetual
