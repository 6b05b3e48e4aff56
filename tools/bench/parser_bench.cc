#include "tools/bench/parser_bench.h"

#include <nlohmann/json.hpp>

#include "core/scaled_parse.h"

namespace colibri::bench {

int64_t Scaled(const nlohmann::json& text, int decimals) {
  int64_t value = 0;
  CHECK(ParseScaled(text.get_ref<const std::string&>(), decimals, value) == ScaledParse::kOk);
  return value;
}

void RunNlohmann(benchmark::State& state,
                 const std::string& frame,
                 int64_t (*read)(const nlohmann::json& data)) {
  int64_t sum = 0;
  for (auto _ : state) {
    const nlohmann::json json = nlohmann::json::parse(frame);
    sum += read(json["data"]);
  }
  benchmark::DoNotOptimize(sum);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * frame.size()));
}

}  // namespace colibri::bench
