#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"

#include <charconv>
#include <utility>

#include "connector/json_fields.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_family.h"
#include "exchanges/hyperliquid_common/hyperliquid_hot_frames.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::string_view kFrame = "market frame";
constexpr int kFastLevels = 5;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kNanosPerMilli = 1'000'000;

absl::StatusOr<BookLevel> ReadLevel(element entry, const BookScale& scale) {
  ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, kFrame));
  BookLevel level;
  ASSIGN_OR_RETURN(level.price, fields.Scaled("px", scale.price_decimals));
  ASSIGN_OR_RETURN(level.quantity, fields.Scaled("sz", scale.quantity_decimals));
  return level;
}

absl::Status ReadSide(element side, const BookScale& scale, std::vector<BookLevel>& levels) {
  array entries;
  if (side.get_array().get(entries) != simdjson::SUCCESS) {
    return absl::DataLossError(StrCat(kVenueWords, " ", kFrame, ": a side of a book is no array"));
  }
  levels.clear();
  for (const element entry : entries) {
    ASSIGN_OR_RETURN(const BookLevel level, ReadLevel(entry, scale));
    levels.push_back(level);
  }
  return absl::OkStatus();
}

}  // namespace

struct HyperliquidMarketData::Rep {
  struct Trade {
    TradeMessage message;
    InstrumentIndex instrument;
    char id[20];
  };
  // The bar under way, and the one before it.
  struct Bar {
    CandleMessage current;
    CandleMessage closed;
    // Receipt of the frame that closed it: the same frame, read again when a second connection
    // takes over, tells it again.
    int64_t closing_frame_ns = -1;
  };

  explicit Rep(const InstrumentTable& table) : instruments(table), hot(table) {}

  const InstrumentTable& instruments;
  HotFrames hot;
  simdjson::dom::parser json;
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  std::vector<Trade> trades;
  StringMap<Bar> bars;  // by instrument and interval

  const Instrument* Find(const JsonFields& fields, std::string_view key) const {
    return instruments.FindSymbol(fields.TextOr(key, ""));
  }

  // {"coin":"BTC","time":1,"levels":[[{"px":"105055.0","sz":"3.03622","n":5},...],[...]]}
  absl::Status ReadBook(const JsonFields& data,
                        const Instrument& instrument,
                        int64_t receive_time_ns,
                        MarketMessageSink& sink) {
    ASSIGN_OR_RETURN(const int64_t time_ms, data.Integer("time"));
    ASSIGN_OR_RETURN(const array sides, data.Array("levels"));
    if (sides.size() != 2) {
      return data.Missing("levels", "two arrays");
    }
    RETURN_IF_ERROR(ReadSide(sides.at(0).value_unsafe(), instrument.scale, bids));
    RETURN_IF_ERROR(ReadSide(sides.at(1).value_unsafe(), instrument.scale, asks));
    sink.OnBookSnapshot(instrument.index,
                        {.last_update_id = time_ms,
                         .venue_time_ms = time_ms,
                         .receive_time_ns = receive_time_ns,
                         .bids = bids,
                         .asks = asks});
    return absl::OkStatus();
  }

  // [{"coin":"BTC","side":"B","px":"105056.0","sz":"0.1","time":1,"hash":"0x..","tid":7,...}]; the
  // side is the taker's.
  absl::Status ReadTrades(array entries, int64_t receive_time_ns, MarketMessageSink& sink) {
    trades.clear();
    for (const element entry : entries) {
      ASSIGN_OR_RETURN(const JsonFields fields, ObjectOf(entry, kVenueWords, "trade"));
      const Instrument* const instrument = Find(fields, "coin");
      if (instrument == nullptr) {
        continue;
      }
      Trade& trade = trades.emplace_back();
      trade.instrument = instrument->index;
      ASSIGN_OR_RETURN(const int64_t id, fields.Integer("tid"));
      const auto written = std::to_chars(std::begin(trade.id), std::end(trade.id), id);
      ASSIGN_OR_RETURN(const std::string_view side, fields.Text("side"));
      if (side != "A" && side != "B") {
        return fields.Missing("side", "A or B");
      }
      trade.message.taker_side = side == "B" ? Side::kBuy : Side::kSell;
      const BookScale& scale = instrument->scale;
      ASSIGN_OR_RETURN(trade.message.price, fields.Scaled("px", scale.price_decimals));
      ASSIGN_OR_RETURN(trade.message.quantity, fields.Scaled("sz", scale.quantity_decimals));
      ASSIGN_OR_RETURN(trade.message.venue_time_ms, fields.Integer("time"));
      trade.message.receive_time_ns = receive_time_ns;
      // Its length for now: the vector may still move.
      trade.message.trade_id = {nullptr, static_cast<size_t>(written.ptr - trade.id)};
    }
    for (Trade& trade : trades) {
      trade.message.trade_id = {trade.id, trade.message.trade_id.size()};
      sink.OnTrade(trade.instrument, trade.message);
    }
    return absl::OkStatus();
  }

  // {"coin":"BTC","time":1,"bbo":[{"px":"1","sz":"2","n":1},null]}
  absl::Status ReadBestQuote(const JsonFields& data,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) {
    ASSIGN_OR_RETURN(const array sides, data.Array("bbo"));
    if (sides.size() != 2) {
      return data.Missing("bbo", "two entries");
    }
    BestQuoteMessage quote;
    quote.receive_time_ns = receive_time_ns;
    ASSIGN_OR_RETURN(quote.venue_time_ms, data.Integer("time"));
    const element bid = sides.at(0).value_unsafe();
    const element ask = sides.at(1).value_unsafe();
    if (bid.is_null() || ask.is_null()) {
      sink.OnNotice(MarketNotice::kIgnored, "one side of the book is empty");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(quote.bid, ReadLevel(bid, instrument.scale));
    ASSIGN_OR_RETURN(quote.ask, ReadLevel(ask, instrument.scale));
    sink.OnBestQuote(instrument.index, quote);
    return absl::OkStatus();
  }

  // {"t":1,"T":60000,"s":"BTC","i":"1m","o":"1","c":"2","h":"3","l":"0.5","v":"10","n":4}
  absl::Status ReadCandle(const JsonFields& data,
                          const Instrument& instrument,
                          int64_t receive_time_ns,
                          MarketMessageSink& sink) {
    CandleMessage candle;
    candle.receive_time_ns = receive_time_ns;
    ASSIGN_OR_RETURN(const std::string_view interval, data.Text("i"));
    ASSIGN_OR_RETURN(candle.open_time_ms, data.Integer("t"));
    ASSIGN_OR_RETURN(candle.close_time_ms, data.Integer("T"));
    ASSIGN_OR_RETURN(const Decimal open, data.Number("o"));
    ASSIGN_OR_RETURN(const Decimal high, data.Number("h"));
    ASSIGN_OR_RETURN(const Decimal low, data.Number("l"));
    ASSIGN_OR_RETURN(const Decimal close, data.Number("c"));
    ASSIGN_OR_RETURN(const Decimal volume, data.Number("v"));
    candle.open = Price(open);
    candle.high = Price(high);
    candle.low = Price(low);
    candle.close = Price(close);
    candle.volume = Quantity(volume);
    candle.trade_count = data.IntegerOr("n", 0);
    const auto [entry, is_first] = bars.try_emplace(StrCat(instrument.index, " ", interval));
    Bar& bar = entry->second;
    if (!is_first && candle.open_time_ms > bar.current.open_time_ms) {
      bar.closed = bar.current;
      bar.closed.is_closed = true;
      bar.closing_frame_ns = receive_time_ns;
    }
    if (is_first || candle.open_time_ms >= bar.current.open_time_ms) {
      bar.current = candle;
    }
    if (bar.closing_frame_ns == receive_time_ns) {
      bar.closed.interval = interval;
      bar.closed.receive_time_ns = receive_time_ns;
      sink.OnCandle(instrument.index, bar.closed);
    }
    candle.interval = interval;
    sink.OnCandle(instrument.index, candle);
    return absl::OkStatus();
  }

  // {"coin":"BTC","ctx":{"funding":"0.0000125","openInterest":"1","oraclePx":"2","markPx":"3",...}}.
  // Funding is paid each full hour.
  absl::Status ReadContext(const JsonFields& data,
                           const Instrument& instrument,
                           int64_t receive_time_ns,
                           MarketMessageSink& sink) {
    ASSIGN_OR_RETURN(const JsonFields context, data.Object("ctx"));
    FundingMessage funding;
    funding.receive_time_ns = receive_time_ns;
    ASSIGN_OR_RETURN(const Decimal mark, context.Number("markPx"));
    ASSIGN_OR_RETURN(const Decimal oracle, context.Number("oraclePx"));
    ASSIGN_OR_RETURN(const Decimal rate, context.Number("funding"));
    ASSIGN_OR_RETURN(const Decimal interest, context.Number("openInterest"));
    funding.mark_price = Price(mark);
    funding.index_price = Price(oracle);
    funding.rate = rate;
    funding.open_interest = Quantity(interest);
    const int64_t hour = receive_time_ns / kNanosPerMilli / kHourMs;
    funding.next_funding_time = absl::FromUnixMillis((hour + 1) * kHourMs);
    sink.OnFunding(instrument.index, funding);
    return absl::OkStatus();
  }

  // {"method":"subscribe","subscription":{"type":"candle","coin":"BTC","interval":"1m"}}
  void NoteSubscribed(const JsonFields& data, MarketMessageSink& sink) {
    const absl::StatusOr<JsonFields> subscription = data.Object("subscription");
    const Instrument* const instrument = subscription.ok() ? Find(*subscription, "coin") : nullptr;
    if (instrument != nullptr && subscription->TextOr("type", "") == "candle") {
      // After a loss nobody knows how its bar went on.
      bars.erase(StrCat(instrument->index, " ", subscription->TextOr("interval", "")));
    }
    sink.OnNotice(MarketNotice::kSubscribed, "");
  }
};

HyperliquidMarketData::HyperliquidMarketData(VenueHosts hosts,
                                             const ExchangeConfig& config,
                                             const InstrumentTable& instruments,
                                             bool is_perpetual)
    : hosts_(std::move(hosts)),
      is_perpetual_(is_perpetual),
      wants_fast_books_(config.snapshot_depth <= kFastLevels),
      candle_intervals_(config.candle_intervals),
      rep_(std::make_unique<Rep>(instruments)) {}

HyperliquidMarketData::~HyperliquidMarketData() = default;

std::string HyperliquidMarketData::StreamUrl(absl::Span<const Instrument* const>) const {
  return hosts_.market_stream_url;
}

std::vector<std::string> HyperliquidMarketData::SubscribeFrames(
    absl::Span<const Instrument* const> instruments) const {
  std::vector<std::string> frames;
  for (const Instrument* instrument : instruments) {
    const std::string coin = StrCat(",\"coin\":", JsonText(instrument->symbol));
    frames.push_back(
        SubscribeFrame("l2Book", StrCat(coin, wants_fast_books_ ? ",\"fast\":true" : "")));
    for (const std::string_view kind : {"trades", "bbo"}) {
      frames.push_back(SubscribeFrame(kind, coin));
    }
    if (is_perpetual_) {
      frames.push_back(SubscribeFrame("activeAssetCtx", coin));
    }
    for (const std::string& interval : candle_intervals_) {
      frames.push_back(
          SubscribeFrame("candle", StrCat(coin, ",\"interval\":", JsonText(interval))));
    }
  }
  return frames;
}

absl::Status HyperliquidMarketData::Parse(std::string_view frame,
                                          int64_t receive_time_ns,
                                          MarketMessageSink& sink) {
  return ParseHot(frame, receive_time_ns, sink) ? absl::OkStatus()
                                                : ParseGeneral(frame, receive_time_ns, sink);
}

bool HyperliquidMarketData::ParseHot(std::string_view frame,
                                     int64_t receive_time_ns,
                                     MarketMessageSink& sink) {
  return rep_->hot.Parse(frame, receive_time_ns, sink);
}

absl::Status HyperliquidMarketData::ParseGeneral(std::string_view frame,
                                                 int64_t receive_time_ns,
                                                 MarketMessageSink& sink) {
  if (frame.substr(0, 1) != "{") {
    sink.OnNotice(MarketNotice::kIgnored, frame);  // "Websocket connection established."
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const JsonFields message, ParseObject(rep_->json, frame, kVenueWords, kFrame));
  ASSIGN_OR_RETURN(const std::string_view channel, message.Text("channel"));
  if (channel == "trades") {
    ASSIGN_OR_RETURN(const array data, message.Array("data"));
    return rep_->ReadTrades(data, receive_time_ns, sink);
  }
  if (channel == "error") {
    sink.OnNotice(MarketNotice::kRefused, message.TextOr("data", "without words"));
    return absl::OkStatus();
  }
  if (channel == "subscriptionResponse") {
    ASSIGN_OR_RETURN(const JsonFields data, message.Object("data"));
    rep_->NoteSubscribed(data, sink);
    return absl::OkStatus();
  }
  const bool is_candle = channel == "candle";
  if (is_candle || channel == "l2Book" || channel == "bbo" || channel == "activeAssetCtx") {
    ASSIGN_OR_RETURN(const JsonFields data, message.Object("data"));
    const Instrument* const instrument = rep_->Find(data, is_candle ? "s" : "coin");
    if (instrument == nullptr) {
      sink.OnNotice(MarketNotice::kIgnored, channel);
      return absl::OkStatus();
    }
    return is_candle             ? rep_->ReadCandle(data, *instrument, receive_time_ns, sink)
           : channel == "l2Book" ? rep_->ReadBook(data, *instrument, receive_time_ns, sink)
           : channel == "bbo"    ? rep_->ReadBestQuote(data, *instrument, receive_time_ns, sink)
                                 : rep_->ReadContext(data, *instrument, receive_time_ns, sink);
  }
  sink.OnNotice(channel == "pong" ? MarketNotice::kHeartbeat : MarketNotice::kIgnored, channel);
  return absl::OkStatus();
}

VenueCall HyperliquidMarketData::SnapshotCall(const Instrument& instrument) const {
  return InfoCall(StrCat("{\"type\":\"l2Book\",\"coin\":", JsonText(instrument.symbol), "}"),
                  /*weight=*/2,
                  CallPriority::kMarketData);
}

absl::Status HyperliquidMarketData::ParseSnapshot(std::string_view body,
                                                  const Instrument& instrument,
                                                  int64_t receive_time_ns,
                                                  MarketMessageSink& sink) {
  ASSIGN_OR_RETURN(const JsonFields data,
                   ParseObject(rep_->json, body, kVenueWords, "book snapshot"));
  if (data.TextOr("coin", "") != instrument.symbol) {
    return data.Missing("coin", instrument.symbol);
  }
  return rep_->ReadBook(data, instrument, receive_time_ns, sink);
}

bool HyperliquidMarketData::IsSnapshotAnswer(std::string_view text) const {
  return text.substr(0, 8) == "{\"coin\":";
}

}  // namespace colibri::hyperliquid
