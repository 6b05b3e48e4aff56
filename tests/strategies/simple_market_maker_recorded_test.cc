// The market maker on recorded BTC-USDT data, through the paper exchange, on virtual time.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/registry.h"
#include "core/simulated_clock.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "exchanges/paper/recorded_feed.h"
#include "exchanges/registry.h"
#include "strategies/event_log.h"
#include "strategies/performance.h"
#include "strategies/simple_market_maker.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

const TradingPair kPair{"BTC", "USDT"};

// Empty where the recordings are missing.
std::vector<std::string> Recordings() {
  const char* folder = std::getenv("COLIBRI_DATA");
  const std::string path = StrCat(folder != nullptr ? folder : "../shared/data", "/binance/");
  std::vector<std::string> files = {path + "spot_btcusdt_20240808.gz"};
  return std::filesystem::exists(files[0]) ? files : std::vector<std::string>();
}

TradingRule BtcRule() {
  TradingRule rule;
  rule.pair = kPair;
  rule.symbol = "BTCUSDT";
  rule.price_increment = Px("0.01");
  rule.quantity_increment = Qty("0.000001");
  rule.quantity_min = Qty("0.000001");
  rule.notional_min = Notional(Dec("5"));
  return rule;
}

struct Outcome {
  std::string hash;
  PerformanceReport report;
  SimpleMarketMaker::Counters counters;
  StrategyState state = StrategyState::kIdle;
};

absl::StatusOr<Outcome> Play(const std::vector<std::string>& files) {
  const Registry registry = MakeRegistry();
  ASSIGN_OR_RETURN(const VenueEntry* venue, registry.Find("binance"));
  PaperConfig paper;
  paper.market.venue = "binance";
  paper.market.pairs = {kPair};
  paper.recording = files;
  paper.rules = {BtcRule()};
  paper.balances = {{"BTC", Dec("1")}, {"USDT", Dec("60000")}};
  paper.market.fee_override = FeeRates{.maker = Dec("0.0001"), .taker = Dec("0.0005")};
  ASSIGN_OR_RETURN(const absl::Time start, RecordedFeed::StartTime(files));
  SimulatedClock clock(start);
  ASSIGN_OR_RETURN(std::unique_ptr<RecordedFeed> feed, RecordedFeed::Make(*venue, paper, clock));
  RecordedFeed& recording = *feed;
  PaperExchange exchange(paper, venue->spec, std::move(feed), clock);
  RETURN_IF_ERROR(exchange.Open());
  const EventLog log(exchange.events());
  const PerformanceTracker performance(exchange, kPair);

  SimpleMarketMakerConfig config;
  config.pair = kPair;
  config.levels = 2;
  config.bid_spread = Dec("0.0002");
  config.ask_spread = Dec("0.0002");
  config.level_spacing = Dec("0.0002");
  config.price_tolerance = Dec("0.00005");
  config.quantity = Qty("0.01");
  config.inventory.is_enabled = true;
  SimpleMarketMaker maker(config);
  RETURN_IF_ERROR(maker.Start({exchange, clock}));
  for (bool has_more = true; has_more;) {
    ASSIGN_OR_RETURN(has_more, recording.Step());
  }
  maker.Stop();
  exchange.Close();
  return Outcome{.hash = log.hash(),
                 .report = performance.Report(),
                 .counters = maker.counters(),
                 .state = maker.state()};
}

TEST(SimpleMarketMakerRecordedTest, TradesReconcilesAndRepeatsItself) {
  const std::vector<std::string> files = Recordings();
  if (files.empty()) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  ASSERT_OK_AND_ASSIGN(const Outcome first, Play(files));
  const PerformanceReport& report = first.report;
  RecordProperty("fills", static_cast<int>(report.counts.fills));
  RecordProperty("placed", static_cast<int>(first.counters.placed));
  RecordProperty("refusals", static_cast<int>(first.counters.refusals));
  RecordProperty("rejections", static_cast<int>(first.counters.rejections));
  RecordProperty("net_profit", report.net_profit->ToString());
  EXPECT_GT(report.counts.fills, 0);
  EXPECT_EQ(report.maker_fills, report.counts.fills);
  EXPECT_EQ(report.counts.filled + report.counts.canceled + report.counts.rejected +
                report.counts.expired,
            first.counters.placed);
  EXPECT_EQ(first.counters.refusals, 0);
  EXPECT_EQ(first.state, StrategyState::kStopped);
  EXPECT_TRUE(report.is_reconciled());
  EXPECT_EQ(*report.value - *report.value_if_held, *report.net_profit);

  ASSERT_OK_AND_ASSIGN(const Outcome second, Play(files));
  EXPECT_EQ(second.hash, first.hash);
}

}  // namespace
}  // namespace colibri
