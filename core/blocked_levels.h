// Levels of one side of a book by ascending key, as a blocked sorted array: blocks of up to 64.
//
//   BlockedLevels levels;
//   levels.Set(6183763, 154698);    // set, or delete with quantity 0
//   for (auto at = levels.begin(); !at.is_end(); at.Next()) Use(at.level());
//
// Real updates are not near the top (median rank 86, the 99th percentile in the thousands), so a
// flat vector loses; a binary search over block ends and then within one block touches few cache
// lines at any depth. Emptied blocks are kept: once there were as many levels as there ever are,
// Set allocates nothing. Beyond kMaxLevels the levels with the largest keys are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace colibri {

// Keys ascend from the best level: an ask's price, a bid's price complemented.
struct KeyedLevel {
  int64_t key = 0;
  int64_t quantity = 0;

  bool operator==(const KeyedLevel&) const = default;
};

class BlockedLevels {
  struct Block;

 public:
  static constexpr size_t kBlockSize = 64;
  static constexpr size_t kMaxLevels = 1 << 20;

  // Void after any change.
  class Cursor {
   public:
    bool is_end() const { return block_ == end_; }
    KeyedLevel level() const {
      return {(*block_)->keys[position_], (*block_)->quantities[position_]};
    }
    void Next() {
      if (++position_ == (*block_)->count) {
        position_ = 0;
        ++block_;
      }
    }

   private:
    friend class BlockedLevels;
    explicit Cursor(const std::vector<std::unique_ptr<Block>>& blocks)
        : block_(blocks.data()), end_(blocks.data() + blocks.size()) {}

    const std::unique_ptr<Block>* block_;
    const std::unique_ptr<Block>* end_;
    size_t position_ = 0;
  };

  void Clear();
  // Inserts, replaces, or with quantity 0 (or less) erases.
  void Set(int64_t key, int64_t quantity);
  // Quantity at the key, 0 when there is none.
  int64_t QuantityAt(int64_t key) const;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The level with the smallest key; not of an empty side.
  KeyedLevel first() const { return {blocks_.front()->keys[0], blocks_.front()->quantities[0]}; }
  Cursor begin() const { return Cursor(blocks_); }

  // Gives back the memory of what is empty: after most levels went for good.
  void FreeSpareBlocks();

  // Removes the levels with keys from `first` to `last` of which take(KeyedLevel) -> bool says
  // so; asks in order.
  template <typename Take>
  void TakeIf(int64_t first, int64_t last, Take&& take);

  // CHECKs what must hold between calls: for tests and fuzzers; walks everything.
  void CheckInvariants() const;

 private:
  struct Block {
    size_t count = 0;
    int64_t keys[kBlockSize];
    int64_t quantities[kBlockSize];
  };
  // A block shorter than this joins a neighbour, if both together leave room for a quarter more.
  static constexpr size_t kMergeBelow = kBlockSize / 4;
  static constexpr size_t kMergedMax = kBlockSize / 4 * 3;

  // The first block that ends at the key or after it; blocks_.size() when none does.
  size_t FindBlock(int64_t key) const;
  void Insert(size_t block_index, int64_t key, int64_t quantity);
  void Erase(size_t block_index, int64_t key);
  void Append(int64_t key, int64_t quantity);
  void AddBlock(size_t block_index);
  void RemoveBlock(size_t block_index);
  void Split(size_t block_index);
  void MergeIntoNeighbour(size_t block_index);
  // Removes empty blocks and joins sparse ones, from that one on.
  void MergeSparse(size_t first_block);
  void JoinNext(size_t block_index);
  void ForgetWorst();

  size_t size_ = 0;
  // Where the last change was: the levels of one message are sorted, so the next is often there
  // too.
  size_t recent_block_ = 0;
  std::vector<int64_t> last_keys_;  // of each block, for the search over blocks
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
};

template <typename Take>
void BlockedLevels::TakeIf(int64_t first, int64_t last, Take&& take) {
  const size_t first_block = FindBlock(first);
  for (size_t b = first_block; b < blocks_.size() && blocks_[b]->keys[0] <= last; ++b) {
    Block& block = *blocks_[b];
    size_t kept = 0;
    for (size_t i = 0; i < block.count; ++i) {
      const KeyedLevel level = {block.keys[i], block.quantities[i]};
      if (level.key >= first && level.key <= last && take(level)) {
        continue;
      }
      block.keys[kept] = level.key;
      block.quantities[kept] = level.quantity;
      ++kept;
    }
    size_ -= block.count - kept;
    block.count = kept;
    if (kept > 0) {
      last_keys_[b] = block.keys[kept - 1];
    }
  }
  MergeSparse(first_block);
}

}  // namespace colibri
