// One symbol: its matching engine, update ids, trades and statistics.
//
//   for (const MatchEvent& event : market.engine.Submit(order)) { ... }
//   if (market.AbsorbChanges()) { ... the book moved to market.last_update_id() ... }
//
// Every change of a level takes an update id of its own, so that streams of any pace are cuts of
// one sequence.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/book_message.h"
#include "core/matching_engine.h"
#include "tools/venue_sim/binance_common/candles.h"
#include "tools/venue_sim/sim_options.h"

namespace colibri::venue_sim::binance {

// Consecutive fills of one taking order at one price.
struct AggregateTrade {
  int64_t id = 0;
  int64_t price = 0;
  int64_t quantity = 0;
  int64_t first_trade_id = 0;
  int64_t last_trade_id = 0;
  int64_t time_ms = 0;
  bool is_buyer_maker = false;
};

// Changes of levels since the last diff message of one pace.
struct PendingDiff {
  int64_t first_update_id = 0;
  int64_t last_update_id = 0;
  std::map<int64_t, int64_t, std::greater<int64_t>> bids = {};  // price to new quantity
  std::map<int64_t, int64_t> asks = {};

  bool empty() const { return bids.empty() && asks.empty(); }
};

struct DayStatistics {
  int64_t open = 0;
  int64_t high = 0;
  int64_t low = 0;
  int64_t last = 0;
  int64_t last_quantity = 0;
  Decimal volume = {};
  Decimal quote_volume = {};
  Decimal weighted_average = {};  // 8 decimals
  int64_t open_time_ms = 0;
  int64_t close_time_ms = 0;
  int64_t first_trade_id = -1;
  int64_t last_trade_id = -1;
  int64_t trade_count = 0;
};

class Market {
 public:
  static constexpr size_t kTradesKept = 10'000;

  Market(SimSymbol spec, int64_t first_update_id, int64_t now_ms);
  // On a book that somebody else keeps and that outlives this.
  Market(SimSymbol spec,
         int64_t first_update_id,
         int64_t now_ms,
         MatchingEngine& book,
         size_t pace_count);

  const SimSymbol& spec() const { return spec_; }
  const std::string& symbol() const { return spec_.symbol; }
  // "btcusdt", as in the names of streams.
  const std::string& stream_prefix() const { return stream_prefix_; }
  int price_decimals() const { return price_decimals_; }
  int quantity_decimals() const { return quantity_decimals_; }
  int64_t tick() const { return tick_; }  // in price units
  int64_t step() const { return step_; }  // in quantity units

  Decimal PriceOf(int64_t price) const { return Decimal::FromScaled(price, price_decimals_); }
  Decimal QuantityOf(int64_t quantity) const {
    return Decimal::FromScaled(quantity, quantity_decimals_);
  }
  // Exact.
  Decimal NotionalOf(int64_t price, int64_t quantity) const;

  int64_t last_update_id() const { return last_update_id_; }
  // To be called after every call of the engine that may change it. Whether any level changed.
  // Ids that are left out before the change make a sequence that only links can prove whole.
  bool AbsorbChanges(int64_t ids_left_out = 0);
  // Leaves out this many ids before the next change that is published: a hole without a loss.
  void SkipUpdateIds(int64_t count);
  // Whether the best bid or ask, or its quantity, changed since the last call.
  bool TakeTopChange();

  // The trades of one taking order, in order. Returns the aggregates that they make.
  std::vector<AggregateTrade> RecordTrades(const std::vector<PublicTrade>& trades);
  int64_t last_price() const { return last_price_; }
  // Volume-weighted over the last minutes; the last price when nothing traded. 8 decimals.
  Decimal AveragePrice(int minutes, int64_t now_ms) const;
  DayStatistics Statistics(int64_t now_ms) const;

  MatchingEngine& engine;
  Candles candles;
  // Of streams of different pace, fastest first; each is the reader's to clear.
  std::vector<PendingDiff> diffs;
  std::deque<PublicTrade> trades;
  std::deque<AggregateTrade> aggregates;
  int64_t next_order_id = 1;
  int64_t next_trade_id = 1;
  int64_t next_execution_id = 1;
  int64_t next_prevented_match_id = 1;

 private:
  Market(SimSymbol spec,
         int64_t first_update_id,
         int64_t now_ms,
         std::unique_ptr<MatchingEngine> book);

  std::unique_ptr<MatchingEngine> own_engine_;
  SimSymbol spec_;
  std::string stream_prefix_;
  int price_decimals_;
  int quantity_decimals_;
  int64_t tick_;
  int64_t step_;
  int64_t last_update_id_;
  int64_t last_price_;
  int64_t next_aggregate_id_ = 1;
  BookLevel top_bid_, top_ask_;
  std::vector<BookLevel> changed_bids_, changed_asks_;
};

struct TopOfBook {
  BookLevel bid;  // zeros when the side is empty
  BookLevel ask;
};
TopOfBook TopOf(const Market& market);

}  // namespace colibri::venue_sim::binance
