// Parsing Binance's market frames: the hand scanner against the general parser (simdjson) and
// against nlohmann, in the same run. All read every field and turn levels into scaled integers.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/benchmark.h"
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/scaled_parse.h"
#include "core/strings.h"
#include "exchanges/binance_common/binance_market_parser.h"

namespace colibri::binance {
namespace {

constexpr BookScale kScale = {.price_decimals = 8, .quantity_decimals = 8};

class SummingSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex, const BookDiff& diff) override {
    sum += diff.last_update_id;
    for (const BookLevel& level : diff.bids) {
      sum += level.price + level.quantity;
    }
    for (const BookLevel& level : diff.asks) {
      sum += level.price + level.quantity;
    }
  }
  void OnBookSnapshot(InstrumentIndex, const BookSnapshot&) override {}
  void OnTrade(InstrumentIndex, const TradeMessage& trade) override { sum += trade.price; }
  void OnBestQuote(InstrumentIndex, const BestQuoteMessage& quote) override {
    sum += quote.bid.price + quote.ask.price;
  }
  void OnCandle(InstrumentIndex, const CandleMessage&) override {}
  void OnNotice(MarketNotice, std::string_view) override {}

  int64_t sum = 0;
};

std::string Levels(int count, int64_t first_price, int64_t step) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const int64_t price = first_price + i * step;
    text.append(text.empty() ? "" : ",")
        .append(StrCat("[\"",
                       price / 100,
                       ".",
                       price % 100 / 10,
                       price % 10,
                       "000000\",\"",
                       i % 7,
                       ".",
                       10000 + i * 997 % 90000,
                       "000\"]"));
  }
  return text;
}

std::string Diff(int levels) {
  return StrCat(R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255208,)",
                R"("s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[)",
                Levels(levels / 2, 6173763, -3),
                R"(],"a":[)",
                Levels(levels / 2, 6183764, 3),
                "]}}");
}

const std::string kQuote =
    R"({"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT",)"
    R"("b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}})";
const std::string kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT",)"
    R"("t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}})";

void RunParser(benchmark::State& state, const std::string& frame, bool is_hot) {
  InstrumentTable instruments;
  instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", kScale);
  MarketParser parser(instruments);
  SummingSink sink;
  CHECK(parser.ParseHot(frame, 0, sink));
  for (auto _ : state) {
    if (is_hot) {
      CHECK(parser.Parse(frame, 0, sink).ok());
    } else {
      CHECK(parser.ParseGeneral(frame, 0, sink).ok());
    }
  }
  benchmark::DoNotOptimize(sink.sum);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * frame.size()));
}

void BM_DiffScanner(benchmark::State& state) {
  RunParser(state, Diff(static_cast<int>(state.range(0))), /*is_hot=*/true);
}
void BM_DiffGeneral(benchmark::State& state) {
  RunParser(state, Diff(static_cast<int>(state.range(0))), /*is_hot=*/false);
}
void BM_QuoteScanner(benchmark::State& state) {
  RunParser(state, kQuote, /*is_hot=*/true);
}
void BM_QuoteGeneral(benchmark::State& state) {
  RunParser(state, kQuote, /*is_hot=*/false);
}
void BM_TradeScanner(benchmark::State& state) {
  RunParser(state, kTrade, /*is_hot=*/true);
}

void BM_TradeGeneral(benchmark::State& state) {
  RunParser(state, kTrade, /*is_hot=*/false);
}

int64_t Scaled(const nlohmann::json& text, int decimals) {
  int64_t value = 0;
  CHECK(ParseScaled(text.get_ref<const std::string&>(), decimals, value) == ScaledParse::kOk);
  return value;
}

// Sums what `read` finds in the frame's data.
template <typename Read>
void RunNlohmann(benchmark::State& state, const std::string& frame, Read read) {
  int64_t sum = 0;
  for (auto _ : state) {
    const nlohmann::json json = nlohmann::json::parse(frame);
    sum += read(json["data"]);
  }
  benchmark::DoNotOptimize(sum);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * frame.size()));
}

void BM_DiffNlohmann(benchmark::State& state) {
  RunNlohmann(state, Diff(static_cast<int>(state.range(0))), [](const nlohmann::json& data) {
    int64_t sum = data["u"].get<int64_t>();
    for (const char* side : {"b", "a"}) {
      for (const nlohmann::json& level : data[side]) {
        sum += Scaled(level[0], kScale.price_decimals) + Scaled(level[1], kScale.quantity_decimals);
      }
    }
    return sum;
  });
}
void BM_QuoteNlohmann(benchmark::State& state) {
  RunNlohmann(state, kQuote, [](const nlohmann::json& data) {
    return data["u"].get<int64_t>() + Scaled(data["b"], 8) + Scaled(data["B"], 8) +
           Scaled(data["a"], 8) + Scaled(data["A"], 8);
  });
}
void BM_TradeNlohmann(benchmark::State& state) {
  RunNlohmann(state, kTrade, [](const nlohmann::json& data) {
    return data["t"].get<int64_t>() + data["T"].get<int64_t>() + Scaled(data["p"], 8) +
           Scaled(data["q"], 8);
  });
}

BENCHMARK(BM_DiffScanner)->Arg(4)->Arg(20)->Arg(80)->Arg(400);
BENCHMARK(BM_DiffGeneral)->Arg(4)->Arg(20)->Arg(80)->Arg(400);
BENCHMARK(BM_DiffNlohmann)->Arg(4)->Arg(20)->Arg(80)->Arg(400);
BENCHMARK(BM_QuoteScanner);
BENCHMARK(BM_QuoteGeneral);
BENCHMARK(BM_QuoteNlohmann);
BENCHMARK(BM_TradeScanner);
BENCHMARK(BM_TradeGeneral);
BENCHMARK(BM_TradeNlohmann);

}  // namespace
}  // namespace colibri::binance
