#include "exchanges/binance_common/binance_market_parser.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "connector/frame_scanner.h"
#include "exchanges/binance_common/binance_general_market_parser.h"

namespace colibri::binance {
namespace {

constexpr int kHotDecimalsMax = 8;
// Levels of one side of the largest snapshot; room made at once, so that warm begins early.
constexpr size_t kLevelsReserved = 1024;

enum class HotEvent : uint8_t { kNone, kDepth, kTrade, kAggregateTrade, kQuote };

// One bit per field that was read.
enum FieldBit : uint32_t {
  kEventType = 1 << 0,
  kEventTime = 1 << 1,
  kSymbol = 1 << 2,
  kFirstId = 1 << 3,
  kLastId = 1 << 4,
  kPreviousId = 1 << 5,
  kBidLevels = 1 << 6,
  kAskLevels = 1 << 7,
  kBidPrice = 1 << 8,
  kBidQuantity = 1 << 9,
  kAskPrice = 1 << 10,
  kAskQuantity = 1 << 11,
  kTradeId = 1 << 12,
  kPrice = 1 << 13,
  kQuantity = 1 << 14,
  kTransactionTime = 1 << 15,
  kBuyerIsMaker = 1 << 16,
  kAggregateId = 1 << 17,
  kProduct = 1 << 18,
};

constexpr uint32_t kDepthFields =
    kEventType | kEventTime | kSymbol | kFirstId | kLastId | kBidLevels | kAskLevels;
constexpr uint32_t kAnyTradeFields =
    kEventType | kEventTime | kSymbol | kPrice | kQuantity | kTransactionTime | kBuyerIsMaker;
constexpr uint32_t kQuoteFields =
    kSymbol | kLastId | kBidPrice | kBidQuantity | kAskPrice | kAskQuantity;

// What the rest of a stream's name is written in: an escape or a byte outside ASCII is the general
// parser's.
constexpr std::array<bool, 256> kIsStreamByte = [] {
  std::array<bool, 256> is_known = {};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789@T_")) {
    is_known[static_cast<unsigned char>(c)] = true;
  }
  return is_known;
}();

bool IsStreamName(std::string_view stream, std::string_view stream_symbol) {
  return stream.size() > stream_symbol.size() && stream[stream_symbol.size()] == '@' &&
         std::memcmp(stream.data(), stream_symbol.data(), stream_symbol.size()) == 0;
}

}  // namespace

struct MarketParser::Fields {
  uint32_t seen = 0;
  HotEvent event = HotEvent::kNone;
  const Instrument* instrument = nullptr;
  int64_t event_time = 0;
  int64_t transaction_time = 0;
  int64_t first_id = 0;
  int64_t last_id = 0;
  int64_t previous_id = -1;
  BookLevel bid;
  BookLevel ask;
  std::string_view trade_id;
  int64_t price = 0;
  int64_t quantity = 0;
  bool is_buyer_maker = false;

  // False when it was seen before.
  bool See(uint32_t bit) {
    const bool is_new = (seen & bit) == 0;
    seen |= bit;
    return is_new;
  }
  bool Has(uint32_t bits) const { return (seen & bits) == bits; }
};

MarketParser::MarketParser(const InstrumentTable& instruments)
    : instruments_(instruments), general_(std::make_unique<GeneralMarketParser>(instruments)) {
  bids_.reserve(kLevelsReserved);
  asks_.reserve(kLevelsReserved);
}

MarketParser::~MarketParser() = default;

absl::Status MarketParser::Parse(std::string_view frame,
                                 int64_t receive_time_ns,
                                 MarketMessageSink& sink) {
  if (ParseHot(frame, receive_time_ns, sink)) [[likely]] {
    return absl::OkStatus();
  }
  ++general_frames_;
  return ParseGeneral(frame, receive_time_ns, sink);
}

absl::Status MarketParser::ParseSnapshot(std::string_view body,
                                         const Instrument& instrument,
                                         int64_t receive_time_ns,
                                         MarketMessageSink& sink) {
  if (ParseHotSnapshot(body, instrument, receive_time_ns, sink)) {
    return absl::OkStatus();
  }
  return ParseGeneralSnapshot(body, instrument, receive_time_ns, sink);
}

absl::Status MarketParser::ParseGeneral(std::string_view frame,
                                        int64_t receive_time_ns,
                                        MarketMessageSink& sink) {
  return general_->Parse(frame, receive_time_ns, sink);
}

absl::Status MarketParser::ParseGeneralSnapshot(std::string_view body,
                                                const Instrument& instrument,
                                                int64_t receive_time_ns,
                                                MarketMessageSink& sink) {
  return general_->ParseSnapshot(body, instrument, receive_time_ns, sink);
}

// {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT",
//  "U":50093239189,"u":50093239202,"b":[["61737.63000000","0.00000000"]],"a":[]}}
// or the inner object alone. Fields in any order, but the symbol before what needs its scale;
// fields that are not known are skipped when they are scalars.
bool MarketParser::ParseHot(std::string_view frame,
                            int64_t receive_time_ns,
                            MarketMessageSink& sink) {
  if (frame.empty() || frame.back() != '}') {
    return false;
  }
  FrameScanner scan(frame);
  std::string_view stream;
  const bool is_wrapped = scan.Literal("{\"stream\":\"");
  if (is_wrapped) {
    const char* const begin = scan.position();
    const size_t left = static_cast<size_t>(frame.data() + frame.size() - begin);
    const void* const quote = std::memchr(begin, '"', left);
    if (quote == nullptr) {
      return false;
    }
    stream = std::string_view(begin, static_cast<size_t>(static_cast<const char*>(quote) - begin));
    scan.Skip(static_cast<ptrdiff_t>(stream.size()));
    if (!scan.Literal("\",\"data\":{")) {
      return false;
    }
  } else if (!scan.Literal("{")) {
    return false;
  }
  Fields fields;
  if (!ScanFields(scan, fields) || !scan.Ends(is_wrapped ? "}}" : "}")) {
    return false;
  }
  if (is_wrapped) {
    if (!IsStreamName(stream, fields.instrument->stream_symbol)) {
      return false;
    }
    const std::string_view suffix = stream.substr(fields.instrument->stream_symbol.size() + 1);
    if (!std::all_of(suffix.begin(), suffix.end(), [](char c) {
          return kIsStreamByte[static_cast<unsigned char>(c)];
        })) {
      return false;
    }
  }
  return Emit(fields, receive_time_ns, sink);
}

bool MarketParser::ScanFields(FrameScanner& scan, Fields& fields) {
  do {
    if (!scan.Character('"')) {
      return false;
    }
    const char key = scan.peek();
    if (scan.peek(1) == '"' && scan.peek(2) == ':') {
      if (key < '!' || key == '"' || key == '\\' || key == '\x7f') {
        return false;
      }
      scan.Skip(3);
      if (!ScanField(scan, key, fields)) {
        return false;
      }
    } else if (scan.Literal("pu\":")) {
      if (!scan.Integer(fields.previous_id) || !fields.See(kPreviousId)) {
        return false;
      }
    } else if (scan.Literal("st\":")) {
      int64_t product = 0;
      if (!scan.Integer(product) || product != kUsdMargined || !fields.See(kProduct)) {
        return false;  // the general parser drops it
      }
    } else if ((scan.Literal("ps\":") || scan.Literal("nq\":")) && scan.SkipScalar()) {
      // Known of USD-M and of no use.
    } else {
      return false;
    }
  } while (scan.Character(','));
  return fields.instrument != nullptr;
}

bool MarketParser::ScanField(FrameScanner& scan, char key, Fields& fields) {
  const Instrument* const instrument = fields.instrument;
  switch (key) {
    case 'e':
      if (scan.Literal("\"depthUpdate\"")) {
        fields.event = HotEvent::kDepth;
      } else if (scan.Literal("\"trade\"")) {
        fields.event = HotEvent::kTrade;
      } else if (scan.Literal("\"aggTrade\"")) {
        fields.event = HotEvent::kAggregateTrade;
      } else if (scan.Literal("\"bookTicker\"")) {
        fields.event = HotEvent::kQuote;
      } else {
        return false;
      }
      return fields.See(kEventType);
    case 'E':
      return scan.Integer(fields.event_time) && fields.See(kEventTime);
    case 'T':
      return scan.Integer(fields.transaction_time) && fields.See(kTransactionTime);
    case 's': {
      std::string_view symbol;
      if (!scan.Text(symbol) || !fields.See(kSymbol)) {
        return false;
      }
      fields.instrument = FindSymbol(symbol);
      return fields.instrument != nullptr &&
             fields.instrument->scale.price_decimals <= kHotDecimalsMax &&
             fields.instrument->scale.quantity_decimals <= kHotDecimalsMax;
    }
    case 'U':
      return scan.Integer(fields.first_id) && fields.See(kFirstId);
    case 'u':
      return scan.Integer(fields.last_id) && fields.See(kLastId);
    case 'a':
      if (fields.event == HotEvent::kAggregateTrade) {
        return ScanTradeId(scan, kAggregateId, fields);
      }
      [[fallthrough]];
    case 'b':
      return instrument != nullptr && ScanSide(scan, key == 'b', fields);
    case 'B':
      return instrument != nullptr && scan.Character('"') &&
             scan.Scaled(instrument->scale.quantity_decimals, fields.bid.quantity) &&
             fields.See(kBidQuantity);
    case 'A':
      return instrument != nullptr && scan.Character('"') &&
             scan.Scaled(instrument->scale.quantity_decimals, fields.ask.quantity) &&
             fields.See(kAskQuantity);
    case 't':
      return fields.event != HotEvent::kAggregateTrade && ScanTradeId(scan, kTradeId, fields);
    case 'p':
      return instrument != nullptr && scan.Character('"') &&
             scan.Scaled(instrument->scale.price_decimals, fields.price) && fields.See(kPrice);
    case 'q':
      return instrument != nullptr && scan.Character('"') &&
             scan.Scaled(instrument->scale.quantity_decimals, fields.quantity) &&
             fields.See(kQuantity);
    case 'm':
      return scan.Flag(fields.is_buyer_maker) && fields.See(kBuyerIsMaker);
    case 'f':
    case 'l':
      return fields.event == HotEvent::kAggregateTrade && scan.SkipScalar();
    case 'M':
    case 'X':
      return scan.SkipScalar();
    default:
      return false;
  }
}

bool MarketParser::ScanTradeId(FrameScanner& scan, uint32_t bit, Fields& fields) {
  const char* const begin = scan.position();
  int64_t ignored = 0;
  if (!scan.Integer(ignored)) {
    return false;
  }
  fields.trade_id = std::string_view(begin, static_cast<size_t>(scan.position() - begin));
  return fields.See(bit);
}

// `b` and `a` are lists of levels in a diff, and a price in a quote.
bool MarketParser::ScanSide(FrameScanner& scan, bool is_bid, Fields& fields) {
  const BookScale scale = fields.instrument->scale;
  if ((fields.seen & (is_bid ? kBidLevels | kBidPrice : kAskLevels | kAskPrice)) != 0) {
    return false;
  }
  if (scan.peek() == '[') {
    return scan.Levels(scale, is_bid ? bids_ : asks_) &&
           fields.See(is_bid ? kBidLevels : kAskLevels);
  }
  BookLevel& side = is_bid ? fields.bid : fields.ask;
  return scan.Character('"') && scan.Scaled(scale.price_decimals, side.price) &&
         fields.See(is_bid ? kBidPrice : kAskPrice);
}

bool MarketParser::Emit(const Fields& fields, int64_t receive_time_ns, MarketMessageSink& sink) {
  const InstrumentIndex index = fields.instrument->index;
  switch (fields.event) {
    case HotEvent::kDepth: {
      if (!fields.Has(kDepthFields) || fields.first_id > fields.last_id) {
        return false;
      }
      sink.OnBookDiff(index,
                      {.first_update_id = fields.first_id,
                       .last_update_id = fields.last_id,
                       .previous_update_id = fields.previous_id,
                       .venue_time_ms = fields.event_time,
                       .receive_time_ns = receive_time_ns,
                       .bids = bids_,
                       .asks = asks_});
      return true;
    }
    case HotEvent::kTrade:
    case HotEvent::kAggregateTrade: {
      const uint32_t id = fields.event == HotEvent::kTrade ? kTradeId : kAggregateId;
      if (!fields.Has(kAnyTradeFields | id) || fields.price == 0) {
        return false;
      }
      sink.OnTrade(index,
                   {.trade_id = fields.trade_id,
                    .taker_side = fields.is_buyer_maker ? Side::kSell : Side::kBuy,
                    .price = fields.price,
                    .quantity = fields.quantity,
                    .venue_time_ms = fields.transaction_time,
                    .receive_time_ns = receive_time_ns});
      return true;
    }
    case HotEvent::kNone:
    case HotEvent::kQuote: {
      if (!fields.Has(kQuoteFields)) {
        return false;
      }
      sink.OnBestQuote(index,
                       {.update_id = fields.last_id,
                        .bid = fields.bid,
                        .ask = fields.ask,
                        .venue_time_ms = fields.event_time,
                        .receive_time_ns = receive_time_ns});
      return true;
    }
  }
  return false;
}

// {"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.00000200","12.0"]]}
// USD-M has "E" and "T" after the id.
bool MarketParser::ParseHotSnapshot(std::string_view body,
                                    const Instrument& instrument,
                                    int64_t receive_time_ns,
                                    MarketMessageSink& sink) {
  if (body.empty() || body.back() != '}' || instrument.scale.price_decimals > kHotDecimalsMax ||
      instrument.scale.quantity_decimals > kHotDecimalsMax) {
    return false;
  }
  FrameScanner scan(body);
  BookSnapshot snapshot;
  int64_t transaction_time = 0;
  if (!scan.Literal("{\"lastUpdateId\":") || !scan.Integer(snapshot.last_update_id) ||
      !scan.Character(',')) {
    return false;
  }
  if (scan.Literal("\"E\":") && !(scan.Integer(snapshot.venue_time_ms) && scan.Literal(",\"T\":") &&
                                  scan.Integer(transaction_time) && scan.Character(','))) {
    return false;
  }
  if (!scan.Literal("\"bids\":") || !scan.Levels(instrument.scale, bids_) ||
      !scan.Literal(",\"asks\":") || !scan.Levels(instrument.scale, asks_) || !scan.Ends("}") ||
      !IsBestFirst(bids_, asks_)) {
    return false;
  }
  snapshot.receive_time_ns = receive_time_ns;
  snapshot.bids = bids_;
  snapshot.asks = asks_;
  sink.OnBookSnapshot(instrument.index, snapshot);
  return true;
}

const Instrument* MarketParser::FindSymbol(std::string_view symbol) {
  // FNV-1a, cut to the cache's size.
  uint32_t hash = 2166136261u;
  for (const char c : symbol) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  }
  const Instrument*& entry = cache_[(hash ^ (hash >> 15)) % kCacheSize];
  if (entry != nullptr && entry->symbol == symbol) {
    return entry;
  }
  const Instrument* const found = instruments_.FindSymbol(symbol);
  if (found != nullptr) {
    entry = found;
  }
  return found;
}

}  // namespace colibri::binance
