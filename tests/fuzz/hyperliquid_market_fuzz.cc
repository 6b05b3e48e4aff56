// Whatever a market frame holds: the parser survives it, tells nothing of a frame that it refuses,
// and nothing negative.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "tests/exchanges/hyperliquid_common/samples.h"

namespace {

class CheckingSink final : public colibri::MarketMessageSink {
 public:
  void OnBookDiff(colibri::InstrumentIndex, const colibri::BookDiff&) override {
    CHECK(false);  // every book is whole
  }
  void OnBookSnapshot(colibri::InstrumentIndex, const colibri::BookSnapshot& snapshot) override {
    ++told;
    for (const auto side : {snapshot.bids, snapshot.asks}) {
      for (const colibri::BookLevel& level : side) {
        CHECK(level.price >= 0 && level.quantity >= 0);
      }
    }
  }
  void OnTrade(colibri::InstrumentIndex, const colibri::TradeMessage& trade) override {
    ++told;
    CHECK(trade.price >= 0 && trade.quantity >= 0 && !trade.trade_id.empty());
  }
  void OnBestQuote(colibri::InstrumentIndex, const colibri::BestQuoteMessage&) override { ++told; }
  void OnCandle(colibri::InstrumentIndex, const colibri::CandleMessage& candle) override {
    ++told;
    CHECK(candle.interval.data() != nullptr);
  }
  void OnFunding(colibri::InstrumentIndex, const colibri::FundingMessage&) override { ++told; }
  void OnNotice(colibri::MarketNotice, std::string_view) override { ++told; }

  int told = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const colibri::InstrumentTable instruments = colibri::hyperliquid::SampleInstruments();
  colibri::hyperliquid::HyperliquidMarketData source({}, {}, instruments, /*is_perpetual=*/true);
  const std::string_view frame(reinterpret_cast<const char*>(bytes), size);
  for (const int64_t receive_time_ns : {1, 2}) {  // candles remember
    CheckingSink sink;
    CHECK(source.Parse(frame, receive_time_ns, sink).ok() || sink.told == 0);
  }
  CheckingSink sink;
  CHECK(source.ParseSnapshot(frame, instruments.at(0), 1, sink).ok() == (sink.told == 1));
  return 0;
}
