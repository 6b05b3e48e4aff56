#include "connector/snapshot_fetcher.h"

#include <optional>
#include <utility>

#include "connector/log.h"
#include "core/strings.h"

namespace colibri {

SnapshotFetcher::SnapshotFetcher(Environment& environment,
                                 TaskGroup& tasks,
                                 RestAssistant& rest,
                                 const InstrumentTable& instruments,
                                 OrderBookDataSource& source,
                                 OrderBookTracker& books,
                                 Health& health)
    : environment_(environment),
      tasks_(tasks),
      rest_(rest),
      instruments_(instruments),
      source_(source),
      books_(books),
      health_(health) {}

SnapshotFetcher::~SnapshotFetcher() {
  for (const Slot& slot : slots_) {
    environment_.clock().CancelTimer(slot.timer);
  }
}

SnapshotFetcher::Slot& SnapshotFetcher::at(InstrumentIndex instrument) {
  while (slots_.size() <= instrument) {
    slots_.emplace_back(environment_.random());
  }
  return slots_[instrument];
}

void SnapshotFetcher::Request(InstrumentIndex instrument) {
  Slot& slot = at(instrument);
  if (slot.stage != Stage::kIdle) {
    return;
  }
  if (slot.backoff.attempts() == 0) {
    slot.backoff.NextDelay(environment_.clock().monotonic());  // the next one soon will wait
    Queue(instrument, slot);
  } else {
    Delay(instrument, slot);
  }
}

void SnapshotFetcher::RequestMissing(InstrumentRange books) {
  for (InstrumentIndex i = books.begin; i < books.end; ++i) {
    if (!books_.sequencer(i).is_synced()) {
      Request(i);
    }
  }
}

void SnapshotFetcher::Delay(InstrumentIndex instrument, Slot& slot) {
  Clock& clock = environment_.clock();
  slot.stage = Stage::kDelayed;
  clock.CancelTimer(slot.timer);  // what would have called the book healthy
  slot.timer = clock.ScheduleAfter(slot.backoff.NextDelay(clock.monotonic()), [this, instrument] {
    Slot& due = at(instrument);
    due.timer = 0;
    Queue(instrument, due);
  });
}

void SnapshotFetcher::Queue(InstrumentIndex instrument, Slot& slot) {
  slot.stage = Stage::kQueued;
  queue_.push_back(instrument);
  if (workers_ < kSideBySide) {
    ++workers_;
    tasks_.Spawn("snapshots", Work());
  }
}

Task<void> SnapshotFetcher::Work() {
  struct Leave {
    int& workers;
    ~Leave() { --workers; }
  } leave{workers_};
  while (!queue_.empty()) {
    const InstrumentIndex instrument = queue_.front();
    queue_.pop_front();
    at(instrument).stage = Stage::kFetching;
    const absl::Status status = co_await Fetch(instrument);
    Finish(instrument, status);
  }
}

Task<absl::Status> SnapshotFetcher::Fetch(InstrumentIndex instrument) {
  // A snapshot of before a loss would make a book right that nothing follows.
  const std::optional<int64_t> connection = books_.connection(instrument);
  if (!connection.has_value()) {
    co_return absl::UnavailableError("there is no market stream to follow it");
  }
  const RestResult result =
      co_await rest_.Call(source_.SnapshotCall(instruments_.at(instrument)), kLimitWait);
  if (!result.status.ok()) {
    co_return result.status;
  }
  if (books_.connection(instrument) != connection) {
    co_return absl::UnavailableError("the market stream was lost meanwhile");
  }
  co_return source_.ParseSnapshot(result.response.body,
                                  instruments_.at(instrument),
                                  absl::ToUnixNanos(environment_.clock().now()),
                                  books_);
}

void SnapshotFetcher::Finish(InstrumentIndex instrument, const absl::Status& status) {
  Slot& slot = at(instrument);
  slot.stage = Stage::kIdle;
  if (status.ok() && books_.sequencer(instrument).is_synced()) {
    ++fetched_;
    slot.backoff.NoteConnected(environment_.clock().monotonic());
    slot.timer =
        environment_.clock().ScheduleAfter(ReconnectPolicy::kHealthyAfter, [this, instrument] {
          at(instrument).timer = 0;
          at(instrument).backoff.Reset();
        });
    return;
  }
  const TradingPair& pair = instruments_.at(instrument).pair;
  if (!status.ok()) {
    ++failures_;
    LogWarning("snapshot_failed", {{"pair", pair.ToString()}, {"why", status.ToString()}});
    health_.Set(Health::BookCapability(pair),
                false,
                environment_.clock().now(),
                StrCat("snapshot: ", Std(status.message())));
  }
  Delay(instrument, slot);
}

}  // namespace colibri
