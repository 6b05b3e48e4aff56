// Parsing Hyperliquid's market frames: the hand scanner against the general parser (simdjson) and
// against nlohmann, in the same run. All turn levels into scaled integers.
#include <cstdint>
#include <string>

#include "benchmark/benchmark.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "tools/bench/parser_bench.h"

namespace colibri::hyperliquid {
namespace {

using bench::RunNlohmann;
using bench::Scaled;
using bench::Through;

constexpr BookScale kScale = {.price_decimals = 1, .quantity_decimals = 5};

std::string Side(int count, int64_t first_price, int64_t step) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += StrCat(text.empty() ? "" : ",",
                   R"({"px":")",
                   first_price + i * step,
                   R"(.0","sz":"0.)",
                   10000 + i * 997 % 90000,
                   R"(","n":)",
                   i + 1,
                   "}");
  }
  return text;
}

std::string Book(int levels) {
  return StrCat(R"({"channel":"l2Book","data":{"coin":"BTC","time":1737918843800,"levels":[[)",
                Side(levels / 2, 105055, -1),
                "],[",
                Side(levels / 2, 105056, 1),
                "]]}}");
}
const std::string kQuote =
    R"({"channel":"bbo","data":{"coin":"BTC","time":1737918843800,"bbo":[)"
    R"({"px":"105055.0","sz":"3.03622","n":5},{"px":"105056.0","sz":"6.34472","n":13}]}})";
const std::string kTrade =
    R"({"channel":"trades","data":[{"coin":"BTC","side":"A","px":"104320.0","sz":"0.01500",)"
    R"("time":1769916002000,"hash":"0x03","tid":300003,)"
    R"("users":["0x1000000000000000000000000000000000000001",)"
    R"("0x1000000000000000000000000000000000000002"]}]})";

void Run(benchmark::State& state, const std::string& frame, Through through) {
  InstrumentTable instruments;
  instruments.Add({"BTC", "USD"}, "BTC", "BTC", kScale);
  HyperliquidMarketData source({}, {}, instruments, /*is_perpetual=*/true);
  bench::RunParser(state, source, frame, through);
}

int64_t SumOf(const nlohmann::json& level) {
  return Scaled(level["px"], kScale.price_decimals) + Scaled(level["sz"], kScale.quantity_decimals);
}

void BM_BookScanner(benchmark::State& state) {
  Run(state, Book(static_cast<int>(state.range(0))), Through::kScanner);
}
void BM_BookGeneral(benchmark::State& state) {
  Run(state, Book(static_cast<int>(state.range(0))), Through::kGeneral);
}
void BM_BookNlohmann(benchmark::State& state) {
  RunNlohmann(state, Book(static_cast<int>(state.range(0))), [](const nlohmann::json& data) {
    int64_t sum = data["time"].get<int64_t>();
    for (const nlohmann::json& side : data["levels"]) {
      for (const nlohmann::json& level : side) {
        sum += SumOf(level);
      }
    }
    return sum;
  });
}
void BM_QuoteScanner(benchmark::State& state) {
  Run(state, kQuote, Through::kScanner);
}
void BM_QuoteGeneral(benchmark::State& state) {
  Run(state, kQuote, Through::kGeneral);
}
void BM_QuoteNlohmann(benchmark::State& state) {
  RunNlohmann(state, kQuote, [](const nlohmann::json& data) {
    return SumOf(data["bbo"][0]) + SumOf(data["bbo"][1]);
  });
}
void BM_TradeScanner(benchmark::State& state) {
  Run(state, kTrade, Through::kScanner);
}
void BM_TradeGeneral(benchmark::State& state) {
  Run(state, kTrade, Through::kGeneral);
}
void BM_TradeNlohmann(benchmark::State& state) {
  RunNlohmann(state, kTrade, [](const nlohmann::json& data) {
    return SumOf(data[0]) + data[0]["tid"].get<int64_t>() + data[0]["time"].get<int64_t>();
  });
}

BENCHMARK(BM_BookScanner)->Arg(10)->Arg(40);
BENCHMARK(BM_BookGeneral)->Arg(10)->Arg(40);
BENCHMARK(BM_BookNlohmann)->Arg(10)->Arg(40);
BENCHMARK(BM_QuoteScanner);
BENCHMARK(BM_QuoteGeneral);
BENCHMARK(BM_QuoteNlohmann);
BENCHMARK(BM_TradeScanner);
BENCHMARK(BM_TradeGeneral);
BENCHMARK(BM_TradeNlohmann);

}  // namespace
}  // namespace colibri::hyperliquid
