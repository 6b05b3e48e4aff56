// The latest value of each of many keys, from one thread to one other: for market data, where an
// older price is worth nothing once there is a newer one.
//
//   LatestValues<Quote> quotes(pairs.size());
//   quotes.Put(pair, quote);                                        // producer; never full
//   quotes.Drain(64, [&](size_t pair, const Quote& quote) { ... }); // consumer
//
// A value that was not taken before the next of its key is replaced, and counted. Keys come in the
// order in which their first value not taken was put. Bounded by the number of keys.
// Three copies a key: one that the producer writes, one that the consumer reads, and one between
// them that either swaps for its own. So no side ever waits for the other.
// Thread: one that puts, one that drains; conflated() any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "connector/net/spsc_ring.h"
#include "core/check.h"

namespace colibri {

template <typename T>
class LatestValues {
  static_assert(std::is_trivially_copyable_v<T>, "what crosses threads points at nothing it owns");

 public:
  explicit LatestValues(size_t keys)
      : cells_(std::make_unique<Cell[]>(keys)), fresh_(2 * keys), keys_(keys) {}

  size_t keys() const { return keys_; }
  // Values that were replaced before anybody saw them.
  int64_t conflated() const { return conflated_.load(std::memory_order_relaxed); }
  bool is_empty() const { return fresh_.size() == 0; }

  // True: the key had nothing new before.
  bool Put(size_t key, const T& value) {
    Cell& cell = cells_[key];
    cell.values[cell.written] = value;
    const uint8_t before =
        cell.between.exchange(cell.written | kIsFresh, std::memory_order_acq_rel);
    cell.written = before & kIndex;
    if ((before & kIsFresh) != 0) {
      conflated_.store(conflated_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return false;
    }
    // A key waits at most once, and while a batch is taken its room is not yet free: twice the
    // keys.
    CHECK(fresh_.TryPush(static_cast<uint32_t>(key)));
    return true;
  }

  // Hands over the values of at most `max` keys; gives of how many.
  template <typename Take>
  size_t Drain(size_t max, Take&& take) {
    return fresh_.Drain(max, [&](uint32_t key) {
      Cell& cell = cells_[key];
      cell.read = cell.between.exchange(cell.read, std::memory_order_acq_rel) & kIndex;
      take(size_t{key}, std::as_const(cell.values[cell.read]));
    });
  }

 private:
  static constexpr uint8_t kIndex = 3;
  static constexpr uint8_t kIsFresh = 4;

  struct alignas(kCacheLine) Cell {
    T values[3] = {};
    uint8_t written = 0;               // the producer's
    std::atomic<uint8_t> between = 1;  // an index, and whether it is fresh
    uint8_t read = 2;                  // the consumer's
  };

  const std::unique_ptr<Cell[]> cells_;
  SpscRing<uint32_t> fresh_;
  const size_t keys_;
  std::atomic<int64_t> conflated_ = 0;
};

}  // namespace colibri
