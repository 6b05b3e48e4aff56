// Candles of one symbol at every interval of the venue, built from its trades.
//
//   candles.RollTo(now_ms);                       // closes what has ended, also without trades
//   candles.Add({.price = 100, ...}, quote);
//   const std::deque<Candle>& minutes = *candles.Find("1m");
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "core/decimal.h"

namespace colibri::venue_sim::binance {

struct PublicTrade {
  int64_t id = 0;
  int64_t price = 0;
  int64_t quantity = 0;
  Decimal base = {};   // the quantity as a decimal
  Decimal quote = {};  // price * quantity
  int64_t time_ms = 0;
  bool is_buyer_maker = false;
};

struct Candle {
  int64_t open_time_ms = 0;
  int64_t close_time_ms = 0;  // the last millisecond of the interval
  int64_t open = 0;
  int64_t high = 0;
  int64_t low = 0;
  int64_t close = 0;
  Decimal volume = {};
  Decimal quote_volume = {};
  Decimal taker_buy_volume = {};
  Decimal taker_buy_quote_volume = {};
  int64_t first_trade_id = -1;
  int64_t last_trade_id = -1;
  int64_t trade_count = 0;
};

class Candles {
 public:
  static constexpr size_t kKept = 1500;  // of each interval: more than a day of minutes

  static const std::vector<std::string_view>& intervals();

  Candles();

  // Starts the first candles at this price.
  void Start(int64_t now_ms, int64_t price);
  // Opens the candles that hold this time. A jump backwards (a skewed clock) is ignored.
  void RollTo(int64_t now_ms);
  void Add(const PublicTrade& trade);

  // Oldest first, the last one is current; null when the interval is unknown.
  const std::deque<Candle>* Find(std::string_view interval) const;

 private:
  std::vector<std::deque<Candle>> series_;  // by index of interval
};

}  // namespace colibri::venue_sim::binance
