#include "exchanges/binance_common/binance_order_book_data_source.h"

#include <algorithm>
#include <utility>

#include "auth/encoding.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_family.h"

namespace colibri::binance {
namespace {

// Of a SUBSCRIBE frame, beside the names.
constexpr size_t kFrameRest = 60;

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
      instruments_(instruments),
      parser_(instruments) {
  if (dialect_.has_candles) {
    candle_intervals_ = config.candle_intervals;
  }
}

size_t BinanceOrderBookDataSource::pairs_per_socket() const {
  return std::max<size_t>(dialect_.socket_streams_max / streams_per_pair(), 1);
}

size_t BinanceOrderBookDataSource::pairs_in_url() const {
  return std::max<size_t>(kUrlStreamsMax / streams_per_pair(), 1);
}

std::vector<std::string> BinanceOrderBookDataSource::Streams(const Instrument& instrument) const {
  std::vector<std::string> streams;
  for (const std::string_view kind : dialect_.kinds) {
    streams.push_back(StrCat(instrument.stream_symbol, kind));
  }
  for (const std::string& interval : candle_intervals_) {
    streams.push_back(StrCat(instrument.stream_symbol, "@kline_", interval));
  }
  return streams;
}

std::string BinanceOrderBookDataSource::StreamUrl(
    absl::Span<const Instrument* const> instruments) const {
  std::string url = stream_url_;
  std::string_view separator = "?streams=";
  for (const Instrument* instrument : instruments.subspan(0, pairs_in_url())) {
    for (const std::string& stream : Streams(*instrument)) {
      url.append(separator).append(UrlText(stream));
      separator = "/";
    }
  }
  return url;
}

std::vector<std::string> BinanceOrderBookDataSource::SubscribeFrames(
    absl::Span<const Instrument* const> instruments) const {
  std::vector<std::string> frames;
  std::string names;
  const auto finish = [&] {
    if (!names.empty()) {
      frames.push_back(StrCat(
          R"({"method":"SUBSCRIBE","params":[)", names, "],\"id\":", frames.size() + 1, "}"));
      names.clear();
    }
  };
  for (size_t i = pairs_in_url(); i < instruments.size(); ++i) {
    std::string pair_names;
    for (const std::string& stream : Streams(*instruments[i])) {
      pair_names.append(pair_names.empty() ? "" : ",");
      AppendQuoted(stream, pair_names);
    }
    if (names.size() + pair_names.size() > kFrameBytesMax - kFrameRest) {
      finish();
    }
    names.append(names.empty() ? "" : ",").append(pair_names);
  }
  finish();
  return frames;
}

absl::Status BinanceOrderBookDataSource::Parse(std::string_view frame,
                                               int64_t receive_time_ns,
                                               MarketMessageSink& sink) {
  return parser_.Parse(frame, receive_time_ns, sink);
}

VenueCall BinanceOrderBookDataSource::SnapshotCall(const Instrument& instrument) const {
  const auto fits_all = [this](const DepthWeight& row) {
    return row.weight * static_cast<int64_t>(instruments_.size()) <= dialect_.weight_per_minute / 2;
  };
  auto row = dialect_.depths.begin();
  while (row->depth < snapshot_depth_ && row + 1 != dialect_.depths.end() && fits_all(row[1])) {
    ++row;
  }
  const int depth = dialect_.takes_any_depth ? std::min(snapshot_depth_, row->depth) : row->depth;
  VenueCall call;
  call.request.method = HttpMethod::kGet;
  call.request.path = std::string(dialect_.snapshot_path);
  call.request.AddParameter("symbol", instrument.symbol);
  call.request.AddParameter("limit", StrCat(depth));
  call.security = CallSecurity::kNone;
  call.priority = CallPriority::kMarketData;
  call.charges = {{kRequestWeightPool, row->weight}};
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
