// Reads the public streams of Binance, spot and USD-M futures: frames of combined and raw
// connections, and depth snapshots, into messages at each instrument's scale.
//
//   MarketParser parser(instruments);
//   RETURN_IF_ERROR(parser.Parse(frame, receive_time_ns, sink));
//
// depthUpdate, trade, aggTrade and bookTicker go through a hand scanner, without an allocation once
// warm; a frame that it does not know is read again by the general parser, which also makes the
// errors. Nothing reaches the sink before the whole frame was read. Thread: the loop's. Errors:
// DataLoss for what can't be read, InvalidArgument for a number finer than the instrument's scale;
// both name the field and quote up to 80 characters.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/instrument.h"
#include "connector/market_message.h"

namespace colibri {

class FrameScanner;

namespace binance {

class GeneralMarketParser;

class MarketParser final {
 public:
  // The table outlives the parser, and may grow.
  explicit MarketParser(const InstrumentTable& instruments);
  ~MarketParser();

  absl::Status Parse(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink);
  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink);

  // The two halves of Parse, for tests and fuzzers that hold them against each other. The scanner
  // says whether it knew the frame; then what it told the sink is all there is.
  bool ParseHot(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink);
  absl::Status ParseGeneral(std::string_view frame,
                            int64_t receive_time_ns,
                            MarketMessageSink& sink);
  bool ParseHotSnapshot(std::string_view body,
                        const Instrument& instrument,
                        int64_t receive_time_ns,
                        MarketMessageSink& sink);
  absl::Status ParseGeneralSnapshot(std::string_view body,
                                    const Instrument& instrument,
                                    int64_t receive_time_ns,
                                    MarketMessageSink& sink);

  // Frames that the scanner left to the general parser.
  int64_t general_frames() const { return general_frames_; }

 private:
  struct Fields;

  const Instrument* FindSymbol(std::string_view symbol);
  bool ScanFields(FrameScanner& scan, Fields& fields);
  bool ScanField(FrameScanner& scan, char key, Fields& fields);
  bool ScanTradeId(FrameScanner& scan, uint32_t bit, Fields& fields);
  bool ScanSide(FrameScanner& scan, bool is_bid, Fields& fields);
  bool Emit(const Fields& fields, int64_t receive_time_ns, MarketMessageSink& sink);

  // Symbols seen, by a hash of their text: one comparison a frame for as many as fit.
  static constexpr size_t kCacheSize = 1024;

  const InstrumentTable& instruments_;
  std::unique_ptr<GeneralMarketParser> general_;
  std::array<const Instrument*, kCacheSize> cache_{};
  std::vector<BookLevel> bids_;
  std::vector<BookLevel> asks_;
  int64_t general_frames_ = 0;
};

}  // namespace binance
}  // namespace colibri
