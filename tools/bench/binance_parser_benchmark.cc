// Parsing Binance's market frames: the hand scanner against the general parser (simdjson) and
// against nlohmann, in the same run. All read every field and turn levels into scaled integers.
#include <cstdint>
#include <string>

#include "benchmark/benchmark.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "exchanges/binance_common/binance_market_parser.h"
#include "tools/bench/parser_bench.h"

namespace colibri::binance {
namespace {

using bench::RunNlohmann;
using bench::Scaled;
using bench::Through;

constexpr BookScale kScale = {.price_decimals = 8, .quantity_decimals = 8};

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

void Run(benchmark::State& state, const std::string& frame, Through through) {
  InstrumentTable instruments;
  instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", kScale);
  MarketParser parser(instruments);
  bench::RunParser(state, parser, frame, through);
}

void BM_DiffScanner(benchmark::State& state) {
  Run(state, Diff(static_cast<int>(state.range(0))), Through::kScanner);
}
void BM_DiffGeneral(benchmark::State& state) {
  Run(state, Diff(static_cast<int>(state.range(0))), Through::kGeneral);
}
void BM_QuoteScanner(benchmark::State& state) {
  Run(state, kQuote, Through::kScanner);
}
void BM_QuoteGeneral(benchmark::State& state) {
  Run(state, kQuote, Through::kGeneral);
}
void BM_TradeScanner(benchmark::State& state) {
  Run(state, kTrade, Through::kScanner);
}

void BM_TradeGeneral(benchmark::State& state) {
  Run(state, kTrade, Through::kGeneral);
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
