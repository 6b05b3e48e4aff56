// Decimals as venues write them, parsed and printed: into a Decimal and into a 64-bit integer at an
// instrument's scale, against binary floating point (strtod, snprintf) and a digit by digit twin.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/benchmark.h"

#include "core/check.h"
#include "core/decimal.h"
#include "core/random.h"
#include "core/scaled_parse.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr int kScale = 8;

// "61837.63000000": five digits, eight decimals of which six are zero.
std::vector<std::string> Prices() {
  Random random(/*seed=*/1);
  std::vector<std::string> prices;
  for (int i = 0; i < 1024; ++i) {
    const uint64_t cents = 1'000'000 + random.Uniform(9'000'000);
    prices.push_back(
        StrCat(cents / 100, ".", cents % 100 / 10, cents % 10, std::string_view("000000")));
  }
  return prices;
}

// One digit after the other, as it is written first.
bool ParseNaively(std::string_view text, int decimals, int64_t& out) {
  int64_t value = 0;
  int after_point = -1;
  for (const char c : text) {
    if (c == '.' && after_point < 0) {
      after_point = 0;
      continue;
    }
    if (c < '0' || c > '9' || value > (INT64_MAX - 9) / 10) {
      return false;
    }
    value = value * 10 + (c - '0');
    after_point += after_point >= 0 ? 1 : 0;
  }
  for (int i = after_point < 0 ? 0 : after_point; i < decimals; ++i) {
    value *= 10;
  }
  out = value;
  return true;
}

// Calls parse(text) for one price after the other, and keeps what it makes.
template <typename Parse>
void RunParse(benchmark::State& state, Parse parse) {
  const std::vector<std::string> prices = Prices();
  size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse(prices[at]));
    at = (at + 1) % prices.size();
  }
}

void BM_ParseScaled(benchmark::State& state) {
  RunParse(state, [](const std::string& text) {
    int64_t value = 0;
    CHECK(ParseScaled(text, kScale, value) == ScaledParse::kOk);
    return value;
  });
}
void BM_ParseDecimal(benchmark::State& state) {
  RunParse(state, [](const std::string& text) { return *Decimal::Parse(text); });
}
void BM_ParseNaively(benchmark::State& state) {
  RunParse(state, [](const std::string& text) {
    int64_t value = 0;
    CHECK(ParseNaively(text, kScale, value));
    return value;
  });
}
void BM_ParseStrtod(benchmark::State& state) {
  RunParse(state, [](const std::string& text) { return std::strtod(text.c_str(), nullptr); });
}

// Calls print(price) for one price after the other.
template <typename Value, typename Print>
void RunPrint(benchmark::State& state, Value (*parse)(const std::string&), Print print) {
  std::vector<Value> values;
  for (const std::string& text : Prices()) {
    values.push_back(parse(text));
  }
  size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(print(values[at]));
    at = (at + 1) % values.size();
  }
}

void BM_PrintDecimal(benchmark::State& state) {
  RunPrint<Decimal>(
      state,
      [](const std::string& text) { return *Decimal::Parse(text); },
      [](const Decimal& value) { return value.ToString(); });
}
void BM_PrintSnprintf(benchmark::State& state) {
  RunPrint<double>(
      state,
      [](const std::string& text) { return std::strtod(text.c_str(), nullptr); },
      [](double value) {
        char buffer[32];
        const int size = std::snprintf(buffer, sizeof(buffer), "%.8f", value);
        return std::string(buffer, static_cast<size_t>(size));
      });
}

BENCHMARK(BM_ParseScaled);
BENCHMARK(BM_ParseDecimal);
BENCHMARK(BM_ParseNaively);
BENCHMARK(BM_ParseStrtod);
BENCHMARK(BM_PrintDecimal);
BENCHMARK(BM_PrintSnprintf);

}  // namespace
}  // namespace colibri
