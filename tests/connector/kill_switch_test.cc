#include "connector/kill_switch.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

KillRecord Record() {
  return {.by = "joe", .reason = "fat finger", .at = absl::FromUnixMillis(1'700'000'000'123)};
}

TEST(KillSwitchTest, LetsOrdersPassAtFirst) {
  const KillSwitch kill("reset it");
  EXPECT_FALSE(kill.is_engaged());
  EXPECT_THAT(kill.Check(), IsOk());
}

TEST(KillSwitchTest, SaysWhoWhenWhyAndWhatToDo) {
  KillSwitch kill("colibri kill --reset --state var");
  EXPECT_TRUE(kill.Engage(Record()));
  EXPECT_THAT(kill.Check(),
              StatusIs(Code::kFailedPrecondition,
                       "no new orders: the kill switch was engaged by joe at "
                       "2023-11-14T22:13:20Z: fat finger; reset it with `colibri kill --reset "
                       "--state var`"));
}

TEST(KillSwitchTest, KeepsTheFirstRecord) {
  KillSwitch kill("reset it");
  kill.Engage(Record());
  EXPECT_FALSE(kill.Engage({.by = "ann", .reason = "too", .at = absl::Now()}));
  EXPECT_EQ(kill.record(), Record());
}

TEST(KillSwitchTest, TellsItsListenerOfChangesOnly) {
  KillSwitch kill("reset it");
  int changes = 0;
  kill.set_listener([&] { ++changes; });
  kill.Reset();
  EXPECT_EQ(changes, 0);
  kill.Engage(Record());
  kill.Engage(Record());
  EXPECT_EQ(changes, 1);
  kill.Reset();
  EXPECT_EQ(changes, 2);
  EXPECT_EQ(kill.resets(), 1);
  EXPECT_THAT(kill.Check(), IsOk());
}

TEST(KillRecordTest, ReadsWhatItWrote) {
  EXPECT_THAT(ParseKillRecord(FormatKillRecord(Record())), IsOkAndHolds(Record()));
}

TEST(KillRecordTest, KeepsToItsLines) {
  KillRecord record = Record();
  record.reason = "two\nlines\x01";
  const auto read = ParseKillRecord(FormatKillRecord(record));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->reason, "two lines ");
}

TEST(KillRecordTest, RefusesEveryTornText) {
  const std::string text = FormatKillRecord(Record());
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(ParseKillRecord(text.substr(0, size)), StatusIs(Code::kDataLoss)) << size;
  }
  EXPECT_THAT(ParseKillRecord(text + "x"), StatusIs(Code::kDataLoss));
}

}  // namespace
}  // namespace colibri
