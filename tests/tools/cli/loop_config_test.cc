#include "tools/cli/loop_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "exchanges/registry.h"
#include "tools/cli/run_config.h"

namespace colibri::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunConfigReading Read(std::string_view loop,
                      const std::vector<int>& cores = {0, 1, 2, 3},
                      std::string_view more = "") {
  static const Registry& registry = *new Registry(MakeRegistry());
  return ReadRunConfig(
      StrCat("loop: ",
             loop,
             "\nexchange: {venue: binance, pairs: [BTC-USDT]}\n",
             "strategy: {name: simple_market_maker, quantity: 1}\n",
             more),
      "run.yaml",
      registry,
      [](std::string_view) { return std::nullopt; },
      cores);
}

TEST(LoopConfigTest, NamesTheModesWhenItKnowsNone) {
  EXPECT_THAT(Read("{mode: spin}").problems,
              ElementsAre(HasSubstr("run.yaml:1: loop.mode: is \"spin\": write blocking (waits in "
                                    "the kernel), coalesce (wakes up less often) or busy_poll")));
  EXPECT_THAT(Read("fast").problems, ElementsAre(HasSubstr("loop: is a text: write its keys")));
  EXPECT_THAT(Read("{modus: blocking}").problems,
              ElementsAre(HasSubstr("loop.modus: unknown key; did you mean mode?")));
}

TEST(LoopConfigTest, RefusesAPauseThatIsNoneOrOfAnotherMode) {
  for (const std::string_view pause : {"9us", "11ms", "-1us"}) {
    EXPECT_THAT(Read(StrCat("{mode: coalesce, coalesce: ", pause, "}")).problems,
                ElementsAre(HasSubstr("loop.coalesce: is ")));
  }
  EXPECT_THAT(Read("{mode: coalesce, coalesce: 200}").problems,
              ElementsAre(HasSubstr("loop.coalesce: is \"200\": write a duration")));
  EXPECT_THAT(Read("{mode: busy_poll, coalesce: 200us}").problems,
              ElementsAre(HasSubstr("loop.coalesce: is the pause of mode: coalesce")));
  EXPECT_THAT(Read("{coalesce: 200us}").problems,
              ElementsAre(HasSubstr("loop.coalesce: is the pause of mode: coalesce")));
}

TEST(LoopConfigTest, NamesTheCoresAllowed) {
  EXPECT_THAT(Read("{core: 4}").problems,
              ElementsAre("run.yaml:1: loop.core: is 4, which is not there, or not for this "
                          "process: it may use 0-3"));
  EXPECT_THAT(Read("{core: -1}", {2, 5}).problems,
              ElementsAre(HasSubstr("loop.core: is -1, which is not there, or not for this "
                                    "process: it may use 2,5")));
  EXPECT_THAT(Read("{core: two}").problems,
              ElementsAre(HasSubstr("loop.core: is \"two\": write a whole number")));
}

TEST(LoopConfigTest, RefusesToPollWithTheOnlyCore) {
  EXPECT_THAT(Read("{mode: busy_poll, core: 5}", {5}).problems,
              ElementsAre(HasSubstr("loop.mode: is busy_poll, which keeps a core busy, and this "
                                    "process may use core 5 only")));
}

TEST(LoopConfigTest, RefusesALoopForRecordedData) {
  EXPECT_THAT(Read("{mode: blocking}",
                   {0},
                   "paper: {balances: {USDT: 1}}\n"
                   "recording: {files: [a.gz], rules: {price_increment: 0.1, "
                   "quantity_increment: 0.1, notional_min: 1}}\n")
                  .problems,
              ElementsAre(HasSubstr("run.yaml:1: loop: is of no use to recorded data")));
}

TEST(LoopConfigTest, BlocksWhereTheSystemPutsItUnlessTold) {
  const RunConfigReading reading = Read("{}");
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.loop.mode.kind, LoopMode::Kind::kBlocking);
  EXPECT_EQ(reading.config.loop.core, std::nullopt);
}

TEST(LoopConfigTest, ReadsEveryMode) {
  const RunConfigReading polling = Read("{mode: busy_poll, core: 3}");
  EXPECT_THAT(polling.problems, IsEmpty());
  EXPECT_EQ(polling.config.loop.mode.kind, LoopMode::Kind::kBusyPoll);
  EXPECT_EQ(polling.config.loop.core, 3);

  const RunConfigReading coalescing = Read("{mode: coalesce, coalesce: 200us}", {0});
  EXPECT_THAT(coalescing.problems, IsEmpty());
  EXPECT_EQ(coalescing.config.loop.mode.kind, LoopMode::Kind::kCoalesce);
  EXPECT_EQ(coalescing.config.loop.mode.pause, absl::Microseconds(200));

  const RunConfigReading blocking = Read("{mode: blocking, core: 0}", {0});
  EXPECT_THAT(blocking.problems, IsEmpty());
  EXPECT_EQ(blocking.config.loop.mode.kind, LoopMode::Kind::kBlocking);
  EXPECT_EQ(blocking.config.loop.core, 0);
}

}  // namespace
}  // namespace colibri::cli
