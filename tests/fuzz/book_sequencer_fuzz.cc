// Any ids in any order: the sequencer never lets a synced book skip an id, and stays within its
// bounds.
#include <cstdint>
#include <vector>

#include "core/book_sequencer.h"
#include "core/check.h"
#include <fuzzer/FuzzedDataProvider.h>

namespace colibri {
namespace {

int64_t AnyId(FuzzedDataProvider& input) {
  return input.ConsumeIntegralInRange<int>(0, 9) == 0
             ? input.ConsumeIntegral<int64_t>()
             : input.ConsumeIntegralInRange<int64_t>(0, 40);
}

// What a book knows that applies only what follows what it has.
struct Follower {
  GapRule rule;
  int64_t last_update_id = 0;
  bool is_snapshot = false;

  void Apply(const BookDiff& diff) {
    if (rule == GapRule::kContiguousIds) {
      CHECK(diff.last_update_id > last_update_id);
      CHECK(Int128{diff.first_update_id} <= Int128{last_update_id} + 1);
    } else if (rule == GapRule::kPreviousIdLink) {
      CHECK(diff.previous_update_id == last_update_id ||
            (is_snapshot && diff.first_update_id <= last_update_id));
      CHECK(diff.last_update_id > last_update_id ||
            (is_snapshot && diff.last_update_id == last_update_id));
    } else {
      CHECK(rule == GapRule::kMonotonic && diff.last_update_id > last_update_id);
    }
    last_update_id = diff.last_update_id;
    is_snapshot = false;
  }

  __extension__ using Int128 = __int128;
};

void Fuzz(FuzzedDataProvider& input) {
  const auto rule = static_cast<GapRule>(input.ConsumeIntegralInRange<int>(0, 3));
  BookSequencer sequencer(rule);
  Follower follower{.rule = rule};
  while (input.remaining_bytes() > 0) {
    const int kind = input.ConsumeIntegralInRange<int>(0, 9);
    if (kind == 0) {
      sequencer.MarkStale("lost");
      CHECK(sequencer.state() == BookState::kStale);
    } else if (kind < 3) {
      const bool was_synced = sequencer.is_synced();
      const SnapshotStep step = sequencer.AcceptSnapshot(
          {.last_update_id = AnyId(input)},
          [&follower](const BookSnapshot& snapshot) {
            follower.last_update_id = snapshot.last_update_id;
            follower.is_snapshot = true;
          },
          [&follower](const BookDiff& diff) { follower.Apply(diff); });
      CHECK(sequencer.is_synced() == (was_synced || step == SnapshotStep::kSynced));
    } else {
      const std::vector<BookLevel> levels(input.ConsumeIntegralInRange<size_t>(0, 3));
      const BookDiff diff = {.first_update_id = AnyId(input),
                             .last_update_id = AnyId(input),
                             .previous_update_id = AnyId(input),
                             .bids = levels,
                             .asks = levels};
      const bool was_synced = sequencer.is_synced();
      const SequenceStep step = sequencer.Accept(diff);
      CHECK(was_synced || step == SequenceStep::kBuffer || rule == GapRule::kSnapshotOnly);
      if (step == SequenceStep::kApply) {
        follower.Apply(diff);
      }
      CHECK((step == SequenceStep::kGap) == (was_synced && !sequencer.is_synced()));
    }
    if (sequencer.is_synced()) {
      CHECK(sequencer.last_update_id() == follower.last_update_id);
      CHECK(sequencer.stale_reason().empty());
    }
  }
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  FuzzedDataProvider input(bytes, size);
  colibri::Fuzz(input);
  return 0;
}
