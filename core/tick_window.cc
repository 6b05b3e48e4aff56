#include "core/tick_window.h"

#include <cstring>

#include "core/check.h"

namespace colibri {
namespace {

// Newton's iteration: each round doubles the bits that are right, and an odd number is its own
// inverse in the lowest three.
uint64_t InverseOf(uint64_t odd) {
  uint64_t inverse = odd;
  for (int round = 0; round < 5; ++round) {
    inverse *= 2 - odd * inverse;
  }
  return inverse;
}

}  // namespace

TickWindow::TickWindow() {
  for (Slot& slot : slots_) {
    slot.quantities = nowhere_.data();
  }
}

void TickWindow::Place(int64_t base, int64_t step) {
  CHECK(step >= 1 && step <= kStepMax);
  Clear();
  step_ = step;
  shift_ = std::countr_zero(static_cast<uint64_t>(step));
  inverse_ = InverseOf(static_cast<uint64_t>(step) >> shift_);
  SetBase(base);
  start_ = 0;
  tick_count_ = kTicks;
}

void TickWindow::SetBase(int64_t base) {
  CHECK(base <= INT64_MAX - static_cast<int64_t>(kTicks) * step_);
  base_ = base;
}

void TickWindow::Clear() {
  ForgetBlocks(0, kBlocks);
  first_tick_ = kTicks;
  tick_count_ = 0;
}

void TickWindow::ForgetBlocks(uint64_t first, uint64_t last) {
  for (uint64_t block = first; block < last; ++block) {
    const uint64_t index = (start_ / kBlockTicks + block) % kBlocks;
    Slot& slot = slots_[index];
    if (slot.mask != 0) {
      size_ -= static_cast<size_t>(std::popcount(slot.mask));
      slot.mask = 0;
      ChangeUse(index, false);
    }
  }
}

void TickWindow::ChangeUse(uint64_t slot_index, bool is_used) {
  Slot& slot = slots_[slot_index];
  summary_[slot_index / 64] ^= uint64_t{1} << slot_index % 64;
  if (!is_used) {
    AddSpare(slot.quantities);
    slot.quantities = nowhere_.data();
    return;
  }
  if (spare_ == nullptr) {
    chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    for (Cells& cells : *chunks_.back()) {
      AddSpare(cells.data());
    }
  }
  slot.quantities = spare_;
  spare_ = NextSpare(spare_);
}

// A list within the blocks themselves: emptying one must not allocate.
void TickWindow::AddSpare(int64_t* cells) {
  std::memcpy(cells, &spare_, sizeof(spare_));
  spare_ = cells;
}

int64_t* TickWindow::NextSpare(const int64_t* cells) {
  int64_t* next = nullptr;
  static_assert(sizeof(next) == sizeof(*cells));
  std::memcpy(&next, cells, sizeof(next));
  return next;
}

void TickWindow::ChangeFirst(uint64_t tick, bool is_level) {
  if (is_level) {
    first_tick_ = tick;
  } else if (tick == first_tick_) {
    first_tick_ = FirstTickFrom(tick / kBlockTicks);
  }
}

uint64_t TickWindow::FirstTickFrom(uint64_t block) const {
  const uint64_t first_slot = start_ / kBlockTicks;
  while (block < kBlocks) {
    const uint64_t index = (first_slot + block) % kBlocks;
    const uint64_t rest = summary_[index / 64] >> index % 64;
    if (rest == 0) {
      block += 64 - index % 64;
      continue;
    }
    block += static_cast<uint64_t>(std::countr_zero(rest));
    if (block >= kBlocks) {
      break;  // once round the ring: a block before the one that the search began with
    }
    const Slot& slot = slots_[(first_slot + block) % kBlocks];
    return block * kBlockTicks + static_cast<uint64_t>(std::countr_zero(slot.mask));
  }
  return kTicks;
}

void TickWindow::CheckInvariants() const {
  CHECK(start_ % kBlockTicks == 0 && start_ < kTicks);
  CHECK(is_placed() || empty());
  CHECK(first_tick_ == FirstTickFrom(0));
  size_t count = 0;
  size_t used = 0;
  for (size_t i = 0; i < kBlocks; ++i) {
    const Slot& slot = slots_[i];
    const bool is_used = slot.mask != 0;
    CHECK(is_used == (slot.quantities != nowhere_.data()));
    CHECK(is_used == ((summary_[i / 64] >> i % 64 & 1) != 0));
    count += static_cast<size_t>(std::popcount(slot.mask));
    used += is_used ? 1 : 0;
  }
  CHECK(count == size_);
  size_t spare = 0;
  for (const int64_t* cells = spare_; cells != nullptr; cells = NextSpare(cells)) {
    ++spare;
  }
  CHECK(used + spare == chunks_.size() * std::tuple_size_v<Chunk>);
  ForEach([this](KeyedLevel level) {
    CHECK(level.quantity > 0 && QuantityAt(TickOf(level.key)) == level.quantity);
    return true;
  });
}

}  // namespace colibri
