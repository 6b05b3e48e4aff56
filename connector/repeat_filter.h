// Drops what a second connection repeats of the first, while one takes over from the other. Sans
// I/O.
//
//   repeats.Record();                               // the first carries on; remember what it says
//   if (repeats.is_on() && repeats.IsRepeat(instrument, trade)) return;
//   repeats.Filter();                               // the second has taken over: drop repeats
//   repeats.Stop();                                 // by now it has repeated what it will repeat
//
// Trades go by their id, closed candles by interval and time, quotes never go back in their update
// ids, or times, and whole books never in theirs. Book diffs are not its business: their sequencer
// drops what it knows. Bounded: beyond
// kRememberedMax nothing more is remembered, and a repeat may pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connector/instrument.h"
#include "connector/market_message.h"
#include "core/strings.h"

namespace colibri {

class RepeatFilter {
 public:
  static constexpr size_t kRememberedMax = 100'000;

  void Record();
  void Filter();
  void Stop();
  bool is_on() const { return stage_ != Stage::kOff; }

  bool IsRepeat(InstrumentIndex instrument, const TradeMessage& trade);
  bool IsRepeat(InstrumentIndex instrument, const BestQuoteMessage& quote);
  bool IsRepeat(InstrumentIndex instrument, const CandleMessage& candle);
  // A second connection that lags repeats many in a row: no sign that the venue counts anew.
  bool IsRepeat(InstrumentIndex instrument, const BookSnapshot& book);

 private:
  enum class Stage : uint8_t { kOff, kRecording, kFiltering };

  bool IsKnown(std::string key);
  // Whether it is less than what was seen of the instrument, or the same where that says that it is
  // the same message; remembers it otherwise.
  bool GoesBack(std::vector<int64_t>& newest,
                InstrumentIndex instrument,
                int64_t number,
                bool is_unique);

  Stage stage_ = Stage::kOff;
  StringSet seen_;
  // By instrument.
  std::vector<int64_t> quotes_;
  std::vector<int64_t> books_;
};

}  // namespace colibri
