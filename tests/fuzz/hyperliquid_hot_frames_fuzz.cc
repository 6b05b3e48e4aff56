// Where the hand scanner accepts a frame the general parser reads the same messages from it; where
// it does not, it has told nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "tests/support/market_sink.h"

namespace colibri::hyperliquid {
namespace {

struct Parsers {
  explicit Parsers(BookScale scale) : source({}, {}, instruments, /*is_perpetual=*/true) {
    instruments.Add({"BTC", "USD"}, "BTC", "BTC", scale);
    instruments.Add({"ETH", "USD"}, "ETH", "ETH", {2, 4});
  }
  InstrumentTable instruments;
  HyperliquidMarketData source;
};

void CheckFrame(Parsers& parsers, const std::string& frame) {
  MarketSink hot;
  MarketSink general;
  if (!parsers.source.ParseHot(frame, 7, hot)) {
    CHECK(hot.lines().empty());
    return;
  }
  CHECK(parsers.source.ParseGeneral(frame, 7, general).ok());
  CHECK(hot.lines() == general.lines());
}

}  // namespace
}  // namespace colibri::hyperliquid

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::hyperliquid::Parsers;
  static Parsers fine({8, 8});
  static Parsers coarse({0, 2});
  static Parsers finest({18, 9});
  // Of exactly this size, so that a read beyond the frame is seen.
  const std::string frame(reinterpret_cast<const char*>(bytes), size);
  colibri::hyperliquid::CheckFrame(fine, frame);
  colibri::hyperliquid::CheckFrame(coarse, frame);
  colibri::hyperliquid::CheckFrame(finest, frame);
  return 0;
}
