// sim: which venues, and faults from a file or a seed.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/tools/cli/cli_fixture.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

CliRun Simulate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"sim", "binance", "--port", "0"});
  return RunColibri(arguments);
}

TEST(SimFaultsTest, NamesTheLineOfAFileThatIsWrong) {
  const TestFolder folder;
  const std::string path = folder.Write("faults.txt", "at 1s all cut\nat 2s depth dorp\n");
  const CliRun run = Simulate({"--faults", path});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(StrCat("error: ", path, ":2: unknown verb of depth \"dorp\"")));
  EXPECT_THAT(run.err, HasSubstr("did you mean drop?"));
  EXPECT_EQ(run.out, "");
}

TEST(SimFaultsTest, NamesTheFileThatIsNotThere) {
  const CliRun run = Simulate({"--faults", "/nowhere/faults.txt"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("cannot read /nowhere/faults.txt (--faults)"));
  EXPECT_EQ(Simulate({"--faults", "/"}).exit_code, kExitUsage);
}

TEST(SimFaultsTest, RunsAFileAndTellsWhatWillHappen) {
  const TestFolder folder;
  const std::string path = folder.Write("faults.txt", "at 1ms all cut   # at once\n");
  const CliRun run = Simulate({"--faults", path, "--seconds", "0.05"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("What will go wrong"));
  EXPECT_THAT(run.out, HasSubstr("\n  at 1ms all cut\n"));
}

TEST(SimFaultsTest, HasNoneUnlessAskedOrWithoutTimeForThem) {
  for (const std::vector<std::string>& extra :
       {std::vector<std::string>{}, std::vector<std::string>{"--fault-seed", "7"}}) {
    std::vector<std::string> arguments = {"--seconds", "0.05", "--json"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const CliRun run = Simulate(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(json::parse(run.out, nullptr, /*allow_exceptions=*/false)["faults"], json::array());
  }
}

TEST(SimPerpetualTest, RunsFuturesAndTellsWhereTheyAre) {
  const CliRun run = RunColibri({"sim",
                                 "binance_perpetual",
                                 "--port",
                                 "0",
                                 "--seconds",
                                 "0.05",
                                 "--funding-interval",
                                 "30",
                                 "--leverage",
                                 "10",
                                 "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const json told = json::parse(run.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_EQ(told["venue"], "binance_perpetual");
  EXPECT_EQ(told["balances"]["USDT"], "100000");
  EXPECT_THAT(told["websocket_api_url"].get<std::string>(), testing::EndsWith("/ws-fapi/v1"));
  EXPECT_THAT(told["private_url"].get<std::string>(), testing::EndsWith("/private"));
}

TEST(SimPerpetualTest, SpotHasNoFundingAndNoLeverage) {
  for (const char* option : {"--funding-interval", "--leverage"}) {
    const CliRun run = Simulate({option, "10", "--seconds", "0.05"});
    EXPECT_EQ(run.exit_code, kExitUsage);
    EXPECT_THAT(run.err, HasSubstr("are of binance_perpetual, not of binance"));
  }
}

TEST(SimHyperliquidTest, TellsTheWalletsAndHowToUseThem) {
  const CliRun run =
      RunColibri({"sim", "hyperliquid_perpetual", "--port", "0", "--seconds", "0.05"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out,
              HasSubstr("export COLIBRI_HYPERLIQUID_PERPETUAL_ACCOUNT_ADDRESS="
                        "0x14791697260e4c9a71f18484c9f997b308e59325"));
  EXPECT_THAT(run.out, HasSubstr("export COLIBRI_HYPERLIQUID_PERPETUAL_WALLET_KEY=0x0123"));
  EXPECT_THAT(run.out, HasSubstr("\n  agent_key 0x2222"));
  EXPECT_THAT(run.out, HasSubstr("colibri book hyperliquid_perpetual BTC-USD --domain local"));
}

TEST(SimHyperliquidTest, TellsTheTokensOfTheSpotAccount) {
  const CliRun run = RunColibri({"sim", "hyperliquid", "--port", "0", "--seconds", "0.05"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("export COLIBRI_HYPERLIQUID_WALLET_KEY=0x0123"));
  EXPECT_THAT(run.out, HasSubstr("balances  1000 HYPE 50000 PURR 2 UBTC 100000 USDC"));
  EXPECT_THAT(run.out, HasSubstr("colibri book hyperliquid HYPE-USDC --domain local"));
}

TEST(SimHyperliquidTest, TellsWhereItIsAndRefusesALeverage) {
  const CliRun run = RunColibri({"sim",
                                 "hyperliquid_perpetual",
                                 "--port",
                                 "0",
                                 "--seconds",
                                 "0.05",
                                 "--funding-interval",
                                 "30",
                                 "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const json told = json::parse(run.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_EQ(told["balances"]["USDC"], "100000");
  EXPECT_THAT(told["private_url"].get<std::string>(), testing::EndsWith("/ws"));
  EXPECT_EQ(told["second_account_address"], "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");

  const CliRun refused =
      RunColibri({"sim", "hyperliquid_perpetual", "--leverage", "10", "--seconds", "0.05"});
  EXPECT_EQ(refused.exit_code, kExitUsage);
  EXPECT_THAT(refused.err, HasSubstr("--leverage is of binance_perpetual"));
}

}  // namespace
}  // namespace colibri::cli
