#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "connector/journal.h"
#include "connector/journal_scan.h"
#include "connector/net/posix_files.h"
#include "core/strings.h"
#include "tests/support/sample_records.h"
#include "tests/support/status_matchers.h"
#include "tests/tools/cli/cli_fixture.h"

namespace colibri::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::vector<json> JsonLines(const std::string& text) {
  std::vector<json> lines;
  for (const std::string& line : Lines(text)) {
    lines.push_back(json::parse(line, nullptr, /*allow_exceptions=*/false));
  }
  return lines;
}

class JournalCommandTest : public ::testing::Test {
 protected:
  const TestFolder folder_;
  const std::string journal_ = JournalOf(SampleRecords());
};

TEST_F(JournalCommandTest, WrongUsageIsTwo) {
  EXPECT_EQ(RunColibri({"journal"}).exit_code, 2);
  const CliRun missing = RunColibri({"journal", folder_.PathOf("none")});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, AllOf(HasSubstr(folder_.PathOf("none")), HasSubstr("No such file")));
  const std::string path = folder_.Write("a", journal_);
  const CliRun output = RunColibri({"journal", path, "--output", folder_.PathOf("b")});
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, HasSubstr("--output goes with --salvage"));
}

TEST_F(JournalCommandTest, AFileThatIsNoJournalIsOne) {
  const CliRun run = RunColibri({"journal", folder_.Write("a", "shopping list: eggs")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr(folder_.PathOf("a")), HasSubstr("not a journal")));
  EXPECT_EQ(RunColibri({"journal", folder_.PathOf("a"), "--salvage"}).exit_code, 1);
}

TEST_F(JournalCommandTest, ABrokenMiddleIsOneWithTheOffsetAndWhatToDo) {
  std::string broken = journal_;
  broken[40] ^= 1;
  const std::string path = folder_.Write("a", broken);
  const CliRun run = RunColibri({"journal", path});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err,
              AllOf(HasSubstr(path),
                    HasSubstr("offset 12 is broken: its checksum does not fit"),
                    HasSubstr(StrCat("colibri journal ", path, " --salvage"))));
}

TEST_F(JournalCommandTest, SalvagePrintsWhatCanBeHadAndTheGaps) {
  std::string broken = journal_;
  broken[40] ^= 1;
  const CliRun run = RunColibri({"journal", folder_.Write("a", broken), "--salvage"});
  EXPECT_EQ(run.exit_code, 0);
  const std::vector<std::string> lines = Lines(run.out);
  ASSERT_THAT(lines, SizeIs(SampleRecords().size() + 1));
  EXPECT_EQ(lines[0], "12 - gap end=51 bytes=39 reason=\"its checksum does not fit\"");
  EXPECT_THAT(lines[1], HasSubstr(" order client_order_id=colibri-0"));
  EXPECT_THAT(lines.back(), HasSubstr("gaps=1 gap_bytes=39"));
  EXPECT_THAT(run.err, HasSubstr("bytes 12 to 51 are lost: its checksum does not fit"));
}

TEST_F(JournalCommandTest, SalvageWritesAGoodJournalAndNeverOverAFile) {
  std::string broken = journal_;
  broken[40] ^= 1;
  const std::string path = folder_.Write("a", broken);
  for (const std::string& taken : {path, folder_.PathOf("./a"), folder_.Write("b", "mine")}) {
    const CliRun refused = RunColibri({"journal", path, "--salvage", "--output", taken});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("exists already"));
  }
  EXPECT_EQ(ReadText(path), broken);
  const std::string good = folder_.PathOf("good");
  const CliRun run = RunColibri({"journal", path, "--salvage", "--output", good});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ReadText(good), JournalHeader() + journal_.substr(51));
  EXPECT_EQ(RunColibri({"journal", good}).exit_code, 0);
  EXPECT_EQ(ReadText(path), broken);
}

TEST_F(JournalCommandTest, ATornTailIsAWarning) {
  const std::string path = folder_.Write("a", journal_.substr(0, journal_.size() - 3));
  const CliRun run = RunColibri({"journal", path});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(Lines(run.out), SizeIs(SampleRecords().size()));
  EXPECT_THAT(run.err, AllOf(HasSubstr("warning: "), HasSubstr(path), HasSubstr("from offset")));
  EXPECT_THAT(run.out, Not(HasSubstr("torn_tail_bytes=0")));
  EXPECT_EQ(ReadText(path).size(), journal_.size() - 3);
}

TEST_F(JournalCommandTest, PrintsALinePerRecordAndASummary) {
  const CliRun run = RunColibri({"journal", folder_.Write("a", journal_)});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err, "");
  const std::vector<std::string> lines = Lines(run.out);
  ASSERT_THAT(lines, SizeIs(SampleRecords().size() + 1));
  EXPECT_EQ(lines[0], "12 2023-11-14T22:13:20Z session venue=binance domain=testnet");
  EXPECT_THAT(lines[2],
              HasSubstr("2023-11-14T22:13:21Z intent client_order_id=colibri-1 pair=BTC-USDT "
                        "side=buy type=limit time_in_force=gtc quantity=0.5 price=100 "
                        "state=pending_create"));
  EXPECT_THAT(lines[3], HasSubstr("in_doubt client_order_id=colibri-1 reason=\"timed out\""));
  EXPECT_THAT(lines[7],
              HasSubstr("fill client_order_id=colibri-1 exchange_order_id=X1 trade_id=T9 "
                        "pair=BTC-USDT side=buy quantity=0.1 price=100 fees=\"0.001 BNB\" "
                        "is_maker=true venue_time=2023-11-14T22:13:24Z"));
  EXPECT_EQ(lines.back(),
            StrCat("summary bytes=",
                   journal_.size(),
                   " records=12 sessions=1 orders_open=0 orders_ended=2 fills=3 orphans=0 "
                   "torn_tail_bytes=0"));
}

TEST_F(JournalCommandTest, JsonHasAnObjectPerLine) {
  const CliRun run = RunColibri({"journal", folder_.Write("a", journal_), "--json"});
  EXPECT_EQ(run.exit_code, 0);
  const std::vector<json> lines = JsonLines(run.out);
  ASSERT_THAT(lines, SizeIs(SampleRecords().size() + 1));
  EXPECT_THAT(lines, Each(Not(json::value_t::discarded)));
  EXPECT_EQ(lines[0]["kind"], "session");
  EXPECT_EQ(lines[1]["trade_ids"], (json{"T7", "T8"}));
  EXPECT_EQ(lines[7]["fees"], (json{"0.001 BNB"}));
  EXPECT_EQ(lines[7]["quantity"], "0.1");
  EXPECT_EQ(lines[8]["time"], "2023-11-14T22:13:26Z");
  EXPECT_EQ(lines[8]["side"], "sell");
  EXPECT_EQ(lines[9]["time"], nullptr);
  EXPECT_EQ(lines[9]["after"], "T10");
  EXPECT_EQ(lines.back()["kind"], "summary");
  EXPECT_EQ(lines.back()["records"], 12);
}

TEST_F(JournalCommandTest, OrdersAreFoldedToTheirEnds) {
  const CliRun run = RunColibri({"journal", folder_.Write("a", journal_), "--orders", "--json"});
  EXPECT_EQ(run.exit_code, 0);
  const std::vector<json> lines = JsonLines(run.out);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0]["client_order_id"], "colibri-0");
  EXPECT_EQ(lines[0]["is_incomplete"], true);
  EXPECT_EQ(lines[1]["client_order_id"], "colibri-1");
  EXPECT_EQ(lines[1]["state"], "canceled");
  EXPECT_EQ(lines[1]["filled"], "0.1");
  EXPECT_EQ(lines[1]["quantity"], "0.4");
  EXPECT_EQ(lines[1]["ended_at"], "2023-11-14T22:13:28Z");
  EXPECT_EQ(lines[1]["trade_ids"], (json{"T9"}));
  EXPECT_EQ(lines[2]["orders_ended"], 2);
}

TEST_F(JournalCommandTest, BytesThatAreNoTextDoNotBreakTheLines) {
  const std::string bytes = JournalOf(
      {JournalInDoubt{ClientOrderId("B\xff"), "line\nwith \"quotes\" \xfe", SampleTime(0)}});
  const std::string path = folder_.Write("a", bytes);
  EXPECT_THAT(Lines(RunColibri({"journal", path}).out), SizeIs(2));
  const std::vector<json> lines = JsonLines(RunColibri({"journal", path, "--json"}).out);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0]["reason"], "line\nwith \"quotes\" \xef\xbf\xbd");
}

TEST_F(JournalCommandTest, AFileInUseCanBeRead) {
  const std::string path = folder_.Write("a", journal_);
  PosixFiles files;  // as the running process has it
  ASSERT_OK_AND_ASSIGN(const auto file, files.OpenToAppend(path));
  EXPECT_EQ(RunColibri({"journal", path}).exit_code, 0);
}

TEST_F(JournalCommandTest, AnEmptyFileHasNothingToTell) {
  const CliRun run = RunColibri({"journal", folder_.Write("a", "")});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("summary bytes=0 records=0"));
}

TEST_F(JournalCommandTest, HelpNamesOptionsExamplesAndExitCodes) {
  const CliRun run = RunColibri({"journal", "--help"});
  EXPECT_EQ(run.exit_code, 0);
  for (const std::string_view text :
       {"FILE", "--json", "--orders", "--salvage", "--output", "Examples:", "Exit code 1"}) {
    EXPECT_THAT(run.out, HasSubstr(std::string(text)));
  }
}

}  // namespace
}  // namespace colibri::cli
