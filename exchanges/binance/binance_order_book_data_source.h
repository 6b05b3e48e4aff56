// The public streams of Binance, spot or USD-M futures: addresses, subscriptions, parsers.
//
//   BinanceOrderBookDataSource source(Product::kSpot, hosts, config, instruments);
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
#include "exchanges/binance/binance_market_parser.h"

namespace colibri::binance {

enum class Product : uint8_t { kSpot, kUsdMargined };

class BinanceOrderBookDataSource final : public OrderBookDataSource {
 public:
  // The table outlives the source.
  BinanceOrderBookDataSource(Product product,
                             VenueHosts hosts,
                             const ExchangeConfig& config,
                             const InstrumentTable& instruments);

  // Streams ride in the address, up to kUrlStreamsMax of them; the rest follows as SUBSCRIBE
  // frames.
  std::string StreamUrl(absl::Span<const Instrument* const> instruments) const override;
  std::vector<std::string> SubscribeFrames(
      absl::Span<const Instrument* const> instruments) const override;

  absl::Status Parse(std::string_view frame,
                     int64_t receive_time_ns,
                     MarketMessageSink& sink) override;

  VenueCall SnapshotCall(const Instrument& instrument) const override;
  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) override;
  bool IsSnapshotAnswer(std::string_view text) const override;

  const MarketParser& parser() const { return parser_; }

  static constexpr size_t kUrlStreamsMax = 60;
  // The venue takes 5 frames a second, and 1,024 streams a connection.
  static constexpr size_t kFrameStreamsMax = 250;

 private:
  std::vector<std::string> Streams(absl::Span<const Instrument* const> instruments) const;

  Product product_;
  VenueHosts hosts_;
  std::string domain_;
  int snapshot_depth_;
  std::vector<std::string> candle_intervals_;
  MarketParser parser_;
};

}  // namespace colibri::binance
