#include "connector/memory_files.h"

#include "gmock/gmock.h"

#include "core/simulated_clock.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::StatusCode kAborted = absl::StatusCode::kAborted;

TEST(MemoryFilesTest, NamesWhatIsNotThere) {
  MemoryFiles disk;
  EXPECT_THAT(disk.Read("a"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("a: can't open")));
  EXPECT_THAT(disk.Rename("a", "b"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.Remove("a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(disk.List("a"), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(disk.Find("a"), nullptr);
}

TEST(MemoryFilesTest, OneAtATimeHoldsAFile) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(auto file, disk.OpenToAppend("a"));
  EXPECT_THAT(disk.OpenToAppend("a"), StatusIs(absl::StatusCode::kFailedPrecondition));
  file.reset();
  EXPECT_OK(disk.OpenToAppend("a"));
}

TEST(MemoryFilesTest, AFullDiskStoresWhatFitsAndFreesWhatGoes) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
  disk.set_bytes_free(4);
  EXPECT_THAT(file->Append("123456"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("no space left")));
  EXPECT_EQ(*disk.Find("a"), "1234");
  ASSERT_OK(file->Truncate(0));
  EXPECT_OK(file->Append("56"));
  EXPECT_THAT(disk.Replace("b", "abc"), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(disk.Find("b"), nullptr);
  disk.set_bytes_free(std::nullopt);
  EXPECT_OK(file->Append("123456"));
  EXPECT_EQ(*disk.Find("a"), "56123456");
}

TEST(MemoryFilesTest, DiesAtTheByteThatWasAskedFor) {
  for (uint64_t bytes = 0; bytes <= 6; ++bytes) {
    MemoryFiles disk;
    int crashes = 0;
    ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
    disk.CrashAfter(bytes, [&] { ++crashes; });
    if (bytes > 3) {
      ASSERT_OK(file->Append("abc"));
      ASSERT_THAT(file->Append("def"), StatusIs(kAborted));
    } else {
      ASSERT_THAT(file->Append("abc"), StatusIs(kAborted));
    }
    EXPECT_EQ(crashes, 1);
    EXPECT_TRUE(disk.is_crashed());
    EXPECT_EQ(*disk.Find("a"), std::string_view("abcdef").substr(0, bytes));
    EXPECT_THAT(file->Append("x"), StatusIs(kAborted));
    EXPECT_THAT(file->Sync(), StatusIs(kAborted));
    EXPECT_THAT(disk.OpenToAppend("b"), StatusIs(kAborted));
    EXPECT_THAT(disk.Read("a"), StatusIs(kAborted));
    EXPECT_EQ(crashes, 1);
  }
}

TEST(MemoryFilesTest, ARestartedProcessHasTheFilesAndNotTheLocks) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(auto before, disk.OpenToAppend("a"));
  ASSERT_OK(before->Append("abc"));
  disk.Crash();
  disk.Restart();
  EXPECT_THAT(before->Append("late"), StatusIs(kAborted));
  ASSERT_OK_AND_ASSIGN(const auto after, disk.OpenToAppend("a"));
  EXPECT_EQ(after->size(), 3u);
  before.reset();  // gives nothing free that is not its own
  EXPECT_THAT(disk.OpenToAppend("a"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(MemoryFilesTest, LosingPowerLosesWhatWasNotSynced) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
  ASSERT_OK(file->Append("abc"));
  ASSERT_OK(file->Sync());
  ASSERT_OK(file->Append("def"));
  disk.FailSyncs(1);
  EXPECT_THAT(file->Sync(), StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_OK(disk.Replace("b", "whole"));
  disk.LosePower();
  EXPECT_TRUE(disk.is_crashed());
  disk.Restart();
  EXPECT_THAT(disk.Read("a"), IsOkAndHolds(std::string("abc")));
  EXPECT_THAT(disk.Read("b"), IsOkAndHolds(std::string("whole")));
}

// As Linux does it: the pages of a failed write-back are clean afterwards, and gone with the power.
TEST(MemoryFilesTest, AFailedSyncLosesWhatItWasToWriteWhateverComesLater) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
  ASSERT_OK_AND_ASSIGN(const auto renewed, disk.OpenToAppend("b"));
  for (AppendFile* const each : {file.get(), renewed.get()}) {
    ASSERT_OK(each->Append("abc"));
    ASSERT_OK(each->Sync());
    ASSERT_OK(each->Append("def"));
    disk.FailSyncs(2);
    ASSERT_FALSE(each->Sync().ok());
    ASSERT_OK(each->Append("g"));
    ASSERT_FALSE(each->Sync().ok());
    ASSERT_OK(each->Append("hi"));
    ASSERT_OK(each->Sync());
    ASSERT_OK(each->Append("not synced"));
  }
  EXPECT_EQ(*disk.Find("a"), "abcdefghinot synced");
  ASSERT_OK(renewed->StartOver("abcdefghi", ""));
  disk.LosePower();
  EXPECT_EQ(*disk.Find("a"), std::string_view("abc\0\0\0\0hi", 9));
  EXPECT_EQ(*disk.Find("b"), "abcdefghi");
}

TEST(MemoryFilesTest, AWholeFileIsTheOldOrTheNewOneWhereverItDies) {
  for (uint64_t bytes = 0; bytes <= 3; ++bytes) {
    MemoryFiles disk;
    ASSERT_OK(disk.Replace("b", "old"));
    ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
    ASSERT_OK(file->Append("old"));
    disk.CrashAfter(bytes, nullptr);
    EXPECT_THAT(file->StartOver("new", "a.1"), StatusIs(kAborted));
    EXPECT_EQ(*disk.Find("a"), "old");
    EXPECT_EQ(disk.Find("a.1"), nullptr);
    disk.Restart();
    disk.CrashAfter(bytes, nullptr);
    EXPECT_THAT(disk.Replace("b", "new"), StatusIs(kAborted));
    EXPECT_EQ(*disk.Find("b"), "old");
  }
}

TEST(MemoryFilesTest, StartsOverUnderTheSameLockAndKeepsTheOldFile) {
  MemoryFiles disk;
  ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("d/a"));
  ASSERT_OK(file->Append("old"));
  ASSERT_OK(file->StartOver("new", "d/a.1"));
  ASSERT_OK(file->Append("er"));
  EXPECT_EQ(file->size(), 5u);
  EXPECT_EQ(*disk.Find("d/a"), "newer");
  EXPECT_EQ(*disk.Find("d/a.1"), "old");
  EXPECT_THAT(disk.OpenToAppend("d/a"), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(disk.Rename("d/a.1", "d/a.2"));
  EXPECT_THAT(disk.List("d"), IsOkAndHolds(ElementsAre("a", "a.2")));
  EXPECT_THAT(disk.List("d/"), IsOkAndHolds(ElementsAre("a", "a.2")));
}

TEST(MemoryFilesTest, ASyncBesideTheLoopTakesTimeAndIsDroppedWithItsFile) {
  SimulatedClock clock(absl::UnixEpoch());
  MemoryFiles disk;
  disk.UseClock(clock);
  ASSERT_OK_AND_ASSIGN(auto file, disk.OpenToAppend("a"));
  ASSERT_OK(file->Append("abc"));
  int synced = 0;
  const auto count = [&](const absl::Status& status) { synced += status.ok() ? 1 : 100; };
  file->StartSync(count);
  EXPECT_EQ(synced, 0);
  clock.AdvanceTo(clock.now() + MemoryFiles::kSyncTime);
  EXPECT_EQ(synced, 1);
  disk.FailSyncs(1);
  file->StartSync(count);
  clock.AdvanceTo(clock.now() + MemoryFiles::kSyncTime);
  EXPECT_EQ(synced, 101);
  file->StartSync(count);
  file.reset();
  clock.AdvanceTo(clock.now() + MemoryFiles::kSyncTime);
  EXPECT_EQ(synced, 101);
  disk.LeaveClock(clock);
}

TEST(MemoryFilesDeathTest, ChecksThatOneSyncIsUnderWayAtMost) {
  SimulatedClock clock(absl::UnixEpoch());
  MemoryFiles disk;
  disk.UseClock(clock);
  ASSERT_OK_AND_ASSIGN(const auto file, disk.OpenToAppend("a"));
  file->StartSync([](const absl::Status&) {});
  EXPECT_DEATH(file->StartSync([](const absl::Status&) {}), "is_syncing_");
}

}  // namespace
}  // namespace colibri
