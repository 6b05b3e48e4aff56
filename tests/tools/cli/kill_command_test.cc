// colibri kill, and the kill switch of a run on recorded data.
#include <csignal>
#include <string>
#include <unistd.h>

#include "gmock/gmock.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tests/tools/cli/cli_fixture.h"
#include "tools/cli/kill_guard.h"
#include "tools/cli/state_directory.h"
#include <sys/wait.h>

namespace colibri::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

json Json(const CliRun& run) {
  return json::parse(run.out, nullptr, /*allow_exceptions=*/false);
}

TEST(KillCommandTest, NeedsADirectoryThatIsThere) {
  EXPECT_EQ(RunColibri({"kill"}).exit_code, kExitUsage);
  const CliRun run = RunColibri({"kill", "--state", "/nowhere/state"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("/nowhere/state (--state) is no directory"));
}

TEST(KillCommandTest, SaysWhatWasMeant) {
  EXPECT_THAT(RunColibri({"kil"}).err, HasSubstr("did you mean kill?"));
  EXPECT_THAT(RunColibri({"kill", "--state", "/tmp", "--resett"}).err, HasSubstr("--reset"));
  EXPECT_EQ(RunColibri({"kill", "--state", "/tmp", "--reset", "--reason", "x"}).exit_code,
            kExitUsage);
}

TEST(KillCommandTest, EngagesWithoutARunAndSaysThatNothingWasCanceled) {
  const TestFolder folder;
  const CliRun run =
      RunColibri({"kill", "--state", folder.PathOf(""), "--reason", "fat finger", "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["engaged"], true);
  EXPECT_EQ(Json(run)["process"], nullptr);
  EXPECT_EQ(Json(run)["confirmed"], false);
  EXPECT_THAT(run.out, HasSubstr("nothing was canceled"));
  EXPECT_THAT(ReadText(folder.PathOf("kill_switch")), HasSubstr("reason fat finger\n"));
}

TEST(KillCommandTest, KeepsTheFirstReason) {
  const TestFolder folder;
  RunColibri({"kill", "--state", folder.PathOf(""), "--reason", "first"});
  const CliRun run = RunColibri({"kill", "--state", folder.PathOf(""), "--reason", "second"});
  EXPECT_THAT(run.out, AllOf(HasSubstr("was already engaged"), HasSubstr("first")));
}

TEST(KillCommandTest, Resets) {
  const TestFolder folder;
  RunColibri({"kill", "--state", folder.PathOf(""), "--reason", "first"});
  const CliRun run = RunColibri({"kill", "--reset", "--state", folder.PathOf("")});
  EXPECT_EQ(run.exit_code, kExitOk);
  EXPECT_THAT(run.out, AllOf(HasSubstr("kill switch reset"), HasSubstr("first")));
  EXPECT_FALSE(std::filesystem::exists(folder.PathOf("kill_switch")));
  EXPECT_THAT(RunColibri({"kill", "--reset", "--state", folder.PathOf("")}).out,
              HasSubstr("was not engaged"));
}

// A guard in this process, with the loop that a run would have.
class KillGuardTest : public testing::Test {
 protected:
  KillGuardTest() : path_(folder_.PathOf("state")) { std::filesystem::create_directory(path_); }

  std::unique_ptr<KillGuard> Open(const std::string& path) {
    absl::StatusOr<std::unique_ptr<KillGuard>> guard = KillGuard::Open(path, io_);
    EXPECT_TRUE(guard.ok()) << guard.status();
    return guard.ok() ? *std::move(guard) : nullptr;
  }
  // Until the switch is as wanted; false after two seconds.
  bool Becomes(KillGuard& guard, bool is_engaged) {
    for (int i = 0; i < 200 && guard.kill().is_engaged() != is_engaged; ++i) {
      environment_.io_context().restart();
      environment_.io_context().run_for(std::chrono::milliseconds(10));
    }
    return guard.kill().is_engaged() == is_engaged;
  }

  TestFolder folder_;
  std::string path_;
  std::ostringstream out_;
  std::ostringstream err_;
  CliIo io_{.out = out_, .err = err_};
  AsioEnvironment environment_;
};

TEST_F(KillGuardTest, RefusesADirectoryThatIsHeld) {
  const auto first = Open(path_);
  const auto second = KillGuard::Open(path_, io_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
}

TEST_F(KillGuardTest, EngagesByASignalAndKeepsItAcrossARestart) {
  {
    const auto guard = Open(path_);
    const auto watch = guard->Watch(environment_);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_TRUE(Becomes(*guard, true));
    EXPECT_EQ(guard->kill().record().by, "signal SIGUSR1");
  }
  const auto guard = Open(path_);
  EXPECT_TRUE(guard->kill().is_engaged());
  EXPECT_EQ(guard->kill().record().by, "signal SIGUSR1");
  EXPECT_THAT(std::string(guard->kill().Check().message()),
              HasSubstr(StrCat("colibri kill --reset --state ", path_)));
}

TEST_F(KillGuardTest, EngagesByASignalWithoutADirectory) {
  const auto guard = Open("");
  const auto watch = guard->Watch(environment_);
  ASSERT_EQ(raise(SIGUSR1), 0);
  EXPECT_TRUE(Becomes(*guard, true));
  EXPECT_THAT(std::string(guard->kill().Check().message()), HasSubstr("a restart of this run"));
}

TEST_F(KillGuardTest, SurvivesTheSignalWhileItDoesNotWatch) {
  const auto guard = Open(path_);
  EXPECT_EQ(raise(SIGUSR1), 0);
  EXPECT_FALSE(guard->kill().is_engaged());
}

TEST_F(KillGuardTest, NoticesTheFileWithoutASignal) {
  const auto guard = Open(path_);
  const auto watch = guard->Watch(environment_);
  folder_.Write("state/kill_switch", "scribble");
  ASSERT_TRUE(Becomes(*guard, true));
  EXPECT_THAT(std::string(guard->kill().Check().message()), HasSubstr("not whole"));
  std::filesystem::remove(folder_.PathOf("state/kill_switch"));
  EXPECT_TRUE(Becomes(*guard, false));
  EXPECT_THAT(err_.str(), HasSubstr("orders are taken again"));
}

// The command against a run that lives: what it says is what the run reported.
TEST_F(KillGuardTest, TheCommandWaitsForTheConfirmation) {
  const auto guard = Open(path_);
  StateDirectory state(path_);
  ASSERT_TRUE(state
                  .WriteReport({.process = getpid(),
                                .is_done = true,
                                .venues = {{.name = "fake", .attempts = 2, .is_verified = true}}})
                  .ok());
  const CliRun run = RunColibri({"kill", "--state", path_, "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(Json(run)["process"], getpid());
  EXPECT_EQ(Json(run)["confirmed"], true);
  EXPECT_EQ(Json(run)["venues"][0]["name"], "fake");
  EXPECT_THAT(run.out, HasSubstr("all canceled, verified by the venue"));
}

TEST_F(KillGuardTest, TheCommandSaysWhatIsLeftWhenTimeIsUp) {
  const auto guard = Open(path_);
  StateDirectory state(path_);
  ASSERT_TRUE(state
                  .WriteReport({.process = getpid(),
                                .is_done = false,
                                .venues = {{.name = "fake",
                                            .attempts = 2,
                                            .open_orders_left = 3,
                                            .is_verified = true,
                                            .may_be_open = {"clb-1"}}}})
                  .ok());
  const CliRun run = RunColibri({"kill", "--state", path_, "--timeout", "0.1"});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("NOT CONFIRMED"),
                    HasSubstr("3 open orders left"),
                    HasSubstr("may be open: clb-1")));
}

TEST_F(KillGuardTest, AReportThatCannotBeReadConfirmsNothing) {
  const auto guard = Open(path_);
  for (const char* text : {"", "{", "[]", "{\"process\": \"x\"}"}) {
    folder_.Write("state/kill_report", text);
    EXPECT_FALSE(StateDirectory(path_).ReadReport().has_value()) << text;
  }
}

// Whole runs, with orders.

class KilledRunTest : public RecordedDataTest {
 protected:
  void SetUp() override {
    RecordedDataTest::SetUp();
    state_ = folder_.PathOf("state");
    std::filesystem::create_directory(state_);
  }

  // The example of a recorded run, with more at its end.
  CliRun Run(std::string_view more, std::vector<std::string> options = {}) {
    const std::string file = folder_.Write(
        "run.yaml",
        StrCat(ReadText("docs/examples/paper_recorded.yaml"), "\nstate: ", state_, "\n", more));
    options.insert(options.begin(), {"run", file, "--json"});
    return RunColibri(options, {{"COLIBRI_DATA", data_}});
  }

  TestFolder folder_;
  std::string state_;
};

TEST_F(KilledRunTest, PlacesNothingWhileKilled) {
  RunColibri({"kill", "--state", state_, "--reason", "fat finger"});
  const std::string events = folder_.PathOf("events.txt");
  const CliRun run = Run("", {"--seconds", "60", "--events", events});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(Json(run)["kill_switch"].get<std::string>(), HasSubstr("fat finger"));
  EXPECT_EQ(Json(run)["open_orders_left"], 0);
  EXPECT_THAT(ReadText(events), Not(HasSubstr("order_created")));
  EXPECT_THAT(run.err, HasSubstr("kill switch engaged by colibri kill"));
}

TEST_F(KilledRunTest, PlacesAgainAfterAReset) {
  RunColibri({"kill", "--state", state_});
  RunColibri({"kill", "--state", state_, "--reset"});
  const std::string events = folder_.PathOf("events.txt");
  const CliRun run = Run("", {"--seconds", "60", "--events", events});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_FALSE(Json(run).contains("kill_switch"));
  EXPECT_THAT(ReadText(events), HasSubstr("order_created"));
}

// The market maker loses a little on every round trip.
TEST_F(KilledRunTest, IsKilledByItsLossAndStaysSo) {
  const std::string events = folder_.PathOf("events.txt");
  const CliRun run = Run("risk: {kill_at_daily_loss: 0.01}\n", {"--events", events});
  ASSERT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_TRUE(Json(run).contains("kill_switch")) << run.out;
  EXPECT_THAT(Json(run)["kill_switch"].get<std::string>(), HasSubstr("kill_at_daily_loss"));
  EXPECT_EQ(Json(run)["open_orders_left"], 0);
  // Nothing was placed once it was engaged: what ends the file is cancels, and market data.
  const std::string text = ReadText(events);
  const size_t last_created = text.rfind("order_created");
  const size_t last_canceled = text.rfind("order_canceled");
  ASSERT_NE(last_canceled, std::string::npos);
  EXPECT_LT(last_created, last_canceled);
  EXPECT_THAT(ReadText(StrCat(state_, "/kill_report")), HasSubstr("\"is_done\": true"));
  const CliRun next = Run("", {"--seconds", "60"});
  EXPECT_EQ(Json(next)["fills"], 0);
}

TEST_F(KilledRunTest, TakesLimitsFromTheFile) {
  const std::string events = folder_.PathOf("events.txt");
  const CliRun run =
      Run("risk: {order_quantity_max: 0.001}\n", {"--seconds", "60", "--events", events});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_THAT(ReadText(events), Not(HasSubstr("order_created")));
}

}  // namespace
}  // namespace colibri::cli
