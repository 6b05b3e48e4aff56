// Market data as the streams tell it.
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/render.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

void AppendQuoted(std::string& text, std::string_view name, std::string_view value) {
  text += StrCat(",\"", name, "\":\"", value, "\"");
}

std::string Percent(Decimal part, Decimal whole) {
  if (whole.is_zero()) {
    return "0.000";
  }
  const absl::StatusOr<Decimal> ratio = Divide(part, whole, Rounding::kHalfEven);
  const absl::StatusOr<Decimal> percent =
      Multiply(ratio.value_or(Decimal()), Decimal::FromInteger(100), Rounding::kHalfEven);
  return Rounded(percent.value_or(Decimal()), 3);
}

}  // namespace

void AppendLevels(std::string& text,
                  const Contract& contract,
                  const std::vector<BookLevel>& levels) {
  text += '[';
  for (const BookLevel& level : levels) {
    text += StrCat(text.back() == '[' ? "[\"" : ",[\"",
                   contract.PriceText(level.price),
                   "\",\"",
                   contract.QuantityText(level.quantity),
                   "\"]");
  }
  text += ']';
}

// {"e":"depthUpdate","E":123456789,"T":123456788,"s":"BTCUSDT","U":157,"u":160,"pu":149,
//  "b":[["0.0024","10"]],"a":[["0.0026","100"]],"ps":"BTCUSDT","st":1}
std::string DepthText(const Contract& contract,
                      int64_t first_id,
                      int64_t last_id,
                      int64_t link,
                      const std::vector<BookLevel>& bids,
                      const std::vector<BookLevel>& asks,
                      int64_t now_ms) {
  std::string text = StrCat("{\"e\":\"depthUpdate\",\"E\":",
                            now_ms,
                            ",\"T\":",
                            now_ms - 1,
                            ",\"s\":\"",
                            std::string_view(contract.symbol()),
                            "\",\"U\":",
                            first_id,
                            ",\"u\":",
                            last_id,
                            ",\"pu\":",
                            link,
                            ",\"b\":");
  AppendLevels(text, contract, bids);
  text += ",\"a\":";
  AppendLevels(text, contract, asks);
  AppendQuoted(text, "ps", contract.symbol());
  return text + ",\"st\":1}";
}

std::string AggregateText(const Contract& contract, const AggregateTrade& trade, int64_t now_ms) {
  const std::string quantity = contract.QuantityText(trade.quantity);
  return StrCat("{\"e\":\"aggTrade\",\"E\":",
                now_ms,
                ",\"a\":",
                trade.id,
                ",\"s\":\"",
                std::string_view(contract.symbol()),
                "\",\"p\":\"",
                contract.PriceText(trade.price),
                "\",\"q\":\"",
                std::string_view(quantity),
                "\",\"nq\":\"",
                std::string_view(quantity),
                "\",\"f\":",
                trade.first_trade_id,
                ",\"l\":",
                trade.last_trade_id,
                ",\"T\":",
                trade.time_ms,
                ",\"m\":",
                trade.is_buyer_maker ? "true" : "false",
                ",\"st\":1}");
}

std::string TradeText(const Contract& contract, const PublicTrade& trade, int64_t now_ms) {
  return StrCat("{\"e\":\"trade\",\"E\":",
                now_ms,
                ",\"T\":",
                trade.time_ms,
                ",\"s\":\"",
                std::string_view(contract.symbol()),
                "\",\"t\":",
                trade.id,
                ",\"p\":\"",
                contract.PriceText(trade.price),
                "\",\"q\":\"",
                contract.QuantityText(trade.quantity),
                "\",\"X\":\"MARKET\",\"m\":",
                trade.is_buyer_maker ? "true" : "false",
                ",\"st\":1}");
}

std::string BookTickerText(const Contract& contract, int64_t now_ms) {
  const TopOfBook top = TopOf(contract.market);
  std::string text = StrCat("{\"e\":\"bookTicker\",\"u\":", contract.market.last_update_id());
  AppendQuoted(text, "s", contract.symbol());
  AppendQuoted(text, "ps", contract.symbol());
  AppendQuoted(text, "b", contract.PriceText(top.bid.price));
  AppendQuoted(text, "B", contract.QuantityText(top.bid.quantity));
  AppendQuoted(text, "a", contract.PriceText(top.ask.price));
  AppendQuoted(text, "A", contract.QuantityText(top.ask.quantity));
  return StrCat(std::string_view(text), ",\"T\":", now_ms, ",\"E\":", now_ms, ",\"st\":1}");
}

Json MarkPriceJson(const Contract& contract, int64_t now_ms) {
  const margin::Instrument& instrument = contract.instrument;
  return {{"e", "markPriceUpdate"},
          {"E", now_ms},
          {"s", contract.symbol()},
          {"p", Money(instrument.mark)},
          {"ap", Money(instrument.mark)},
          {"P", Money(instrument.index)},
          {"i", Money(instrument.index)},
          {"r", Money(instrument.funding_rate)},
          {"T", instrument.next_funding_ms},
          {"st", 1}};
}

std::string ChangePercent(const binance::DayStatistics& day) {
  return Percent(Decimal::FromInteger(day.last - day.open), Decimal::FromInteger(day.open));
}

Json TickerJson(const Contract& contract, int64_t now_ms) {
  const binance::DayStatistics day = contract.market.Statistics(now_ms);
  return {{"e", "24hrTicker"},
          {"E", now_ms},
          {"s", contract.symbol()},
          {"ps", contract.symbol()},
          {"p", contract.PriceText(day.last - day.open)},
          {"P", ChangePercent(day)},
          {"w", contract.PriceText(day.weighted_average)},
          {"c", contract.PriceText(day.last)},
          {"Q", contract.QuantityText(day.last_quantity)},
          {"o", contract.PriceText(day.open)},
          {"h", contract.PriceText(day.high)},
          {"l", contract.PriceText(day.low)},
          {"v", Rounded(day.volume, contract.spec.quantity_precision)},
          {"q", Rounded(day.quote_volume, 2)},
          {"O", day.open_time_ms},
          {"C", day.close_time_ms},
          {"F", day.first_trade_id},
          {"L", day.last_trade_id},
          {"n", day.trade_count},
          {"st", 1}};
}

Json MiniTickerJson(const Contract& contract, int64_t now_ms) {
  const binance::DayStatistics day = contract.market.Statistics(now_ms);
  return {{"e", "24hrMiniTicker"},
          {"E", now_ms},
          {"s", contract.symbol()},
          {"ps", contract.symbol()},
          {"c", contract.PriceText(day.last)},
          {"o", contract.PriceText(day.open)},
          {"h", contract.PriceText(day.high)},
          {"l", contract.PriceText(day.low)},
          {"v", Rounded(day.volume, contract.spec.quantity_precision)},
          {"q", Rounded(day.quote_volume, 2)},
          {"st", 1}};
}

Json KlineJson(const Contract& contract,
               std::string_view interval,
               const Candle& candle,
               int64_t now_ms,
               bool is_closed) {
  const int precision = contract.spec.quantity_precision;
  return {{"e", "kline"},
          {"E", now_ms},
          {"s", contract.symbol()},
          {"ps", contract.symbol()},
          {"k",
           {{"t", candle.open_time_ms},
            {"T", candle.close_time_ms},
            {"s", contract.symbol()},
            {"i", interval},
            {"f", candle.first_trade_id},
            {"L", candle.last_trade_id},
            {"o", contract.PriceText(candle.open)},
            {"c", contract.PriceText(candle.close)},
            {"h", contract.PriceText(candle.high)},
            {"l", contract.PriceText(candle.low)},
            {"v", Rounded(candle.volume, precision)},
            {"n", candle.trade_count},
            {"x", is_closed},
            {"q", Rounded(candle.quote_volume, 5)},
            {"V", Rounded(candle.taker_buy_volume, precision)},
            {"Q", Rounded(candle.taker_buy_quote_volume, 5)},
            {"B", "0"}}},
          {"st", 1}};
}

Json ListedMarkPriceJson(const ListedSymbol& listed, int64_t now_ms) {
  return {{"e", "markPriceUpdate"},
          {"E", now_ms},
          {"s", listed.symbol},
          {"p", Money(listed.price)},
          {"ap", Money(listed.price)},
          {"P", Money(listed.price)},
          {"i", Money(listed.price)},
          {"r", listed.contract_type == "PERPETUAL" ? "0.00010000" : ""},
          {"T", 0},
          {"st", listed.is_coin_margined ? 2 : 1}};
}

Json ListedTickerJson(const ListedSymbol& listed, int64_t now_ms, bool is_mini) {
  const std::string price = Rounded(listed.price, 1);
  Json json = {{"e", is_mini ? "24hrMiniTicker" : "24hrTicker"},
               {"E", now_ms},
               {"s", listed.symbol},
               {"ps", listed.pair},
               {"c", price},
               {"o", price},
               {"h", price},
               {"l", price},
               {"v", "0"},
               {"q", "0"},
               {"st", listed.is_coin_margined ? 2 : 1}};
  if (!is_mini) {
    for (const char* name : {"p", "P", "Q"}) {
      json[name] = "0";
    }
    json["w"] = price;
    for (const char* name : {"O", "C", "F", "L", "n"}) {
      json[name] = 0;
    }
  }
  return json;
}

}  // namespace colibri::venue_sim::binance_perpetual
