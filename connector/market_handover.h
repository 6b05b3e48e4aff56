// Says when a second market connection may take over from the first without a hole in any book, and
// keeps what it has said until then. Sans I/O.
//
//   MarketHandover handover(source, books, range, subscribe_frames);
//   keep = handover.Keep(frame);                 // each frame of the second; false: give it up
//   if (handover.IsComplete(open_for)) ...       // after each frame of either
//   for (const KeptFrame& frame : handover.frames()) Parse(frame);     // it has taken over
//
// The first goes on feeding the books meanwhile. The second covers a book when its first diff joins
// where the book stands, or overlaps it, and a whole book is no older than it; a book that neither
// has a diff for is covered once the subscriptions are acknowledged (or some time has passed, for
// venues that do not). What it repeats is dropped by the books' sequencers. Bounded: beyond
// kBytesMax it is given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

#include "connector/instrument.h"
#include "connector/instrument_range.h"
#include "connector/market_message.h"
#include "connector/order_book_data_source.h"
#include "connector/order_book_tracker.h"
#include "connector/transport.h"

namespace colibri {

class MarketHandover final : private MarketMessageSink {
 public:
  // Both are open for so long at least: trades have no numbers that could be checked for holes.
  static constexpr absl::Duration kOverlapMin = absl::Seconds(1);
  // Without acknowledgements, a book that is quiet for so long on both is taken to be subscribed.
  static constexpr absl::Duration kQuietWait = absl::Seconds(5);
  // A second connection whose books do not join by then is given up.
  static constexpr absl::Duration kOverlapMax = absl::Seconds(10);
  static constexpr size_t kBytesMax = size_t{32} << 20;

  struct KeptFrame {
    std::string text;
    int64_t receive_time_ns;
  };

  // All references outlive this. instruments: those of the connection; subscriptions: how many
  // acknowledgements are to come.
  MarketHandover(OrderBookDataSource& source,
                 const OrderBookTracker& books,
                 InstrumentRange instruments,
                 size_t subscriptions);

  // False when this connection cannot take over: too much was kept, or its end is announced.
  bool Keep(const WebSocketFrame& frame);
  bool IsComplete(absl::Duration open_for) const;
  bool IsCovered(InstrumentIndex instrument, absl::Duration open_for) const;
  const std::vector<KeptFrame>& frames() const { return frames_; }

 private:
  // Where the second connection's diffs of a book begin, or how far its whole books have come.
  struct Start {
    int64_t first_update_id = 0;
    int64_t previous_update_id = 0;
  };

  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override;
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override;
  void OnTrade(InstrumentIndex, const TradeMessage&) override {}
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage&) override {}
  void OnCandle(InstrumentIndex, const CandleMessage&) override {}
  void OnNotice(MarketNotice notice, std::string_view text) override;

  // Where the books stand, to see later which of them the first connection has moved.
  void NotePositions();

  OrderBookDataSource& source_;
  const OrderBookTracker& books_;
  InstrumentRange instruments_;
  size_t subscriptions_left_;
  std::vector<std::optional<Start>> starts_;  // by instrument, from 0 on
  std::vector<int64_t> positions_;            // by instrument, from 0 on
  std::vector<KeptFrame> frames_;
  size_t bytes_ = 0;
  bool is_ending_ = false;
};

}  // namespace colibri
