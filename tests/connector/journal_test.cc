#include "connector/journal.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"

#include "connector/journal_scan.h"
#include "connector/log.h"
#include "connector/simulated_environment.h"
#include "core/strings.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/sample_records.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kPath = "state/binance.journal";

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    SetLogLevel(LogLevel::kOff);
    environment_.UseFiles(disk_);
  }
  ~JournalTest() override { SetLogLevel(log_level_); }

  absl::StatusOr<OpenedJournal> Open(JournalOptions options = {}) {
    options.path = kPath;
    return Journal::Open(environment_, std::move(options), "binance", "testnet");
  }
  std::unique_ptr<Journal> MustOpen(JournalOptions options = {}) {
    absl::StatusOr<OpenedJournal> opened = Open(std::move(options));
    EXPECT_OK(opened);
    std::unique_ptr<Journal> journal = std::move(opened->journal);
    journal->set_listener([this](const absl::Status& status) { heard_.push_back(status.code()); });
    return journal;
  }
  // As it would be found by a process that starts now.
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const absl::StatusOr<JournalScan> scan = ScanJournal(*disk_.Find(kPath));
    EXPECT_OK(scan);
    EXPECT_FALSE(scan->has_torn_tail);
    for (const ScannedRecord& scanned : scan->records) {
      names.emplace_back(RecordName(scanned.record));
    }
    return names;
  }

  const LogLevel log_level_ = CurrentLogLevel();
  MemoryFiles disk_;
  SimulatedEnvironment environment_{1};
  std::vector<absl::StatusCode> heard_;
  const JournalIntent intent_{SampleOrder("B1")};
  const JournalIntent next_intent_{SampleOrder("B2")};
};

TEST_F(JournalTest, RefusesAnotherVenuesJournalAndNamesBoth) {
  Open()->journal.reset();
  JournalOptions options{.path = kPath};
  EXPECT_THAT(Journal::Open(environment_, options, "binance", "live"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("binance (testnet)"), HasSubstr("binance (live)"))));
  EXPECT_THAT(Journal::Open(environment_, options, "kraken", "testnet"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(JournalTest, RefusesAFileThatIsOpenOrNotAJournal) {
  {
    const auto journal = MustOpen();
    EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kPath)));
  }
  *disk_.Find(kPath) = "shopping list: eggs";
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(kPath), HasSubstr("not a journal"))));
  EXPECT_EQ(*disk_.Find(kPath), "shopping list: eggs");
}

TEST_F(JournalTest, ABrokenMiddleIsAnErrorThatNamesTheOffsetAndTheWayOut) {
  const std::string journal = JournalOf(SampleRecords());
  ASSERT_OK(disk_.Replace(kPath, journal));
  (*disk_.Find(kPath))[40] ^= 1;
  const std::string broken = *disk_.Find(kPath);
  EXPECT_THAT(Open(),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr(kPath),
                             HasSubstr("offset 12 "),
                             HasSubstr("colibri journal state/binance.journal --salvage"))));
  EXPECT_EQ(*disk_.Find(kPath), broken);
}

TEST_F(JournalTest, ATornTailIsCutWithAWarningWhereverItIsTorn) {
  const std::string journal = JournalOf(SampleRecords());
  for (size_t size = 0; size <= journal.size(); ++size) {
    ASSERT_OK(disk_.Replace(kPath, journal.substr(0, size)));
    ASSERT_OK_AND_ASSIGN(const JournalScan before, ScanJournal(journal.substr(0, size)));
    absl::StatusOr<OpenedJournal> opened = Open();
    ASSERT_OK(opened) << size;
    if (before.has_torn_tail) {
      ASSERT_THAT(opened->warning,
                  AllOf(HasSubstr(kPath),
                        HasSubstr(StrCat("cut ", size - before.end, " bytes")),
                        HasSubstr(StrCat("offset ", before.end))));
    } else {
      ASSERT_EQ(opened->warning, "");
    }
    ASSERT_OK(opened->journal->AppendIntent(intent_));
    ASSERT_EQ(Names().size(), before.records.size() + 2);  // a session, and the intent
  }
}

// An older program would take a conditional order for an ordinary one.
TEST_F(JournalTest, AFileOfAnOlderVersionIsToBeBegunAnew) {
  std::string old = JournalOf(SampleRecords());
  old[8] = 1;
  ASSERT_OK(disk_.Replace(kPath, old));
  const auto journal = MustOpen();
  EXPECT_TRUE(journal->wants_rotation());
  ASSERT_OK(journal->Rotate({}));
  EXPECT_FALSE(journal->wants_rotation());
  EXPECT_EQ(ScanJournal(*disk_.Find(kPath))->version, kJournalVersion);
}

TEST_F(JournalTest, WhatWasWrittenIsThereAfterARestart) {
  {
    const auto journal = MustOpen();
    ASSERT_OK(journal->AppendIntent(intent_));
    ASSERT_OK(journal->Append(
        JournalCreated{ClientOrderId("B1"), ExchangeOrderId("X1"), environment_.clock().now()}));
    ASSERT_OK(journal->Append(SampleFill("B1", "T1", "0.1")));
    disk_.Crash();
  }
  disk_.Restart();
  ASSERT_OK_AND_ASSIGN(const OpenedJournal opened, Open());
  EXPECT_EQ(opened.warning, "");
  const RememberedOrder* const remembered = opened.state.Find(ClientOrderId("B1"));
  ASSERT_NE(remembered, nullptr);
  EXPECT_EQ(remembered->order.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(remembered->order.filled, Quantity::FromScaled(1, 1));
  EXPECT_EQ(opened.state.sessions(), 1);
  EXPECT_THAT(Names(), ElementsAre("session", "intent", "created", "fill", "session"));
}

// A crash at every byte: what is found later is a whole journal of the records before it.
TEST_F(JournalTest, ACrashAtAnyByteLosesTheRecordThatWasBeingWrittenAlone) {
  for (uint64_t bytes = 0;; ++bytes) {
    MemoryFiles disk;
    SimulatedEnvironment environment(1);
    environment.UseFiles(disk);
    const JournalOptions options{.path = kPath};
    disk.CrashAfter(bytes, nullptr);
    int written = 0;
    bool is_alive = false;
    if (auto opened = Journal::Open(environment, options, "binance", "testnet"); opened.ok()) {
      written += opened->journal->AppendIntent(intent_).ok() ? 1 : 0;
      written += opened->journal->Append(SampleFill("B1", "T1", "0.1")).ok() ? 1 : 0;
      is_alive = !disk.is_crashed();
    }
    disk.Restart();
    ASSERT_OK_AND_ASSIGN(const OpenedJournal found,
                         Journal::Open(environment, options, "binance", "testnet"));
    const auto& orders = found.state.orders();
    const int read = orders.empty() ? 0 : 1 + static_cast<int>(orders[0].trade_ids.size());
    // The very last byte may be on the disk with nobody left to say so.
    ASSERT_GE(read, written) << bytes;
    ASSERT_LE(read, written + 1) << bytes;
    if (is_alive) {
      ASSERT_EQ(written, 2);
      break;
    }
  }
}

TEST_F(JournalTest, AFullDiskRefusesTheIntentAndLeavesAWholeFile) {
  const auto journal = MustOpen();
  ASSERT_OK(journal->AppendIntent(intent_));
  const std::string before = *disk_.Find(kPath);
  disk_.set_bytes_free(10);
  EXPECT_THAT(journal->AppendIntent(next_intent_),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(kPath)));
  EXPECT_THAT(journal->AppendIntent(next_intent_), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(*disk_.Find(kPath), before);
  EXPECT_THAT(journal->Append(JournalCancelIntent{ClientOrderId("B1"), SampleTime(1)}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(journal->status(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kResourceExhausted));

  disk_.set_bytes_free(std::nullopt);
  EXPECT_OK(journal->AppendIntent(next_intent_));
  EXPECT_OK(journal->status());
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kResourceExhausted, absl::StatusCode::kOk));
  EXPECT_THAT(Names(), ElementsAre("session", "intent", "intent"));
}

// The parts of a record that could not be cut off at once go before the next one is written.
TEST_F(JournalTest, CutsAPartialRecordBeforeTheNext) {
  const auto journal = MustOpen();
  const uint64_t before = journal->size();
  disk_.set_bytes_free(10);
  ASSERT_FALSE(journal->AppendIntent(intent_).ok());
  // As if cutting had failed, too.
  *disk_.Find(kPath) += "half a rec";
  disk_.set_bytes_free(std::nullopt);
  EXPECT_EQ(journal->size(), before);
  ASSERT_OK(journal->AppendIntent(intent_));
  EXPECT_THAT(Names(), ElementsAre("session", "intent"));
}

TEST_F(JournalTest, AnIntentThatCannotBeSyncedIsNotInTheFile) {
  const auto journal = MustOpen();
  disk_.FailSyncs(1);
  EXPECT_THAT(journal->AppendIntent(intent_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("sync")));
  EXPECT_THAT(Names(), ElementsAre("session"));
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kUnavailable));
}

// The system tells of a lost page once; the next sync may be OK without it. So the file is written
// anew, and what was there before the failure survives a power loss after it.
TEST_F(JournalTest, WritesTheFileAnewAfterAFailedSync) {
  const auto journal = MustOpen();
  ASSERT_OK(journal->Append(JournalCancelIntent{ClientOrderId("B0"), SampleTime(1)}));
  disk_.FailSyncs(1);
  ASSERT_FALSE(journal->AppendIntent(intent_).ok());
  ASSERT_OK(journal->AppendIntent(next_intent_));
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kUnavailable, absl::StatusCode::kOk));
  EXPECT_FALSE(journal->wants_rotation());
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "cancel_intent", "intent"));
}

TEST_F(JournalTest, ADiskThatDoesNotSyncIsTriedOnceASecond) {
  const auto journal = MustOpen({.path = kPath, .sync_interval = absl::Hours(1)});
  disk_.FailSyncs(3);
  ASSERT_FALSE(journal->AppendIntent(intent_).ok());  // the sync
  ASSERT_FALSE(journal->AppendIntent(intent_).ok());  // the new file's
  EXPECT_TRUE(journal->wants_rotation());
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(journal->AppendIntent(intent_), StatusIs(absl::StatusCode::kUnavailable));
  }
  // Other records are still taken: they survive the process.
  EXPECT_OK(journal->Append(JournalCancelIntent{ClientOrderId("B0"), SampleTime(1)}));
  EXPECT_FALSE(journal->status().ok());
  environment_.RunFor(absl::Seconds(1));
  ASSERT_FALSE(journal->AppendIntent(intent_).ok());  // the third
  environment_.RunFor(absl::Seconds(1));
  EXPECT_OK(journal->AppendIntent(intent_));
  EXPECT_FALSE(journal->wants_rotation());
  EXPECT_THAT(Names(), ElementsAre("session", "cancel_intent", "intent"));
}

TEST_F(JournalTest, ALostPageIsFoundWhenTheFileIsReadBackAndRotationHelps) {
  const auto journal = MustOpen();
  ASSERT_OK(journal->AppendIntent(intent_));
  disk_.FailSyncs(1);
  ASSERT_FALSE(journal->AppendIntent(next_intent_).ok());
  (*disk_.Find(kPath))[20] ^= 1;
  EXPECT_THAT(journal->AppendIntent(next_intent_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("can't be read back")));
  EXPECT_TRUE(journal->wants_rotation());
  ASSERT_OK(journal->Rotate({intent_}));
  ASSERT_OK(journal->AppendIntent(next_intent_));
  EXPECT_THAT(Names(), ElementsAre("session", "intent", "intent"));
}

TEST_F(JournalTest, EveryIntentSurvivesAPowerLoss) {
  const auto journal = MustOpen();
  ASSERT_OK(journal->Append(JournalCancelIntent{ClientOrderId("B0"), SampleTime(1)}));
  ASSERT_OK(journal->AppendIntent(intent_));
  ASSERT_OK(journal->Append(SampleFill("B1", "T1", "0.1")));
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "cancel_intent", "intent"));
}

TEST_F(JournalTest, OtherRecordsAreSyncedBesideTheLoop) {
  const auto journal = MustOpen({.path = kPath, .sync_interval = absl::Milliseconds(50)});
  ASSERT_OK(journal->AppendIntent(intent_));
  ASSERT_OK(journal->Append(SampleFill("B1", "T1", "0.1")));
  environment_.RunFor(absl::Milliseconds(60));
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "intent", "fill"));
}

TEST_F(JournalTest, SyncsNothingWhenNothingWasWritten) {
  const auto journal = MustOpen();
  ASSERT_OK(journal->Append(SampleFill("B1", "T1", "0.1")));
  environment_.RunFor(absl::Seconds(1));
  disk_.FailSyncs(1);
  environment_.RunFor(absl::Seconds(1));
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(JournalTest, ByIntervalAnIntentWaitsForTheSync) {
  const auto journal = MustOpen(
      {.path = kPath, .sync = SyncPolicy::kInterval, .sync_interval = absl::Milliseconds(50)});
  disk_.FailSyncs(1);
  ASSERT_OK(journal->AppendIntent(intent_));
  environment_.RunFor(absl::Milliseconds(60));
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kUnavailable));
  environment_.RunFor(absl::Milliseconds(60));
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kUnavailable, absl::StatusCode::kOk));
  ASSERT_OK(journal->AppendIntent(next_intent_));
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "intent"));
}

TEST_F(JournalTest, NeverMeansThatNoSyncIsAskedFor) {
  {
    const auto journal = MustOpen({.path = kPath, .sync = SyncPolicy::kNever});
    disk_.FailSyncs(1);
    ASSERT_OK(journal->AppendIntent(intent_));
    ASSERT_OK(journal->Append(SampleFill("B1", "T1", "0.1")));
    environment_.RunFor(absl::Seconds(10));
  }
  EXPECT_THAT(heard_, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto other, disk_.OpenToAppend("other"));
  EXPECT_FALSE(other->Sync().ok());  // the one that was to fail is still there
}

TEST_F(JournalTest, SyncsWhenItIsClosed) {
  MustOpen()->Append(SampleFill("B1", "T1", "0.1")).IgnoreError();
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "fill"));
}

TEST_F(JournalTest, WantsRotationWhenItHasGrownAndNotAgainAtOnce) {
  const auto journal = MustOpen({.path = kPath, .rotate_bytes = 1000});
  std::vector<JournalRecord> kept;
  while (!journal->wants_rotation()) {
    ASSERT_LT(journal->size(), 1000u);
    ASSERT_OK(journal->AppendIntent(intent_));
  }
  while (kept.size() < 20) {
    kept.push_back(intent_);
  }
  ASSERT_OK(journal->Rotate(kept));
  const uint64_t rotated = journal->size();
  EXPECT_GT(rotated, 1000u);
  EXPECT_FALSE(journal->wants_rotation());
  while (!journal->wants_rotation()) {
    ASSERT_LT(journal->size(), 2 * rotated);
    ASSERT_OK(journal->AppendIntent(intent_));
  }
}

TEST_F(JournalTest, RotationKeepsTheOldFilesUpToAMaximum) {
  const auto journal = MustOpen({.path = kPath, .archives_max = 2});
  for (const std::string_view id : {"B1", "B2", "B3", "B4"}) {
    ASSERT_OK(journal->AppendIntent({SampleOrder(id)}));
    ASSERT_OK(journal->Rotate({JournalOrder{{.order = SampleOrder(id),
                                             .was_created = true,
                                             .is_incomplete = false,
                                             .ended_at = absl::InfiniteFuture(),
                                             .trade_ids = {}}}}));
  }
  EXPECT_THAT(
      disk_.List("state"),
      IsOkAndHolds(ElementsAre("binance.journal", "binance.journal.1", "binance.journal.2")));
  EXPECT_THAT(*disk_.Find(kPath + ".1"), AllOf(HasSubstr("B3"), HasSubstr("B4")));
  EXPECT_THAT(*disk_.Find(kPath + ".2"), AllOf(HasSubstr("B2"), HasSubstr("B3")));
  EXPECT_THAT(Names(), ElementsAre("session", "order"));
  ASSERT_OK(journal->AppendIntent(intent_));
  disk_.LosePower();
  EXPECT_THAT(Names(), ElementsAre("session", "order", "intent"));
}

TEST_F(JournalTest, WithoutArchivesTheOldFileGoes) {
  const auto journal = MustOpen({.path = kPath, .archives_max = 0});
  ASSERT_OK(journal->Rotate({}));
  EXPECT_THAT(disk_.List("state"), IsOkAndHolds(ElementsAre("binance.journal")));
}

TEST_F(JournalTest, AFailedRotationLeavesTheOldFileToGoOn) {
  const auto journal = MustOpen({.path = kPath, .rotate_bytes = 300});
  while (!journal->wants_rotation()) {
    ASSERT_OK(journal->AppendIntent(intent_));
  }
  const std::vector<std::string> before = Names();
  ASSERT_OK(disk_.Replace(kPath + ".1", "archive"));
  disk_.set_bytes_free(5);
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(journal->Rotate({intent_, next_intent_}),
                StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_EQ(*disk_.Find(kPath + ".1"), "archive");
  EXPECT_FALSE(journal->wants_rotation());
  EXPECT_EQ(Names(), before);
  disk_.set_bytes_free(std::nullopt);
  ASSERT_OK(journal->AppendIntent(next_intent_));
  EXPECT_TRUE(journal->wants_rotation());
  EXPECT_THAT(heard_, ElementsAre(absl::StatusCode::kResourceExhausted, absl::StatusCode::kOk));
}

TEST_F(JournalTest, RotationTriedOnAFullDiskCostsNoArchive) {
  const auto journal = MustOpen({.path = kPath, .archives_max = 3});
  ASSERT_OK(journal->AppendIntent({SampleOrder("B1")}));
  ASSERT_OK(journal->Rotate({}));
  ASSERT_OK(journal->AppendIntent({SampleOrder("B2")}));
  ASSERT_OK(journal->Rotate({}));
  disk_.set_bytes_free(5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(journal->Rotate({}).ok());
  }
  disk_.set_bytes_free(std::nullopt);
  ASSERT_OK(journal->Rotate({}));
  EXPECT_THAT(*disk_.Find(kPath + ".3"), HasSubstr("B1"));
  EXPECT_THAT(*disk_.Find(kPath + ".2"), HasSubstr("B2"));
  ASSERT_NE(disk_.Find(kPath + ".1"), nullptr);
}

TEST_F(JournalTest, AnArchiveThatACrashLeftBehindIsKept) {
  ASSERT_OK(MustOpen({.path = kPath})->AppendIntent(intent_));
  ASSERT_OK(disk_.Replace(kPath + ".0", "the old file"));
  ASSERT_OK(disk_.Replace(kPath + ".1", "an older one"));
  MustOpen({.path = kPath});
  EXPECT_EQ(*disk_.Find(kPath + ".1"), "the old file");
  EXPECT_EQ(*disk_.Find(kPath + ".2"), "an older one");

  ASSERT_OK(disk_.Replace(kPath + ".0", *disk_.Find(kPath)));  // died before the new one was there
  MustOpen({.path = kPath});
  EXPECT_THAT(
      disk_.List("state"),
      IsOkAndHolds(ElementsAre("binance.journal", "binance.journal.1", "binance.journal.2")));
}

// Wherever it dies, the file is the old or the new one, whole.
TEST_F(JournalTest, ACrashAtAnyByteOfARotationLosesNothing) {
  for (uint64_t bytes = 0;; ++bytes) {
    MemoryFiles disk;
    SimulatedEnvironment environment(1);
    environment.UseFiles(disk);
    const JournalOptions options{.path = kPath};
    ASSERT_OK_AND_ASSIGN(OpenedJournal opened,
                         Journal::Open(environment, options, "binance", "testnet"));
    ASSERT_OK(opened.journal->AppendIntent(intent_));
    disk.CrashAfter(bytes, nullptr);
    const bool is_rotated = opened.journal->Rotate({intent_}).ok();
    disk.LosePower();
    disk.Restart();
    ASSERT_OK_AND_ASSIGN(const OpenedJournal found,
                         Journal::Open(environment, options, "binance", "testnet"));
    ASSERT_EQ(found.warning, "");
    ASSERT_NE(found.state.Find(ClientOrderId("B1")), nullptr) << bytes;
    if (is_rotated) {
      break;
    }
  }
}

TEST_F(JournalTest, AppendsAnIntentWithoutAllocating) {
  const auto journal = MustOpen({.path = kPath, .sync = SyncPolicy::kNever});
  disk_.Find(kPath)->reserve(1 << 20);
  ASSERT_OK(journal->AppendIntent(intent_));
  const AllocationCounter allocations;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(journal->AppendIntent(intent_).ok());
  }
  EXPECT_EQ(allocations.count(), 0);
}

TEST(SyncPolicyTest, ReadsItsWordsAndNamesThemToOthers) {
  for (const SyncPolicy policy :
       {SyncPolicy::kEveryIntent, SyncPolicy::kInterval, SyncPolicy::kNever}) {
    EXPECT_THAT(ParseSyncPolicy(ToString(policy)), IsOkAndHolds(policy));
  }
  EXPECT_THAT(ParseSyncPolicy("always"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("always"), HasSubstr("every_intent, interval or never"))));
}

}  // namespace
}  // namespace colibri
