#include "exchanges/binance_common/binance_general_market_parser.h"

#include <algorithm>
#include <charconv>

#include "core/scaled_parse.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_json.h"
#include "exchanges/binance_common/binance_order_fields.h"

namespace colibri::binance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::string_view kFrame = "market frame";
constexpr std::string_view kSnapshot = "depth snapshot";

struct Subject {
  std::string_view symbol;
  std::string_view field;
};

absl::Status BadNumber(Subject subject, std::string_view text, ScaledParse result, int decimals) {
  if (result == ScaledParse::kTooFine) {
    return absl::InvalidArgumentError(
        StrCat("Binance ",
               subject.symbol,
               " `",
               subject.field,
               "` ",
               Excerpt(text),
               " is finer than the instrument's ",
               decimals,
               " decimals; the trading rules have changed: fetch them again"));
  }
  return absl::DataLossError(StrCat("Binance ",
                                    subject.symbol,
                                    " `",
                                    subject.field,
                                    "` ",
                                    Excerpt(text),
                                    " is ",
                                    ToString(result)));
}

// Text to a scaled integer that is not negative.
absl::StatusOr<int64_t> Scaled(Subject subject, element value, int decimals) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    return absl::DataLossError(
        StrCat("Binance ", subject.symbol, " `", subject.field, "` is not a number in quotes"));
  }
  int64_t scaled = 0;
  const ScaledParse result = ParseScaled(text, decimals, scaled);
  if (result != ScaledParse::kOk) {
    return BadNumber(subject, text, result, decimals);
  }
  if (scaled < 0) {
    return absl::DataLossError(StrCat(
        "Binance ", subject.symbol, " `", subject.field, "` ", Excerpt(text), " is negative"));
  }
  return scaled;
}

absl::StatusOr<int64_t> Scaled(const JsonFields& fields,
                               std::string_view key,
                               const Instrument& instrument,
                               int decimals) {
  const std::optional<element> value = fields.Find(key);
  if (!value.has_value()) {
    return fields.Missing(key, "there");
  }
  return Scaled(Subject{instrument.symbol, key}, *value, decimals);
}

// An integer of zero or more where it is there.
absl::StatusOr<int64_t> CountOr(const JsonFields& fields, std::string_view key, int64_t otherwise) {
  return fields.Has(key) ? fields.Count(key) : otherwise;
}

// [["61837.63000000","1.50000000"],...]
absl::Status ReadLevels(const JsonFields& fields,
                        std::string_view key,
                        const Instrument& instrument,
                        std::vector<BookLevel>& levels) {
  levels.clear();
  ASSIGN_OR_RETURN(const array list, fields.Array(key));
  const Subject subject{instrument.symbol, key};
  for (const element entry : list) {
    array pair;
    if (entry.get_array().get(pair) != simdjson::SUCCESS || pair.size() != 2) {
      return absl::DataLossError(StrCat("Binance ",
                                        instrument.symbol,
                                        " `",
                                        key,
                                        "` level ",
                                        levels.size(),
                                        " is not a price and a quantity"));
    }
    BookLevel level;
    auto value = pair.begin();
    ASSIGN_OR_RETURN(level.price, Scaled(subject, *value, instrument.scale.price_decimals));
    ++value;
    ASSIGN_OR_RETURN(level.quantity, Scaled(subject, *value, instrument.scale.quantity_decimals));
    if (level.price == 0) {
      return absl::DataLossError(StrCat("Binance ",
                                        instrument.symbol,
                                        " `",
                                        key,
                                        "` level ",
                                        levels.size(),
                                        " has the price zero"));
    }
    levels.push_back(level);
  }
  return absl::OkStatus();
}

absl::Status ReadTrade(const JsonFields& fields,
                       std::string_view id_key,
                       const Instrument& instrument,
                       int64_t receive_time_ns,
                       MarketMessageSink& sink) {
  RETURN_IF_ERROR(fields.Count("E").status());
  ASSIGN_OR_RETURN(const int64_t trade_id, fields.Count(id_key));
  TradeMessage trade;
  ASSIGN_OR_RETURN(trade.price, Scaled(fields, "p", instrument, instrument.scale.price_decimals));
  ASSIGN_OR_RETURN(trade.quantity,
                   Scaled(fields, "q", instrument, instrument.scale.quantity_decimals));
  ASSIGN_OR_RETURN(trade.venue_time_ms, fields.Count("T"));
  ASSIGN_OR_RETURN(const bool is_buyer_maker, fields.Flag("m"));
  if (trade.price == 0) {
    // USD-M marks with X=NA what was no trade on the book.
    sink.OnNotice(MarketNotice::kIgnored, "trade");
    return absl::OkStatus();
  }
  char digits[20];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, trade_id);
  trade.trade_id = std::string_view(digits, static_cast<size_t>(end.ptr - digits));
  trade.taker_side = is_buyer_maker ? Side::kSell : Side::kBuy;
  trade.receive_time_ns = receive_time_ns;
  sink.OnTrade(instrument.index, trade);
  return absl::OkStatus();
}

absl::Status ReadQuote(const JsonFields& fields,
                       const Instrument& instrument,
                       int64_t receive_time_ns,
                       MarketMessageSink& sink) {
  BestQuoteMessage quote;
  const BookScale scale = instrument.scale;
  ASSIGN_OR_RETURN(quote.update_id, fields.Count("u"));
  ASSIGN_OR_RETURN(quote.bid.price, Scaled(fields, "b", instrument, scale.price_decimals));
  ASSIGN_OR_RETURN(quote.bid.quantity, Scaled(fields, "B", instrument, scale.quantity_decimals));
  ASSIGN_OR_RETURN(quote.ask.price, Scaled(fields, "a", instrument, scale.price_decimals));
  ASSIGN_OR_RETURN(quote.ask.quantity, Scaled(fields, "A", instrument, scale.quantity_decimals));
  ASSIGN_OR_RETURN(quote.venue_time_ms, CountOr(fields, "E", 0));
  RETURN_IF_ERROR(CountOr(fields, "T", 0).status());
  quote.receive_time_ns = receive_time_ns;
  sink.OnBestQuote(instrument.index, quote);
  return absl::OkStatus();
}

// {"e":"kline","E":..,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m",
//  "f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,
//  "x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}
absl::Status ReadCandle(const JsonFields& fields,
                        const Instrument& instrument,
                        int64_t receive_time_ns,
                        MarketMessageSink& sink) {
  ASSIGN_OR_RETURN(const JsonFields k, fields.Object("k"));
  CandleMessage candle;
  ASSIGN_OR_RETURN(candle.interval, k.Text("i"));
  ASSIGN_OR_RETURN(candle.open_time_ms, k.Count("t"));
  ASSIGN_OR_RETURN(candle.close_time_ms, k.Count("T"));
  ASSIGN_OR_RETURN(const Decimal open, k.Number("o"));
  ASSIGN_OR_RETURN(const Decimal high, k.Number("h"));
  ASSIGN_OR_RETURN(const Decimal low, k.Number("l"));
  ASSIGN_OR_RETURN(const Decimal close, k.Number("c"));
  ASSIGN_OR_RETURN(const Decimal volume, k.Number("v"));
  ASSIGN_OR_RETURN(const Decimal quote_volume, k.Number("q"));
  ASSIGN_OR_RETURN(candle.trade_count, k.Count("n"));
  ASSIGN_OR_RETURN(candle.is_closed, k.Flag("x"));
  candle.open = Price(open);
  candle.high = Price(high);
  candle.low = Price(low);
  candle.close = Price(close);
  candle.volume = Quantity(volume);
  candle.quote_volume = Notional(quote_volume);
  candle.receive_time_ns = receive_time_ns;
  sink.OnCandle(instrument.index, candle);
  return absl::OkStatus();
}

// A text that is a number; absent where the venue leaves it empty.
absl::StatusOr<std::optional<Decimal>> OptionalNumber(const JsonFields& fields,
                                                      std::string_view key) {
  if (fields.TextOr(key, "").empty()) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const Decimal number, fields.Number(key));
  return number;
}

// {"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000","i":"11784.62659091",
//  "P":"11784.25641265","r":"0.00038167","T":1562306400000}: mark, index, settlement price, rate
//  and
// time of the next funding, which contracts without funding leave empty and 0.
absl::Status ReadFunding(const JsonFields& fields,
                         const Instrument& instrument,
                         int64_t receive_time_ns,
                         MarketMessageSink& sink) {
  FundingMessage funding;
  ASSIGN_OR_RETURN(funding.venue_time_ms, fields.Count("E"));
  ASSIGN_OR_RETURN(const Decimal mark, fields.Positive("p"));
  ASSIGN_OR_RETURN(const std::optional<Decimal> index, OptionalNumber(fields, "i"));
  ASSIGN_OR_RETURN(funding.rate, OptionalNumber(fields, "r"));
  ASSIGN_OR_RETURN(const int64_t next_ms, CountOr(fields, "T", 0));
  funding.mark_price = Price(mark);
  if (index.has_value() && index->is_positive()) {
    funding.index_price = Price(*index);
  }
  if (next_ms > 0) {
    funding.next_funding_time = absl::FromUnixMillis(next_ms);
  }
  funding.receive_time_ns = receive_time_ns;
  sink.OnFunding(instrument.index, funding);
  return absl::OkStatus();
}

// {"e":"forceOrder","E":..,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014",
//  "p":"9910","ap":"9910.1","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893}}: S is the side
// of the closing order, ap and z what it came to so far.
absl::Status ReadLiquidation(const JsonFields& order,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) {
  LiquidationMessage liquidation;
  ASSIGN_OR_RETURN(liquidation.side, ReadSide(order, "S"));
  ASSIGN_OR_RETURN(const Decimal limit, order.Positive("p"));
  ASSIGN_OR_RETURN(const Decimal average, order.Amount("ap"));
  ASSIGN_OR_RETURN(const Decimal quantity, order.Positive("q"));
  ASSIGN_OR_RETURN(const Decimal filled, order.Amount("z"));
  ASSIGN_OR_RETURN(liquidation.venue_time_ms, order.Count("T"));
  liquidation.price = Price(average.is_positive() ? average : limit);
  liquidation.quantity = Quantity(filled.is_positive() ? filled : quantity);
  liquidation.receive_time_ns = receive_time_ns;
  sink.OnLiquidation(instrument.index, liquidation);
  return absl::OkStatus();
}

// {"result":null,"id":1}, {"error":{"code":2,"msg":".."},"id":1}, {"code":2,"msg":".."}
bool ReadReply(const JsonFields& fields, MarketMessageSink& sink) {
  if (fields.Has("e")) {
    return false;
  }
  const absl::StatusOr<JsonFields> error = fields.Object("error");
  const JsonFields& refusal = error.ok() ? *error : fields;
  if (refusal.Has("code") && refusal.Has("msg")) {
    sink.OnNotice(MarketNotice::kRefused, refusal.TextOr("msg", ""));
    return true;
  }
  if (fields.Has("result") && fields.Has("id")) {
    sink.OnNotice(MarketNotice::kSubscribed, "");
    return true;
  }
  return false;
}

}  // namespace

struct GeneralMarketParser::Rep {
  simdjson::dom::parser json;
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;

  absl::Status ReadDiff(const JsonFields& fields,
                        const Instrument& instrument,
                        int64_t receive_time_ns,
                        MarketMessageSink& sink) {
    BookDiff diff;
    ASSIGN_OR_RETURN(diff.venue_time_ms, fields.Count("E"));
    ASSIGN_OR_RETURN(diff.first_update_id, fields.Count("U"));
    ASSIGN_OR_RETURN(diff.last_update_id, fields.Count("u"));
    ASSIGN_OR_RETURN(diff.previous_update_id, CountOr(fields, "pu", -1));
    RETURN_IF_ERROR(CountOr(fields, "T", 0).status());
    if (diff.first_update_id > diff.last_update_id) {
      return fields.Missing("U", "at most `u`");
    }
    RETURN_IF_ERROR(ReadLevels(fields, "b", instrument, bids));
    RETURN_IF_ERROR(ReadLevels(fields, "a", instrument, asks));
    diff.receive_time_ns = receive_time_ns;
    diff.bids = bids;
    diff.asks = asks;
    sink.OnBookDiff(instrument.index, diff);
    return absl::OkStatus();
  }
};

bool IsBestFirst(absl::Span<const BookLevel> bids, absl::Span<const BookLevel> asks) {
  const auto is_out_of_order = [](absl::Span<const BookLevel> side, auto is_worse) {
    return std::adjacent_find(side.begin(), side.end(), is_worse) != side.end();
  };
  return !is_out_of_order(bids, [](const BookLevel& a, const BookLevel& b) {
    return a.price <= b.price;
  }) && !is_out_of_order(asks, [](const BookLevel& a, const BookLevel& b) {
    return a.price >= b.price;
  });
}

GeneralMarketParser::GeneralMarketParser(const InstrumentTable& instruments)
    : instruments_(instruments), rep_(std::make_unique<Rep>()) {}

GeneralMarketParser::~GeneralMarketParser() = default;

absl::Status GeneralMarketParser::Parse(std::string_view frame,
                                        int64_t receive_time_ns,
                                        MarketMessageSink& sink) {
  ASSIGN_OR_RETURN(JsonFields fields, ParseObject(rep_->json, frame, kFrame));
  if (fields.Has("stream")) {
    if (const std::optional<element> data = fields.Find("data");
        data.has_value() && data->is_array()) {
      sink.OnNotice(MarketNotice::kIgnored, fields.TextOr("stream", ""));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(fields, fields.Object("data"));
  }
  if (ReadReply(fields, sink)) {
    return absl::OkStatus();
  }
  const std::string_view event = fields.TextOr("e", "");
  if (event == "serverShutdown") {
    sink.OnNotice(MarketNotice::kServerShutdown, event);
    return absl::OkStatus();
  }
  if (fields.IntegerOr("st", kUsdMargined) != kUsdMargined) {
    sink.OnNotice(MarketNotice::kIgnored, event);
    return absl::OkStatus();
  }
  const bool is_quote = event == "bookTicker" || (event.empty() && fields.Has("B"));
  const bool is_known = is_quote || event == "depthUpdate" || event == "trade" ||
                        event == "aggTrade" || event == "kline" || event == "markPriceUpdate" ||
                        event == "forceOrder";
  if (!is_known) {
    if (event.empty() && !fields.Has("lastUpdateId")) {
      return absl::DataLossError(StrCat("Binance market frame of no known kind: ", Excerpt(frame)));
    }
    sink.OnNotice(MarketNotice::kIgnored, event);
    return absl::OkStatus();
  }
  if (event == "forceOrder") {
    ASSIGN_OR_RETURN(fields, fields.Object("o"));
  }
  ASSIGN_OR_RETURN(const std::string_view symbol, fields.Text("s"));
  const Instrument* const instrument = instruments_.FindSymbol(symbol);
  if (instrument == nullptr) {
    sink.OnNotice(MarketNotice::kIgnored, symbol);
    return absl::OkStatus();
  }
  if (is_quote) {
    return ReadQuote(fields, *instrument, receive_time_ns, sink);
  }
  if (event == "depthUpdate") {
    return rep_->ReadDiff(fields, *instrument, receive_time_ns, sink);
  }
  if (event == "trade" || event == "aggTrade") {
    return ReadTrade(fields, event == "trade" ? "t" : "a", *instrument, receive_time_ns, sink);
  }
  if (event == "markPriceUpdate") {
    return ReadFunding(fields, *instrument, receive_time_ns, sink);
  }
  return event == "kline" ? ReadCandle(fields, *instrument, receive_time_ns, sink)
                          : ReadLiquidation(fields, *instrument, receive_time_ns, sink);
}

absl::Status GeneralMarketParser::ParseSnapshot(std::string_view body,
                                                const Instrument& instrument,
                                                int64_t receive_time_ns,
                                                MarketMessageSink& sink) {
  ASSIGN_OR_RETURN(const JsonFields fields, ParseObject(rep_->json, body, kSnapshot));
  BookSnapshot snapshot;
  ASSIGN_OR_RETURN(snapshot.last_update_id, fields.Count("lastUpdateId"));
  ASSIGN_OR_RETURN(snapshot.venue_time_ms, CountOr(fields, "E", 0));
  RETURN_IF_ERROR(CountOr(fields, "T", 0).status());
  RETURN_IF_ERROR(ReadLevels(fields, "bids", instrument, rep_->bids));
  RETURN_IF_ERROR(ReadLevels(fields, "asks", instrument, rep_->asks));
  if (!IsBestFirst(rep_->bids, rep_->asks)) {
    return absl::DataLossError(
        StrCat("Binance depth snapshot of ",
               instrument.symbol,
               ": a side is out of order or lists a price twice; fetch it again"));
  }
  snapshot.receive_time_ns = receive_time_ns;
  snapshot.bids = rep_->bids;
  snapshot.asks = rep_->asks;
  sink.OnBookSnapshot(instrument.index, snapshot);
  return absl::OkStatus();
}

}  // namespace colibri::binance
