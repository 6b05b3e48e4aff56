// What the journal costs an order: encoding an intent and handing it to the system, without the
// sync. The checksum and a bare write of the same bytes are the parts of it.
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>

#include "benchmark/benchmark.h"

#include "connector/journal.h"
#include "connector/journal_scan.h"
#include "connector/net/asio_environment.h"
#include "core/check.h"

namespace colibri {
namespace {

constexpr uint64_t kFileBytesMax = 64 << 20;

JournalIntent SampleIntent() {
  Order order;
  order.client_order_id = ClientOrderId("x-colibri-0123456789abcdef");
  order.pair = {.base = "BTC", .quote = "USDT"};
  order.quantity = Quantity::FromScaled(1, 3);
  order.price = Price::FromScaled(52'000, 0);
  order.created_at = absl::FromUnixSeconds(1'700'000'000);
  order.updated_at = absl::InfinitePast();
  return {order};
}

class Folder {
 public:
  Folder() { CHECK(mkdtemp(path_.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "colibri_bench_XXXXXX").string();
};

void BM_EncodeIntent(benchmark::State& state) {
  const JournalIntent intent = SampleIntent();
  std::string buffer;
  for (auto _ : state) {
    buffer.clear();
    AppendRecord(intent, buffer);
    benchmark::DoNotOptimize(buffer.data());
  }
  state.counters["bytes"] = static_cast<double>(buffer.size());
}
BENCHMARK(BM_EncodeIntent);

void BM_ChecksumOfIntent(benchmark::State& state) {
  std::string buffer;
  AppendRecord(SampleIntent(), buffer);
  const std::string_view body = std::string_view(buffer).substr(kJournalFrameSize);
  for (auto _ : state) {
    benchmark::DoNotOptimize(RecordChecksum(body));
  }
}
BENCHMARK(BM_ChecksumOfIntent);

void BM_BareWrite(benchmark::State& state) {
  const Folder folder;
  std::string buffer;
  AppendRecord(SampleIntent(), buffer);
  const int file =
      open(folder.PathOf("bare").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  CHECK(file >= 0);
  uint64_t size = 0;
  for (auto _ : state) {
    CHECK(write(file, buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size()));
    size += buffer.size();
    if (size > kFileBytesMax) {
      CHECK(ftruncate(file, 0) == 0);
      size = 0;
    }
  }
  close(file);
}
BENCHMARK(BM_BareWrite);

void AppendIntents(benchmark::State& state, SyncPolicy policy) {
  const Folder folder;
  AsioEnvironment environment;
  const JournalOptions options{.path = folder.PathOf("journal"),
                               .sync = policy,
                               .rotate_bytes = kFileBytesMax,
                               .archives_max = 0};
  const absl::StatusOr<OpenedJournal> opened =
      Journal::Open(environment, options, "binance", "live");
  CHECK(opened.ok());
  const JournalIntent intent = SampleIntent();
  for (auto _ : state) {
    CHECK(opened->journal->AppendIntent(intent).ok());
    if (opened->journal->wants_rotation()) {
      CHECK(opened->journal->Rotate({}).ok());
    }
  }
}

void BM_AppendIntent(benchmark::State& state) {
  AppendIntents(state, SyncPolicy::kNever);
}
BENCHMARK(BM_AppendIntent);

// The disk's own time, by far.
void BM_AppendIntentAndSync(benchmark::State& state) {
  AppendIntents(state, SyncPolicy::kEveryIntent);
}
BENCHMARK(BM_AppendIntentAndSync);

// At the start: 64 MB would be some 400,000 intents.
void BM_ScanJournal(benchmark::State& state) {
  std::string journal = JournalHeader();
  for (int i = 0; i < 10'000; ++i) {
    AppendRecord(SampleIntent(), journal);
  }
  for (auto _ : state) {
    const absl::StatusOr<JournalScan> scan = ScanJournal(journal);
    CHECK(scan.ok());
    benchmark::DoNotOptimize(scan->records.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(journal.size()) * state.iterations());
}
BENCHMARK(BM_ScanJournal);

}  // namespace
}  // namespace colibri
