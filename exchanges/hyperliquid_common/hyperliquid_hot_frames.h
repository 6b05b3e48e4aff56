// Hand scanner of the frames of Hyperliquid that come most: books, best quotes and trades, as the
// venue writes them today. What it does not know it leaves to the general parser.
//
//   HotFrames hot(instruments);
//   if (!hot.Parse(frame, receive_time_ns, sink)) ...     // the sink was told nothing
//
// Members in any order, but the coin before the numbers that need its scale; members that are not
// known are skipped when they are scalars. Allocates nothing once warm. Thread: the loop's.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "connector/frame_scanner.h"
#include "connector/instrument.h"
#include "connector/market_message.h"

namespace colibri::hyperliquid {

class HotFrames final {
 public:
  // The table outlives this.
  explicit HotFrames(const InstrumentTable& instruments) : instruments_(instruments) {}

  bool Parse(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink);

 private:
  struct Trade {
    InstrumentIndex instrument = 0;
    TradeMessage message;
  };
  // Of a book or a best quote; one of the two has what it has of levels.
  struct Data {
    const Instrument* instrument = nullptr;
    int64_t time_ms = -1;
    bool has_levels = false;
  };

  // Once a message: not when `instrument` is found already, is not known, or is of a scale that the
  // scanner does not read.
  bool ScanCoin(FrameScanner& scan, const Instrument*& instrument) const;
  // The members of `data`: coin, time, and under `levels_key` what `levels` reads.
  template <typename Levels>
  bool ScanData(FrameScanner& scan, std::string_view levels_key, Data& data, Levels levels);
  bool ScanBook(FrameScanner& scan, int64_t receive_time_ns, MarketMessageSink& sink);
  bool ScanBestQuote(FrameScanner& scan, int64_t receive_time_ns, MarketMessageSink& sink);
  bool ScanTrades(FrameScanner& scan, int64_t receive_time_ns, MarketMessageSink& sink);
  bool ScanTrade(FrameScanner& scan, Trade& trade);

  const InstrumentTable& instruments_;
  std::vector<BookLevel> bids_;
  std::vector<BookLevel> asks_;
  std::vector<Trade> trades_;
};

}  // namespace colibri::hyperliquid
