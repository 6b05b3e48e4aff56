// The public streams of Binance, of any product: addresses, subscriptions, parsers. What differs is
// a MarketDialect.
//
//   BinanceOrderBookDataSource source(SpotDialect("live"), stream_url, config, instruments);
//   RETURN_IF_ERROR(source.Parse(frame, receive_time_ns, sink));
//
// Thread: the loop's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connector/exchange_config.h"
#include "connector/order_book_data_source.h"
#include "exchanges/binance_common/binance_market_parser.h"

namespace colibri::binance {

// A depth that a snapshot may have, and what it weighs.
struct DepthWeight {
  int depth = 0;
  int64_t weight = 0;
};

struct MarketDialect {
  std::vector<std::string_view> kinds;  // of streams, "@trade"; literals
  bool has_candles = false;
  std::string_view snapshot_path;
  std::vector<DepthWeight> depths;  // rising
  bool takes_any_depth = false;     // also those between
  LimitCharges each = {};           // beside the weight
  int64_t weight_per_minute = 0;    // of what snapshots weigh on
  size_t socket_streams_max = 0;
};

class BinanceOrderBookDataSource final : public OrderBookDataSource {
 public:
  // The table outlives the source.
  BinanceOrderBookDataSource(MarketDialect dialect,
                             std::string stream_url,
                             const ExchangeConfig& config,
                             const InstrumentTable& instruments);

  // Streams ride in the address, up to kUrlStreamsMax of them; the rest follows as SUBSCRIBE
  // frames. All streams of an instrument are named together.
  std::string StreamUrl(absl::Span<const Instrument* const> instruments) const override;
  std::vector<std::string> SubscribeFrames(
      absl::Span<const Instrument* const> instruments) const override;
  size_t pairs_per_socket() const override;
  absl::Duration subscribe_spacing() const override { return kFrameSpacing; }
  bool quotes_number_books() const override { return true; }

  absl::Status Parse(std::string_view frame,
                     int64_t receive_time_ns,
                     MarketMessageSink& sink) override;

  // As deep as configured, or as lets the snapshots of all instruments weigh half of what a minute
  // takes, if that is less.
  VenueCall SnapshotCall(const Instrument& instrument) const override;
  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) override;
  bool IsSnapshotAnswer(std::string_view text) const override;

  const MarketParser& parser() const { return parser_; }

  static constexpr size_t kUrlStreamsMax = 60;
  // Clients report that frames beyond 8 KB get no answer.
  static constexpr size_t kFrameBytesMax = 4000;
  // The venue takes 5 frames a second, pongs counted.
  static constexpr absl::Duration kFrameSpacing = absl::Milliseconds(250);

 private:
  size_t streams_per_pair() const { return dialect_.kinds.size() + candle_intervals_.size(); }
  size_t pairs_in_url() const;
  std::vector<std::string> Streams(const Instrument& instrument) const;

  MarketDialect dialect_;
  std::string stream_url_;
  int snapshot_depth_;
  std::vector<std::string> candle_intervals_;
  const InstrumentTable& instruments_;
  MarketParser parser_;
};

}  // namespace colibri::binance
