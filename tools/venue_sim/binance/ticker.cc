#include "tools/venue_sim/binance/ticker.h"

#include <string>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

std::string PriceText(const Market& market, int64_t price) {
  return Fixed8(price, market.price_decimals());
}
std::string QuantityText(const Market& market, int64_t quantity) {
  return Fixed8(quantity, market.quantity_decimals());
}

// The change in percent with three decimals, like "-1.250".
std::string PercentText(const DayStatistics& day) {
  if (day.open == 0) {
    return "0.000";
  }
  const absl::StatusOr<Decimal> ratio = Divide(Decimal::FromInteger(day.last - day.open),
                                               Decimal::FromInteger(day.open),
                                               Rounding::kHalfEven);
  const absl::StatusOr<Decimal> percent =
      Multiply(ratio.value_or(Decimal()), Decimal::FromInteger(100), Rounding::kHalfEven);
  return percent.value_or(Decimal())
      .RoundToMultiple(Decimal::FromScaled(1, 3), Rounding::kHalfEven)
      .ToFixed(3);
}

}  // namespace

Json DayTickerJson(const Market& market, int64_t now_ms) {
  const DayStatistics day = market.Statistics(now_ms);
  const TopOfBook top = TopOf(market);
  return {{"symbol", market.symbol()},
          {"priceChange", PriceText(market, day.last - day.open)},
          {"priceChangePercent", PercentText(day)},
          {"weightedAvgPrice", Fixed8(day.weighted_average)},
          {"prevClosePrice", PriceText(market, day.open)},
          {"lastPrice", PriceText(market, day.last)},
          {"lastQty", QuantityText(market, day.last_quantity)},
          {"bidPrice", PriceText(market, top.bid.price)},
          {"bidQty", QuantityText(market, top.bid.quantity)},
          {"askPrice", PriceText(market, top.ask.price)},
          {"askQty", QuantityText(market, top.ask.quantity)},
          {"openPrice", PriceText(market, day.open)},
          {"highPrice", PriceText(market, day.high)},
          {"lowPrice", PriceText(market, day.low)},
          {"volume", Fixed8(day.volume)},
          {"quoteVolume", Fixed8(day.quote_volume)},
          {"openTime", day.open_time_ms},
          {"closeTime", day.close_time_ms},
          {"firstId", day.first_trade_id},
          {"lastId", day.last_trade_id},
          {"count", day.trade_count}};
}

Json MiniDayTickerJson(const Market& market, int64_t now_ms) {
  const DayStatistics day = market.Statistics(now_ms);
  return {{"symbol", market.symbol()},
          {"openPrice", PriceText(market, day.open)},
          {"highPrice", PriceText(market, day.high)},
          {"lowPrice", PriceText(market, day.low)},
          {"lastPrice", PriceText(market, day.last)},
          {"volume", Fixed8(day.volume)},
          {"quoteVolume", Fixed8(day.quote_volume)},
          {"openTime", day.open_time_ms},
          {"closeTime", day.close_time_ms},
          {"firstId", day.first_trade_id},
          {"lastId", day.last_trade_id},
          {"count", day.trade_count}};
}

Json TickerEventJson(const Market& market, int64_t now_ms) {
  const DayStatistics day = market.Statistics(now_ms);
  const TopOfBook top = TopOf(market);
  return {{"e", "24hrTicker"},
          {"E", now_ms},
          {"s", market.symbol()},
          {"p", PriceText(market, day.last - day.open)},
          {"P", PercentText(day)},
          {"w", Fixed8(day.weighted_average)},
          {"x", PriceText(market, day.open)},
          {"c", PriceText(market, day.last)},
          {"Q", QuantityText(market, day.last_quantity)},
          {"b", PriceText(market, top.bid.price)},
          {"B", QuantityText(market, top.bid.quantity)},
          {"a", PriceText(market, top.ask.price)},
          {"A", QuantityText(market, top.ask.quantity)},
          {"o", PriceText(market, day.open)},
          {"h", PriceText(market, day.high)},
          {"l", PriceText(market, day.low)},
          {"v", Fixed8(day.volume)},
          {"q", Fixed8(day.quote_volume)},
          {"O", day.open_time_ms},
          {"C", day.close_time_ms},
          {"F", day.first_trade_id},
          {"L", day.last_trade_id},
          {"n", day.trade_count}};
}

Json MiniTickerEventJson(const Market& market, int64_t now_ms) {
  const DayStatistics day = market.Statistics(now_ms);
  return {{"e", "24hrMiniTicker"},
          {"E", now_ms},
          {"s", market.symbol()},
          {"c", PriceText(market, day.last)},
          {"o", PriceText(market, day.open)},
          {"h", PriceText(market, day.high)},
          {"l", PriceText(market, day.low)},
          {"v", Fixed8(day.volume)},
          {"q", Fixed8(day.quote_volume)}};
}

Json KlineEventJson(const Market& market,
                    std::string_view interval,
                    const Candle& candle,
                    int64_t now_ms,
                    bool is_closed) {
  return {{"e", "kline"},
          {"E", now_ms},
          {"s", market.symbol()},
          {"k",
           {{"t", candle.open_time_ms},
            {"T", candle.close_time_ms},
            {"s", market.symbol()},
            {"i", interval},
            {"f", candle.first_trade_id},
            {"L", candle.last_trade_id},
            {"o", PriceText(market, candle.open)},
            {"c", PriceText(market, candle.close)},
            {"h", PriceText(market, candle.high)},
            {"l", PriceText(market, candle.low)},
            {"v", Fixed8(candle.volume)},
            {"n", candle.trade_count},
            {"x", is_closed},
            {"q", Fixed8(candle.quote_volume)},
            {"V", Fixed8(candle.taker_buy_volume)},
            {"Q", Fixed8(candle.taker_buy_quote_volume)},
            {"B", "0"}}}};
}

}  // namespace colibri::venue_sim::binance
