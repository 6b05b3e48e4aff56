// Values from one thread to one other, in order: a ring of fixed size without locks.
//
//   SpscRing<Quote> ring(1024);
//   if (!ring.TryPush(std::move(quote))) { ... }             // producer: it is full
//   ring.Drain(64, [&](Quote&& quote) { ... });              // consumer
//
// The producer's and the consumer's index have a cache line each, and each side keeps a copy of the
// other's, looked at anew only when by the copy the ring is full or empty: a line changes cores
// once a batch, not once a value. Thread: one that pushes, one that drains; size() any.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace colibri {

// Of two neighbours, because the prefetcher takes lines in pairs.
inline constexpr size_t kCacheLine = 128;

template <typename T>
class SpscRing {
  static_assert(std::is_nothrow_move_assignable_v<T>, "a value that throws would leave a hole");

 public:
  // Rounded up to a power of two.
  explicit SpscRing(size_t capacity)
      : mask_(std::bit_ceil(capacity < 1 ? size_t{1} : capacity) - 1),
        slots_(std::make_unique<T[]>(mask_ + 1)) {}
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  size_t capacity() const { return mask_ + 1; }
  // A moment ago.
  size_t size() const {
    const size_t head = head_.load(std::memory_order_acquire);
    return tail_.load(std::memory_order_acquire) - head;
  }

  // False when it is full; the value is moved from only when it is not.
  bool TryPush(T&& value) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > mask_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail - head_seen_ > mask_) {
        return false;
      }
    }
    slots_[tail & mask_] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Hands over at most `max` values; gives how many. Their room is free when the call ends, also by
  // an exception, which loses the value that threw.
  template <typename Take>
  size_t Drain(size_t max, Take&& take) {
    const size_t head = head_.load(std::memory_order_relaxed);
    if (tail_seen_ - head < max) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
    }
    const size_t end = head + (tail_seen_ - head < max ? tail_seen_ - head : max);
    FreeAtEnd taken{*this, head};
    while (taken.head != end) {
      T& slot = slots_[taken.head++ & mask_];
      take(std::move(slot));
    }
    return end - head;
  }

 private:
  struct FreeAtEnd {
    SpscRing& ring;
    size_t head;
    ~FreeAtEnd() { ring.head_.store(head, std::memory_order_release); }
  };

  const size_t mask_;
  const std::unique_ptr<T[]> slots_;
  // Both count on without an end; their difference is what is in the ring.
  alignas(kCacheLine) std::atomic<size_t> tail_ = 0;
  size_t head_seen_ = 0;  // the producer's
  alignas(kCacheLine) std::atomic<size_t> head_ = 0;
  size_t tail_seen_ = 0;  // the consumer's
};

}  // namespace colibri
