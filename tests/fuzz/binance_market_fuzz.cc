// Whatever a market frame holds: the parser survives it, and where the hand scanner accepts a frame
// the general parser reads the same messages from it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "exchanges/binance_common/binance_market_parser.h"
#include "tests/support/market_sink.h"

namespace colibri::binance {
namespace {

struct Parsers {
  explicit Parsers(BookScale scale) : parser(instruments) {
    instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", scale);
  }
  InstrumentTable instruments;
  MarketParser parser{instruments};
};

void CheckFrame(Parsers& parsers, std::string_view frame) {
  MarketSink hot;
  MarketSink general;
  MarketSink snapshot;
  MarketSink general_snapshot;
  const Instrument& instrument = parsers.instruments.at(0);
  if (parsers.parser.ParseHot(frame, 7, hot)) {
    CHECK(parsers.parser.ParseGeneral(frame, 7, general).ok());
    CHECK(hot.lines() == general.lines());
  } else {
    CHECK(hot.lines().empty());
    const bool is_ok = parsers.parser.ParseGeneral(frame, 7, general).ok();
    CHECK(general.lines().size() == (is_ok ? 1u : 0u));
  }
  if (parsers.parser.ParseHotSnapshot(frame, instrument, 7, snapshot)) {
    CHECK(parsers.parser.ParseGeneralSnapshot(frame, instrument, 7, general_snapshot).ok());
    CHECK(snapshot.lines() == general_snapshot.lines());
  } else {
    CHECK(snapshot.lines().empty());
    parsers.parser.ParseGeneralSnapshot(frame, instrument, 7, general_snapshot).IgnoreError();
  }
}

}  // namespace
}  // namespace colibri::binance

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using colibri::binance::Parsers;
  static Parsers fine({8, 8});
  static Parsers coarse({2, 0});
  static Parsers finest({18, 9});
  // Of exactly this size, so that a read beyond the frame is seen.
  const std::string frame(reinterpret_cast<const char*>(bytes), size);
  colibri::binance::CheckFrame(fine, frame);
  colibri::binance::CheckFrame(coarse, frame);
  colibri::binance::CheckFrame(finest, frame);
  return 0;
}
