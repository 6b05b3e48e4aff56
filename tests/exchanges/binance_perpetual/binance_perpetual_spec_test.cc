#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/url.h"
#include "connector/venue_hosts.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance::perpetual {
namespace {

using testing::ElementsAre;

TEST(PerpetualSpecTest, EveryHostIsAUrl) {
  for (const DomainSpec& domain : PerpetualSpec().domains) {
    EXPECT_TRUE(domain.uses_listen_key);
    EXPECT_OK(Url::Parse(domain.hosts.rest_url)) << domain.name;
    EXPECT_OK(Url::Parse(domain.hosts.market_stream_url)) << domain.name;
    EXPECT_OK(Url::Parse(domain.hosts.private_stream_url)) << domain.name;
  }
}

TEST(PerpetualSpecTest, EveryHostCanBeConfigured) {
  ExchangeConfig config;
  config.domain = "testnet";
  EXPECT_EQ(ResolveHosts(PerpetualSpec(), config).trade_stream_url, "");
  config.hosts.market_stream_url = "wss://a/public/stream";
  config.hosts.trade_stream_url = "wss://a/market/stream";
  config.hosts.private_stream_url = "wss://a/private/ws";
  const VenueHosts hosts = ResolveHosts(PerpetualSpec(), config);
  EXPECT_EQ(hosts.rest_url, "https://demo-fapi.binance.com");
  EXPECT_EQ(hosts.market_stream_url, "wss://a/public/stream");
  EXPECT_EQ(hosts.trade_stream_url, "wss://a/market/stream");
  EXPECT_EQ(hosts.private_stream_url, "wss://a/private/ws");
}

TEST(PerpetualSpecTest, SaysWhatTheVenueCan) {
  const VenueSpec& spec = PerpetualSpec();
  EXPECT_EQ(spec.name, "binance_perpetual");
  EXPECT_EQ(spec.gap_rule, GapRule::kPreviousIdLink);
  EXPECT_TRUE(spec.is_perpetual());
  EXPECT_TRUE(spec.capabilities.has_dead_mans_switch);
  EXPECT_THAT(spec.position_modes, ElementsAre(PositionMode::kOneWay, PositionMode::kHedge));
  EXPECT_THAT(spec.margin_modes, ElementsAre(MarginMode::kCross, MarginMode::kIsolated));
}

TEST(PerpetualSpecTest, ChargesFeesInTheQuoteOnBothSides) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const absl::StatusOr<FeeAmounts> fees = PerpetualSpec().fees.Estimate(
        {"BTC", "USDT"}, side, Price(D("100")), Quantity(D("2")), /*is_maker=*/false);
    ASSERT_OK(fees);
    EXPECT_THAT(*fees, ElementsAre(AssetAmount{"USDT", D("0.1")}));
  }
}

TEST(PerpetualSpecTest, SplitsItsStreamsAsTheVenueServesThem) {
  const InstrumentTable instruments = SampleInstruments();
  const std::vector<const Instrument*> one = {&instruments.at(2)};
  ExchangeConfig config;
  config.candle_intervals = {"1m"};
  const auto url = [&](MarketDialect dialect) {
    return BinanceOrderBookDataSource(std::move(dialect), "wss://a/stream", config, instruments)
        .StreamUrl(one);
  };
  EXPECT_EQ(url(BookDialect()), "wss://a/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker");
  EXPECT_EQ(url(TradeDialect()),
            "wss://a/stream?streams=btcusdt@aggTrade/btcusdt@markPrice@1s/btcusdt@forceOrder/"
            "btcusdt@kline_1m");
  EXPECT_EQ(url(WholeDialect()),
            "wss://a/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker/btcusdt@aggTrade/"
            "btcusdt@markPrice@1s/btcusdt@forceOrder/btcusdt@kline_1m");
}

}  // namespace
}  // namespace colibri::binance::perpetual
