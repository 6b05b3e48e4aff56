#include "connector/market_handover.h"

namespace colibri {

MarketHandover::MarketHandover(OrderBookDataSource& source,
                               const OrderBookTracker& books,
                               InstrumentRange instruments,
                               size_t subscriptions)
    : source_(source),
      books_(books),
      instruments_(instruments),
      subscriptions_left_(subscriptions),
      starts_(instruments.end) {
  NotePositions();
}

void MarketHandover::NotePositions() {
  positions_.resize(instruments_.end);
  for (InstrumentIndex i = instruments_.begin; i < instruments_.end; ++i) {
    positions_[i] = books_.sequencer(i).last_update_id();
  }
}

bool MarketHandover::Keep(const WebSocketFrame& frame) {
  frames_.push_back({std::string(frame.text), frame.receive_time_ns});
  bytes_ += frame.text.size() + sizeof(KeptFrame);
  // A frame that cannot be read is told and counted when its turn comes.
  source_.Parse(frame.text, frame.receive_time_ns, *this).IgnoreError();
  return bytes_ <= kBytesMax && !is_ending_;
}

bool MarketHandover::IsComplete(absl::Duration open_for) const {
  if (open_for < kOverlapMin) {
    return false;
  }
  for (InstrumentIndex i = instruments_.begin; i < instruments_.end; ++i) {
    if (!IsCovered(i, open_for)) {
      return false;
    }
  }
  return true;
}

bool MarketHandover::IsCovered(InstrumentIndex instrument, absl::Duration open_for) const {
  const BookSequencer& sequencer = books_.sequencer(instrument);
  if (!sequencer.is_synced()) {
    return true;  // a snapshot is on its way; diffs of either connection bridge to it
  }
  const int64_t position = sequencer.last_update_id();
  const std::optional<Start>& start = starts_[instrument];
  if (!start.has_value()) {
    return position == positions_[instrument] &&
           (subscriptions_left_ == 0 || open_for >= kQuietWait);
  }
  switch (books_.gap_rule()) {
    case GapRule::kContiguousIds:
      return start->first_update_id - 1 <= position;
    case GapRule::kPreviousIdLink:
      return start->previous_update_id <= position;
    case GapRule::kMonotonic:
      return true;
    case GapRule::kSnapshotOnly:
      return start->first_update_id >= position;
  }
  return false;
}

void MarketHandover::OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) {
  if (instrument < starts_.size() && !starts_[instrument].has_value()) {
    starts_[instrument] = Start{.first_update_id = diff.first_update_id,
                                .previous_update_id = diff.previous_update_id};
  }
}

void MarketHandover::OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) {
  // Where every message is a whole book, the newest counts.
  if (instrument < starts_.size() &&
      (!starts_[instrument].has_value() || books_.gap_rule() == GapRule::kSnapshotOnly)) {
    starts_[instrument] = Start{.first_update_id = snapshot.last_update_id,
                                .previous_update_id = snapshot.last_update_id};
  }
}

void MarketHandover::OnNotice(MarketNotice notice, std::string_view) {
  if (notice == MarketNotice::kServerShutdown) {
    is_ending_ = true;
  } else if (notice == MarketNotice::kSubscribed && subscriptions_left_ > 0 &&
             --subscriptions_left_ == 0) {
    // What moved a book until now may have come before the subscription.
    NotePositions();
  }
}

}  // namespace colibri
