#include "core/book_sequencer.h"

#include <utility>

#include "core/strings.h"

namespace colibri {
namespace {

std::string DescribeGap(GapRule rule, int64_t last_update_id, const BookDiff& diff) {
  if (rule == GapRule::kPreviousIdLink) {
    return StrCat("the diff with last update id ",
                  diff.last_update_id,
                  " follows id ",
                  diff.previous_update_id,
                  ", the book stands at ",
                  last_update_id);
  }
  return StrCat("the diff starts at update id ",
                diff.first_update_id,
                ", the book stands at ",
                last_update_id);
}

}  // namespace

std::string_view ToString(BookState state) {
  switch (state) {
    case BookState::kEmpty:
      return "empty";
    case BookState::kBuffering:
      return "buffering";
    case BookState::kSynced:
      return "synced";
    case BookState::kStale:
      return "stale";
  }
  return "unknown";
}

BookSequencer::BookSequencer(GapRule rule) : rule_(rule) {}

// Binance's procedures for a local book, numbered as below.
// Spot (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams):
//   1. Drop diffs with u <= the snapshot's lastUpdateId, and later those with u <= the book's id.
//   2. A diff with U > the book's id + 1 leaves a gap: discard the book and start again.
//   3. Else apply it: levels are absolute, so an overlap (U <= the book's id) does no harm.
// USD-M
// (https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams):
//   4. Drop diffs with u < the snapshot's lastUpdateId.
//   5. The first one kept must have U <= lastUpdateId <= u. One whose pu is the lastUpdateId
//   follows it
//      just as exactly: the diff that the snapshot ends with came before the subscription.
//   6. Each later one must have pu == the u of the one before it.
SequenceStep BookSequencer::Judge(const Position& position, const BookDiff& diff) const {
  const int64_t last = position.last_update_id;
  switch (rule_) {
    case GapRule::kContiguousIds:
      if (diff.last_update_id <= last) {
        return SequenceStep::kDrop;  // 1
      }
      if (diff.first_update_id > last && diff.first_update_id - 1 > last) {
        return SequenceStep::kGap;  // 2
      }
      return SequenceStep::kApply;  // 3
    case GapRule::kPreviousIdLink: {
      if (diff.last_update_id < last || (diff.last_update_id == last && !position.is_snapshot)) {
        return SequenceStep::kDrop;  // 4
      }
      const bool is_linked = diff.previous_update_id == last;                       // 6
      const bool is_bridge = position.is_snapshot && diff.first_update_id <= last;  // 5
      return is_linked || is_bridge ? SequenceStep::kApply : SequenceStep::kGap;
    }
    case GapRule::kMonotonic:
      return diff.last_update_id > last ? SequenceStep::kApply : SequenceStep::kDrop;
    case GapRule::kSnapshotOnly:
      return SequenceStep::kDrop;
  }
  return SequenceStep::kGap;
}

SequenceStep BookSequencer::Accept(const BookDiff& diff) {
  if (rule_ == GapRule::kSnapshotOnly) {
    return SequenceStep::kDrop;
  }
  if (state_ == BookState::kEmpty) {
    state_ = BookState::kBuffering;
  }
  if (state_ != BookState::kSynced) {
    Buffer(diff);
    return SequenceStep::kBuffer;
  }
  const SequenceStep step = Judge(position_, diff);
  if (step == SequenceStep::kApply) {
    position_ = {.last_update_id = diff.last_update_id};
  } else if (step == SequenceStep::kGap) {
    ++gap_count_;
    BecomeStale(DescribeGap(rule_, position_.last_update_id, diff));
    Buffer(diff);
  }
  return step;
}

bool BookSequencer::IsBehind(const BookSnapshot& snapshot) {
  const bool has_held_one = state_ == BookState::kSynced || state_ == BookState::kStale;
  if (!has_held_one || snapshot.last_update_id >= position_.last_update_id) {
    return false;
  }
  // A book that is right is never taken back: what is older has come out of order.
  if (is_synced()) {
    return true;
  }
  return ++snapshots_behind_ <= kMaxSnapshotsBehind;
}

SnapshotStep BookSequencer::AcceptSnapshot(
    const BookSnapshot& snapshot,
    absl::FunctionRef<void(const BookSnapshot&)> apply_snapshot,
    absl::FunctionRef<void(const BookDiff&)> apply_diff) {
  const bool is_hole_unseen = buffered_.empty() && followed_from_ != 0;
  if (IsBehind(snapshot) || (is_hole_unseen && snapshot.last_update_id < followed_from_)) {
    return SnapshotStep::kTooOld;
  }
  Position position{.last_update_id = snapshot.last_update_id, .is_snapshot = true};
  std::vector<const BookDiff*> following;
  for (size_t i = 0; i < buffered_.size(); ++i) {
    const BookDiff& diff = buffered_[i].diff;
    const SequenceStep step = Judge(position, diff);
    if (step == SequenceStep::kGap) {
      if (!following.empty()) {
        // No later snapshot can use what lies before the hole either.
        ++gap_count_;
        BecomeStale(DescribeGap(rule_, position.last_update_id, diff), /*kept_from=*/i);
      }
      return SnapshotStep::kTooOld;
    }
    if (step == SequenceStep::kApply) {
      following.push_back(&diff);
      position = {.last_update_id = diff.last_update_id};
    }
  }
  apply_snapshot(snapshot);
  for (const BookDiff* diff : following) {
    apply_diff(*diff);
  }
  DropOldest(buffered_.size());
  position_ = position;
  snapshots_behind_ = 0;
  followed_from_ = 0;
  state_ = BookState::kSynced;
  stale_reason_.clear();
  return SnapshotStep::kSynced;
}

bool BookSequencer::NoteFollowed(int64_t update_id) {
  if (is_synced() || !buffered_.empty()) {
    return false;
  }
  if (followed_from_ == 0) {
    followed_from_ = update_id;
  }
  return true;
}

void BookSequencer::MarkStale(std::string_view reason) {
  followed_from_ = 0;
  BecomeStale(std::string(reason), buffered_.size());
}

void BookSequencer::BecomeStale(std::string reason, size_t kept_from) {
  state_ = BookState::kStale;
  stale_reason_ = std::move(reason);
  DropOldest(kept_from);
}

void BookSequencer::Buffer(const BookDiff& diff) {
  BufferedDiff& copy = buffered_.emplace_back();
  copy.diff = diff;
  copy.levels.reserve(diff.bids.size() + diff.asks.size());
  copy.levels.insert(copy.levels.end(), diff.bids.begin(), diff.bids.end());
  copy.levels.insert(copy.levels.end(), diff.asks.begin(), diff.asks.end());
  const absl::Span<const BookLevel> levels(copy.levels);
  copy.diff.bids = levels.subspan(0, diff.bids.size());
  copy.diff.asks = levels.subspan(diff.bids.size());
  buffered_levels_ += levels.size();
  while (buffered_.size() > kMaxBuffered ||
         (buffered_levels_ > kMaxBufferedLevels && buffered_.size() > 1)) {
    DropOldest(1);
  }
}

void BookSequencer::DropOldest(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    buffered_levels_ -= buffered_.front().levels.size();
    buffered_.pop_front();
  }
}

}  // namespace colibri
