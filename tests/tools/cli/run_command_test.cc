#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "core/decimal.h"
#include "core/strings.h"
#include "tests/tools/cli/cli_fixture.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

std::string Example(std::string_view name) {
  return StrCat("docs/examples/", name);
}

Decimal Number(const json& text) {
  return Decimal::Parse(text.get<std::string>()).value();
}

std::vector<std::string> Cells(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream stream(row);
  for (std::string cell; std::getline(stream, cell, ',');) {
    cells.push_back(cell);
  }
  return cells;
}

TEST(RunCommandTest, NamesTheFileThatIsNotThere) {
  const CliRun run = RunColibri({"run", "/nowhere/run.yaml"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("/nowhere/run.yaml"));
}

TEST(RunCommandTest, StartsNothingWhenAnythingIsWrong) {
  const TestFolder folder;
  const std::string file = folder.Write("run.yaml", "exchange: {venue: x}\nstrategy: {}\nx: 1\n");
  const CliRun run = RunColibri({"run", file});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":1: exchange.venue: unknown venue")));
  EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":2: strategy.name: is missing")));
  EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":3: x: unknown key")));
  EXPECT_THAT(run.err, HasSubstr("mistakes in the configuration; nothing was started"));
  EXPECT_EQ(run.out, "");
}

TEST(RunCommandTest, NamesTheVariableOfAMissingKey) {
  const CliRun run = RunColibri({"run", Example("local_sim.yaml")});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("COLIBRI_BINANCE_API_KEY"));
}

TEST(RunCommandTest, NamesTheRecordingThatIsNotThere) {
  const CliRun run =
      RunColibri({"run", Example("paper_recorded.yaml")}, {{"COLIBRI_DATA", "/nowhere"}});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("/nowhere/binance/spot_btcusdt_20240808.gz"));
}

class RecordedRunTest : public RecordedDataTest {
 protected:
  CliRun Run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", Example("paper_recorded.yaml"), "--json"});
    return RunColibri(more, {{"COLIBRI_DATA", data_}});
  }
};

TEST_F(RecordedRunTest, IsTheSameEveryTime) {
  const CliRun first = Run({"--seconds", "600"});
  const CliRun second = Run({"--seconds", "600"});
  ASSERT_EQ(first.exit_code, kExitOk) << first.err;
  EXPECT_EQ(Json(first)["event_log_hash"].get<std::string>().size(), 32U);
  EXPECT_EQ(first.out, second.out);
  EXPECT_NE(Json(first)["event_log_hash"], Json(Run({"--seconds", "500"}))["event_log_hash"]);
}

// What the report says, computed again from the fills listed.
TEST_F(RecordedRunTest, ReconcilesWithTheFillsListed) {
  const TestFolder folder;
  const std::string fills = folder.PathOf("fills.csv");
  const CliRun run = Run({"--fills", fills});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json report = Json(run);
  EXPECT_EQ(report["lines"], 99'574);
  EXPECT_EQ(report["open_orders_left"], 0);
  EXPECT_EQ(report["reconciled"], true);
  std::map<std::string, Decimal> now = {{"BTC", Decimal::FromScaled(5, 1)},
                                        {"USDT", Decimal::FromInteger(30'000)}};
  int64_t count = 0;
  std::istringstream rows(ReadText(fills));
  std::string row;
  std::getline(rows, row);  // the heading
  while (std::getline(rows, row)) {
    const std::vector<std::string> cells = Cells(row);
    ASSERT_EQ(cells.size(), 13U) << row;
    const Decimal price = Decimal::Parse(cells[6]).value();
    const Decimal quantity = Decimal::Parse(cells[7]).value();
    const Decimal notional = Multiply(price, quantity, Rounding::kDown).value();
    EXPECT_EQ(cells[8], notional.ToString());
    now["BTC"] += cells[5] == "buy" ? quantity : -quantity;
    now["USDT"] -= cells[5] == "buy" ? notional : -notional;
    const size_t blank = cells[9].find(' ');
    now[cells[9].substr(blank + 1)] -= Decimal::Parse(cells[9].substr(0, blank)).value();
    ++count;
  }
  EXPECT_GT(count, 0);
  EXPECT_EQ(report["fills"], count);
  EXPECT_EQ(report["base_balance"], now["BTC"].ToString());
  EXPECT_EQ(report["quote_balance"], now["USDT"].ToString());
  // All that is there against all that was there at the start, both at the last price.
  const Decimal mid = Number(report["mid"]);
  const Decimal base_gain = now["BTC"] - Decimal::FromScaled(5, 1);
  const Decimal quote_gain = now["USDT"] - Decimal::FromInteger(30'000);
  EXPECT_EQ(Number(report["pnl_quote"]),
            Multiply(base_gain, mid, Rounding::kHalfEven).value() + quote_gain);
}

TEST_F(RecordedRunTest, WritesItsEvents) {
  const TestFolder folder;
  const std::string events = folder.PathOf("events.txt");
  const CliRun run = Run({"--seconds", "60", "--events", events});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const std::string text = ReadText(events);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), Json(run)["events"].get<int64_t>());
  EXPECT_THAT(text, HasSubstr("order_created"));
}

TEST_F(RecordedRunTest, ShowsPeopleATable) {
  const CliRun run = RunColibri({"run", Example("paper_recorded.yaml"), "--seconds", "120"},
                                {{"COLIBRI_DATA", data_}});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("event_log_hash"));
  EXPECT_THAT(run.out, HasSubstr("adds up"));
}

// start + traded (which is profit and funding) - fees == now, of the collateral.
void ExpectFlatAndBalanced(const json& report, const std::string& collateral) {
  EXPECT_EQ(report["open_orders_left"], 0);
  EXPECT_EQ(report["position"], "0");
  EXPECT_EQ(report["position_left"], "0");
  EXPECT_EQ(report["collateral"], collateral);
  EXPECT_EQ(report["reconciled"], true);
  for (const json& asset : report["balances"]) {
    if (asset["asset"] == collateral) {
      EXPECT_EQ(Number(asset["start"]) + Number(report["realised_profit"]) +
                    Number(report["funding"]) - Number(asset["fees"]),
                Number(report["balance"]));
    }
  }
}

TEST_F(RecordedDataTest, TradesPerpetualsOnRecordedData) {
  const CliRun run =
      RunColibri({"run", Example("paper_perpetual_recorded.yaml"), "--seconds", "150", "--json"},
                 {{"COLIBRI_DATA", data_}});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json report = Json(run);
  EXPECT_GT(report["fills"], 0);
  EXPECT_EQ(report["leverage"], 10);
  EXPECT_NE(report["funding"], "0");
  ExpectFlatAndBalanced(report, "USDT");
}

TEST_F(RecordedDataTest, TradesPerpetualsOnRecordedWholeBooks) {
  const TestFolder folder;
  const std::string config = folder.Write("run.yaml",
                                          StrCat(R"(
exchange: {venue: hyperliquid_perpetual, pairs: [BTC-USD], leverage: 3, margin_mode: isolated}
paper:
  balances: {USDC: 20000}
  funding: {rate: 0.0001, interval: 5s}
recording:
  files: [)",
                                                 data_,
                                                 R"(/hyperliquid/hftbacktest_btcusd_20250126.gz]
  rules: {price_increment: 0.1, quantity_increment: 0.00001, price_significant_digits: 5,
          notional_min: 10, collateral: USDC}
strategy:
  name: simple_market_maker
  quantity: 0.01
  bid_spread: 0.00001
  ask_spread: 0.00001
  inventory: {enabled: false}
  refresh_interval: 1s
)"));
  const CliRun run = RunColibri({"run", config, "--json"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json report = Json(run);
  EXPECT_EQ(report["lines"], 55);
  EXPECT_GT(report["orders_created"], 0);
  ExpectFlatAndBalanced(report, "USDC");
}

}  // namespace
}  // namespace colibri::cli
