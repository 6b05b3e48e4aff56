// One level change on real recordings: the order book, plain and hot, against std::map and
// absl::btree_map, in one run; with the sequencer before it, reading the best quotes, and memory.
//
//   COLIBRI_DATA=path/to/recordings order_book_benchmark --benchmark_repetitions=5
//
// The recordings are parsed and sequenced first; timed are the diffs alone, applied to a book that
// starts from the snapshot. Counters: ns_per_change, and ratio_to_btree and ratio_to_map (time of
// the other over ours; above 1, ours is faster) on the rows of ours. "spot8" is the spot recording
// at 8 decimals of price, as connectors have it: ticks are a million apart. The final books of all
// are compared before any time is reported. bytes are malloc's own account of one book.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <time.h>
#include <utility>
#include <vector>
#include <zlib.h>

#include "absl/container/btree_map.h"
#include "benchmark/benchmark.h"

#include "core/book_sequencer.h"
#include "core/order_book.h"
#include "core/scaled_parse.h"
#include "nlohmann/json.hpp"
#include "tools/bench/heap_bytes.h"

namespace colibri {
namespace {

struct Recording {
  std::string name;
  BookScale scale;
  BookSnapshot snapshot;
  std::vector<BookLevel> snapshot_bids;
  std::vector<BookLevel> snapshot_asks;
  std::vector<BookDiff> diffs;    // their spans point into levels
  std::vector<BookLevel> levels;  // side by side, as near to the processor as a parser's buffer is
};

struct RecordingSource {
  std::string name;
  std::vector<std::string> files;
  BookScale scale;
  GapRule rule;
};

const RecordingSource& SourceAt(int64_t index) {
  static const std::vector<RecordingSource> sources = {
      {"spot",
       {"binance/spot_btcusdt_20240808.gz", "binance/spot_btcusdt_20240809.gz"},
       {2, 8},  // old orders stand there with more decimals than the lot size has today
       GapRule::kContiguousIds},
      {"usdm", {"binance/usdm_btcusdt_20240808.gz"}, {1, 3}, GapRule::kPreviousIdLink},
      {"spot8",
       {"binance/spot_btcusdt_20240808.gz", "binance/spot_btcusdt_20240809.gz"},
       {8, 8},
       GapRule::kContiguousIds},
  };
  return sources[static_cast<size_t>(index)];
}

std::vector<BookLevel> ParseLevels(const nlohmann::json& rows, BookScale scale) {
  std::vector<BookLevel> levels;
  for (const nlohmann::json& row : rows) {
    BookLevel level;
    const auto& price = row[0].get_ref<const std::string&>();
    const auto& quantity = row[1].get_ref<const std::string&>();
    if (ParseScaled(price, scale.price_decimals, level.price) != ScaledParse::kOk ||
        ParseScaled(quantity, scale.quantity_decimals, level.quantity) != ScaledParse::kOk) {
      std::fprintf(stderr, "a recorded level does not fit the scale: %s\n", row.dump().c_str());
      std::abort();
    }
    levels.push_back(level);
  }
  return levels;
}

// Lines of "<receipt time> <JSON>"; only snapshots and diffs are kept.
class RecordingReader {
 public:
  explicit RecordingReader(const RecordingSource& source) : sequencer_(source.rule) {
    recording_.name = source.name;
    recording_.scale = source.scale;
  }

  bool ReadFile(const std::string& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
      return false;
    }
    std::vector<char> line(1 << 20);
    while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
      ReadLine(line.data());
    }
    return gzclose(file) == Z_OK;
  }

  Recording Take() {
    absl::Span<const BookLevel> levels = recording_.levels;
    for (BookDiff& diff : recording_.diffs) {
      const size_t bid_count = diff.bids.size();
      const size_t ask_count = diff.asks.size();
      diff.bids = levels.subspan(0, bid_count);
      diff.asks = levels.subspan(bid_count, ask_count);
      levels.remove_prefix(bid_count + ask_count);
    }
    return std::move(recording_);
  }

 private:
  void ReadLine(std::string_view line) {
    const bool is_diff = line.find("\"depthUpdate\"") != std::string_view::npos;
    const bool is_snapshot = line.find("\"lastUpdateId\"") != std::string_view::npos;
    if (!is_diff && !is_snapshot) {
      return;
    }
    const nlohmann::json json = nlohmann::json::parse(line.substr(line.find(' ') + 1));
    is_snapshot ? ReadSnapshot(json) : ReadDiff(json["data"]);
  }

  void ReadSnapshot(const nlohmann::json& json) {
    recording_.snapshot_bids = ParseLevels(json["bids"], recording_.scale);
    recording_.snapshot_asks = ParseLevels(json["asks"], recording_.scale);
    recording_.snapshot = {.last_update_id = json["lastUpdateId"].get<int64_t>(),
                           .bids = recording_.snapshot_bids,
                           .asks = recording_.snapshot_asks};
    sequencer_.AcceptSnapshot(
        recording_.snapshot, [](const BookSnapshot&) {}, [this](const BookDiff& d) { Keep(d); });
  }

  void ReadDiff(const nlohmann::json& json) {
    const std::vector<BookLevel> bids = ParseLevels(json["b"], recording_.scale);
    const std::vector<BookLevel> asks = ParseLevels(json["a"], recording_.scale);
    const BookDiff diff = {.first_update_id = json["U"].get<int64_t>(),
                           .last_update_id = json["u"].get<int64_t>(),
                           .previous_update_id = json.value("pu", int64_t{-1}),
                           .bids = bids,
                           .asks = asks};
    if (sequencer_.Accept(diff) == SequenceStep::kApply) {
      Keep(diff);
    }
  }

  void Keep(const BookDiff& diff) {
    recording_.diffs.push_back(diff);
    recording_.levels.insert(recording_.levels.end(), diff.bids.begin(), diff.bids.end());
    recording_.levels.insert(recording_.levels.end(), diff.asks.begin(), diff.asks.end());
  }

  BookSequencer sequencer_;
  Recording recording_;
};

// nullptr, with the reason in `error`, when a file cannot be read.
const Recording* LoadRecording(int64_t index, std::string& error) {
  static std::map<int64_t, Recording> recordings;
  const auto it = recordings.find(index);
  if (it != recordings.end()) {
    return &it->second;
  }
  const char* folder = std::getenv("COLIBRI_DATA");
  RecordingReader reader(SourceAt(index));
  for (const std::string& file : SourceAt(index).files) {
    const std::string path =
        std::string(folder == nullptr ? "../shared/data" : folder) + "/" + file;
    if (!reader.ReadFile(path)) {
      error = "cannot read " + path + ": set COLIBRI_DATA to the folder of the recordings";
      return nullptr;
    }
  }
  return &recordings.emplace(index, reader.Take()).first->second;
}

// A book on an ordered map, as most programs have it.
template <template <typename...> typename Map>
class MapBook {
 public:
  explicit MapBook(BookScale) {}

  void ApplySnapshot(const BookSnapshot& snapshot) {
    bids_.clear();
    asks_.clear();
    Change({.bids = snapshot.bids, .asks = snapshot.asks});
  }
  void Apply(const BookDiff& diff) { Change(diff); }
  std::vector<BookLevel> bids() const { return {AsLevels(bids_)}; }
  std::vector<BookLevel> asks() const { return {AsLevels(asks_)}; }
  int64_t spread() const { return asks_.begin()->first - bids_.begin()->first; }

 private:
  template <typename Levels>
  static void Set(Levels& levels, BookLevel level) {
    if (level.quantity == 0) {
      levels.erase(level.price);
    } else {
      levels.insert_or_assign(level.price, level.quantity);
    }
  }
  template <typename Levels>
  static std::vector<BookLevel> AsLevels(const Levels& levels) {
    std::vector<BookLevel> result;
    for (const auto& [price, quantity] : levels) {
      result.push_back({price, quantity});
    }
    return result;
  }
  void Change(const BookDiff& diff) {
    for (const BookLevel& level : diff.bids) {
      Set(bids_, level);
    }
    for (const BookLevel& level : diff.asks) {
      Set(asks_, level);
    }
  }

  Map<int64_t, int64_t, std::greater<int64_t>> bids_;
  Map<int64_t, int64_t, std::less<int64_t>> asks_;
};

template <typename... Args>
using StdMap = std::map<Args...>;
template <typename... Args>
using BtreeMap = absl::btree_map<Args...>;

std::vector<BookLevel> LevelsOf(const BookSide& side) {
  std::vector<BookLevel> levels;
  side.ForEach([&levels](BookLevel level) {
    levels.push_back(level);
    return true;
  });
  return levels;
}

template <typename Book>
void Replay(Book& book, const Recording& recording) {
  for (const BookDiff& diff : recording.diffs) {
    book.Apply(diff);
  }
}

class HotBook : public OrderBook {
 public:
  explicit HotBook(BookScale scale) : OrderBook(scale) { MakeHot(); }
};

template <typename Book>
std::unique_ptr<Book> Played(const Recording& recording) {
  auto book = std::make_unique<Book>(recording.scale);
  book->ApplySnapshot(recording.snapshot);
  Replay(*book, recording);
  return book;
}

bool HaveSameEnd(const Recording& recording) {
  const auto plain = Played<OrderBook>(recording);
  const auto hot = Played<HotBook>(recording);
  const auto map = Played<MapBook<StdMap>>(recording);
  for (const OrderBook* ours : {plain.get(), static_cast<OrderBook*>(hot.get())}) {
    if (LevelsOf(ours->bids()) != map->bids() || LevelsOf(ours->asks()) != map->asks()) {
      return false;
    }
  }
  return true;
}

// nullptr, and the benchmark skipped, when there is no such recording or the books differ.
const Recording* Checked(benchmark::State& state) {
  static std::map<const Recording*, bool> are_same;
  std::string error;
  const Recording* recording = LoadRecording(state.range(0), error);
  if (recording != nullptr && !are_same.contains(recording)) {
    are_same[recording] = HaveSameEnd(*recording);
  }
  if (recording != nullptr && !are_same[recording]) {
    error = "the books differ at the end of the recording";
  }
  if (!error.empty()) {
    state.SkipWithError(error.c_str());
    return nullptr;
  }
  state.SetLabel(recording->name);
  return recording;
}

// Best nanoseconds a level change, by kind of book and recording: what the ratios are made of.
std::map<std::pair<std::string, int64_t>, double> best_times;

// Of this thread: other programs on the machine do not count.
double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Returns false when the benchmark was skipped.
template <typename Book>
bool Run(benchmark::State& state, const std::string& kind) {
  const Recording* recording = Checked(state);
  if (recording == nullptr) {
    return false;
  }
  Book book(recording->scale);
  const auto changes = static_cast<double>(recording->levels.size());
  double best = 1e9;
  for (auto _ : state) {
    book.ApplySnapshot(recording->snapshot);
    const double start = CpuSeconds();
    Replay(book, *recording);
    const double elapsed = CpuSeconds() - start;
    state.SetIterationTime(elapsed);
    best = std::min(best, elapsed * 1e9 / changes);
    benchmark::DoNotOptimize(book);
  }
  const auto [it, is_new] = best_times.try_emplace({kind, state.range(0)}, best);
  it->second = std::min(it->second, best);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(recording->levels.size()));
  state.counters["ns_per_change"] = it->second;
  return true;
}

void BM_StdMap(benchmark::State& state) {
  Run<MapBook<StdMap>>(state, "map");
}
void BM_BtreeMap(benchmark::State& state) {
  Run<MapBook<BtreeMap>>(state, "btree");
}

template <typename Book>
void RunOurs(benchmark::State& state, const std::string& kind) {
  if (!Run<Book>(state, kind)) {
    return;
  }
  const double ours = best_times[{kind, state.range(0)}];
  for (const char* other : {"map", "btree"}) {
    const auto it = best_times.find({other, state.range(0)});
    if (it != best_times.end()) {
      state.counters[std::string("ratio_to_") + other] = it->second / ours;
    }
  }
}

void BM_OrderBook(benchmark::State& state) {
  RunOurs<OrderBook>(state, "ours");
}
void BM_HotOrderBook(benchmark::State& state) {
  RunOurs<HotBook>(state, "hot");
}

// The same with the sequencer that judges each message first.
template <typename Book>
void BM_Sequenced(benchmark::State& state) {
  const Recording* recording = Checked(state);
  if (recording == nullptr) {
    return;
  }
  Book book(recording->scale);
  int64_t gaps = 0;
  for (auto _ : state) {
    BookSequencer sequencer(SourceAt(state.range(0)).rule);
    sequencer.AcceptSnapshot(
        recording->snapshot,
        [&book](const BookSnapshot& snapshot) { book.ApplySnapshot(snapshot); },
        [](const BookDiff&) {});
    const double start = CpuSeconds();
    for (const BookDiff& diff : recording->diffs) {
      if (sequencer.Accept(diff) == SequenceStep::kApply) {
        book.Apply(diff);
      }
    }
    state.SetIterationTime(CpuSeconds() - start);
    gaps += sequencer.gap_count();
  }
  if (gaps > 0) {
    state.SkipWithError("the recording has gaps");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(recording->levels.size()));
}

int64_t SpreadOf(const OrderBook& book) {
  return book.asks().best()->price - book.bids().best()->price;
}
template <template <typename...> typename Map>
int64_t SpreadOf(const MapBook<Map>& book) {
  return book.spread();
}

// Both best prices, of a book that is as the recording leaves it.
template <typename Book>
void BM_BestQuotes(benchmark::State& state) {
  const Recording* recording = Checked(state);
  if (recording == nullptr) {
    return;
  }
  const auto book = Played<Book>(*recording);
  for (auto _ : state) {
    benchmark::ClobberMemory();
    benchmark::DoNotOptimize(SpreadOf(*book));
  }
}

// Of a book of 1,000 levels a side, and of one through which the recording went.
template <typename Book>
void BM_Memory(benchmark::State& state) {
  const Recording* recording = Checked(state);
  if (recording == nullptr) {
    return;
  }
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  for (int64_t i = 0; i < 1'000; ++i) {
    bids.push_back({1'000'000 - i, 1 + i});
    asks.push_back({1'000'001 + i, 1 + i});
  }
  const auto snapshot_alone = [&] {
    auto book = std::make_unique<Book>(recording->scale);
    book->ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
    return book;
  };
  for (auto _ : state) {
    state.counters["bytes_1000_levels"] = static_cast<double>(bench::HeapBytesOf(snapshot_alone));
    state.counters["bytes"] =
        static_cast<double>(bench::HeapBytesOf([&] { return Played<Book>(*recording); }));
  }
}

void OnRecordings(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(0)->Arg(1)->Arg(2)->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(BM_StdMap)->Apply(OnRecordings);
BENCHMARK(BM_BtreeMap)->Apply(OnRecordings);
BENCHMARK(BM_OrderBook)->Apply(OnRecordings);
BENCHMARK(BM_HotOrderBook)->Apply(OnRecordings);
BENCHMARK_TEMPLATE(BM_Sequenced, OrderBook)->Apply(OnRecordings);
BENCHMARK_TEMPLATE(BM_Sequenced, HotBook)->Apply(OnRecordings);
BENCHMARK_TEMPLATE(BM_BestQuotes, MapBook<StdMap>)->Arg(0);
BENCHMARK_TEMPLATE(BM_BestQuotes, MapBook<BtreeMap>)->Arg(0);
BENCHMARK_TEMPLATE(BM_BestQuotes, OrderBook)->Arg(0);
BENCHMARK_TEMPLATE(BM_BestQuotes, HotBook)->Arg(0);
BENCHMARK_TEMPLATE(BM_Memory, MapBook<StdMap>)->DenseRange(0, 1)->Iterations(1);
BENCHMARK_TEMPLATE(BM_Memory, MapBook<BtreeMap>)->DenseRange(0, 1)->Iterations(1);
BENCHMARK_TEMPLATE(BM_Memory, OrderBook)->DenseRange(0, 1)->Iterations(1);
BENCHMARK_TEMPLATE(BM_Memory, HotBook)->DenseRange(0, 1)->Iterations(1);

}  // namespace
}  // namespace colibri
