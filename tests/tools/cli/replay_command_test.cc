#include <algorithm>
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
using testing::Not;

// Discarded when it printed no JSON.
json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

std::string Line(int64_t time_ns, std::string_view text) {
  return StrCat(1'700'000'000'000'000'000 + time_ns, " ", text, "\n");
}

std::string Diff(int64_t first_id, int64_t last_id, std::string_view bids, std::string_view asks) {
  return StrCat(R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000000,)",
                R"("s":"BTCUSDT","U":)",
                first_id,
                R"(,"u":)",
                last_id,
                R"(,"b":[)",
                bids,
                R"(],"a":[)",
                asks,
                "]}}");
}

constexpr std::string_view kSnapshot =
    R"({"lastUpdateId":100,"bids":[["100.00","2.0"],["99.50","1.0"]],"asks":[["101.00","3.0"]]})";
constexpr std::string_view kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000000,"s":"BTCUSDT","t":7,)"
    R"("p":"100.50","q":"0.25","T":1700000000000,"m":true,"M":true}})";

// One line is buffered before the snapshot, four are applied.
std::vector<std::string> SmallRecording() {
  return {Line(0, Diff(90, 100, R"(["98.00","9.0"])", "")),
          Line(1, kSnapshot),
          Line(2, Diff(101, 103, R"(["100.00","1.5"])", "")),
          Line(3, Diff(104, 104, "", R"(["101.00","0.0"],["102.00","4.0"])")),
          Line(4, kTrade),
          Line(5, Diff(105, 109, R"(["99.50","0.0"])", "")),
          Line(6, Diff(110, 111, R"(["100.25","0.125"])", ""))};
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line;
  }
  return text;
}

CliRun Replay(const std::vector<std::string>& files, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {
      "replay", "--venue", "binance", "--pair", "BTC-USDT", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), files.begin(), files.end());
  return RunColibri(arguments);
}

TEST(ReplayCommandTest, NamesTheFileThatIsNotThere) {
  const CliRun run = Replay({"/nowhere/day.gz"});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("/nowhere/day.gz"));
  EXPECT_EQ(run.out, "");
}

TEST(ReplayCommandTest, NamesFileAndLineOfGarbage) {
  const TestFolder folder;
  std::vector<std::string> lines = SmallRecording();
  for (const std::string_view garbage :
       {"no time {}\n",
        "1700000000000000003 {\"stream\":\"btcusdt@depth@100ms\",\"data\":{\n",
        "1700000000000000003 \n",
        "\xff\xfe\x01\n"}) {
    lines[3] = garbage;
    const std::string file = folder.Write("garbage.txt", Joined(lines));
    const CliRun run = Replay({file});
    EXPECT_EQ(run.exit_code, kExitFailed) << garbage;
    EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":4: "))) << garbage;
    EXPECT_EQ(run.out, "") << garbage;
  }
}

TEST(ReplayCommandTest, NamesFileAndLineOfATruncatedGzip) {
  const TestFolder folder;
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += Joined(SmallRecording());
  }
  const std::string whole = ReadText(folder.WriteGzip("whole.gz", many));
  const std::string file = folder.Write("cut.gz", whole.substr(0, whole.size() - 20));
  const CliRun run = Replay({file});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":")));
  EXPECT_THAT(run.err, HasSubstr("truncated"));
}

TEST(ReplayCommandTest, NamesTheLevelThatIsFinerThanTheScale) {
  const TestFolder folder;
  const std::string file = folder.Write("fine.txt", Joined(SmallRecording()));
  const CliRun run = Replay({file}, {"--quantity-decimals", "2"});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":7: ")));
  EXPECT_THAT(run.err, HasSubstr("0.125"));
  EXPECT_EQ(Replay({file}, {"--quantity-decimals", "3"}).exit_code, kExitOk);
}

TEST(ReplayCommandTest, SumsUpARecording) {
  const TestFolder folder;
  const CliRun run = Replay({folder.Write("small.txt", Joined(SmallRecording()))});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  const json summary = Json(run);
  EXPECT_EQ(summary["lines"], 7);
  EXPECT_EQ(summary["depth_messages"], 5);
  EXPECT_EQ(summary["diffs_applied"], 4);
  EXPECT_EQ(summary["snapshots_applied"], 1);
  EXPECT_EQ(summary["level_changes"], 5);
  EXPECT_EQ(summary["sequence_gaps"], 0);
  EXPECT_EQ(summary["final_update_id"], 111);
  EXPECT_EQ(summary["bid_levels"], 2);
  EXPECT_EQ(summary["ask_levels"], 1);
  EXPECT_EQ(summary["trades"], 1);
  EXPECT_EQ(summary["trade_quantity"], "0.25");
  EXPECT_EQ(summary["trade_notional"], "25.125");
  // SHA-256 of "100.25:0.125|100:1.5#102:4".
  EXPECT_EQ(summary["sha256_full_book"],
            "d9d21c2ffe493a8c8c01072109632786aecebf3efd800f610d923a7d401ff114");
}

TEST(ReplayCommandTest, PrintsLinesForPeople) {
  const TestFolder folder;
  const CliRun run = RunColibri({"replay",
                                 "--venue",
                                 "binance",
                                 "--pair",
                                 "BTC-USDT",
                                 "--checkpoints",
                                 "2",
                                 folder.Write("small.txt", Joined(SmallRecording()))});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("final_update_id      111\n"));
  EXPECT_THAT(run.out, HasSubstr("checkpoint           {\"applied\":2,"));
}

TEST(ReplayCommandTest, ReportsTheGapAtTheDiffAfterTheMissingOne) {
  const TestFolder folder;
  for (const size_t deleted : {2U, 3U, 5U}) {
    std::vector<std::string> lines = SmallRecording();
    lines.erase(lines.begin() + static_cast<int64_t>(deleted));
    const std::string file = folder.Write("gap.txt", Joined(lines));
    const CliRun run = Replay({file});
    EXPECT_EQ(run.exit_code, kExitFailed);
    // The line after the deleted one moved up; the trade, which is none of the book, is passed.
    const size_t told = deleted == 3 ? 5 : deleted + 1;
    EXPECT_THAT(run.err, HasSubstr(StrCat(file, ":", told, ": sequence gap")));
    EXPECT_EQ(Json(run)["sequence_gaps"], 1);
    EXPECT_NE(Json(run)["book_state"], "synced");
  }
}

TEST(ReplayCommandTest, PlaysSeveralFilesAsOne) {
  const TestFolder folder;
  const std::vector<std::string> lines = SmallRecording();
  const std::string first = folder.Write("1.txt", Joined({lines.begin(), lines.begin() + 4}));
  const std::string second = folder.WriteGzip("2.gz", Joined({lines.begin() + 4, lines.end()}));
  const CliRun run = Replay({first, second});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["final_update_id"], 111);
  EXPECT_EQ(Replay({second}).exit_code, kExitFailed);  // without a snapshot there is no book
}

TEST(ReplayCommandTest, SaysWhichVenuesAndPairsAreMeant) {
  const CliRun venue = RunColibri({"replay", "--venue", "binanse", "--pair", "BTC-USDT", "x"});
  EXPECT_EQ(venue.exit_code, kExitUsage);
  EXPECT_THAT(venue.err, HasSubstr("did you mean binance"));
  const CliRun pair = RunColibri({"replay", "--venue", "binance", "--pair", "BTCUSDT", "x"});
  EXPECT_EQ(pair.exit_code, kExitUsage);
  EXPECT_THAT(pair.err, HasSubstr("BTCUSDT"));
}

// The recordings.

void ExpectGolden(const json& summary, const json& golden) {
  const auto same = [&](const char* ours, const json& expected) {
    EXPECT_EQ(summary[ours], expected) << ours;
  };
  same("lines", golden["lines"]);
  same("depth_messages", golden["depth_msgs"]);
  same("diffs_applied", golden["depth_applied"]);
  same("level_changes", golden["level_updates_applied"]);
  same("sequence_gaps", golden["sequence_gaps"]);
  same("final_update_id", golden["final"]["u"]);
  same("bid_levels", golden["final"]["nbids"]);
  same("ask_levels", golden["final"]["nasks"]);
  same("sha256_full_book", golden["final"]["sha256_full_book"]);
  same("trades", golden["trades"]["count"]);
  same("trade_quantity", golden["trades"]["qty"]);
  same("trade_notional", golden["trades"]["notional"]);
  same("checkpoints", golden["checkpoints"]);
}

void ReplayGolden(size_t stream, const std::string& venue, const std::string& book) {
  const std::optional<std::string> path = RecordingPath("binance/golden.json");
  if (!path.has_value()) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  const json golden = json::parse(ReadText(*path))["streams"][stream];
  std::vector<std::string> arguments = {"replay",
                                        "--venue",
                                        venue,
                                        "--pair",
                                        "BTC-USDT",
                                        "--checkpoints",
                                        "500",
                                        "--json",
                                        "--book",
                                        book};
  for (const json& file : golden["files"]) {
    arguments.push_back(*RecordingPath(StrCat("binance/", file.get<std::string>())));
  }
  const CliRun run = RunColibri(arguments);
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["book"], book);
  ExpectGolden(Json(run), golden);
}

TEST(ReplayCommandTest, EqualsTheGoldenSpotStream) {
  ReplayGolden(0, "binance", "plain");
}

TEST(ReplayCommandTest, EqualsTheGoldenPerpetualStream) {
  ReplayGolden(1, "binance_perpetual", "plain");
}

TEST(ReplayCommandTest, EqualsTheGoldenSpotStreamWithAHotBook) {
  ReplayGolden(0, "binance", "hot");
}

TEST(ReplayCommandTest, EqualsTheGoldenPerpetualStreamWithAHotBook) {
  ReplayGolden(1, "binance_perpetual", "hot");
}

TEST(ReplayCommandTest, KnowsTheKindsOfBooks) {
  const CliRun run = Replay({"--book", "warm", "x"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("--book"));
}

TEST(ReplayCommandTest, ReportsAnyDeletedDiffOfTheRecording) {
  const std::optional<std::string> path = RecordingPath("binance/spot_btcusdt_20240808.gz");
  if (!path.has_value()) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }
  std::vector<std::string> lines;
  const gzFile file = gzopen(path->c_str(), "rb");
  std::string line(size_t{1} << 20, '\0');
  while (lines.size() < 600 && gzgets(file, line.data(), static_cast<int>(line.size()))) {
    lines.emplace_back(line.c_str());
  }
  gzclose(file);
  std::vector<size_t> diffs;  // after the snapshot's line, and that are not older than it
  for (size_t i = 10; i < lines.size(); ++i) {
    if (lines[i].find("@depth@") != std::string::npos) {
      diffs.push_back(i);
    }
  }
  ASSERT_GT(diffs.size(), 20U);
  const TestFolder folder;
  for (size_t i = 0; i + 1 < diffs.size(); i += diffs.size() / 10) {
    std::vector<std::string> rest = lines;
    rest.erase(rest.begin() + static_cast<int64_t>(diffs[i]));
    const std::string copy = folder.Write("copy.txt", Joined(rest));
    const CliRun run = Replay({copy});
    EXPECT_EQ(run.exit_code, kExitFailed);
    EXPECT_THAT(run.err, HasSubstr(StrCat(copy, ":", diffs[i + 1], ": sequence gap")));
    EXPECT_EQ(Json(run)["book_state"], "stale");
  }
}

TEST(ReplayCommandTest, PlaysARecordingOfWholeBooks) {
  const std::optional<std::string> path =
      RecordingPath("hyperliquid/hftbacktest_btcusd_20250126.gz");
  if (!path.has_value()) {
    GTEST_SKIP() << "no recordings; set COLIBRI_DATA";
  }

  const CliRun run = RunColibri({"replay",
                                 "--venue",
                                 "hyperliquid_perpetual",
                                 "--pair",
                                 "BTC-USD",
                                 "--price-decimals",
                                 "1",
                                 "--quantity-decimals",
                                 "5",
                                 "--json",
                                 *path});

  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["lines"], 55);
  EXPECT_EQ(Json(run)["snapshots"], 46);
  EXPECT_EQ(Json(run)["snapshots_applied"], 46);
  EXPECT_EQ(Json(run)["trades"], 64);
  EXPECT_EQ(Json(run)["final_update_id"], 1737918868877);
  EXPECT_EQ(Json(run)["bid_levels"], 20);
  EXPECT_EQ(Json(run)["ask_levels"], 20);
  EXPECT_EQ(Json(run)["book_state"], "synced");
}

}  // namespace
}  // namespace colibri::cli
