// The levels of one side of a book within a window of 32 Ki ticks: a cell for each tick, found by
// arithmetic and not by search.
//
//   TickWindow window;
//   window.Place(/*base=*/6183000, /*step=*/1);
//   const uint64_t tick = window.TickOf(6183763);
//   if (tick < TickWindow::kTicks) window.Set(tick, 154698);    // else it has no cell here
//
// Keys are those of BlockedLevels. Cells are in blocks of 32 ticks, which exist while they hold a
// level: a mask says which cells do, and a summary which masks are not zero, so the next level is a
// few instructions away. The blocks are a ring: moving the window copies nothing. Blocks are kept
// when they empty: once as many were in use as ever are, Set allocates nothing.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/blocked_levels.h"

namespace colibri {

class TickWindow {
 public:
  static constexpr uint64_t kTicks = 32 * 1024;
  static constexpr uint64_t kBlockTicks = 32;
  static constexpr uint64_t kBlocks = kTicks / kBlockTicks;
  // So that a window spans less than a 64th of all integers.
  static constexpr int64_t kStepMax = int64_t{1} << 42;

  TickWindow();
  TickWindow(const TickWindow&) = delete;
  TickWindow& operator=(const TickWindow&) = delete;

  // Forgets all levels and covers base, base + step, ... from now on. CHECKs that the step is 1 to
  // kStepMax and that the last tick is an integer.
  void Place(int64_t base, int64_t step);
  // Forgets all levels; covers nothing until placed.
  void Clear();
  bool is_placed() const { return tick_count_ > 0; }

  // kTicks or more when the key has no cell: outside, or between two ticks.
  uint64_t TickOf(int64_t key) const {
    // Times the inverse of the step's odd part, then turned by its power of two: multiples of the
    // step become their quotients, and all others land above any quotient (Granlund and
    // Montgomery, "Division by Invariant Integers using Multiplication", 1994, section 9).
    const uint64_t offset = static_cast<uint64_t>(key) - static_cast<uint64_t>(base_);
    const uint64_t tick = std::rotr(offset * inverse_, shift_);
    return tick < tick_count_ ? tick : kTicks;
  }
  // Between the first and the last tick, whether it has a cell or not.
  bool Spans(int64_t key) const {
    return static_cast<uint64_t>(key) - static_cast<uint64_t>(base_) <
           tick_count_ * static_cast<uint64_t>(step_);
  }

  // Inserts, replaces, or with quantity 0 (or less) erases. The tick is below kTicks.
  void Set(uint64_t tick, int64_t quantity) {
    const uint64_t position = (start_ + tick) % kTicks;
    Slot& slot = slots_[position / kBlockTicks];
    const uint64_t bit = position % kBlockTicks;
    const uint64_t is_level = quantity > 0 ? 1 : 0;
    const uint64_t mask = (slot.mask & ~(uint64_t{1} << bit)) | (is_level << bit);
    if ((slot.mask == 0) != (mask == 0)) [[unlikely]] {
      ChangeUse(position / kBlockTicks, mask != 0);
    }
    // Whether a level comes or goes is random: no branch. An erased cell may hold anything.
    slot.quantities[bit] = quantity;
    size_ += is_level;
    size_ -= slot.mask >> bit & 1;
    slot.mask = mask;
    if (tick <= first_tick_) [[unlikely]] {
      ChangeFirst(tick, is_level != 0);
    }
  }
  // Quantity at the tick, 0 when there is none. The tick is below kTicks.
  int64_t QuantityAt(uint64_t tick) const {
    const uint64_t position = (start_ + tick) % kTicks;
    const Slot& slot = slots_[position / kBlockTicks];
    const uint64_t bit = position % kBlockTicks;
    return (slot.mask >> bit & 1) != 0 ? slot.quantities[bit] : 0;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Of the level with the smallest key; kTicks when empty.
  uint64_t first_tick() const { return first_tick_; }
  // Not of an empty window.
  KeyedLevel first() const { return {KeyOf(first_tick_), QuantityAt(first_tick_)}; }

  int64_t base() const { return base_; }
  int64_t last_key() const { return KeyOf(kTicks - 1); }
  int64_t step() const { return step_; }

  // Moves the base by that many blocks and calls fallen(KeyedLevel) for each level which that
  // leaves outside; these are gone. CHECKs as of Place.
  template <typename Fallen>
  void Shift(int64_t blocks, Fallen&& fallen);

  // Calls visit(KeyedLevel) -> bool in the order of keys, until it returns false. False then.
  template <typename Visitor>
  bool ForEach(Visitor&& visit) const {
    return VisitBlocks(first_tick_ / kBlockTicks, kBlocks, visit);
  }

  // CHECKs what must hold between calls: for tests and fuzzers; walks everything.
  void CheckInvariants() const;

 private:
  using Cells = std::array<int64_t, kBlockTicks>;
  using Chunk = std::array<Cells, 16>;  // a page: malloc's own overhead a block would be a tenth
  struct Slot {
    uint64_t mask = 0;
    int64_t* quantities = nullptr;  // of an unused slot: where writing does no harm
  };

  int64_t KeyOf(uint64_t tick) const {
    return static_cast<int64_t>(static_cast<uint64_t>(base_) + tick * static_cast<uint64_t>(step_));
  }
  void SetBase(int64_t base);
  void ChangeUse(uint64_t slot_index, bool is_used);
  static int64_t* NextSpare(const int64_t* cells);
  void AddSpare(int64_t* cells);
  void ChangeFirst(uint64_t tick, bool is_level);
  // The first tick with a level in the blocks from that one on, counted from the base; kTicks when
  // there is none.
  uint64_t FirstTickFrom(uint64_t block) const;
  void ForgetBlocks(uint64_t first, uint64_t last);

  template <typename Visitor>
  bool VisitBlocks(uint64_t first, uint64_t last, Visitor&& visit) const {
    for (uint64_t block = first; block < last; ++block) {
      const Slot& slot = slots_[(start_ / kBlockTicks + block) % kBlocks];
      for (uint64_t mask = slot.mask; mask != 0; mask &= mask - 1) {
        const auto bit = static_cast<uint64_t>(std::countr_zero(mask));
        if (!visit(KeyedLevel{KeyOf(block * kBlockTicks + bit), slot.quantities[bit]})) {
          return false;
        }
      }
    }
    return true;
  }

  int64_t base_ = 0;
  int64_t step_ = 1;
  uint64_t inverse_ = 1;     // of the step's odd part, modulo 2^64
  int shift_ = 0;            // the step's power of two
  uint64_t tick_count_ = 0;  // kTicks, or 0 until placed
  uint64_t start_ = 0;       // position of tick 0 in the ring, at the start of a block
  uint64_t first_tick_ = kTicks;
  size_t size_ = 0;
  std::array<uint64_t, kBlocks / 64> summary_ = {};
  std::array<Slot, kBlocks> slots_;
  Cells nowhere_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  int64_t* spare_ = nullptr;  // a block whose first cell holds the address of the next one, or 0
};

template <typename Fallen>
void TickWindow::Shift(int64_t blocks, Fallen&& fallen) {
  const uint64_t distance = static_cast<uint64_t>(blocks < 0 ? -blocks : blocks);
  const uint64_t lost = distance < kBlocks ? distance : kBlocks;
  const uint64_t first = blocks > 0 ? 0 : kBlocks - lost;
  VisitBlocks(first, first + lost, [&fallen](KeyedLevel level) {
    fallen(level);
    return true;
  });
  ForgetBlocks(first, first + lost);
  SetBase(base_ + blocks * static_cast<int64_t>(kBlockTicks) * step_);
  start_ = (start_ + static_cast<uint64_t>(blocks) * kBlockTicks) % kTicks;
  first_tick_ = FirstTickFrom(0);
}

}  // namespace colibri
