#include "connector/log.h"

#include "gtest/gtest.h"

namespace colibri {
namespace {

TEST(LogTest, QuotesWhatWouldBreakALine) {
  EXPECT_EQ(FormatLogLine("placed",
                          {{"id", "clb1"}, {"why", "two words"}, {"empty", ""}, {"line", "a\nb"}}),
            R"(event=placed id=clb1 why="two words" empty="" line="a\nb")");
}

TEST(LogTest, LevelsBelowTheWantedOneAreNotLogged) {
  const LogLevel before = CurrentLogLevel();
  SetLogLevel(LogLevel::kError);

  EXPECT_FALSE(IsLogged(LogLevel::kWarning));
  EXPECT_TRUE(IsLogged(LogLevel::kError));

  SetLogLevel(before);
}

}  // namespace
}  // namespace colibri
