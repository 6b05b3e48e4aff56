// What a venue's market-data parser hands on, in our words and in integers at the instrument's
// scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"

#include "connector/instrument.h"
#include "core/book_message.h"
#include "core/order.h"
#include "core/position.h"

namespace colibri {

struct TradeMessage {
  std::string_view trade_id;  // into the frame
  Side taker_side = Side::kBuy;
  int64_t price = 0;
  int64_t quantity = 0;
  int64_t venue_time_ms = 0;
  int64_t receive_time_ns = 0;
};

struct BestQuoteMessage {
  int64_t update_id = 0;
  BookLevel bid;
  BookLevel ask;
  int64_t venue_time_ms = 0;  // 0: the venue gives none
  int64_t receive_time_ns = 0;
};

struct CandleMessage {
  std::string_view interval;  // into the frame
  int64_t open_time_ms = 0;
  int64_t close_time_ms = 0;
  Price open, high, low, close;
  Quantity volume;
  Notional quote_volume;
  int64_t trade_count = 0;
  bool is_closed = false;
  int64_t receive_time_ns = 0;
};

// What a venue told of funding and prices; what it did not tell is absent.
struct FundingMessage {
  std::optional<Price> mark_price = std::nullopt;
  std::optional<Price> index_price = std::nullopt;
  std::optional<Decimal> rate = std::nullopt;
  std::optional<absl::Time> next_funding_time = std::nullopt;
  std::optional<Quantity> open_interest = std::nullopt;
  int64_t venue_time_ms = 0;  // 0: the venue gives none
  int64_t receive_time_ns = 0;
};

// Somebody's position is closed by the venue.
struct LiquidationMessage {
  Side side = Side::kBuy;  // of the closing order
  Price price;
  Quantity quantity;
  int64_t venue_time_ms = 0;
  int64_t receive_time_ns = 0;
};

enum class MarketNotice : uint8_t {
  kSubscribed,      // an acknowledgement
  kRefused,         // of a subscription; the text is the venue's
  kServerShutdown,  // the venue announces the end of this connection
  kHeartbeat,       // an answer to ours: no sign that anything else comes
  kIgnored,         // a message that is known and not used
};

// Receives one frame's messages, in order, during Parse.
class MarketMessageSink {
 public:
  virtual ~MarketMessageSink() = default;
  virtual void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) = 0;
  virtual void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) = 0;
  virtual void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) = 0;
  virtual void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) = 0;
  virtual void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) = 0;
  // Of perpetuals.
  virtual void OnFunding(InstrumentIndex /*instrument*/, const FundingMessage& /*funding*/) {}
  virtual void OnLiquidation(InstrumentIndex /*instrument*/,
                             const LiquidationMessage& /*liquidation*/) {}
  virtual void OnNotice(MarketNotice notice, std::string_view text) = 0;
};

}  // namespace colibri
