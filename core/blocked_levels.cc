#include "core/blocked_levels.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/check.h"

namespace colibri {
namespace {

// Says that a condition is random, so that the compiler selects and does not branch.
#if defined(__clang__)
#define COLIBRI_UNPREDICTABLE(condition) __builtin_unpredictable(condition)
#else
#define COLIBRI_UNPREDICTABLE(condition) __builtin_expect_with_probability(condition, 1, 0.5)
#endif

// std::lower_bound without a branch that the processor would have to guess.
size_t LowerBound(const int64_t* keys, size_t count, int64_t key) {
  if (count == 0) {
    return 0;
  }
  const int64_t* base = keys;
  while (count > 1) {
    const size_t half = count / 2;
    base = COLIBRI_UNPREDICTABLE(base[half - 1] < key) ? base + half : base;
    count -= half;
  }
  return static_cast<size_t>(base - keys) + (*base < key ? 1 : 0);
}

void MoveWithin(int64_t* values, size_t to, size_t from, size_t count) {
  std::memmove(values + to, values + from, count * sizeof(int64_t));
}

}  // namespace

void BlockedLevels::Clear() {
  while (!blocks_.empty()) {
    RemoveBlock(blocks_.size() - 1);
  }
  size_ = 0;
}

void BlockedLevels::Set(int64_t key, int64_t quantity) {
  const size_t block_index = FindBlock(key);
  recent_block_ = block_index;
  if (block_index == blocks_.size()) {
    if (quantity > 0) {
      Append(key, quantity);
    }
  } else if (quantity > 0) {
    Insert(block_index, key, quantity);
  } else {
    Erase(block_index, key);
  }
}

size_t BlockedLevels::FindBlock(int64_t key) const {
  const size_t recent = recent_block_;
  if (recent < last_keys_.size() && key <= last_keys_[recent] &&
      (recent == 0 || key > last_keys_[recent - 1])) {
    return recent;
  }
  return LowerBound(last_keys_.data(), last_keys_.size(), key);
}

void BlockedLevels::Insert(size_t block_index, int64_t key, int64_t quantity) {
  Block* block = blocks_[block_index].get();
  size_t position = LowerBound(block->keys, block->count, key);
  if (block->keys[position] == key) {  // exists: the block ends at the key or after it
    block->quantities[position] = quantity;
    return;
  }
  if (block->count == kBlockSize) {
    Split(block_index);
    block = blocks_[block_index].get();
    if (position > block->count) {
      position -= block->count;
      ++block_index;
      block = blocks_[block_index].get();
    }
    // A key between the halves ends the first one.
    last_keys_[block_index] = std::max(last_keys_[block_index], key);
  }
  MoveWithin(block->keys, position + 1, position, block->count - position);
  MoveWithin(block->quantities, position + 1, position, block->count - position);
  block->keys[position] = key;
  block->quantities[position] = quantity;
  ++block->count;
  ++size_;
  ForgetWorst();
}

void BlockedLevels::Append(int64_t key, int64_t quantity) {
  if (size_ >= kMaxLevels) {
    return;
  }
  // A full last block is not split: snapshots come sorted, and would leave every block half empty.
  if (blocks_.empty() || blocks_.back()->count == kBlockSize) {
    AddBlock(blocks_.size());
  }
  Block& block = *blocks_.back();
  block.keys[block.count] = key;
  block.quantities[block.count] = quantity;
  ++block.count;
  ++size_;
  last_keys_.back() = key;
}

void BlockedLevels::Erase(size_t block_index, int64_t key) {
  Block& block = *blocks_[block_index];
  const size_t position = LowerBound(block.keys, block.count, key);
  if (block.keys[position] != key) {
    return;
  }
  --block.count;
  --size_;
  MoveWithin(block.keys, position, position + 1, block.count - position);
  MoveWithin(block.quantities, position, position + 1, block.count - position);
  if (block.count == 0) {
    RemoveBlock(block_index);
    return;
  }
  last_keys_[block_index] = block.keys[block.count - 1];
  if (block.count < kMergeBelow) {
    MergeIntoNeighbour(block_index);
  }
}

void BlockedLevels::AddBlock(size_t block_index) {
  std::unique_ptr<Block> block;
  if (spare_blocks_.empty()) {
    block = std::make_unique_for_overwrite<Block>();
    // Room for every block to come back: RemoveBlock must not allocate.
    spare_blocks_.reserve(blocks_.capacity() + 1);
  } else {
    block = std::move(spare_blocks_.back());
    spare_blocks_.pop_back();
  }
  block->count = 0;
  const auto offset = static_cast<std::ptrdiff_t>(block_index);
  blocks_.insert(blocks_.begin() + offset, std::move(block));
  last_keys_.insert(last_keys_.begin() + offset, 0);
}

void BlockedLevels::RemoveBlock(size_t block_index) {
  const auto offset = static_cast<std::ptrdiff_t>(block_index);
  spare_blocks_.push_back(std::move(blocks_[block_index]));
  blocks_.erase(blocks_.begin() + offset);
  last_keys_.erase(last_keys_.begin() + offset);
}

void BlockedLevels::Split(size_t block_index) {
  AddBlock(block_index + 1);
  Block& first = *blocks_[block_index];
  Block& second = *blocks_[block_index + 1];
  constexpr size_t kHalf = kBlockSize / 2;
  std::copy_n(first.keys + kHalf, kHalf, second.keys);
  std::copy_n(first.quantities + kHalf, kHalf, second.quantities);
  first.count = kHalf;
  second.count = kHalf;
  last_keys_[block_index + 1] = last_keys_[block_index];
  last_keys_[block_index] = first.keys[kHalf - 1];
}

void BlockedLevels::MergeIntoNeighbour(size_t block_index) {
  const size_t count = blocks_[block_index]->count;
  if (block_index + 1 < blocks_.size() && count + blocks_[block_index + 1]->count <= kMergedMax) {
    JoinNext(block_index);
  } else if (block_index > 0 && count + blocks_[block_index - 1]->count <= kMergedMax) {
    JoinNext(block_index - 1);
  }
}

void BlockedLevels::JoinNext(size_t block_index) {
  Block& block = *blocks_[block_index];
  const Block& next = *blocks_[block_index + 1];
  std::copy_n(next.keys, next.count, block.keys + block.count);
  std::copy_n(next.quantities, next.count, block.quantities + block.count);
  block.count += next.count;
  last_keys_[block_index] = last_keys_[block_index + 1];
  RemoveBlock(block_index + 1);
}

void BlockedLevels::ForgetWorst() {
  if (size_ <= kMaxLevels) {
    return;
  }
  Block& block = *blocks_.back();
  --size_;
  --block.count;
  if (block.count == 0) {
    RemoveBlock(blocks_.size() - 1);
  } else {
    last_keys_.back() = block.keys[block.count - 1];
  }
}

int64_t BlockedLevels::QuantityAt(int64_t key) const {
  const size_t block_index = FindBlock(key);
  if (block_index == blocks_.size()) {
    return 0;
  }
  const Block& block = *blocks_[block_index];
  const size_t position = LowerBound(block.keys, block.count, key);
  return block.keys[position] == key ? block.quantities[position] : 0;
}

void BlockedLevels::FreeSpareBlocks() {
  spare_blocks_.clear();  // the room stays: RemoveBlock must not allocate
}

void BlockedLevels::MergeSparse(size_t first_block) {
  for (size_t b = blocks_.size(); b-- > first_block;) {
    if (blocks_[b]->count == 0) {
      RemoveBlock(b);
    } else if (blocks_[b]->count < kMergeBelow) {
      MergeIntoNeighbour(b);
    }
  }
}

void BlockedLevels::CheckInvariants() const {
  CHECK(blocks_.size() == last_keys_.size());
  CHECK(spare_blocks_.capacity() >= blocks_.size() + spare_blocks_.size());
  size_t count = 0;
  const int64_t* previous = nullptr;
  for (size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = *blocks_[b];
    CHECK(block.count > 0 && block.count <= kBlockSize);
    CHECK(last_keys_[b] == block.keys[block.count - 1]);
    for (size_t i = 0; i < block.count; ++i) {
      CHECK(previous == nullptr || *previous < block.keys[i]);
      CHECK(block.quantities[i] > 0);
      previous = &block.keys[i];
    }
    count += block.count;
  }
  CHECK(count == size_ && size_ <= kMaxLevels);
}

}  // namespace colibri
