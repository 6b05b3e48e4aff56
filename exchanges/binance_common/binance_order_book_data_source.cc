#include "exchanges/binance_common/binance_order_book_data_source.h"

#include <algorithm>
#include <utility>

#include "auth/encoding.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_family.h"

namespace colibri::binance {
namespace {

// Percent-encodes what is not ASCII: symbols may be written in any script.
std::string UrlText(std::string_view stream) {
  std::string text;
  for (const char c : stream) {
    if (c > ' ' && c < '\x7f') {
      text.push_back(c);
    } else {
      AppendPercentEncoded(std::string_view(&c, 1), text);
    }
  }
  return text;
}

// Stream names hold no character that JSON escapes, but a symbol comes from the venue.
void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
    }
    if (c < '\0' || c >= ' ') {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace

BinanceOrderBookDataSource::BinanceOrderBookDataSource(MarketDialect dialect,
                                                       std::string stream_url,
                                                       const ExchangeConfig& config,
                                                       const InstrumentTable& instruments)
    : dialect_(std::move(dialect)),
      stream_url_(std::move(stream_url)),
      snapshot_depth_(std::max(config.snapshot_depth, 5)),
      parser_(instruments) {
  if (dialect_.has_candles) {
    candle_intervals_ = config.candle_intervals;
  }
}

std::vector<std::string> BinanceOrderBookDataSource::Streams(
    absl::Span<const Instrument* const> instruments) const {
  std::vector<std::string> streams;
  for (const Instrument* instrument : instruments) {
    for (const std::string_view kind : dialect_.kinds) {
      streams.push_back(StrCat(instrument->stream_symbol, kind));
    }
    for (const std::string& interval : candle_intervals_) {
      streams.push_back(StrCat(instrument->stream_symbol, "@kline_", interval));
    }
  }
  return streams;
}

std::string BinanceOrderBookDataSource::StreamUrl(
    absl::Span<const Instrument* const> instruments) const {
  const std::vector<std::string> streams = Streams(instruments);
  std::string url = stream_url_;
  for (size_t i = 0; i < std::min(streams.size(), kUrlStreamsMax); ++i) {
    url.append(i == 0 ? "?streams=" : "/").append(UrlText(streams[i]));
  }
  return url;
}

std::vector<std::string> BinanceOrderBookDataSource::SubscribeFrames(
    absl::Span<const Instrument* const> instruments) const {
  const std::vector<std::string> streams = Streams(instruments);
  std::vector<std::string> frames;
  for (size_t begin = kUrlStreamsMax; begin < streams.size(); begin += kFrameStreamsMax) {
    const size_t end = std::min(begin + kFrameStreamsMax, streams.size());
    std::string frame = "{\"method\":\"SUBSCRIBE\",\"params\":[";
    for (size_t i = begin; i < end; ++i) {
      if (i != begin) {
        frame.push_back(',');
      }
      AppendQuoted(streams[i], frame);
    }
    frames.push_back(StrCat(frame, "],\"id\":", frames.size() + 1, "}"));
  }
  return frames;
}

absl::Status BinanceOrderBookDataSource::Parse(std::string_view frame,
                                               int64_t receive_time_ns,
                                               MarketMessageSink& sink) {
  return parser_.Parse(frame, receive_time_ns, sink);
}

VenueCall BinanceOrderBookDataSource::SnapshotCall(const Instrument& instrument) const {
  const auto wide_enough =
      std::find_if(dialect_.depths.begin(), dialect_.depths.end(), [this](const DepthWeight& row) {
        return row.depth >= snapshot_depth_;
      });
  const DepthWeight& row =
      wide_enough != dialect_.depths.end() ? *wide_enough : dialect_.depths.back();
  const int depth = dialect_.takes_any_depth ? std::min(snapshot_depth_, row.depth) : row.depth;
  VenueCall call;
  call.request.method = HttpMethod::kGet;
  call.request.path = std::string(dialect_.snapshot_path);
  call.request.AddParameter("symbol", instrument.symbol);
  call.request.AddParameter("limit", StrCat(depth));
  call.security = CallSecurity::kNone;
  call.priority = CallPriority::kMarketData;
  call.charges = {{kRequestWeightPool, row.weight}};
  call.charges.insert(call.charges.end(), dialect_.each.begin(), dialect_.each.end());
  return call;
}

absl::Status BinanceOrderBookDataSource::ParseSnapshot(std::string_view body,
                                                       const Instrument& instrument,
                                                       int64_t receive_time_ns,
                                                       MarketMessageSink& sink) {
  return parser_.ParseSnapshot(body, instrument, receive_time_ns, sink);
}

bool BinanceOrderBookDataSource::IsSnapshotAnswer(std::string_view text) const {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text.substr(begin).substr(0, 15) == "{\"lastUpdateId\"";
}

}  // namespace colibri::binance
