// The public streams of Hyperliquid: books, trades, best quotes, candles, funding.
//
//   HyperliquidMarketData source(hosts, config, instruments, /*is_perpetual=*/true);
//   RETURN_IF_ERROR(source.Parse(frame, receive_time_ns, sink));
//
// A book message is the whole of twenty levels a side and replaces the book; its time, which may
// repeat and never falls, takes the place of a sequence number. A candle is told as closed when one
// of a later time begins, for the venue does not say so: the parser keeps the last of each.
// Books, best quotes and trades go through a hand scanner (hyperliquid_hot_frames.h); what it does
// not know is read by the general parser, which also makes the errors. Thread: the loop's. Nothing
// reaches the sink before the whole frame was read. Errors: DataLoss for what can't be read,
// InvalidArgument for a number finer than the instrument's scale.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/exchange_config.h"
#include "connector/order_book_data_source.h"

namespace colibri::hyperliquid {

class HyperliquidMarketData final : public OrderBookDataSource {
 public:
  // The table outlives the source, and may grow. Funding is a perpetual's.
  HyperliquidMarketData(VenueHosts hosts,
                        const ExchangeConfig& config,
                        const InstrumentTable& instruments,
                        bool is_perpetual);
  ~HyperliquidMarketData() override;

  std::string StreamUrl(absl::Span<const Instrument* const> instruments) const override;
  // One subscription a frame; the venue takes 1,000 for an address. Books of twenty levels may come
  // as seldom as each five seconds; a configured snapshot_depth of five levels or fewer asks for
  // those alone, several times a second.
  std::vector<std::string> SubscribeFrames(
      absl::Span<const Instrument* const> instruments) const override;

  absl::Status Parse(std::string_view frame,
                     int64_t receive_time_ns,
                     MarketMessageSink& sink) override;

  // The two halves of Parse, for tests and fuzzers that hold them against each other. The scanner
  // says whether it knew the frame; then what it told the sink is all there is.
  bool ParseHot(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink);
  absl::Status ParseGeneral(std::string_view frame,
                            int64_t receive_time_ns,
                            MarketMessageSink& sink);

  VenueCall SnapshotCall(const Instrument& instrument) const override;
  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink) override;
  bool IsSnapshotAnswer(std::string_view text) const override;

 private:
  struct Rep;

  VenueHosts hosts_;
  bool is_perpetual_;
  bool wants_fast_books_;
  std::vector<std::string> candle_intervals_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::hyperliquid
