// Fetches book snapshots side by side, each instrument with its own backoff: one slow or failing
// pair never stalls another.
//
//   SnapshotFetcher snapshots(environment, tasks, rest, instruments, source, books, health);
//   snapshots.Request(instrument);     // as often as one likes; fetched once
//
// A request soon after the last one is delayed, so a book that breaks all the time does not use up
// the limit. Thread: the loop's. The task group is joined before this is destroyed.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/environment.h"
#include "connector/health.h"
#include "connector/instrument.h"
#include "connector/instrument_range.h"
#include "connector/order_book_data_source.h"
#include "connector/order_book_tracker.h"
#include "connector/reconnect_policy.h"
#include "connector/rest_assistant.h"
#include "connector/task_group.h"

namespace colibri {

class SnapshotFetcher {
 public:
  static constexpr int kSideBySide = 8;
  // Snapshots of more pairs than the venue's limit lets through at once are no failures.
  static constexpr absl::Duration kLimitWait = absl::Minutes(3);

  SnapshotFetcher(Environment& environment,
                  TaskGroup& tasks,
                  RestAssistant& rest,
                  const InstrumentTable& instruments,
                  OrderBookDataSource& source,
                  OrderBookTracker& books,
                  Health& health);
  ~SnapshotFetcher();
  SnapshotFetcher(const SnapshotFetcher&) = delete;
  SnapshotFetcher& operator=(const SnapshotFetcher&) = delete;

  void Request(InstrumentIndex instrument);
  // Each of these books that is not synced.
  void RequestMissing(InstrumentRange books);

  int64_t fetched() const { return fetched_; }
  int64_t failures() const { return failures_; }

 private:
  enum class Stage : uint8_t { kIdle, kDelayed, kQueued, kFetching };
  struct Slot {
    explicit Slot(Random& random) : backoff(random) {}

    Stage stage = Stage::kIdle;
    ReconnectPolicy backoff;
    TimerId timer = 0;
  };

  Slot& at(InstrumentIndex instrument);
  void Delay(InstrumentIndex instrument, Slot& slot);
  void Queue(InstrumentIndex instrument, Slot& slot);
  Task<void> Work();
  Task<absl::Status> Fetch(InstrumentIndex instrument);
  void Finish(InstrumentIndex instrument, const absl::Status& status);

  Environment& environment_;
  TaskGroup& tasks_;
  RestAssistant& rest_;
  const InstrumentTable& instruments_;
  OrderBookDataSource& source_;
  OrderBookTracker& books_;
  Health& health_;
  std::deque<Slot> slots_;
  std::deque<InstrumentIndex> queue_;
  int workers_ = 0;
  int64_t fetched_ = 0;
  int64_t failures_ = 0;
};

}  // namespace colibri
