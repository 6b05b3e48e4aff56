// From a ticker frame leaving its sender to the order that answers it having arrived, whole.
//
//   tick_to_order_bench [--ticks N] [--rounds N] [--gap US] [--plain] [--spin | --block]
//   tick_to_order_bench --peer "PROGRAM {port} {ca}"      any other program in the same row
//
// One tick at a time: the next leaves after the answer to the order, and a gap. The rounds of the
// clients take turns. Prints a row a client in microseconds, and everything as one line of JSON.
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"

#include "CLI/CLI.hpp"
#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tools/bench/wire/harness.h"

namespace colibri::bench {
namespace {

constexpr absl::Duration kSettling = absl::Seconds(2);
constexpr absl::Duration kStartLimit = absl::Seconds(30);
// An order that does not come in so long does not come.
constexpr int64_t kOrderLimitNs = 2'000'000'000;
// A book whose quotes move alone is given up.
constexpr int kTicksADiff = 500;
// Not measured, at the start of each round.
constexpr int kWarmup = 500;

int64_t NowNs() {
  return absl::GetCurrentTimeNanos();
}

struct Options {
  int ticks = 6000;
  int rounds = 3;
  int gap_us = 100;
  bool is_plain = false;
  bool is_spinning = true;
  std::string peer;
};

std::vector<std::string> WordsFor(const std::string& client,
                                  const Options& options,
                                  const LocalVenue& venue,
                                  uint16_t port) {
  if (client == "peer") {
    return PeerWords(options.peer, {{"{port}", std::to_string(port)}, {"{ca}", venue.ca_file()}});
  }
  return ClientWords(client,
                     {.port = port,
                      .ca_file = venue.ca_file(),
                      .waiting = options.is_spinning ? Waiting::kSpinning : Waiting::kBlocking});
}

// The microseconds of each tick; nullopt: the client did not come up, or missed one.
std::optional<std::vector<double>> Run(const std::string& client, const Options& options) {
  LocalVenue venue(/*pairs=*/1, !options.is_plain);
  VenueStub& stub = venue.stub();
  FrameRing ring(FrameKind::kTicker, /*pairs=*/1);
  Child child(WordsFor(client, options, venue, stub.port()));
  const absl::Time deadline = absl::Now() + kStartLimit;
  absl::Time ready_at = absl::InfiniteFuture();
  while (absl::Now() < ready_at + kSettling && absl::Now() < deadline && child.is_running()) {
    stub.Poll();
    if (stub.market() != nullptr && ready_at == absl::InfiniteFuture()) {
      ready_at = absl::Now();
    }
  }
  std::vector<double> latencies;
  std::string frame;
  for (int tick = 0; tick < kWarmup + options.ticks && stub.market() != nullptr; ++tick) {
    frame.clear();
    if (tick % kTicksADiff == 0) {
      AppendServerFrame(DiffAfter(tick / kTicksADiff), frame);
      stub.market()->Write(frame);
      frame.clear();
    }
    AppendServerFrame(ring.Next(), frame);
    const int64_t before = stub.orders();
    const int64_t sent = NowNs();
    stub.market()->Write(frame);
    int64_t now = sent;
    while (stub.orders() == before && now < sent + kOrderLimitNs) {
      stub.Poll();
      now = NowNs();
    }
    if (stub.orders() != before + 1) {
      return std::nullopt;
    }
    if (tick >= kWarmup) {
      latencies.push_back(static_cast<double>(now - sent) / 1000);
    }
    stub.Answer();
    while (NowNs() < now + int64_t{options.gap_us} * 1000) {
      stub.Poll();
    }
  }
  if (latencies.size() != static_cast<size_t>(options.ticks)) {
    return std::nullopt;
  }
  return latencies;
}

double Quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

// By client: a list of each round, sorted.
using Rounds = std::map<std::string, std::vector<std::vector<double>>>;

void PrintReport(const Options& options,
                 const std::vector<std::string>& clients,
                 const Rounds& rounds) {
  const auto median = [&](const std::string& client, double q) {
    std::vector<double> values;
    for (const std::vector<double>& latencies : rounds.at(client)) {
      values.push_back(Quantile(latencies, q));
    }
    return Median(values);
  };
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::printf(
      "%-10s %8s %8s %8s %8s %8s %10s\n", "client", "min", "p50", "p90", "p99", "p99.9", "x floor");
  for (const std::string& client : clients) {
    const double ratio = median(client, 0.5) / median("floor", 0.5);
    std::printf("%-10s %8.1f %8.1f %8.1f %8.1f %8.1f %10.2f\n",
                client.c_str(),
                median(client, 0),
                median(client, 0.5),
                median(client, 0.9),
                median(client, 0.99),
                median(client, 0.999),
                ratio);
    rows.push_back({{"client", client},
                    {"min_us", median(client, 0)},
                    {"p50_us", median(client, 0.5)},
                    {"p90_us", median(client, 0.9)},
                    {"p99_us", median(client, 0.99)},
                    {"p999_us", median(client, 0.999)},
                    {"times_floor", ratio}});
  }
  const nlohmann::ordered_json report = {{"bench", "tick_to_order"},
                                         {"machine", nlohmann::json::parse(MachineJson())},
                                         {"ticks", options.ticks},
                                         {"rounds", options.rounds},
                                         {"gap_us", options.gap_us},
                                         {"tls", !options.is_plain},
                                         {"spin", options.is_spinning},
                                         {"rows", rows}};
  std::printf("%s\n", report.dump().c_str());
}

int Main(int argc, char** argv) {
  if (const std::optional<int> code = RunAsClient(argc, argv)) {
    return *code;
  }
  Options options;
  CLI::App app("from a ticker frame to the order that answers it");
  app.add_option("--ticks", options.ticks, "measured in each round")
      ->check(CLI::Range(100, 1 << 20));
  app.add_option("--rounds", options.rounds, "of each client")->check(CLI::Range(1, 101));
  app.add_option("--gap", options.gap_us, "microseconds from an answer to the next tick")
      ->check(CLI::Range(0, 1'000'000));
  app.add_flag("--plain", options.is_plain, "without TLS");
  app.add_flag("--spin,!--block",
               options.is_spinning,
               "whether clients that can wait by spinning (the default)");
  app.add_option("--peer",
                 options.peer,
                 "a program to measure beside: {port} and {ca} become the port on 127.0.0.1 and "
                 "the file of the authority to trust; it answers each ticker frame of /stream "
                 "with POST /api/v3/order");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  PinTo(0);
  std::vector<std::string> clients = {"connector", "naive", "floor"};
  if (!options.peer.empty()) {
    clients.emplace_back("peer");
  }
  Rounds rounds;
  for (int round = 0; round < options.rounds; ++round) {
    for (const std::string& client : clients) {
      std::optional<std::vector<double>> latencies = Run(client, options);
      if (!latencies.has_value()) {
        std::fprintf(stderr, "%s did not answer every tick with one order\n", client.c_str());
        return 1;
      }
      std::sort(latencies->begin(), latencies->end());
      rounds[client].push_back(*std::move(latencies));
    }
  }
  PrintReport(options, clients, rounds);
  return 0;
}

}  // namespace
}  // namespace colibri::bench

int main(int argc, char** argv) {
  return colibri::bench::Main(argc, argv);
}
