#include "connector/repeat_filter.h"

#include <utility>

namespace colibri {

void RepeatFilter::Record() {
  Stop();
  stage_ = Stage::kRecording;
}

void RepeatFilter::Filter() {
  stage_ = Stage::kFiltering;
}

void RepeatFilter::Stop() {
  stage_ = Stage::kOff;
  seen_.clear();
  quotes_.clear();
  books_.clear();
}

bool RepeatFilter::IsKnown(std::string key) {
  if (stage_ == Stage::kFiltering) {
    return seen_.erase(key) > 0;
  }
  if (seen_.size() < kRememberedMax) {
    seen_.insert(std::move(key));
  }
  return false;
}

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const TradeMessage& trade) {
  // A venue that numbers no trades leaves nothing to know them by.
  return !trade.trade_id.empty() && IsKnown(StrCat("trade ", instrument, " ", trade.trade_id));
}

bool RepeatFilter::GoesBack(std::vector<int64_t>& newest,
                            InstrumentIndex instrument,
                            int64_t number,
                            bool is_unique) {
  if (newest.size() <= instrument) {
    newest.resize(instrument + size_t{1});
  }
  const int64_t least = is_unique ? newest[instrument] + 1 : newest[instrument];
  if (stage_ == Stage::kFiltering && number < least) {
    return true;
  }
  newest[instrument] = number;
  return false;
}

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  return quote.update_id != 0
             ? GoesBack(quotes_, instrument, quote.update_id, /*is_unique=*/true)
             : GoesBack(quotes_, instrument, quote.venue_time_ms, /*is_unique=*/false);
}

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const BookSnapshot& book) {
  return GoesBack(books_, instrument, book.last_update_id, /*is_unique=*/false);
}

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const CandleMessage& candle) {
  return candle.is_closed &&
         IsKnown(StrCat("candle ", instrument, " ", candle.interval, " ", candle.open_time_ms));
}

}  // namespace colibri
