// One side of a book as a blocked sorted array: blocks of up to 64 levels, best first.
//
//   BookSide bids(Side::kBuy);
//   bids.Set(6183763, 154698);      // set, or delete with quantity 0
//   bids.ForEach([](BookLevel level) { return true; });   // best first, until false
//
// Real updates are not near the top (median rank 86, the 99th percentile in the thousands), so a
// flat vector loses; a binary search over block ends and then within one block touches few cache
// lines at any depth. Emptied blocks are kept: once a side has been as long as it gets, Set
// allocates nothing. Beyond kMaxLevels the levels farthest from the top are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/book_message.h"

namespace colibri {

enum class Side : uint8_t;

class BookSide {
 public:
  static constexpr size_t kBlockSize = 64;
  static constexpr size_t kMaxLevels = 1 << 20;

  explicit BookSide(Side side);

  void Clear();
  // Inserts, replaces, or with quantity 0 (or less) erases. Returns whether the best level changed
  // in price or quantity.
  bool Set(int64_t price, int64_t quantity);
  // Quantity at the price, 0 when there is none.
  int64_t QuantityAt(int64_t price) const;

  std::optional<BookLevel> best() const;
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Calls visit(BookLevel) -> bool best first, until it returns false.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    for (const std::unique_ptr<Block>& block : blocks_) {
      for (size_t i = 0; i < block->count; ++i) {
        if (!visit(BookLevel{FromKey(block->keys[i]), block->quantities[i]})) {
          return;
        }
      }
    }
  }

  // CHECKs what must hold between calls: for tests and fuzzers; walks everything.
  void CheckInvariants() const;

 private:
  // Keys ascend from the best level: an ask's price, a bid's price complemented (negation would
  // overflow at the smallest integer).
  struct Block {
    size_t count = 0;
    int64_t keys[kBlockSize];
    int64_t quantities[kBlockSize];
  };
  // A block shorter than this joins a neighbour, if both together leave room for a quarter more.
  static constexpr size_t kMergeBelow = kBlockSize / 4;
  static constexpr size_t kMergedMax = kBlockSize / 4 * 3;

  int64_t ToKey(int64_t price) const { return is_bid_ ? ~price : price; }
  int64_t FromKey(int64_t key) const { return is_bid_ ? ~key : key; }

  // The first block that ends at the key or after it; blocks_.size() when none does.
  size_t FindBlock(int64_t key) const;
  bool Insert(size_t block_index, int64_t key, int64_t quantity);
  bool Erase(size_t block_index, int64_t key);
  void Append(int64_t key, int64_t quantity);
  void AddBlock(size_t block_index);
  void RemoveBlock(size_t block_index);
  void Split(size_t block_index);
  void MergeIntoNeighbour(size_t block_index);
  void JoinNext(size_t block_index);
  void ForgetWorst();

  bool is_bid_;
  size_t size_ = 0;
  // Where the last change was: the levels of one message are sorted, so the next is often there
  // too.
  size_t recent_block_ = 0;
  std::vector<int64_t> last_keys_;  // of each block, for the search over blocks
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
};

}  // namespace colibri
