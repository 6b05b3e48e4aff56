#include "core/book_sequencer.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/order_book.h"
#include "tests/support/book_picture.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

BookDiff Diff(int64_t first, int64_t last) {
  return {.first_update_id = first, .last_update_id = last};
}

BookDiff Linked(int64_t previous, int64_t first, int64_t last) {
  return {.first_update_id = first, .last_update_id = last, .previous_update_id = previous};
}

// What a snapshot let out: "snapshot 100", "diff 101".
struct Applied {
  SnapshotStep step;
  std::vector<std::string> calls;
};

Applied AcceptSnapshot(BookSequencer& sequencer, int64_t last_update_id) {
  Applied applied{};
  applied.step = sequencer.AcceptSnapshot(
      {.last_update_id = last_update_id},
      [&applied](const BookSnapshot& snapshot) {
        applied.calls.push_back("snapshot " + std::to_string(snapshot.last_update_id));
      },
      [&applied](const BookDiff& diff) {
        applied.calls.push_back("diff " + std::to_string(diff.last_update_id));
      });
  return applied;
}

BookSequencer SyncedAt(GapRule rule, int64_t last_update_id) {
  BookSequencer sequencer(rule);
  EXPECT_EQ(AcceptSnapshot(sequencer, last_update_id).step, SnapshotStep::kSynced);
  return sequencer;
}

// S43: the public connection is lost and comes back.
TEST(BookSequencerTest, S43ReconnectLeavesTheBookStaleUntilTheNextSnapshot) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  sequencer.MarkStale("connection lost");
  EXPECT_EQ(sequencer.state(), BookState::kStale);
  EXPECT_EQ(sequencer.stale_reason(), "connection lost");
  EXPECT_EQ(sequencer.Accept(Diff(101, 101)), SequenceStep::kBuffer)
      << "although it would continue";
  EXPECT_EQ(sequencer.Accept(Diff(102, 110)), SequenceStep::kBuffer);
  EXPECT_EQ(sequencer.state(), BookState::kStale);

  const Applied applied = AcceptSnapshot(sequencer, 105);
  EXPECT_EQ(applied.step, SnapshotStep::kSynced);
  EXPECT_THAT(applied.calls, ElementsAre("snapshot 105", "diff 110"));
  EXPECT_EQ(sequencer.state(), BookState::kSynced);
  EXPECT_EQ(sequencer.stale_reason(), "");
  EXPECT_EQ(sequencer.gap_count(), 0);
}

TEST(BookSequencerTest, S43DiffsOfTheLostConnectionAreForgotten) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(101, 110));
  sequencer.MarkStale("connection lost");
  sequencer.Accept(Diff(151, 160));
  EXPECT_THAT(AcceptSnapshot(sequencer, 155).calls, ElementsAre("snapshot 155", "diff 160"));
}

// S44: a diff is missing.
TEST(BookSequencerTest, ASnapshotFromBeforeTheConnectionCarriedTheBookJoinsNothing) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  EXPECT_TRUE(sequencer.NoteFollowed(100));
  EXPECT_TRUE(sequencer.NoteFollowed(105));

  EXPECT_EQ(AcceptSnapshot(sequencer, 99).step, SnapshotStep::kTooOld);
  EXPECT_FALSE(sequencer.is_synced());

  EXPECT_EQ(AcceptSnapshot(sequencer, 100).step, SnapshotStep::kSynced);
  EXPECT_FALSE(sequencer.NoteFollowed(106));
  EXPECT_EQ(sequencer.Accept(Diff(102, 103)), SequenceStep::kGap);
}

TEST(BookSequencerTest, DiffsSayMoreOfWhatTheConnectionCarriesThanOtherMessages) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.NoteFollowed(105);
  sequencer.Accept(Diff(100, 104));
  EXPECT_FALSE(sequencer.NoteFollowed(107));

  EXPECT_EQ(AcceptSnapshot(sequencer, 99).step, SnapshotStep::kSynced);
  EXPECT_EQ(sequencer.last_update_id(), 104);
}

TEST(BookSequencerTest, WhatTheLostConnectionCarriedIsForgotten) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.NoteFollowed(200);
  sequencer.MarkStale("peer closed");

  EXPECT_EQ(AcceptSnapshot(sequencer, 100).step, SnapshotStep::kSynced);
}

TEST(BookSequencerTest, S44AsksForSnapshotWhenDiffIsMissing) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  EXPECT_EQ(sequencer.Accept(Diff(101, 103)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(105, 107)), SequenceStep::kGap);
  EXPECT_EQ(sequencer.state(), BookState::kStale);
  EXPECT_EQ(sequencer.gap_count(), 1);
  EXPECT_EQ(sequencer.stale_reason(), "the diff starts at update id 105, the book stands at 103");
}

TEST(BookSequencerTest, S44AsksForSnapshotWhenLinkIsBroken) {
  BookSequencer sequencer = SyncedAt(GapRule::kPreviousIdLink, 100);
  EXPECT_EQ(sequencer.Accept(Linked(90, 95, 105)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Linked(105, 109, 115)), SequenceStep::kApply) << "U says nothing";
  EXPECT_EQ(sequencer.Accept(Linked(119, 116, 125)), SequenceStep::kGap);
  EXPECT_EQ(sequencer.stale_reason(),
            "the diff with last update id 125 follows id 119, the book stands at 115");
}

TEST(BookSequencerTest, S44GapDiffIsTheFirstOfTheNewRun) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  sequencer.Accept(Diff(105, 107));
  EXPECT_EQ(sequencer.Accept(Diff(108, 109)), SequenceStep::kBuffer);

  const Applied applied = AcceptSnapshot(sequencer, 104);
  EXPECT_EQ(applied.step, SnapshotStep::kSynced);
  EXPECT_THAT(applied.calls, ElementsAre("snapshot 104", "diff 107", "diff 109"));
  EXPECT_EQ(sequencer.last_update_id(), 109);
}

TEST(BookSequencerTest, S44StaleBookIsWrongUntilBridged) {
  //   picture of the venue:   101 5 -> 101 6 (lost) -> 102 1
  const std::vector<BookLevel> asks = {{101, 5}};
  const std::vector<BookLevel> late_asks = {{102, 1}};
  const std::vector<BookLevel> all_asks = {{101, 6}};
  OrderBook book(BookScale{0, 0});
  BookSequencer sequencer(GapRule::kContiguousIds);
  const auto accept = [&](const BookSnapshot& snapshot) {
    return sequencer.AcceptSnapshot(
        snapshot,
        [&book](const BookSnapshot& accepted) { book.ApplySnapshot(accepted); },
        [&book](const BookDiff& diff) { book.Apply(diff); });
  };
  accept({.last_update_id = 1, .asks = asks});
  EXPECT_EQ(sequencer.Accept({.first_update_id = 3, .last_update_id = 3, .asks = late_asks}),
            SequenceStep::kGap);
  EXPECT_EQ(accept({.last_update_id = 1, .asks = asks}), SnapshotStep::kTooOld);
  EXPECT_FALSE(sequencer.is_synced());
  EXPECT_EQ(accept({.last_update_id = 2, .asks = all_asks}), SnapshotStep::kSynced);
  EXPECT_EQ(BookPicture(book),
            "102 1\n"
            "101 6\n"
            "--\n");
}

// S45: the snapshot is older or newer than the buffered diffs.
TEST(BookSequencerTest, S45SnapshotOlderThanTheFirstBufferedDiffIsTooOld) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(102, 110));
  const Applied applied = AcceptSnapshot(sequencer, 100);
  EXPECT_EQ(applied.step, SnapshotStep::kTooOld);
  EXPECT_THAT(applied.calls, IsEmpty());
  EXPECT_EQ(sequencer.state(), BookState::kBuffering);
  EXPECT_EQ(AcceptSnapshot(sequencer, 101).step, SnapshotStep::kSynced);
}

TEST(BookSequencerTest, S45OnlyDiffsAfterTheSnapshotAreReplayed) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(91, 95));
  sequencer.Accept(Diff(96, 100));
  sequencer.Accept(Diff(101, 105));
  sequencer.Accept(Diff(106, 106));
  EXPECT_THAT(AcceptSnapshot(sequencer, 100).calls,
              ElementsAre("snapshot 100", "diff 105", "diff 106"));
}

TEST(BookSequencerTest, S45SnapshotNewerThanAllBufferedDiffsStandsAlone) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(91, 95));
  sequencer.Accept(Diff(96, 100));
  EXPECT_THAT(AcceptSnapshot(sequencer, 200).calls, ElementsAre("snapshot 200"));
  EXPECT_EQ(sequencer.Accept(Diff(150, 200)), SequenceStep::kDrop);
  EXPECT_EQ(sequencer.Accept(Diff(201, 202)), SequenceStep::kApply);
}

TEST(BookSequencerTest, S45HoleAmongBufferedDiffsIsNotBridged) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(101, 105));
  sequencer.Accept(Diff(107, 110));
  const Applied applied = AcceptSnapshot(sequencer, 100);
  EXPECT_EQ(applied.step, SnapshotStep::kTooOld);
  EXPECT_THAT(applied.calls, IsEmpty());
  EXPECT_EQ(sequencer.state(), BookState::kStale);
  EXPECT_EQ(sequencer.gap_count(), 1);
  EXPECT_THAT(sequencer.stale_reason(), HasSubstr("107"));
  EXPECT_THAT(AcceptSnapshot(sequencer, 106).calls, ElementsAre("snapshot 106", "diff 110"));
}

TEST(BookSequencerTest, S45SnapshotAfterTheHoleIsGood) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  sequencer.Accept(Diff(101, 105));
  sequencer.Accept(Diff(107, 110));
  EXPECT_THAT(AcceptSnapshot(sequencer, 108).calls, ElementsAre("snapshot 108", "diff 110"));
  EXPECT_EQ(sequencer.gap_count(), 0);
}

// S46: diffs come before the first snapshot.
TEST(BookSequencerTest, S46DiffsBeforeTheFirstSnapshotAreBuffered) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  EXPECT_EQ(sequencer.state(), BookState::kEmpty);
  EXPECT_EQ(sequencer.Accept(Diff(101, 105)), SequenceStep::kBuffer);
  EXPECT_EQ(sequencer.state(), BookState::kBuffering);
  EXPECT_FALSE(sequencer.is_synced());
}

TEST(BookSequencerTest, S46BufferedDiffsKeepTheirLevels) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  {
    const std::vector<BookLevel> bids = {{100, 1}, {99, 2}};
    const std::vector<BookLevel> asks = {{101, 3}};
    BookDiff diff = Diff(101, 101);
    diff.bids = bids;
    diff.asks = asks;
    diff.venue_time_ms = 17;
    sequencer.Accept(diff);
  }
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  int64_t venue_time_ms = 0;
  sequencer.AcceptSnapshot(
      {.last_update_id = 100},
      [](const BookSnapshot&) {},
      [&](const BookDiff& diff) {
        bids.assign(diff.bids.begin(), diff.bids.end());
        asks.assign(diff.asks.begin(), diff.asks.end());
        venue_time_ms = diff.venue_time_ms;
      });
  EXPECT_THAT(bids, ElementsAre(BookLevel{100, 1}, BookLevel{99, 2}));
  EXPECT_THAT(asks, ElementsAre(BookLevel{101, 3}));
  EXPECT_EQ(venue_time_ms, 17);
}

TEST(BookSequencerTest, S46BufferIsBoundedByDiffs) {
  BookSequencer sequencer(GapRule::kContiguousIds);
  const auto count = static_cast<int64_t>(BookSequencer::kMaxBuffered) + 10;
  for (int64_t id = 1; id <= count; ++id) {
    sequencer.Accept(Diff(id, id));
  }
  EXPECT_EQ(AcceptSnapshot(sequencer, 9).step, SnapshotStep::kTooOld) << "diff 10 is gone";
  EXPECT_EQ(AcceptSnapshot(sequencer, 10).calls.size(), 1 + BookSequencer::kMaxBuffered);
}

TEST(BookSequencerTest, S46BufferIsBoundedByLevels) {
  const std::vector<BookLevel> levels(BookSequencer::kMaxBufferedLevels / 4, BookLevel{1, 1});
  BookSequencer sequencer(GapRule::kContiguousIds);
  for (int64_t id = 1; id <= 5; ++id) {
    BookDiff diff = Diff(id, id);
    diff.bids = levels;
    sequencer.Accept(diff);
  }
  EXPECT_EQ(AcceptSnapshot(sequencer, 0).step, SnapshotStep::kTooOld);
  EXPECT_EQ(AcceptSnapshot(sequencer, 1).calls.size(), 5);
}

TEST(BookSequencerTest, ContiguousFirstDiffMayOverlapTheSnapshot) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  EXPECT_EQ(sequencer.Accept(Diff(95, 100)), SequenceStep::kDrop);
  EXPECT_EQ(sequencer.Accept(Diff(98, 103)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(104, 104)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(104, 104)), SequenceStep::kDrop) << "twice";
}

TEST(BookSequencerTest, ContiguousOverlapFromASecondConnectionIsApplied) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  EXPECT_EQ(sequencer.Accept(Diff(101, 105)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(103, 108)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(109, 109)), SequenceStep::kApply);
}

TEST(BookSequencerTest, LinkedFirstDiffMustReachTheSnapshot) {
  BookSequencer sequencer(GapRule::kPreviousIdLink);
  sequencer.Accept(Linked(100, 103, 110));
  EXPECT_EQ(AcceptSnapshot(sequencer, 102).step, SnapshotStep::kTooOld) << "U > lastUpdateId";
  EXPECT_THAT(AcceptSnapshot(sequencer, 103).calls, ElementsAre("snapshot 103", "diff 110"));
}

TEST(BookSequencerTest, LinkedFirstDiffMayEndAtTheSnapshot) {
  BookSequencer sequencer(GapRule::kPreviousIdLink);
  sequencer.Accept(Linked(90, 91, 99));
  sequencer.Accept(Linked(99, 101, 110));
  sequencer.Accept(Linked(110, 114, 120));
  EXPECT_THAT(AcceptSnapshot(sequencer, 110).calls,
              ElementsAre("snapshot 110", "diff 110", "diff 120"));
  EXPECT_EQ(sequencer.Accept(Linked(110, 114, 120)), SequenceStep::kDrop) << "twice";
  EXPECT_EQ(sequencer.Accept(Linked(120, 125, 125)), SequenceStep::kApply);
}

TEST(BookSequencerTest, LinkedFirstDiffMayFollowTheSnapshotByItsLink) {
  BookSequencer sequencer = SyncedAt(GapRule::kPreviousIdLink, 110);
  EXPECT_EQ(sequencer.Accept(Linked(110, 114, 120)), SequenceStep::kApply);
}

TEST(BookSequencerTest, MonotonicDropsWhatDoesNotRise) {
  BookSequencer sequencer = SyncedAt(GapRule::kMonotonic, 100);
  EXPECT_EQ(sequencer.Accept(Diff(0, 100)), SequenceStep::kDrop);
  EXPECT_EQ(sequencer.Accept(Diff(0, 150)), SequenceStep::kApply);
  EXPECT_EQ(sequencer.Accept(Diff(0, 149)), SequenceStep::kDrop);
}

TEST(BookSequencerTest, SnapshotOnlyTakesEverySnapshotThatIsNotOlder) {
  BookSequencer sequencer = SyncedAt(GapRule::kSnapshotOnly, 100);
  EXPECT_EQ(AcceptSnapshot(sequencer, 99).step, SnapshotStep::kTooOld);
  EXPECT_TRUE(sequencer.is_synced());
  EXPECT_THAT(AcceptSnapshot(sequencer, 100).calls, ElementsAre("snapshot 100"));
  EXPECT_THAT(AcceptSnapshot(sequencer, 300).calls, ElementsAre("snapshot 300"));
  EXPECT_EQ(sequencer.Accept(Diff(301, 301)), SequenceStep::kDrop);
}

TEST(BookSequencerTest, SyncedBookRefusesAnOlderSnapshotAndStaysSynced) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  sequencer.Accept(Diff(101, 105));
  EXPECT_EQ(AcceptSnapshot(sequencer, 103).step, SnapshotStep::kTooOld);
  EXPECT_TRUE(sequencer.is_synced());
  EXPECT_EQ(sequencer.last_update_id(), 105);
  EXPECT_THAT(AcceptSnapshot(sequencer, 107).calls, ElementsAre("snapshot 107"));
  EXPECT_EQ(sequencer.Accept(Diff(106, 107)), SequenceStep::kDrop);
}

// From a cache, while the stream says nothing: the book would go back in time and count as right.
TEST(BookSequencerTest, S45StaleBookRefusesASnapshotOfBeforeItsLoss) {
  BookSequencer sequencer = SyncedAt(GapRule::kContiguousIds, 100);
  sequencer.Accept(Diff(101, 105));
  sequencer.MarkStale("the diffs have stopped");

  EXPECT_EQ(AcceptSnapshot(sequencer, 104).step, SnapshotStep::kTooOld);
  EXPECT_EQ(sequencer.state(), BookState::kStale);
  EXPECT_THAT(AcceptSnapshot(sequencer, 105).calls, ElementsAre("snapshot 105"));
}

TEST(BookSequencerTest, StaleBookTakesSnapshotsThatGoOnCountingFromTheStart) {
  BookSequencer sequencer = SyncedAt(GapRule::kMonotonic, 1'000'000);
  sequencer.MarkStale("the venue restarted");
  for (int i = 0; i < BookSequencer::kMaxSnapshotsBehind; ++i) {
    EXPECT_EQ(AcceptSnapshot(sequencer, 5 + i).step, SnapshotStep::kTooOld);
  }
  EXPECT_EQ(AcceptSnapshot(sequencer, 10).step, SnapshotStep::kSynced);
  EXPECT_EQ(sequencer.Accept(Diff(0, 11)), SequenceStep::kApply);
}

TEST(BookSequencerTest, ASnapshotOnlyBookThatIsRightIsNeverTakenBack) {
  BookSequencer sequencer(GapRule::kSnapshotOnly);
  ASSERT_EQ(AcceptSnapshot(sequencer, 100).step, SnapshotStep::kSynced);
  for (int i = 0; i < 3 * BookSequencer::kMaxSnapshotsBehind; ++i) {
    EXPECT_EQ(AcceptSnapshot(sequencer, 50).step, SnapshotStep::kTooOld);
  }
  EXPECT_EQ(sequencer.last_update_id(), 100);
  EXPECT_TRUE(sequencer.is_synced());
}

TEST(BookSequencerTest, AStaleSnapshotOnlyBookFollowsAVenueThatCountsAnew) {
  BookSequencer sequencer(GapRule::kSnapshotOnly);
  ASSERT_EQ(AcceptSnapshot(sequencer, 100).step, SnapshotStep::kSynced);
  sequencer.MarkStale("the connection was lost");
  for (int i = 0; i < BookSequencer::kMaxSnapshotsBehind; ++i) {
    EXPECT_EQ(AcceptSnapshot(sequencer, 50).step, SnapshotStep::kTooOld);
  }
  EXPECT_EQ(AcceptSnapshot(sequencer, 50).step, SnapshotStep::kSynced);
}

TEST(BookSequencerTest, ExtremeIdsDoNotOverflow) {
  BookSequencer at_the_end = SyncedAt(GapRule::kContiguousIds, INT64_MAX);
  EXPECT_EQ(at_the_end.Accept(Diff(INT64_MAX, INT64_MAX)), SequenceStep::kDrop);
  BookSequencer at_the_start = SyncedAt(GapRule::kContiguousIds, INT64_MIN);
  EXPECT_EQ(at_the_start.Accept(Diff(INT64_MIN, INT64_MIN + 1)), SequenceStep::kApply);
  EXPECT_EQ(at_the_start.Accept(Diff(INT64_MAX, INT64_MAX)), SequenceStep::kGap);
}

TEST(BookSequencerTest, StatesHaveWords) {
  EXPECT_EQ(ToString(BookState::kEmpty), "empty");
  EXPECT_EQ(ToString(BookState::kBuffering), "buffering");
  EXPECT_EQ(ToString(BookState::kSynced), "synced");
  EXPECT_EQ(ToString(BookState::kStale), "stale");
}

// A venue of one level per id, a stream that loses, doubles and delays diffs, and snapshots that
// come late: whenever the sequencer says synced, the book is the venue's at that id.
class SequencerRandomTest : public testing::TestWithParam<GapRule> {
 protected:
  struct Sent {
    BookDiff diff;
    std::vector<BookLevel> bids;
  };

  // The venue's book after each id: price -> id of its last change.
  std::map<int64_t, int64_t> LevelsAt(int64_t id) const {
    std::map<int64_t, int64_t> levels;
    for (int64_t i = 1; i <= id; ++i) {
      levels[price_by_id_[static_cast<size_t>(i)]] = i;
    }
    return levels;
  }

  std::vector<BookLevel> SnapshotAt(int64_t id) const {
    std::vector<BookLevel> bids;
    const std::map<int64_t, int64_t> levels = LevelsAt(id);
    for (auto it = levels.rbegin(); it != levels.rend(); ++it) {
      bids.push_back({it->first, it->second});
    }
    return bids;
  }

  Sent NextDiff() {
    Sent sent;
    const int64_t first = last_id_ + 1;
    const auto count = static_cast<int64_t>(1 + random_() % 4);
    for (int64_t i = 0; i < count; ++i) {
      price_by_id_.push_back(static_cast<int64_t>(1 + random_() % 20));
      sent.bids.push_back({price_by_id_.back(), ++last_id_});
    }
    sent.diff = Linked(first - 1, first, last_id_);
    return sent;
  }

  std::mt19937_64 random_{1};
  std::vector<int64_t> price_by_id_ = {0};
  int64_t last_id_ = 0;
};

TEST_P(SequencerRandomTest, SyncedBookIsTheVenuesBook) {
  OrderBook book(BookScale{0, 0});
  BookSequencer sequencer(GetParam());
  int64_t syncs = 0;
  for (int i = 0; i < 1'500; ++i) {
    Sent sent = NextDiff();
    sent.diff.bids = sent.bids;
    const uint64_t fate = random_() % 40;
    for (int copies = fate == 0 ? 0 : fate == 1 ? 2 : 1; copies > 0; --copies) {
      if (sequencer.Accept(sent.diff) == SequenceStep::kApply) {
        book.Apply(sent.diff);
      }
    }
    if (fate == 2) {
      sequencer.MarkStale("connection lost");
    }
    if (!sequencer.is_synced() && random_() % 4 == 0) {
      const int64_t id = last_id_ - std::min(last_id_, static_cast<int64_t>(random_() % 20));
      const std::vector<BookLevel> bids = SnapshotAt(id);
      const SnapshotStep step = sequencer.AcceptSnapshot(
          {.last_update_id = id, .bids = bids},
          [&book](const BookSnapshot& snapshot) { book.ApplySnapshot(snapshot); },
          [&book](const BookDiff& diff) { book.Apply(diff); });
      syncs += step == SnapshotStep::kSynced ? 1 : 0;
    }
    if (sequencer.is_synced()) {
      ASSERT_EQ(AllLevels(book.bids()), SnapshotAt(sequencer.last_update_id())) << "diff " << i;
    }
  }
  EXPECT_GT(syncs, 10);
  EXPECT_GT(sequencer.gap_count(), 5);
}

INSTANTIATE_TEST_SUITE_P(Rules,
                         SequencerRandomTest,
                         testing::Values(GapRule::kContiguousIds, GapRule::kPreviousIdLink),
                         [](const auto& info) {
                           return info.param == GapRule::kContiguousIds ? "ContiguousIds"
                                                                        : "PreviousIdLink";
                         });

}  // namespace
}  // namespace colibri
