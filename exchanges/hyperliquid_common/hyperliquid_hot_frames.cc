#include "exchanges/hyperliquid_common/hyperliquid_hot_frames.h"

namespace colibri::hyperliquid {
namespace {

constexpr int kHotDecimalsMax = 8;

// After a brace was consumed the frame may be at its end, where only Literal may look.
enum LevelBit : uint32_t { kPrice = 1, kQuantity = 2, kCount = 4 };
enum TradeBit : uint32_t { kSide = 1, kPx = 2, kSz = 4, kTime = 8, kTid = 16 };

// Whether it was not seen before.
bool See(uint32_t& seen, uint32_t bit) {
  const bool is_new = (seen & bit) == 0;
  seen |= bit;
  return is_new;
}

// "name": with a name of printable ASCII.
bool Key(FrameScanner& scan, std::string_view& name) {
  return scan.Text(name) && scan.Literal(":");
}

// {"px":"105055.0","sz":"3.03622","n":5}, in this order.
bool ScanUsualLevel(FrameScanner& scan, BookScale scale, BookLevel& level) {
  return scan.Literal("{\"px\":\"") && scan.Scaled(scale.price_decimals, level.price) &&
         scan.Literal(",\"sz\":\"") && scan.Scaled(scale.quantity_decimals, level.quantity) &&
         scan.Literal(",\"n\":") && scan.SkipInteger() && scan.Literal("}");
}

// The same in any order, and without the count.
bool ScanAnyLevel(FrameScanner& scan, BookScale scale, BookLevel& level) {
  if (!scan.Literal("{")) {
    return false;
  }
  uint32_t seen = 0;
  do {
    if (scan.Literal("\"px\":\"")) {
      if (!scan.Scaled(scale.price_decimals, level.price) || !See(seen, kPrice)) {
        return false;
      }
    } else if (scan.Literal("\"sz\":\"")) {
      if (!scan.Scaled(scale.quantity_decimals, level.quantity) || !See(seen, kQuantity)) {
        return false;
      }
    } else if (!scan.Literal("\"n\":") || !scan.SkipInteger() || !See(seen, kCount)) {
      return false;
    }
  } while (scan.Literal(","));
  return (seen & (kPrice | kQuantity)) == (kPrice | kQuantity) && scan.Literal("}");
}

bool ScanLevel(FrameScanner& scan, BookScale scale, BookLevel& level) {
  FrameScanner usual = scan;
  if (ScanUsualLevel(usual, scale, level)) [[likely]] {
    scan = usual;
    return true;
  }
  return ScanAnyLevel(scan, scale, level);
}

bool ScanSide(FrameScanner& scan, BookScale scale, std::vector<BookLevel>& levels) {
  levels.clear();
  if (!scan.Literal("[")) {
    return false;
  }
  if (scan.Literal("]")) {
    return true;
  }
  do {
    if (!ScanLevel(scan, scale, levels.emplace_back())) {
      return false;
    }
  } while (scan.Literal(","));
  return scan.Literal("]");
}

// ["0x1","0x2"]
bool SkipTexts(FrameScanner& scan) {
  std::string_view text;
  if (!scan.Literal("[")) {
    return false;
  }
  do {
    if (!scan.Text(text)) {
      return false;
    }
  } while (scan.Literal(","));
  return scan.Literal("]");
}

}  // namespace

bool HotFrames::Parse(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink) {
  if (frame.empty() || frame.back() != '}') {
    return false;
  }
  FrameScanner scan(frame);
  if (!scan.Literal("{\"channel\":\"")) {
    return false;
  }
  if (scan.Literal("l2Book\",\"data\":{")) {
    return ScanBook(scan, receive_time_ns, sink);
  }
  if (scan.Literal("bbo\",\"data\":{")) {
    return ScanBestQuote(scan, receive_time_ns, sink);
  }
  return scan.Literal("trades\",\"data\":[") && ScanTrades(scan, receive_time_ns, sink);
}

bool HotFrames::ScanCoin(FrameScanner& scan, const Instrument*& instrument) const {
  std::string_view coin;
  if (instrument != nullptr || !scan.Text(coin)) {
    return false;
  }
  instrument = instruments_.FindSymbol(coin);
  return instrument != nullptr && instrument->scale.price_decimals <= kHotDecimalsMax &&
         instrument->scale.quantity_decimals <= kHotDecimalsMax;
}

template <typename Levels>
bool HotFrames::ScanData(FrameScanner& scan,
                         std::string_view levels_key,
                         Data& data,
                         Levels levels) {
  do {
    std::string_view key;
    if (!Key(scan, key)) {
      return false;
    }
    if (key == "coin") {
      if (!ScanCoin(scan, data.instrument)) {
        return false;
      }
    } else if (key == "time") {
      if (data.time_ms >= 0 || !scan.Integer(data.time_ms)) {
        return false;
      }
    } else if (key == levels_key) {
      if (data.instrument == nullptr || data.has_levels || !levels(data.instrument->scale)) {
        return false;
      }
      data.has_levels = true;
    } else if (!scan.SkipScalar()) {
      return false;
    }
  } while (scan.Literal(","));
  return data.time_ms >= 0 && data.has_levels && scan.Ends("}}");
}

// {"coin":"BTC","time":1,"levels":[[{"px":"105055.0","sz":"3.03622","n":5},...],[...]]}
bool HotFrames::ScanBook(FrameScanner& scan, int64_t receive_time_ns, MarketMessageSink& sink) {
  Data data;
  const auto sides = [&](BookScale scale) {
    return scan.Literal("[") && ScanSide(scan, scale, bids_) && scan.Literal(",") &&
           ScanSide(scan, scale, asks_) && scan.Literal("]");
  };
  if (!ScanData(scan, "levels", data, sides)) {
    return false;
  }
  sink.OnBookSnapshot(data.instrument->index,
                      {.last_update_id = data.time_ms,
                       .venue_time_ms = data.time_ms,
                       .receive_time_ns = receive_time_ns,
                       .bids = bids_,
                       .asks = asks_});
  return true;
}

// {"coin":"BTC","time":1,"bbo":[{"px":"1","sz":"2","n":1},{"px":"2","sz":"2","n":1}]}
bool HotFrames::ScanBestQuote(FrameScanner& scan,
                              int64_t receive_time_ns,
                              MarketMessageSink& sink) {
  Data data;
  BestQuoteMessage quote;
  const auto sides = [&](BookScale scale) {
    return scan.Literal("[") && ScanLevel(scan, scale, quote.bid) && scan.Literal(",") &&
           ScanLevel(scan, scale, quote.ask) && scan.Literal("]");
  };
  if (!ScanData(scan, "bbo", data, sides)) {
    return false;
  }
  quote.venue_time_ms = data.time_ms;
  quote.receive_time_ns = receive_time_ns;
  sink.OnBestQuote(data.instrument->index, quote);
  return true;
}

// {"coin":"BTC","side":"B","px":"105056.0","sz":"0.1","time":1,"hash":"0x1","tid":7,"users":[...]}
bool HotFrames::ScanTrade(FrameScanner& scan, Trade& trade) {
  const Instrument* instrument = nullptr;
  uint32_t seen = 0;
  do {
    std::string_view key;
    if (!Key(scan, key)) {
      return false;
    }
    if (key == "coin") {
      if (!ScanCoin(scan, instrument)) {
        return false;
      }
    } else if (key == "side") {
      trade.message.taker_side = scan.Literal("\"B") ? Side::kBuy : Side::kSell;
      const bool is_read =
          trade.message.taker_side == Side::kBuy ? scan.Literal("\"") : scan.Literal("\"A\"");
      if (!is_read || !See(seen, kSide)) {
        return false;
      }
    } else if (key == "px") {
      if (instrument == nullptr || !scan.Literal("\"") ||
          !scan.Scaled(instrument->scale.price_decimals, trade.message.price) || !See(seen, kPx)) {
        return false;
      }
    } else if (key == "sz") {
      if (instrument == nullptr || !scan.Literal("\"") ||
          !scan.Scaled(instrument->scale.quantity_decimals, trade.message.quantity) ||
          !See(seen, kSz)) {
        return false;
      }
    } else if (key == "time") {
      if (!scan.Integer(trade.message.venue_time_ms) || !See(seen, kTime)) {
        return false;
      }
    } else if (key == "tid") {
      const char* const begin = scan.position();
      int64_t id = 0;
      if (!scan.Integer(id) || !See(seen, kTid)) {
        return false;
      }
      trade.message.trade_id = {begin, static_cast<size_t>(scan.position() - begin)};
    } else if (!(key == "users" ? SkipTexts(scan) : scan.SkipScalar())) {
      return false;
    }
  } while (scan.Literal(","));
  if (instrument == nullptr || seen != (kSide | kPx | kSz | kTime | kTid) || !scan.Literal("}")) {
    return false;
  }
  trade.instrument = instrument->index;
  return true;
}

bool HotFrames::ScanTrades(FrameScanner& scan, int64_t receive_time_ns, MarketMessageSink& sink) {
  trades_.clear();
  do {
    Trade& trade = trades_.emplace_back();
    trade.message.receive_time_ns = receive_time_ns;
    if (!scan.Literal("{") || !ScanTrade(scan, trade)) {
      return false;
    }
  } while (scan.Literal(","));
  if (!scan.Ends("]}")) {
    return false;
  }
  for (const Trade& trade : trades_) {
    sink.OnTrade(trade.instrument, trade.message);
  }
  return true;
}

}  // namespace colibri::hyperliquid
