#include "exchanges/binance_common/binance_order_answers.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/status_macros.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance {
namespace {

// {"symbol":"BNBBTC","id":28457,"orderId":100234,"price":"4.00000100","qty":"12.0",
//  "commission":"10.1","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,
//  "isMaker":false}: no client order id. USD-M says "buyer" and "maker", and has beside it
// "positionSide":"SHORT","realizedPnl":"-0.91539999".
absl::StatusOr<TradeUpdate> ReadTrade(const JsonFields& fields,
                                      const InstrumentTable& instruments) {
  TradeUpdate trade;
  trade.source = Source::kRest;
  Fill& fill = trade.fill;
  ASSIGN_OR_RETURN(const Instrument* instrument, InstrumentOf(fields, instruments));
  fill.pair = instrument->pair;
  ASSIGN_OR_RETURN(const int64_t trade_id, fields.Count("id"));
  fill.trade_id = TradeId::FromNumber(static_cast<uint64_t>(trade_id));
  ASSIGN_OR_RETURN(fill.exchange_order_id, ReadExchangeOrderId(fields, "orderId"));
  ASSIGN_OR_RETURN(const Decimal price, fields.Positive("price"));
  ASSIGN_OR_RETURN(const Decimal quantity, fields.Positive("qty"));
  fill.price = Price(price);
  fill.quantity = Quantity(quantity);
  ASSIGN_OR_RETURN(fill.fees, ReadFee(fields, "commission", "commissionAsset"));
  ASSIGN_OR_RETURN(const bool is_buyer, fields.Flag(fields.Has("buyer") ? "buyer" : "isBuyer"));
  fill.side = is_buyer ? Side::kBuy : Side::kSell;
  ASSIGN_OR_RETURN(fill.is_maker, fields.Flag(fields.Has("maker") ? "maker" : "isMaker"));
  ASSIGN_OR_RETURN(const int64_t time_ms, fields.Integer("time"));
  fill.venue_time = absl::FromUnixMillis(time_ms);
  RETURN_IF_ERROR(ReadPositionFields(fields, "positionSide", "realizedPnl", fill));
  return trade;
}

}  // namespace

absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "server time"));
  ASSIGN_OR_RETURN(const int64_t time_ms, fields.Integer("serverTime"));
  // Seconds or microseconds would be off by decades: 2001 to 2286.
  if (time_ms < 1'000'000'000'000 || time_ms > 9'999'999'999'999) {
    return fields.Missing("serverTime", "in milliseconds");
  }
  return absl::FromUnixMillis(time_ms);
}

absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body, const InstrumentTable& instruments) {
  ObjectReader reader;
  ASSIGN_OR_RETURN(const JsonFields fields, ReadObject(reader, body, "order"));
  ASSIGN_OR_RETURN(const Instrument* instrument, InstrumentOf(fields, instruments));
  return ReadOrder(fields, instrument->pair, "clientOrderId");
}

absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body,
                                                         const InstrumentTable& instruments) {
  std::vector<OrderUpdate> updates;
  RETURN_IF_ERROR(ReadEach(body, "open orders", [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(const Instrument* instrument, InstrumentOf(fields, instruments));
    ASSIGN_OR_RETURN(updates.emplace_back(), ReadOrder(fields, instrument->pair, "clientOrderId"));
    return absl::OkStatus();
  }));
  return updates;
}

absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body,
                                                     const InstrumentTable& instruments) {
  std::vector<TradeUpdate> trades;
  RETURN_IF_ERROR(ReadEach(body, "trades", [&](const JsonFields& fields) -> absl::Status {
    ASSIGN_OR_RETURN(trades.emplace_back(), ReadTrade(fields, instruments));
    return absl::OkStatus();
  }));
  // By id, which is a number without leading zeros: the longer one is the later one.
  std::sort(trades.begin(), trades.end(), [](const TradeUpdate& a, const TradeUpdate& b) {
    const std::string_view a_id = a.fill.trade_id.view();
    const std::string_view b_id = b.fill.trade_id.view();
    return std::tuple(a_id.size(), a_id) < std::tuple(b_id.size(), b_id);
  });
  return trades;
}

absl::StatusOr<std::string> ParseListenKey(std::string_view body) {
  simdjson::dom::parser parser;
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(parser, body, "listen key"));
  ASSIGN_OR_RETURN(const std::string_view key, fields.Text("listenKey"));
  const bool is_plain =
      !key.empty() && key.size() <= 256 && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
      });
  // It becomes part of an address; the message must not hold it.
  return is_plain ? absl::StatusOr<std::string>(std::string(key))
                  : fields.Missing("listenKey", "a key of letters and digits");
}

}  // namespace colibri::binance
