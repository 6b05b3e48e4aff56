// Puts snapshots and diffs of one book into order, and says when the book must be fetched again.
//
//   BookSequencer sequencer(GapRule::kContiguousIds);
//   switch (sequencer.Accept(diff)) {
//     case SequenceStep::kApply: book.Apply(diff); break;
//     case SequenceStep::kBuffer: break;                    // kept a copy, awaiting the snapshot
//     case SequenceStep::kDrop: break;                      // older than the book
//     case SequenceStep::kGap: RequestSnapshot(); break;    // the book is stale from this message
//     on
//   }
//
// After a snapshot, the buffered diffs that follow it are handed out in order by AcceptSnapshot.
// Thread: the loop's. Does no I/O and reads no clock. The buffer is bounded: beyond kMaxBuffered
// diffs or kMaxBufferedLevels levels the oldest go, and a snapshot that then leaves a hole is
// refused like any other that is too old.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"

#include "core/book_message.h"

namespace colibri {

enum class GapRule : uint8_t {
  kContiguousIds,   // first id of a diff == last id of the one before + 1 (Binance spot)
  kPreviousIdLink,  // previous id of a diff == last id of the one before (Binance USD-M)
  kMonotonic,       // last ids only rise
  kSnapshotOnly,    // every message is a whole book
};

// kEmpty: nothing arrived yet. kBuffering: diffs wait for the first snapshot. kSynced: the book is
// right. kStale: it was lost; diffs wait for the next snapshot.
enum class BookState : uint8_t { kEmpty, kBuffering, kSynced, kStale };
std::string_view ToString(BookState state);

enum class SequenceStep : uint8_t { kApply, kBuffer, kDrop, kGap };

enum class SnapshotStep : uint8_t {
  kSynced,  // apply the snapshot, then the diffs handed out
  kTooOld,  // it does not reach the buffered diffs, or lies before where the book was, which stays
            // as it was: fetch again unless is_synced()
};

class BookSequencer {
 public:
  static constexpr size_t kMaxBuffered = 4096;
  static constexpr size_t kMaxBufferedLevels = 1 << 20;
  // An answer may come from a cache, older than the book was. So many in a row while the book is
  // stale are no cache: the venue counts anew.
  static constexpr int kMaxSnapshotsBehind = 5;

  explicit BookSequencer(GapRule rule);

  // After a gap this diff and those that follow are buffered, for the next snapshot to bridge to.
  // With kSnapshotOnly every diff is dropped.
  SequenceStep Accept(const BookDiff& diff);

  // Puts the snapshot before the buffered diffs. On kSynced calls apply_snapshot once and then
  // apply_diff for each buffered diff that follows it, in order; the state is kSynced only when
  // they are through. A hole among the buffered diffs makes the book stale: kTooOld, and nothing is
  // called. The callbacks must not call the sequencer.
  SnapshotStep AcceptSnapshot(const BookSnapshot& snapshot,
                              absl::FunctionRef<void(const BookSnapshot&)> apply_snapshot,
                              absl::FunctionRef<void(const BookDiff&)> apply_diff);

  // By another of its messages the connection carries the book's changes from that id on: until a
  // diff comes, a snapshot that is older joins nothing. False, and nothing: it is synced, or diffs
  // are there to join.
  bool NoteFollowed(int64_t update_id);

  // The connection was lost, or the book found crossed: stale until the next snapshot; drops the
  // buffer.
  void MarkStale(std::string_view reason);

  BookState state() const { return state_; }
  bool is_synced() const { return state_ == BookState::kSynced; }
  const std::string& stale_reason() const { return stale_reason_; }
  int64_t last_update_id() const { return position_.last_update_id; }
  int64_t gap_count() const { return gap_count_; }

 private:
  struct BufferedDiff {
    BookDiff diff;  // its spans point into levels
    std::vector<BookLevel> levels;
  };
  // Where the book stands in the venue's sequence.
  struct Position {
    int64_t last_update_id = 0;
    bool is_snapshot = false;  // nothing was applied since the snapshot
  };

  // kApply, kDrop or kGap for a diff that arrives at a book that stands there.
  SequenceStep Judge(const Position& position, const BookDiff& diff) const;
  void Buffer(const BookDiff& diff);
  void DropOldest(size_t count);
  // Older than what the book has held.
  bool IsBehind(const BookSnapshot& snapshot);
  // Keeps the buffered diffs from that index on.
  void BecomeStale(std::string reason, size_t kept_from = 0);

  GapRule rule_;
  BookState state_ = BookState::kEmpty;
  Position position_;  // of a stale book, where it was
  int snapshots_behind_ = 0;
  int64_t followed_from_ = 0;  // 0: not known
  int64_t gap_count_ = 0;
  std::string stale_reason_;
  std::deque<BufferedDiff> buffered_;
  size_t buffered_levels_ = 0;
};

}  // namespace colibri
