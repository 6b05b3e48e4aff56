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
  quote_ids_.clear();
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

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  if (quote_ids_.size() <= instrument) {
    quote_ids_.resize(instrument + size_t{1});
  }
  int64_t& newest = quote_ids_[instrument];
  if (stage_ == Stage::kFiltering && quote.update_id != 0 && quote.update_id <= newest) {
    return true;
  }
  newest = quote.update_id;
  return false;
}

bool RepeatFilter::IsRepeat(InstrumentIndex instrument, const CandleMessage& candle) {
  return candle.is_closed &&
         IsKnown(StrCat("candle ", instrument, " ", candle.interval, " ", candle.open_time_ms));
}

}  // namespace colibri
