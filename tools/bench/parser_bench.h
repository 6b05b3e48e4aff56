// What the benchmarks of parsers share: a frame through a venue's parsers, and through nlohmann.
//
//   RunParser(state, parser, frame, Through::kScanner);
//   RunNlohmann(state, frame, [](const nlohmann::json& data) { return Scaled(data["p"], 8); });
//
// All turn numbers into scaled integers and sum what they read, so that nothing is optimised away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "benchmark/benchmark.h"
#include <nlohmann/json_fwd.hpp>

#include "connector/market_message.h"
#include "core/check.h"

namespace colibri::bench {

class SummingSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex, const BookDiff& diff) override {
    sum += diff.last_update_id;
    AddSides(diff.bids, diff.asks);
  }
  void OnBookSnapshot(InstrumentIndex, const BookSnapshot& snapshot) override {
    sum += snapshot.last_update_id;
    AddSides(snapshot.bids, snapshot.asks);
  }
  void OnTrade(InstrumentIndex, const TradeMessage& trade) override { sum += trade.price; }
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage& quote) override {
    sum += quote.bid.price + quote.ask.price;
  }
  void OnCandle(InstrumentIndex, const CandleMessage&) override {}
  void OnNotice(MarketNotice, std::string_view) override {}

  int64_t sum = 0;

 private:
  void AddSides(absl::Span<const BookLevel> bids, absl::Span<const BookLevel> asks) {
    for (const auto side : {bids, asks}) {
      for (const BookLevel& level : side) {
        sum += level.price + level.quantity;
      }
    }
  }
};

enum class Through { kScanner, kGeneral };

// The scanner must know the frame: what it leaves to the general parser would be measured twice.
template <typename Parser>
void RunParser(benchmark::State& state, Parser& parser, const std::string& frame, Through through) {
  SummingSink sink;
  CHECK(parser.ParseHot(frame, 0, sink));
  for (auto _ : state) {
    if (through == Through::kScanner) {
      CHECK(parser.Parse(frame, 0, sink).ok());
    } else {
      CHECK(parser.ParseGeneral(frame, 0, sink).ok());
    }
  }
  benchmark::DoNotOptimize(sink.sum);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * frame.size()));
}

int64_t Scaled(const nlohmann::json& text, int decimals);

// Sums what `read` finds in the frame's data.
void RunNlohmann(benchmark::State& state,
                 const std::string& frame,
                 int64_t (*read)(const nlohmann::json& data));

}  // namespace colibri::bench
