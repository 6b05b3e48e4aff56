#include "exchanges/binance_common/binance_order_book_data_source.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/url.h"
#include "connector/venue_hosts.h"
#include "core/strings.h"
#include "exchanges/binance/binance_spec.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"
#include "tests/exchanges/binance_common/order_samples.h"
#include "tests/exchanges/binance_common/reference_files.h"
#include "tests/support/market_sink.h"
#include "tests/support/status_matchers.h"

namespace colibri::binance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

BinanceOrderBookDataSource Source(ExchangeConfig config, const InstrumentTable& instruments) {
  return BinanceOrderBookDataSource(SpotDialect(config.domain),
                                    ResolveHosts(BinanceSpec(), config).market_stream_url,
                                    config,
                                    instruments);
}

BinanceOrderBookDataSource PerpetualSource(MarketDialect dialect,
                                           const ExchangeConfig& config,
                                           const InstrumentTable& instruments) {
  return BinanceOrderBookDataSource(std::move(dialect), "wss://host/stream", config, instruments);
}

TEST(BinanceOrderBookDataSourceTest, NamesItsStreamsInTheAddress) {
  const InstrumentTable instruments = SampleInstruments();
  ExchangeConfig config;
  config.candle_intervals = {"1m", "1h"};
  const BinanceOrderBookDataSource source = Source(config, instruments);
  const std::vector<const Instrument*> two = {&instruments.at(2), &instruments.at(4)};
  const std::string url = source.StreamUrl(two);
  EXPECT_EQ(url,
            "wss://stream.binance.com:9443/stream?streams=btcusdt@depth@100ms/btcusdt@trade/"
            "btcusdt@bookTicker/btcusdt@kline_1m/btcusdt@kline_1h/ethusdt@depth@100ms/"
            "ethusdt@trade/ethusdt@bookTicker/ethusdt@kline_1m/ethusdt@kline_1h");
  EXPECT_OK(Url::Parse(url));
  EXPECT_THAT(source.SubscribeFrames(two), IsEmpty());
}

TEST(BinanceOrderBookDataSourceTest, SubscribesToWhatTheAddressCannotHold) {
  InstrumentTable instruments;
  std::vector<const Instrument*> many;
  for (int i = 0; i < 110; ++i) {
    many.push_back(
        &instruments.Add({StrCat("A", i), "B"}, StrCat("A", i, "B"), StrCat("a", i, "b"), {8, 8}));
  }
  const BinanceOrderBookDataSource source = Source({}, instruments);
  const std::string url = source.StreamUrl(many);
  EXPECT_LT(url.size(), 2000u);
  EXPECT_THAT(url, HasSubstr("/a19b@bookTicker"));
  const std::vector<std::string> frames = source.SubscribeFrames(many);
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_THAT(frames[0],
              testing::StartsWith(R"({"method":"SUBSCRIBE","params":["a20b@depth@100ms","a20b@)"));
  EXPECT_THAT(frames[0], testing::EndsWith(R"(],"id":1})"));
  EXPECT_THAT(frames[1], testing::EndsWith(R"("a109b@bookTicker"],"id":2})"));
}

TEST(BinanceOrderBookDataSourceTest, WritesSymbolsOfAnyScript) {
  InstrumentTable instruments;
  const Instrument& instrument = instruments.Add({"１", "２"}, "１２", "１２", {8, 8});
  const BinanceOrderBookDataSource source = Source({}, instruments);
  const std::vector<const Instrument*> one = {&instrument};
  EXPECT_THAT(source.StreamUrl(one), HasSubstr("?streams=%EF%BC%91%EF%BC%92@depth@100ms/"));
  EXPECT_OK(Url::Parse(source.StreamUrl(one)));
}

TEST(BinanceOrderBookDataSourceTest, AsksForSnapshots) {
  const InstrumentTable instruments = SampleInstruments();
  const Instrument& btc = instruments.at(2);
  const auto target = [&](bool is_spot, int depth, std::string domain) {
    ExchangeConfig config;
    config.snapshot_depth = depth;
    config.domain = std::move(domain);
    const VenueCall call =
        is_spot ? Source(config, instruments).SnapshotCall(btc)
                : PerpetualSource(perpetual::BookDialect(), config, instruments).SnapshotCall(btc);
    EXPECT_EQ(call.security, CallSecurity::kNone);
    return StrCat(call.request.Target(), " weighs ", call.charges[0].weight);
  };
  EXPECT_EQ(target(true, 1000, "live"), "/api/v3/depth?symbol=BTCUSDT&limit=1000 weighs 50");
  EXPECT_EQ(target(true, 5000, "live"), "/api/v3/depth?symbol=BTCUSDT&limit=5000 weighs 250");
  EXPECT_EQ(target(true, 9999, "live"), "/api/v3/depth?symbol=BTCUSDT&limit=5000 weighs 250");
  EXPECT_EQ(target(true, 500, "live"), "/api/v3/depth?symbol=BTCUSDT&limit=500 weighs 25");
  EXPECT_EQ(target(true, 100, "live"), "/api/v3/depth?symbol=BTCUSDT&limit=100 weighs 5");
  EXPECT_EQ(target(true, 1000, "us"), "/api/v3/depth?symbol=BTCUSDT&limit=1000 weighs 10");
  EXPECT_EQ(target(false, 5000, "live"), "/fapi/v1/depth?symbol=BTCUSDT&limit=1000 weighs 20");
  EXPECT_EQ(target(false, 51, "live"), "/fapi/v1/depth?symbol=BTCUSDT&limit=100 weighs 5");
}

TEST(BinanceOrderBookDataSourceTest, TellsSnapshotsFromFrames) {
  const InstrumentTable instruments = SampleInstruments();
  const BinanceOrderBookDataSource source = Source({}, instruments);
  EXPECT_TRUE(source.IsSnapshotAnswer(R"({"lastUpdateId":5,"bids":[],"asks":[]})"));
  EXPECT_TRUE(source.IsSnapshotAnswer(" {\"lastUpdateId\":5}"));
  EXPECT_FALSE(source.IsSnapshotAnswer(R"({"stream":"btcusdt@trade","data":{}})"));
  EXPECT_FALSE(source.IsSnapshotAnswer(""));
}

TEST(BinanceOrderBookDataSourceTest, ReadsTheFixtures) {
  const std::optional<std::string> depth = ReadFixture("http_json/depth_response.json");
  if (!depth.has_value()) {
    GTEST_SKIP() << "no fixtures; set COLIBRI_REFERENCE";
  }
  const InstrumentTable instruments = SampleInstruments();
  BinanceOrderBookDataSource source = PerpetualSource(perpetual::WholeDialect(), {}, instruments);
  MarketSink sink;
  EXPECT_OK(source.ParseSnapshot(*depth, instruments.at(2), 7, sink));
  for (const std::string_view name : {"depth_update_stream",
                                      "trade_stream",
                                      "kline_stream_closed",
                                      "book_ticker_stream",
                                      "agg_trade_stream",
                                      "liquidation_stream",
                                      "mark_price_stream",
                                      "ticker_stream"}) {
    const std::optional<std::string> frame =
        ReadReferenceFile(StrCat("fixtures/binance_usdm/market_data_json/", name, ".json"));
    ASSERT_TRUE(frame.has_value()) << name;
    EXPECT_OK(source.Parse(*frame, 7, sink)) << name;
  }
  EXPECT_THAT(
      sink.lines(),
      ElementsAre("snapshot 2 u=1027024 E=0 at=7 b=400000000:43100000000 a=400000200:1200000000",
                  "diff 2 U=157 u=160 pu=149 E=123456789 at=7 b=240000:1000000000 "
                  "a=260000:10000000000",
                  "trade 2 t=5933014 sell 10000000000@100000 T=123456785 at=7",
                  "candle 2 1m 1638747660000-1638747719999 o=0.001 h=0.0025 l=0.001 c=0.002 "
                  "v=1000 q=1 n=100 closed at=7",
                  "ignored BNBUSDT",
                  "trade 2 t=5933014 sell 10000000000@100000 T=123456785 at=7",
                  "liquidation 2 sell 0.014@9910.12345678 T=1568014460893 at=7",
                  "funding 2 mark=11794.15 index=11784.62659091 rate=0.00038167 "
                  "next=1562306400000 E=1562305380000 at=7",
                  "ignored 24hrTicker"));
}

TEST(BinanceSpecTest, ResolvesHosts) {
  ExchangeConfig config;
  EXPECT_EQ(ResolveHosts(BinanceSpec(), config).rest_url, "https://api.binance.com");
  config.domain = "us";
  EXPECT_EQ(ResolveHosts(BinanceSpec(), config).private_stream_url,
            "wss://stream.binance.us:9443/ws");
  config.hosts.rest_url = "https://127.0.0.1:1";
  EXPECT_EQ(ResolveHosts(BinanceSpec(), config).rest_url, "https://127.0.0.1:1");
  EXPECT_EQ(ResolveHosts(BinanceSpec(), config).market_stream_url,
            "wss://stream.binance.us:9443/stream");
  config.domain = "mars";
  EXPECT_EQ(ResolveHosts(BinanceSpec(), config).market_stream_url,
            "wss://stream.binance.com:9443/stream");
}

TEST(BinanceSpecTest, EveryHostIsAUrl) {
  for (const VenueSpec* spec : {&BinanceSpec(), &perpetual::PerpetualSpec()}) {
    for (const DomainSpec& domain : spec->domains) {
      EXPECT_OK(Url::Parse(domain.hosts.rest_url)) << domain.name;
      EXPECT_OK(Url::Parse(domain.hosts.market_stream_url)) << domain.name;
      EXPECT_OK(Url::Parse(domain.hosts.private_stream_url)) << domain.name;
    }
  }
}

TEST(BinanceSpecTest, SaysWhatTheVenueCan) {
  const VenueSpec& spec = BinanceSpec();
  EXPECT_EQ(spec.gap_rule, GapRule::kContiguousIds);
  EXPECT_EQ(spec.client_order_id_length_max, 36u);
  EXPECT_EQ(spec.client_order_id_alphabet.size(), 64u);
  EXPECT_EQ(spec.fees.percent, (FeeRates{D("0.001"), D("0.001")}));
  EXPECT_EQ(LowerAscii("BTCÄ１"), "btcÄ１");
}

}  // namespace
}  // namespace colibri::binance
