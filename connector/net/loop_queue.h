// Values from one thread to a loop. Two policies for when the loop falls behind:
//
//   LoopQueue<OrderCommand> commands("commands", venue_loop, 1024, [&](OrderCommand&& c) { ... });
//   if (!commands.TryPush(std::move(command))) { ... }      // full: refused, and the sender knows
//   events.Push(std::move(event));                          // full: the sender waits, nothing is
//   lost
//
//   LatestQueue<Quote> quotes(strategy_loop, pairs, [&](size_t pair, const Quote& quote) { ... });
//   quotes.Put(pair, quote);                                // the newest of a pair wins
//
// Push is counted and told in the log when it waits for long: the loop behind it does not keep up.
// Two loops that Push to each other could wait for each other for ever: one direction must be
// TryPush. The order of the values is kept; between batches the rest of the loop runs.
// Thread: one that pushes; handlers run on the loop. Construct and destroy on the loop's thread,
// not in a handler, or while it does not run; a queue whose loop has ended must be closed, or Push
// waits for good.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/time.h"

#include "connector/log.h"
#include "connector/net/asio_environment.h"
#include "connector/net/latest_values.h"
#include "connector/net/loop_waker.h"
#include "connector/net/spsc_ring.h"
#include "core/strings.h"

namespace colibri {

// So many values are taken before others on the loop get their turn.
inline constexpr size_t kLoopQueueBatch = 64;

template <typename T>
class LoopQueue {
 public:
  LoopQueue(std::string name,
            AsioEnvironment& environment,
            size_t capacity,
            std::function<void(T&&)> handler)
      : name_(std::move(name)),
        ring_(capacity),
        handler_(std::move(handler)),
        waker_(environment, [this] { return TakeBatch(); }, [this] { return ring_.size() != 0; }) {}

  // False when it is full or closed; the value is moved from only when it is neither.
  bool TryPush(T&& value) {
    if (is_closed_.load(std::memory_order_acquire) || !ring_.TryPush(std::move(value))) {
      return false;
    }
    waker_.Wake();
    return true;
  }

  // Waits while it is full. False when it is closed: the value is the caller's still.
  bool Push(T&& value) {
    if (TryPush(std::move(value))) [[likely]] {
      return true;
    }
    return PushWaiting(std::move(value));
  }

  // From any thread: nothing goes in any more, and who waits in Push goes on.
  void Close() { is_closed_.store(true, std::memory_order_release); }

  size_t size() const { return ring_.size(); }
  // How often Push had to wait.
  int64_t waits() const { return waits_.load(std::memory_order_relaxed); }

 private:
  static constexpr auto kAlarmPeriod = std::chrono::seconds(1);

  bool TakeBatch() { return ring_.Drain(kLoopQueueBatch, handler_) == kLoopQueueBatch; }

  bool PushWaiting(T&& value) {
    waits_.fetch_add(1, std::memory_order_relaxed);
    const auto start = std::chrono::steady_clock::now();
    auto alarm_at = start + kAlarmPeriod;
    while (!is_closed_.load(std::memory_order_acquire)) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
      if (TryPush(std::move(value))) {
        return true;
      }
      if (const auto now = std::chrono::steady_clock::now(); now >= alarm_at) {
        alarm_at += kAlarmPeriod;
        LogError("loop_queue_full",
                 {{"queue", name_},
                  {"capacity", StrCat(ring_.capacity())},
                  {"waited", absl::FormatDuration(absl::FromChrono(now - start))}});
      }
    }
    return false;
  }

  const std::string name_;
  SpscRing<T> ring_;
  const std::function<void(T&&)> handler_;
  std::atomic<bool> is_closed_ = false;
  std::atomic<int64_t> waits_ = 0;
  LoopWaker waker_;  // last: it goes first
};

template <typename T>
class LatestQueue {
 public:
  LatestQueue(AsioEnvironment& environment,
              size_t keys,
              std::function<void(size_t key, const T& value)> handler)
      : values_(keys),
        handler_(std::move(handler)),
        waker_(
            environment,
            [this] { return values_.Drain(kLoopQueueBatch, handler_) == kLoopQueueBatch; },
            [this] { return !values_.is_empty(); }) {}

  void Put(size_t key, const T& value) {
    if (values_.Put(key, value)) {
      waker_.Wake();
    }
  }

  // Values that were replaced before the loop saw them.
  int64_t conflated() const { return values_.conflated(); }

 private:
  LatestValues<T> values_;
  const std::function<void(size_t, const T&)> handler_;
  LoopWaker waker_;  // last: it goes first
};

}  // namespace colibri
