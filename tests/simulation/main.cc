// colibri_simulation: runs seeds of the simulation and says which of them break a promise.
//
//   colibri_simulation --seeds 1..500 --minutes 20
//   colibri_simulation --seeds 42 --trace
//
// Exit code: 0 no violation, 1 one at least, 2 usage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"

#include "connector/log.h"
#include "core/strings.h"
#include "strategies/event_log.h"
#include "tests/simulation/simulated_venue.h"
#include "tests/simulation/simulation.h"
#include <CLI/CLI.hpp>

namespace colibri::simulation {
namespace {

constexpr size_t kLinesBefore = 400;
constexpr size_t kLinesAfter = 40;
constexpr size_t kViolationsShown = 10;

struct Options {
  std::string venue = "binance";
  uint64_t first = 1;
  uint64_t last = 1;
  int minutes = 20;
  bool is_traced = false;
  std::string about;
  bool checks_twice = false;
  bool ends_at_first = false;
};

bool ParseSeeds(std::string_view text, Options& options) {
  const size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last = dots == std::string_view::npos ? first : text.substr(dots + 2);
  return absl::SimpleAtoi(Abs(first), &options.first) &&
         absl::SimpleAtoi(Abs(last), &options.last) && options.first <= options.last;
}

void PrintTrace(const SimulationResult& result, const std::string& about) {
  if (!about.empty()) {
    for (const std::string& line : result.trace) {
      if (line.find(about) != std::string::npos) {
        std::printf("%s\n", line.c_str());
      }
    }
    return;
  }
  const size_t centre =
      result.violations.empty() ? result.trace.size() : result.first_violation_line;
  const size_t begin = centre > kLinesBefore ? centre - kLinesBefore : 0;
  const size_t end = std::min(result.trace.size(), centre + kLinesAfter);
  for (size_t i = begin; i < end; ++i) {
    std::printf("%s\n", result.trace[i].c_str());
  }
}

void PrintViolations(const SimulationOptions& run, const SimulationResult& result) {
  const uint64_t seed = run.seed;
  const size_t shown = std::min(result.violations.size(), kViolationsShown);
  for (size_t i = 0; i < shown; ++i) {
    std::printf(
        "seed %llu: %s\n", static_cast<unsigned long long>(seed), result.violations[i].c_str());
  }
  if (result.violations.size() > shown) {
    std::printf("seed %llu: and %zu more\n",
                static_cast<unsigned long long>(seed),
                result.violations.size() - shown);
  }
  std::printf("  repeat it with: tools/dev sim --venue %s --seeds %llu --minutes %lld --trace\n",
              run.venue.c_str(),
              static_cast<unsigned long long>(seed),
              static_cast<long long>(absl::ToInt64Minutes(run.duration)));
  std::fflush(stdout);
}

struct Totals {
  int64_t seeds = 0;
  int64_t failed = 0;
  int64_t events = 0;
  int64_t orders = 0;
  int64_t fills = 0;
  int64_t doubts = 0;
  int64_t late_fills = 0;
  int64_t triggers = 0;
  int64_t foreign = 0;
  int64_t crashes = 0;
  int64_t requests = 0;
  int64_t socket_calls = 0;
  RollingHash hash;

  void Add(const SimulationResult& result) {
    ++seeds;
    failed += result.violations.empty() ? 0 : 1;
    events += result.events;
    orders += result.orders;
    fills += result.fills;
    doubts += result.doubts;
    late_fills += result.late_fills;
    triggers += result.triggers;
    foreign += result.foreign;
    crashes += result.crashes;
    requests += result.requests;
    socket_calls += result.socket_calls;
    hash.Add(result.hash);
  }
};

int RunSeeds(const Options& options) {
  Totals totals;
  const auto start = std::chrono::steady_clock::now();
  for (uint64_t seed = options.first; seed <= options.last; ++seed) {
    const SimulationOptions run{.venue = options.venue,
                                .seed = seed,
                                .duration = absl::Minutes(options.minutes),
                                .is_traced = options.is_traced};
    SimulationResult result = RunSimulation(run);
    if (options.checks_twice) {
      const SimulationResult again = RunSimulation(run);
      if (again.hash != result.hash) {
        result.violations.push_back(StrCat("two runs differ: ", result.hash, " and ", again.hash));
      }
    }
    totals.Add(result);
    if (options.is_traced) {
      PrintTrace(result, options.about);
    }
    if (!result.violations.empty()) {
      PrintViolations(run, result);
      if (options.ends_at_first) {
        break;
      }
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%lld seeds of %d minutes: %lld orders, %lld fills (%lld late), %lld in doubt, "
      "%lld triggered, %lld foreign, %lld crashes, %lld requests, %lld socket calls, %lld events; "
      "%.1f s, %.2f "
      "seeds/s; "
      "hash %s; %lld seeds with violations\n",
      static_cast<long long>(totals.seeds),
      options.minutes,
      static_cast<long long>(totals.orders),
      static_cast<long long>(totals.fills),
      static_cast<long long>(totals.late_fills),
      static_cast<long long>(totals.doubts),
      static_cast<long long>(totals.triggers),
      static_cast<long long>(totals.foreign),
      static_cast<long long>(totals.crashes),
      static_cast<long long>(totals.requests),
      static_cast<long long>(totals.socket_calls),
      static_cast<long long>(totals.events),
      took.count(),
      static_cast<double>(totals.seeds) / took.count(),
      totals.hash.ToHex().c_str(),
      static_cast<long long>(totals.failed));
  return totals.failed == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  std::string seeds = "1";
  CLI::App app("Runs seeds of the simulation: connector, strategy and venue on virtual time.");
  app.add_option("--venue", options.venue, "of the run")
      ->check(CLI::IsMember(SimulatedVenueNames()))
      ->capture_default_str();
  app.add_option("--seeds", seeds, "one seed, or FIRST..LAST")->capture_default_str();
  app.add_option("--minutes", options.minutes, "virtual minutes of each")
      ->check(CLI::Range(6, 24 * 60))
      ->capture_default_str();
  app.add_flag("--trace", options.is_traced, "show what happened around the first violation");
  app.add_option("--about", options.about, "of the trace, only the lines that have this text");
  app.add_flag("--twice", options.checks_twice, "run each seed twice and compare the hashes");
  app.add_flag("--stop", options.ends_at_first, "end at the first seed with a violation");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!ParseSeeds(seeds, options)) {
    std::fprintf(stderr, "--seeds %s: give one number, or FIRST..LAST\n", seeds.c_str());
    return 2;
  }
  options.is_traced |= !options.about.empty();
  SetLogLevel(LogLevel::kOff);
  return RunSeeds(options);
}

}  // namespace
}  // namespace colibri::simulation

int main(int argc, char** argv) {
  return colibri::simulation::Main(argc, argv);
}
