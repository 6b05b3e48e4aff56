#include "tools/venue_sim/binance_common/candles.h"

#include <algorithm>
#include <array>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr int64_t kSecond = 1000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kMonth = 0;  // of the calendar

struct Interval {
  std::string_view name;
  int64_t length_ms;
};

constexpr std::array<Interval, 16> kIntervals = {{
    {"1s", kSecond},
    {"1m", kMinute},
    {"3m", 3 * kMinute},
    {"5m", 5 * kMinute},
    {"15m", 15 * kMinute},
    {"30m", 30 * kMinute},
    {"1h", kHour},
    {"2h", 2 * kHour},
    {"4h", 4 * kHour},
    {"6h", 6 * kHour},
    {"8h", 8 * kHour},
    {"12h", 12 * kHour},
    {"1d", kDay},
    {"3d", 3 * kDay},
    {"1w", 7 * kDay},
    {"1M", kMonth},
}};

// The epoch was a Thursday; weeks start on Monday.
constexpr int64_t kFirstMonday = 4 * kDay;

struct Span {
  int64_t open_ms;
  int64_t close_ms;
};

Span SpanAt(const Interval& interval, int64_t now_ms) {
  if (interval.length_ms == kMonth) {
    const absl::CivilMonth month =
        absl::ToCivilMonth(absl::FromUnixMillis(now_ms), absl::UTCTimeZone());
    return {absl::ToUnixMillis(absl::FromCivil(month, absl::UTCTimeZone())),
            absl::ToUnixMillis(absl::FromCivil(month + 1, absl::UTCTimeZone())) - 1};
  }
  const int64_t origin = interval.length_ms == 7 * kDay ? kFirstMonday : 0;
  const int64_t open = now_ms - (now_ms - origin) % interval.length_ms;
  return {open, open + interval.length_ms - 1};
}

Candle Flat(Span span, int64_t price) {
  return {.open_time_ms = span.open_ms,
          .close_time_ms = span.close_ms,
          .open = price,
          .high = price,
          .low = price,
          .close = price};
}

}  // namespace

const std::vector<std::string_view>& Candles::intervals() {
  static const auto& names = *new std::vector<std::string_view>([] {
    std::vector<std::string_view> list;
    for (const Interval& interval : kIntervals) {
      list.push_back(interval.name);
    }
    return list;
  }());
  return names;
}

Candles::Candles() : series_(kIntervals.size()) {}

void Candles::Start(int64_t now_ms, int64_t price) {
  for (size_t i = 0; i < kIntervals.size(); ++i) {
    series_[i].push_back(Flat(SpanAt(kIntervals[i], now_ms), price));
  }
}

void Candles::RollTo(int64_t now_ms) {
  for (size_t i = 0; i < kIntervals.size(); ++i) {
    std::deque<Candle>& series = series_[i];
    const Span target = SpanAt(kIntervals[i], now_ms);
    // A long silence fills no more than is kept.
    for (size_t step = 0; step < kKept && series.back().close_time_ms < target.open_ms; ++step) {
      series.push_back(
          Flat(SpanAt(kIntervals[i], series.back().close_time_ms + 1), series.back().close));
    }
    if (series.back().close_time_ms < target.open_ms) {
      series.push_back(Flat(target, series.back().close));
    }
    while (series.size() > kKept) {
      series.pop_front();
    }
  }
}

void Candles::Add(const PublicTrade& trade) {
  RollTo(trade.time_ms);
  for (std::deque<Candle>& series : series_) {
    Candle& candle = series.back();
    if (candle.trade_count == 0) {
      candle.open = candle.high = candle.low = trade.price;
      candle.first_trade_id = trade.id;
    }
    candle.high = std::max(candle.high, trade.price);
    candle.low = std::min(candle.low, trade.price);
    candle.close = trade.price;
    candle.last_trade_id = trade.id;
    ++candle.trade_count;
    candle.volume += trade.base;
    candle.quote_volume += trade.quote;
    if (!trade.is_buyer_maker) {
      candle.taker_buy_volume += trade.base;
      candle.taker_buy_quote_volume += trade.quote;
    }
  }
}

const std::deque<Candle>* Candles::Find(std::string_view interval) const {
  for (size_t i = 0; i < kIntervals.size(); ++i) {
    if (kIntervals[i].name == interval) {
      return &series_[i];
    }
  }
  return nullptr;
}

}  // namespace colibri::venue_sim::binance
