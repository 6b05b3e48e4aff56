// Puts snapshots and diffs of one book into order, and says when the book must be fetched again.
//
//   BookSequencer sequencer(GapRule::kContiguousIds);
//   switch (sequencer.Accept(diff)) {
//     case SequenceStep::kApply: book.Apply(diff); break;
//     case SequenceStep::kBuffer: break;                    // kept a copy, awaiting the snapshot
//     case SequenceStep::kDrop: break;                      // older than the book
//     case SequenceStep::kGap: RequestSnapshot(); break;    // the book is stale from this message on
//   }
//
// After a snapshot, the buffered diffs that follow it are handed out in order by AcceptSnapshot.
// Thread: the loop's. Does no I/O and reads no clock. The buffer is bounded: beyond kMaxBuffered diffs the oldest
// go, and the snapshot that then leaves a hole is refused like any other that is too old.
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

enum class BookState : uint8_t { kEmpty, kBuffering, kSynced, kStale };
std::string_view ToString(BookState state);

enum class SequenceStep : uint8_t { kApply, kBuffer, kDrop, kGap };

enum class SnapshotStep : uint8_t {
  kSynced,   // apply the snapshot, then the diffs handed out
  kTooOld,   // it does not reach the buffered diffs: fetch again
};

class BookSequencer {
 public:
  static constexpr size_t kMaxBuffered = 4096;

  explicit BookSequencer(GapRule rule);

  SequenceStep Accept(const BookDiff& diff);

  // Puts the snapshot before the buffered diffs. On kSynced calls apply_snapshot once and then apply_diff for each
  // buffered diff that follows it, in order. A hole among the buffered diffs makes the book stale: kTooOld.
  SnapshotStep AcceptSnapshot(const BookSnapshot& snapshot,
                              absl::FunctionRef<void(const BookSnapshot&)> apply_snapshot,
                              absl::FunctionRef<void(const BookDiff&)> apply_diff);

  // The connection was lost, or the book found crossed: stale until the next snapshot; drops the buffer.
  void MarkStale(std::string_view reason);

  BookState state() const { return state_; }
  bool is_synced() const { return state_ == BookState::kSynced; }
  const std::string& stale_reason() const { return stale_reason_; }
  int64_t last_update_id() const { return last_update_id_; }
  int64_t gap_count() const { return gap_count_; }

 private:
  struct BufferedDiff {
    BookDiff diff;  // its spans point into levels
    std::vector<BookLevel> levels;
  };

  bool IsOlderThanBook(const BookDiff& diff) const;
  bool Continues(const BookDiff& diff) const;
  bool BridgesSnapshot(const BookDiff& diff) const;
  void Buffer(const BookDiff& diff);

  GapRule rule_;
  BookState state_ = BookState::kEmpty;
  int64_t last_update_id_ = 0;
  bool is_first_after_snapshot_ = false;
  int64_t gap_count_ = 0;
  std::string stale_reason_;
  std::deque<BufferedDiff> buffered_;
};

}  // namespace colibri
