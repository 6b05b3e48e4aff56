// One side of a book as a blocked sorted array: blocks of up to 64 levels, best first.
//
//   BookSide bids(Side::kBuy);
//   bids.Set(6183763, 154698);      // set, or delete with quantity 0
//   bids.ForEach([](BookLevel level) { return true; });   // best first, until false
//
// Real updates are not near the top (median rank 86, the 99th percentile in the thousands), so a flat vector
// loses; a binary search over block ends and then within one block touches few cache lines at any depth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/book_message.h"

namespace colibri {

enum class Side : uint8_t;

class BookSide {
 public:
  static constexpr size_t kBlockSize = 64;

  explicit BookSide(Side side);

  void Clear();
  // Inserts, replaces, or with quantity 0 erases. Returns whether the best level changed in price or quantity.
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

 private:
  // Keys ascend from the best level: an ask's price, a bid's price negated.
  struct Block {
    size_t count = 0;
    int64_t keys[kBlockSize];
    int64_t quantities[kBlockSize];
  };

  int64_t ToKey(int64_t price) const { return is_bid_ ? -price : price; }
  int64_t FromKey(int64_t key) const { return is_bid_ ? -key : key; }

  bool is_bid_;
  size_t size_ = 0;
  std::vector<int64_t> last_keys_;  // of each block, for the search over blocks
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::unique_ptr<Block>> spare_blocks_;
};

}  // namespace colibri
