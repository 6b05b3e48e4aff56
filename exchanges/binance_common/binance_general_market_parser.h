// Reads any public frame of Binance, in any order of fields: what the hand scanner does not know,
// candles, acknowledgements and refusals. The one that makes the errors.
//
//   GeneralMarketParser parser(instruments);
//   RETURN_IF_ERROR(parser.Parse(frame, receive_time_ns, sink));
//
// Thread: the loop's. Errors as in binance_market_parser.h. Nothing reaches the sink before the
// whole frame was read.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

#include "connector/instrument.h"
#include "connector/market_message.h"

namespace colibri::binance {

// USD-M streams carry events of COIN-M contracts too, and tell them apart by `st`: 1 and 2.
inline constexpr int64_t kUsdMargined = 1;

// Bids fall and asks rise strictly.
bool IsBestFirst(absl::Span<const BookLevel> bids, absl::Span<const BookLevel> asks);

class GeneralMarketParser final {
 public:
  // The table outlives the parser.
  explicit GeneralMarketParser(const InstrumentTable& instruments);
  ~GeneralMarketParser();

  absl::Status Parse(std::string_view frame, int64_t receive_time_ns, MarketMessageSink& sink);
  absl::Status ParseSnapshot(std::string_view body,
                             const Instrument& instrument,
                             int64_t receive_time_ns,
                             MarketMessageSink& sink);

 private:
  struct Rep;  // the JSON parser and its buffers

  const InstrumentTable& instruments_;
  std::unique_ptr<Rep> rep_;
};

}  // namespace colibri::binance
