#include "tools/venue_sim/binance_common/market.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

#include "core/check.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr size_t kDefaultPaces = 2;
constexpr int64_t kDayMs = 24 * 3600 * 1000;

int64_t Scaled(Decimal value, int decimals) {
  const absl::StatusOr<int64_t> scaled = value.ToScaled(decimals);
  CHECK(scaled.ok());
  return *scaled;
}

void Merge(PendingDiff& diff,
           int64_t first_update_id,
           int64_t last_update_id,
           const std::vector<BookLevel>& bids,
           const std::vector<BookLevel>& asks) {
  if (diff.empty()) {
    diff.first_update_id = first_update_id;
  }
  diff.last_update_id = last_update_id;
  for (const BookLevel& level : bids) {
    diff.bids[level.price] = level.quantity;
  }
  for (const BookLevel& level : asks) {
    diff.asks[level.price] = level.quantity;
  }
}

// quote / base at 8 decimals; the fallback when base is zero.
Decimal Average(Decimal quote, Decimal base, Decimal fallback) {
  const absl::StatusOr<Decimal> average = Divide(quote, base, Rounding::kHalfEven);
  if (!average.ok()) {
    return fallback;
  }
  return average->RoundToMultiple(Decimal::FromScaled(1, kVenueDecimals), Rounding::kHalfEven);
}

}  // namespace

Market::Market(SimSymbol spec, int64_t first_update_id, int64_t now_ms)
    : Market(std::move(spec), first_update_id, now_ms, std::make_unique<MatchingEngine>()) {}

Market::Market(SimSymbol spec,
               int64_t first_update_id,
               int64_t now_ms,
               std::unique_ptr<MatchingEngine> book)
    : Market(std::move(spec), first_update_id, now_ms, *book, kDefaultPaces) {
  own_engine_ = std::move(book);
}

Market::Market(SimSymbol spec,
               int64_t first_update_id,
               int64_t now_ms,
               MatchingEngine& book,
               size_t pace_count)
    : engine(book),
      diffs(pace_count),
      spec_(std::move(spec)),
      stream_prefix_(absl::AsciiStrToLower(spec_.symbol)),
      price_decimals_(spec_.tick_size.decimals()),
      quantity_decimals_(spec_.step_size.decimals()),
      tick_(Scaled(spec_.tick_size, price_decimals_)),
      step_(Scaled(spec_.step_size, quantity_decimals_)),
      last_update_id_(first_update_id),
      last_price_(Scaled(spec_.start_price, price_decimals_)) {
  CHECK(price_decimals_ + quantity_decimals_ <= kVenueDecimals);
  CHECK(spec_.start_price.IsMultipleOf(spec_.tick_size));
  candles.Start(now_ms, last_price_);
}

Decimal Market::NotionalOf(int64_t price, int64_t quantity) const {
  const int64_t unit = Decimal::PowerOfTen(18 - price_decimals_ - quantity_decimals_);
  return Decimal::FromUnits(Int128{price} * quantity * unit);
}

bool Market::AbsorbChanges(int64_t ids_left_out) {
  changed_bids_.clear();
  changed_asks_.clear();
  engine.TakeChanges(changed_bids_, changed_asks_);
  const auto count = static_cast<int64_t>(changed_bids_.size() + changed_asks_.size());
  if (count == 0) {
    return false;
  }
  const int64_t first = last_update_id_ + 1 + ids_left_out;
  last_update_id_ += count + ids_left_out;
  for (PendingDiff& diff : diffs) {
    Merge(diff, first, last_update_id_, changed_bids_, changed_asks_);
  }
  return true;
}

void Market::SkipUpdateIds(int64_t count) {
  last_update_id_ += count;
  for (PendingDiff& diff : diffs) {
    if (!diff.empty()) {
      diff.first_update_id += count;
      diff.last_update_id += count;
    }
  }
}

bool Market::TakeTopChange() {
  BookLevel bid, ask;
  if (const std::optional<int64_t> price = engine.best_bid()) {
    bid = {*price, engine.QuantityAt(Side::kBuy, *price)};
  }
  if (const std::optional<int64_t> price = engine.best_ask()) {
    ask = {*price, engine.QuantityAt(Side::kSell, *price)};
  }
  const bool changed = !(bid == top_bid_) || !(ask == top_ask_);
  top_bid_ = bid;
  top_ask_ = ask;
  return changed;
}

std::vector<AggregateTrade> Market::RecordTrades(const std::vector<PublicTrade>& fills) {
  std::vector<AggregateTrade> made;
  for (const PublicTrade& trade : fills) {
    last_price_ = trade.price;
    candles.Add(trade);
    trades.push_back(trade);
    if (!made.empty() && made.back().price == trade.price) {
      made.back().quantity += trade.quantity;
      made.back().last_trade_id = trade.id;
      continue;
    }
    made.push_back({.id = next_aggregate_id_++,
                    .price = trade.price,
                    .quantity = trade.quantity,
                    .first_trade_id = trade.id,
                    .last_trade_id = trade.id,
                    .time_ms = trade.time_ms,
                    .is_buyer_maker = trade.is_buyer_maker});
  }
  aggregates.insert(aggregates.end(), made.begin(), made.end());
  while (trades.size() > kTradesKept) {
    trades.pop_front();
  }
  while (aggregates.size() > kTradesKept) {
    aggregates.pop_front();
  }
  return made;
}

Decimal Market::AveragePrice(int minutes, int64_t now_ms) const {
  Decimal base, quote;
  const std::deque<Candle>& series = *candles.Find("1m");
  for (auto candle = series.rbegin(); candle != series.rend(); ++candle) {
    if (candle->close_time_ms < now_ms - int64_t{minutes} * 60'000) {
      break;
    }
    base += candle->volume;
    quote += candle->quote_volume;
  }
  return Average(quote, base, PriceOf(last_price_));
}

DayStatistics Market::Statistics(int64_t now_ms) const {
  DayStatistics day{.open = last_price_,
                    .high = last_price_,
                    .low = last_price_,
                    .last = last_price_,
                    .last_quantity = trades.empty() ? 0 : trades.back().quantity,
                    .open_time_ms = now_ms - kDayMs,
                    .close_time_ms = now_ms};
  for (const Candle& candle : *candles.Find("1m")) {
    if (candle.close_time_ms < day.open_time_ms || candle.trade_count == 0) {
      continue;
    }
    if (day.trade_count == 0) {
      day.open = candle.open;
      day.first_trade_id = candle.first_trade_id;
    }
    day.high = std::max(day.high, candle.high);
    day.low = std::min(day.low, candle.low);
    day.volume += candle.volume;
    day.quote_volume += candle.quote_volume;
    day.last_trade_id = candle.last_trade_id;
    day.trade_count += candle.trade_count;
  }
  day.weighted_average = Average(day.quote_volume, day.volume, PriceOf(last_price_));
  return day;
}

TopOfBook TopOf(const Market& market) {
  TopOfBook top;
  if (const std::optional<int64_t> price = market.engine.best_bid()) {
    top.bid = {*price, market.engine.QuantityAt(Side::kBuy, *price)};
  }
  if (const std::optional<int64_t> price = market.engine.best_ask()) {
    top.ask = {*price, market.engine.QuantityAt(Side::kSell, *price)};
  }
  return top;
}

}  // namespace colibri::venue_sim::binance
