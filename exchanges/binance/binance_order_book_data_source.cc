#include "exchanges/binance/binance_order_book_data_source.h"

#include <algorithm>
#include <utility>

#include "auth/encoding.h"
#include "core/strings.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {
namespace {

// The depths that GET /fapi/v1/depth takes; spot takes any up to 5000.
int UsdMarginedDepth(int wanted) {
  for (const int depth : {5, 10, 20, 50, 100, 500}) {
    if (wanted <= depth) {
      return depth;
    }
  }
  return 1000;
}

int64_t UsdMarginedDepthWeight(int depth) {
  return depth <= 50 ? 2 : depth <= 100 ? 5 : depth <= 500 ? 10 : 20;
}

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

BinanceOrderBookDataSource::BinanceOrderBookDataSource(Product product,
                                                       VenueHosts hosts,
                                                       const ExchangeConfig& config,
                                                       const InstrumentTable& instruments)
    : product_(product),
      hosts_(std::move(hosts)),
      domain_(config.domain),
      snapshot_depth_(std::clamp(config.snapshot_depth, 5, 5000)),
      candle_intervals_(config.candle_intervals),
      parser_(instruments) {}

std::vector<std::string> BinanceOrderBookDataSource::Streams(
    absl::Span<const Instrument* const> instruments) const {
  std::vector<std::string> streams;
  for (const Instrument* instrument : instruments) {
    for (const std::string_view kind : {"@depth@100ms", "@trade", "@bookTicker"}) {
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
  std::string url = hosts_.market_stream_url;
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
  const bool is_spot = product_ == Product::kSpot;
  const int depth = is_spot ? snapshot_depth_ : UsdMarginedDepth(snapshot_depth_);
  VenueCall call;
  call.request.method = HttpMethod::kGet;
  call.request.path = is_spot ? "/api/v3/depth" : "/fapi/v1/depth";
  call.request.AddParameter("symbol", instrument.symbol);
  call.request.AddParameter("limit", StrCat(depth));
  call.security = CallSecurity::kNone;
  call.priority = CallPriority::kMarketData;
  call.charges = {{kRequestWeightPool,
                   is_spot ? Weights(domain_).depth(depth) : UsdMarginedDepthWeight(depth)}};
  if (is_spot) {
    call.charges.push_back({kRawRequestsPool, 1});
  }
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
