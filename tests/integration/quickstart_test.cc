// The whole way in one program: simulated venue, TLS sockets, connector, strategy, report.
#include <csignal>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "core/decimal.h"
#include "core/strings.h"
#include "tests/tools/cli/cli_fixture.h"
#include "tools/venue_sim/sim_server.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

// What comes about in real time is the machine's affair: runs longer until `count` is not zero.
// What must hold holds of each run; the last is looked at.
CliRun RunUntil(std::string_view count, const std::function<CliRun(std::string seconds)>& run) {
  CliRun last;
  for (const char* seconds : {"4", "20", "60"}) {
    last = run(seconds);
    const json report = Json(last);
    if (!report.is_object() || report.value(count, 0) > 0) {
      break;
    }
  }
  return last;
}

class SpotQuickstartTest : public testing::TestWithParam<const char*> {};

TEST_P(SpotQuickstartTest, TradesAndLeavesNothingBehind) {
  const CliRun run = RunUntil("fills", [](std::string seconds) {
    return RunColibri(
        {"quickstart", "--venue", GetParam(), "--seconds", std::move(seconds), "--json"});
  });
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const json summary = Json(run);
  ASSERT_TRUE(summary.is_object()) << run.out << run.err;
  EXPECT_GT(summary["orders_created"], 0);
  EXPECT_GT(summary["fills"], 0);
  EXPECT_EQ(summary["open_orders_left"], 0);
  EXPECT_EQ(summary["base_balance"], summary["venue_base_balance"]);
  EXPECT_EQ(summary["quote_balance"], summary["venue_quote_balance"]);
  EXPECT_EQ(summary["balances_match"], true);
  EXPECT_EQ(summary["fills_reconcile"], true);
  EXPECT_EQ(summary["errors"], 0);
  for (const char* key : {"orders_filled", "orders_canceled", "pnl_quote", "book_resyncs"}) {
    EXPECT_TRUE(summary.contains(key)) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(Venues,
                         SpotQuickstartTest,
                         testing::Values("binance", "hyperliquid"),
                         [](const auto& info) { return std::string(info.param); });

class PerpetualQuickstartTest : public testing::TestWithParam<const char*> {};

TEST_P(PerpetualQuickstartTest, EndsFlatAndEqualToTheVenue) {
  const CliRun run = RunUntil("fills", [](std::string seconds) {
    return RunColibri({"quickstart",
                       "--venue",
                       GetParam(),
                       "--seconds",
                       std::move(seconds),
                       "--funding-interval",
                       "2",
                       "--json"});
  });
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const json summary = Json(run);
  ASSERT_TRUE(summary.is_object()) << run.out << run.err;
  EXPECT_GT(summary["fills"], 0);
  EXPECT_EQ(summary["open_orders_left"], 0);
  EXPECT_EQ(summary["balance"], summary["venue_balance"]);
  EXPECT_EQ(summary["position"], "0");
  EXPECT_EQ(summary["venue_position"], "0");
  EXPECT_EQ(summary["funding"], summary["venue_funding"]);
  EXPECT_EQ(summary["fills_reconcile"], true);
  EXPECT_EQ(summary["errors"], 0);
}

INSTANTIATE_TEST_SUITE_P(Venues,
                         PerpetualQuickstartTest,
                         testing::Values("binance_perpetual", "hyperliquid_perpetual"),
                         [](const auto& info) { return std::string(info.param); });

TEST(QuickstartTest, NamesTheVenuesThatThereAre) {
  const CliRun run = RunColibri({"quickstart", "--venue", "nope"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("hyperliquid_perpetual"));
}

TEST(QuickstartTest, ShowsLinesWhereThereIsNoTerminal) {
  const CliRun run = RunColibri({"quickstart", "--seconds", "1.5", "--seed", "3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("bid="));
  EXPECT_THAT(run.out, HasSubstr("open_orders_left      0"));
}

// The lines of a venue's market data, at an authority.
std::string BinanceLines(std::string_view authority) {
  return StrCat("  venue: binance\n  pairs: [BTC-USDT]\n  rest_url: http://",
                authority,
                "\n  market_stream_url: ws://",
                authority,
                "/stream\n");
}
std::string HyperliquidLines(std::string_view authority) {
  return StrCat("  venue: hyperliquid\n  pairs: [UBTC-USDC]\n  rest_url: http://",
                authority,
                "\n  market_stream_url: ws://",
                authority,
                "/ws\n");
}

// A market maker on the venue; `account` are the lines that say live or paper.
std::string WriteMakerConfig(const TestFolder& folder,
                             std::string_view venue,
                             std::string_view account,
                             std::string_view spread,
                             std::string_view seconds) {
  return folder.Write("run.yaml",
                      StrCat("exchange:\n  domain: local\n",
                             venue,
                             account,
                             "strategy: {name: simple_market_maker, quantity: 0.005, bid_spread: ",
                             spread,
                             ", ask_spread: ",
                             spread,
                             "}\nrun: {duration: ",
                             seconds,
                             "s}\n"));
}

// A live configuration against a venue of the test's own.
TEST(RunLiveTest, RunsTheLocalExample) {
  auto server = venue_sim::SimServer::Start({});
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string authority = (*server)->authority();
  const TestFolder folder;
  const CliRun run = RunUntil("orders_created", [&](std::string seconds) {
    const std::string config =
        WriteMakerConfig(folder,
                         BinanceLines(authority),
                         StrCat("  private_stream_url: ws://", authority, "/ws-api/v3\n"),
                         /*spread=*/"0.0002",
                         seconds);
    return RunColibri({"run", config, "--json"},
                      {{"COLIBRI_BINANCE_API_KEY", venue_sim::kTestApiKey},
                       {"COLIBRI_BINANCE_API_SECRET", venue_sim::kTestApiSecret}});
  });
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const json report = Json(run);
  ASSERT_TRUE(report.is_object()) << run.out << run.err;
  EXPECT_EQ(report["mode"], "live");
  EXPECT_GT(report["orders_created"], 0);
  EXPECT_EQ(report["open_orders_left"], 0);
  EXPECT_EQ(report["reconciled"], true);
}

// Of a market maker on paper, for as long as it takes to have orders.
json RunPaperSpot(const std::string& venue, std::string_view balances) {
  const TestFolder folder;
  const CliRun run = RunUntil("orders_created", [&](std::string seconds) {
    const std::string config = WriteMakerConfig(folder,
                                                venue,
                                                StrCat("paper:\n  balances: {", balances, "}\n"),
                                                /*spread=*/"0.0001",
                                                seconds);
    return RunColibri({"run", config, "--json"});
  });
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  return Json(run);
}

TEST(RunPaperTest, TradesOnALiveMarketWithoutKeys) {
  auto server = venue_sim::SimServer::Start({});
  ASSERT_TRUE(server.ok()) << server.status();
  const json report = RunPaperSpot(BinanceLines((*server)->authority()), "BTC: 1, USDT: 60000");
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["mode"], "paper");
  EXPECT_GT(report["orders_created"], 0);
  EXPECT_EQ(report["reconciled"], true);
  int64_t orders_at_venue = 0;
  (*server)->RunOnVenue([&](venue_sim::BinanceSim& sim) {
    orders_at_venue = static_cast<int64_t>(sim.account(venue_sim::kTestApiKey)->orders.size());
  });
  EXPECT_EQ(orders_at_venue, 0);
}

TEST(RunPaperTest, TradesHyperliquidSpotByWholeBooks) {
  auto server = venue_sim::HyperliquidServer::Start({});
  ASSERT_TRUE(server.ok()) << server.status();
  const json report =
      RunPaperSpot(HyperliquidLines((*server)->authority()), "UBTC: 1, USDC: 60000");
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["mode"], "paper");
  EXPECT_GT(report["orders_created"], 0);
  EXPECT_EQ(report["open_orders_left"], 0);
  EXPECT_EQ(report["reconciled"], true);
}

// Market data of a simulated venue of perpetuals, and a paper account beside it.
template <typename Server>
json RunPaperPerpetual(const std::string& exchange_keys, const std::string& balances) {
  auto server = Server::Start({});
  EXPECT_TRUE(server.ok()) << server.status();
  if (!server.ok()) {
    return json();
  }
  const std::string authority = (*server)->authority();
  std::string exchange = exchange_keys;
  for (size_t at = 0; (at = exchange.find("AUTHORITY", at)) != std::string::npos;) {
    exchange.replace(at, std::string_view("AUTHORITY").size(), authority);
  }
  const TestFolder folder;
  const std::string config = folder.Write(
      "run.yaml",
      StrCat("exchange:\n  domain: local\n  leverage: 7\n  rest_url: http://",
             authority,
             "\n",
             exchange,
             "paper:\n  balances: {",
             balances,
             "}\n  funding: {rate: 0.0003, interval: 1s}\n",
             "strategy: {name: simple_market_maker, quantity: 0.005, bid_spread: 0.0001,\n",
             "  ask_spread: 0.0001, inventory: {enabled: false}}\nrun: {duration: 4s}\n"));
  const CliRun run = RunColibri({"run", config, "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  return Json(run);
}

// Ends flat, and start + realised + funding - fees == end, to the last digit.
void ExpectFlatAndBalanced(const json& report, const std::string& collateral) {
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["mode"], "paper");
  EXPECT_GT(report["fills"], 0);
  EXPECT_EQ(report["leverage"], 7);
  EXPECT_EQ(report["open_orders_left"], 0);
  EXPECT_EQ(report["position"], "0");
  EXPECT_EQ(report["position_left"], "0");
  EXPECT_EQ(report["reconciled"], true);
  const auto number = [](const json& text) {
    return Decimal::Parse(text.get<std::string>()).value();
  };
  ASSERT_EQ(report["balances"].size(), 1U);
  const json& row = report["balances"][0];
  EXPECT_EQ(row["asset"], collateral);
  EXPECT_EQ(number(row["start"]) + number(report["realised_profit"]) + number(report["funding"]) -
                number(row["fees"]),
            number(report["balance"]));
}

TEST(RunPaperTest, TradesBinancePerpetualsWithMarginAndFunding) {
  const json report = RunPaperPerpetual<venue_sim::BinancePerpetualServer>(
      "  venue: binance_perpetual\n  pairs: [BTC-USDT]\n"
      "  market_stream_url: ws://AUTHORITY/public/stream\n"
      "  trade_stream_url: ws://AUTHORITY/market/stream\n",
      "USDT: 5000");
  ExpectFlatAndBalanced(report, "USDT");
}

TEST(RunPaperTest, TradesHyperliquidPerpetualsWithMarginAndFunding) {
  const json report = RunPaperPerpetual<venue_sim::HyperliquidServer>(
      "  venue: hyperliquid_perpetual\n  pairs: [BTC-USD]\n"
      "  market_stream_url: ws://AUTHORITY/ws\n",
      "USDC: 5000");
  ExpectFlatAndBalanced(report, "USDC");
}

// A place to write to that presses Ctrl-C as soon as a text has been written.
class InterruptingBuffer final : public std::stringbuf {
 public:
  // Copies what is written to stderr when told so: what a death test sees.
  InterruptingBuffer(std::string text, bool is_copied)
      : text_(std::move(text)), is_copied_(is_copied) {}

 protected:
  int sync() override {
    const std::string all = str();
    if (is_copied_) {
      std::cerr << all.substr(copied_) << std::flush;
      copied_ = all.size();
    }
    if (!is_done_ && all.find(text_) != std::string::npos) {
      is_done_ = true;
      raise(SIGINT);
    }
    return 0;
  }

 private:
  std::string text_;
  bool is_copied_;
  size_t copied_ = 0;
  bool is_done_ = false;
};

TEST(StopTest, EndsOrderlyAtCtrlC) {
  InterruptingBuffer out_buffer("open_orders=4", /*is_copied=*/false);
  std::ostream out(&out_buffer);
  std::ostringstream err;
  CliIo io{.out = out, .err = err};
  EXPECT_EQ(RunCli({"quickstart"}, io), kExitOk) << err.str();
  EXPECT_THAT(err.str(), HasSubstr("stopping: canceling orders; Ctrl-C again quits at once"));
  EXPECT_THAT(out_buffer.str(), HasSubstr("open_orders_left      0"));
  EXPECT_THAT(out_buffer.str(), HasSubstr("balances_match        true"));
}

// Presses Ctrl-C when orders are open, and again as soon as the first is heard of.
void PressCtrlCTwice() {
  InterruptingBuffer out_buffer("open_orders=4", /*is_copied=*/false);
  InterruptingBuffer err_buffer("stopping: canceling", /*is_copied=*/true);
  std::ostream out(&out_buffer);
  std::ostream err(&err_buffer);
  CliIo io{.out = out, .err = err};
  RunCli({"quickstart"}, io);
}

TEST(StopDeathTest, QuitsAtOnceAtTheSecondCtrlCAndSaysWhatIsOpen) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(PressCtrlCTwice(),
              testing::ExitedWithCode(kExitQuit),
              "quit at once; these may be left open:");
}

}  // namespace
}  // namespace colibri::cli
