// How many frames a second each client takes, and what a frame costs it: all from one connection,
// but for the connector where the venue takes fewer pairs on one.
//
//   throughput_bench [--frames N] [--rounds N] [--plain] [--pairs 1,100,1000] [--loops 1,2]
//   throughput_bench --instructions          counted by callgrind: the same on every machine
//   throughput_bench --rate 100000 --waiting blocking,coalescing     how much of a core that takes
//   throughput_bench --peer "PROGRAM {port} {ca} {frame} {pairs} {warmup} {frames}"
//
// With --loops the connector has several, each with a connection of its own, and the CPU's time is
// that of their threads. The rounds of the clients take turns, so that a noisy minute hits
// all of them. Prints a row a case, and at the end everything as one line of JSON.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

#include "absl/time/clock.h"

#include "CLI/CLI.hpp"
#include "core/check.h"
#include "core/strings.h"
#include "nlohmann/json.hpp"
#include "tools/bench/wire/harness.h"
#include "tools/bench/wire/sender.h"

namespace colibri::bench {
namespace {

const std::vector<std::string> kKinds = {"ticker", "diff", "book"};
const std::vector<std::string> kClients = {"connector", "naive", "floor"};
constexpr std::string_view kPeer = "peer";
// Than each loop counts: what it reads while the others are not done is the same in every run.
constexpr int64_t kFramesBeyond = 1024;
// For the client to come up after it has its stream and its snapshots.
constexpr absl::Duration kSettling = absl::Milliseconds(300);
constexpr absl::Duration kTimeLimit = absl::Seconds(120);
// Under callgrind, which is 50 times slower: what a frame adds, from two runs.
constexpr int64_t kCountedFrames[] = {4000, 20'000};

struct Case {
  FrameKind kind = FrameKind::kTicker;
  int pairs = 1;
  int loops = 1;
  bool is_tls = true;
  int rate = 0;  // frames a second; 0: as fast as they are read
  Waiting waiting = Waiting::kBlocking;
  std::string peer = {};
};
struct Result {
  double cpu_us = 0;  // a frame
  double frames_per_second = 0;
  double core_percent = 0;
  double late_percent = 0;
  double rss_mb = 0;
};

// The others than the connector know one loop, and not all can wait as they are told.
Case AsRun(Case what, std::string_view client) {
  what.loops = client == "connector" ? what.loops : 1;
  if (client != "connector" && client != "floor") {
    what.waiting = Waiting::kBlocking;
  }
  return what;
}

std::vector<std::string> WordsFor(std::string_view client,
                                  const Case& what,
                                  const LocalVenue& venue,
                                  uint16_t port,
                                  int64_t frames) {
  const int64_t warmup = frames / 4;
  if (client == kPeer) {
    return PeerWords(what.peer,
                     {{"{port}", std::to_string(port)},
                      {"{ca}", venue.ca_file()},
                      {"{frame}", std::string(ToString(what.kind))},
                      {"{pairs}", std::to_string(what.pairs)},
                      {"{warmup}", std::to_string(warmup)},
                      {"{frames}", std::to_string(frames)}});
  }
  return ClientWords(client,
                     {.port = port,
                      .ca_file = venue.ca_file(),
                      .kind = what.kind,
                      .pairs = what.pairs,
                      .loops = what.loops,
                      .warmup = warmup,
                      .frames = frames,
                      .waiting = what.waiting});
}

// Sends as fast as the client reads, what it wanted and a little more. Counts its instructions into
// a file where one is given.
std::optional<Result> Run(const Case& asked,
                          std::string_view client,
                          int64_t frames,
                          const std::string& counts_file = "") {
  const Case what = AsRun(asked, client);
  LocalVenue venue(what.pairs, what.is_tls);
  VenueStub& stub = venue.stub();
  const Sender sender(
      stub, {.kind = what.kind, .pairs = what.pairs, .loops = what.loops, .rate = what.rate});
  const std::vector<std::string> words = WordsFor(client, what, venue, stub.port(), frames);
  Child child(counts_file.empty() ? words : UnderCallgrind(words, counts_file));
  // A whole book needs none.
  const bool needs_snapshots = client == "connector" && what.kind != FrameKind::kBook;
  const absl::Time deadline = absl::Now() + kTimeLimit;
  absl::Time ready_at = absl::InfiniteFuture();
  while (absl::Now() < ready_at + kSettling && absl::Now() < deadline && child.is_running()) {
    stub.Poll();
    const bool is_ready =
        sender.is_ready() && (!needs_snapshots || stub.snapshots() >= what.pairs * what.loops);
    if (is_ready && ready_at == absl::InfiniteFuture()) {
      ready_at = absl::Now();
    }
  }
  const auto goes_on = [&] { return child.is_running() && absl::Now() < deadline; };
  double late_percent = 0;
  if (sender.is_ready()) {
    late_percent = sender.Send(frames + frames / 4 + kFramesBeyond, goes_on);
  }
  while (goes_on()) {
  }
  const nlohmann::json told =
      nlohmann::json::parse(child.output(), nullptr, /*allow_exceptions=*/false);
  if (!told.is_object()) {
    return std::nullopt;
  }
  const double count = told["frames"];
  return Result{
      .cpu_us = told["cpu_seconds"].get<double>() * 1e6 / count,
      .frames_per_second = count / told["seconds"].get<double>(),
      .core_percent = 100 * told["cpu_seconds"].get<double>() / told["seconds"].get<double>(),
      .late_percent = late_percent,
      .rss_mb = told["rss_kb"].get<double>() / 1024};
}

// Of a frame; nullopt: a client did not finish, or there is no callgrind.
std::optional<double> CountInstructions(const Case& what, std::string_view client) {
  const std::string file = StrCat("/tmp/colibri-bench-counts-", getpid());
  std::vector<double> counts;
  for (const int64_t frames : kCountedFrames) {
    if (!Run(what, client, frames, file).has_value()) {
      return std::nullopt;
    }
    counts.push_back(static_cast<double>(ReadInstructions(file)));
  }
  unlink(file.c_str());
  // The warm-up is a quarter more.
  return (counts[1] - counts[0]) / (1.25 * AsRun(what, client).loops *
                                    static_cast<double>(kCountedFrames[1] - kCountedFrames[0]));
}

struct Options {
  int64_t frames = 200'000;
  int rounds = 5;
  bool is_plain = false;
  bool is_counting = false;
  std::vector<int> pairs = {1, 100, 1000};
  std::vector<int> loops = {1};
  std::vector<std::string> frame_kinds = kKinds;
  int rate = 0;
  std::vector<std::string> waiting = {"blocking"};
  std::string peer;
  std::vector<std::string> clients = kClients;

  std::vector<Case> cases() const {
    std::vector<Case> cases;
    Case what = {.is_tls = !is_plain, .rate = rate, .peer = peer};
    for (const std::string& kind : frame_kinds) {
      CHECK(ParseFrameKind(kind, what.kind));
      for (const std::string& way : waiting) {
        CHECK(ParseWaiting(way, what.waiting));
        for (const int count : pairs) {
          what.pairs = count;
          for (const int loop_count : loops) {
            what.loops = loop_count;
            cases.push_back(what);
          }
        }
      }
    }
    return cases;
  }
};

using Json = nlohmann::ordered_json;

// What was measured of one client in one case, by name.
using Figures = std::map<std::string, double>;

int DidNotFinish(const std::string& client) {
  std::fprintf(stderr, "%s did not finish\n", client.c_str());
  return 1;
}

void PrintHead(const std::vector<std::string>& columns) {
  std::printf(
      "%-8s %6s %6s %-5s %-11s %-10s", "frame", "pairs", "loops", "tls", "waiting", "client");
  for (const std::string& column : columns) {
    std::printf(" %18s", column.c_str());
  }
  std::printf("\n");
}

// One row, and the same as JSON.
Json PrintRow(const Case& asked,
              const std::string& client,
              const std::vector<std::string>& columns,
              const Figures& figures) {
  const Case what = AsRun(asked, client);
  std::printf("%-8s %6d %6d %-5s %-11s %-10s",
              std::string(ToString(what.kind)).c_str(),
              what.pairs,
              what.loops,
              what.is_tls ? "yes" : "no",
              std::string(ToString(what.waiting)).c_str(),
              client.c_str());
  Json row = {{"frame", ToString(what.kind)},
              {"pairs", what.pairs},
              {"loops", what.loops},
              {"tls", what.is_tls},
              {"waiting", ToString(what.waiting)},
              {"client", client}};
  for (const std::string& column : columns) {
    std::printf(" %18.3f", figures.at(column));
    row[column] = figures.at(column);
  }
  std::printf("\n");
  std::fflush(stdout);
  return row;
}

int PrintInstructions(const Options& options) {
  const std::vector<std::string> columns = {"instructions"};
  Json rows = Json::array();
  PrintHead(columns);
  for (const Case& what : options.cases()) {
    for (const std::string& client : options.clients) {
      const std::optional<double> count = CountInstructions(what, client);
      if (!count.has_value()) {
        return DidNotFinish(client);
      }
      rows.push_back(PrintRow(what, client, columns, {{"instructions", *count}}));
    }
  }
  std::printf("%s\n", Json({{"bench", "instructions"}, {"rows", rows}}).dump().c_str());
  return 0;
}

// The medians of the rounds; empty: one did not finish.
Figures Measure(const Case& what, const Options& options, std::map<std::string, Figures>& results) {
  std::map<std::string, std::vector<Result>> rounds;
  for (int round = 0; round < options.rounds; ++round) {
    for (const std::string& client : options.clients) {
      const std::optional<Result> result = Run(what, client, options.frames);
      if (!result.has_value()) {
        DidNotFinish(client);
        return {};
      }
      rounds[client].push_back(*result);
    }
  }
  for (const auto& [client, list] : rounds) {
    const auto median = [&list = list](double Result::* field) {
      std::vector<double> values;
      for (const Result& result : list) {
        values.push_back(result.*field);
      }
      return Median(values);
    };
    results[client] = {{"cpu_us", median(&Result::cpu_us)},
                       {"frames_per_second", median(&Result::frames_per_second)},
                       {"core_percent", median(&Result::core_percent)},
                       {"late_percent", median(&Result::late_percent)},
                       {"rss_mb", median(&Result::rss_mb)}};
  }
  return results.at(kClients.back());
}

int PrintTimes(const Options& options) {
  const std::vector<std::string> columns = {
      "cpu_us", "frames_per_second", "core_percent", "late_percent", "rss_mb", "times_floor"};
  Json rows = Json::array();
  PrintHead(columns);
  for (const Case& what : options.cases()) {
    std::map<std::string, Figures> results;
    const Figures floor = Measure(what, options, results);
    if (floor.empty()) {
      return 1;
    }
    for (const std::string& client : options.clients) {
      Figures& figures = results.at(client);
      figures["times_floor"] = figures.at("cpu_us") / floor.at("cpu_us");
      rows.push_back(PrintRow(what, client, columns, figures));
    }
  }
  const Json report = {{"bench", "throughput"},
                       {"machine", Json::parse(MachineJson())},
                       {"frames", options.frames},
                       {"rounds", options.rounds},
                       {"rate", options.rate},
                       {"rows", rows}};
  std::printf("%s\n", report.dump().c_str());
  return 0;
}

int Main(int argc, char** argv) {
  if (const std::optional<int> code = RunAsClient(argc, argv)) {
    return *code;
  }
  Options options;
  CLI::App app("frames a second from one connection into books");
  app.add_option("--frames", options.frames, "measured in each round")
      ->check(CLI::Range(1000, 1 << 30));
  app.add_option("--rounds", options.rounds, "of each case and client")->check(CLI::Range(1, 101));
  app.add_flag("--plain", options.is_plain, "without TLS");
  app.add_option("--pairs", options.pairs, "on the connection, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 9999));
  app.add_option("--frame", options.frame_kinds, "only these, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(kKinds));
  app.add_option("--rate", options.rate, "frames a second; without: as fast as they are read")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--waiting",
                 options.waiting,
                 "how the clients that can wait: blocking, coalescing, spinning")
      ->delimiter(',')
      ->check(CLI::IsMember({"blocking", "coalescing", "spinning"}));
  app.add_option("--peer",
                 options.peer,
                 "a program to measure beside, with {port}, {ca}, {frame}, {pairs}, {warmup} and "
                 "{frames}: it reads what Binance sends on a stream, and ends with one line as "
                 "client.h has it");
  app.add_option("--loops", options.loops, "of the connector, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 64));
  app.add_option("--client", options.clients, "only these; the floor is measured always")
      ->delimiter(',')
      ->check(CLI::IsMember(kClients));
  app.add_flag("--instructions",
               options.is_counting,
               "what a frame costs in instructions, by callgrind (of valgrind)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const std::string& floor = kClients.back();
  if (std::find(options.clients.begin(), options.clients.end(), floor) == options.clients.end()) {
    options.clients.push_back(floor);
  }
  if (!options.peer.empty()) {
    options.clients.emplace_back(kPeer);
  }
  PinTo(0);
  return options.is_counting ? PrintInstructions(options) : PrintTimes(options);
}

}  // namespace
}  // namespace colibri::bench

int main(int argc, char** argv) {
  return colibri::bench::Main(argc, argv);
}
