#include "tools/cli/cli.h"

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "tests/tools/cli/cli_fixture.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

TEST(CliTest, NamesTheNearestCommand) {
  const CliRun run = RunColibri({"quickstrat", "--json"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_EQ(run.err,
            "error: unknown command \"quickstrat\"; did you mean quickstart?\n"
            "  see `colibri --help`\n");
  EXPECT_EQ(run.out, "");
}

TEST(CliTest, NamesTheNearestOption) {
  const CliRun run = RunColibri({"quickstart", "--secnds", "3"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("did you mean --seconds instead of --secnds?"));
  EXPECT_THAT(run.err, HasSubstr("colibri quickstart --help"));
}

TEST(CliTest, ListsTheCommandsWhenThereIsNone) {
  const CliRun run = RunColibri({});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("quickstart"));
  EXPECT_THAT(run.err, HasSubstr("replay"));
  EXPECT_THAT(RunColibri({"--jsn"}).err, HasSubstr("no command given"));
}

TEST(CliTest, RefusesValuesThatMakeNoSense) {
  EXPECT_EQ(RunColibri({"quickstart", "--seconds", "soon"}).exit_code, kExitUsage);
  EXPECT_EQ(RunColibri({"quickstart", "--seconds", "-1"}).exit_code, kExitUsage);
  EXPECT_EQ(RunColibri({"book", "binance", "BTC-USDT", "--depth", "0"}).exit_code, kExitUsage);
  EXPECT_EQ(RunColibri({"sim", "binance", "--port", "70000"}).exit_code, kExitUsage);
  EXPECT_EQ(RunColibri({"replay"}).exit_code, kExitUsage);
}

TEST(CliTest, HelpsWithEveryCommandAndGivesAnExample) {
  for (const char* command :
       {"quickstart", "run", "replay", "sim", "book", "balance", "venues", "sign"}) {
    const CliRun run = RunColibri({command, "--help"});
    EXPECT_EQ(run.exit_code, kExitOk) << command;
    EXPECT_THAT(run.out, HasSubstr(std::string("Usage: colibri ") + command)) << command;
    EXPECT_THAT(run.out, HasSubstr(std::string("  colibri ") + command)) << command;
    EXPECT_THAT(run.out, HasSubstr("--json")) << command;
    EXPECT_THAT(run.err, Not(HasSubstr("error"))) << command;
  }
  EXPECT_EQ(RunColibri({"--help"}).exit_code, kExitOk);
  EXPECT_THAT(RunColibri({"--version"}).out, HasSubstr("colibri "));
}

TEST(CliTest, ListsTheVenues) {
  const CliRun run = RunColibri({"venues", "--json"});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_GE(Json(run).size(), 2U);
  EXPECT_EQ(Json(run)[0]["name"], "binance");
  EXPECT_EQ(Json(run)[0]["key_variables"][0], "COLIBRI_BINANCE_API_KEY");
  EXPECT_THAT(RunColibri({"venues"}).out,
              HasSubstr("COLIBRI_HYPERLIQUID_PERPETUAL_WALLET_KEY and "
                        "COLIBRI_HYPERLIQUID_PERPETUAL_ACCOUNT_ADDRESS"));
  EXPECT_THAT(RunColibri({"venues"}).out, HasSubstr("live, testnet, us, local"));
  EXPECT_THAT(RunColibri({"venues"}).out, HasSubstr("\n  orders   socket, rest\n"));
}

}  // namespace
}  // namespace colibri::cli
