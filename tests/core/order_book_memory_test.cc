// What a book takes of the heap, by malloc's own account.
#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

#include "core/order_book.h"
#include "tests/support/sanitizers.h"
#include "tools/bench/heap_bytes.h"

namespace colibri {
namespace {

// A side of so many levels, so many ticks apart.
std::vector<BookLevel> Levels(int64_t best, int64_t distance, int64_t count) {
  std::vector<BookLevel> levels;
  for (int64_t i = 0; i < count; ++i) {
    levels.push_back({best + i * distance, 1 + i});
  }
  return levels;
}

class OrderBookMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kIsSanitized) {
      GTEST_SKIP() << "a sanitizer's allocator keeps no such account";
    }
  }
};

TEST_F(OrderBookMemoryTest, AThousandLevelsASideTakeUnder100KB) {
  const std::vector<BookLevel> bids = Levels(1'000'000, -1, 1'000);
  const std::vector<BookLevel> asks = Levels(1'000'001, 1, 1'000);
  const int64_t bytes = bench::HeapBytesOf([&] {
    auto book = std::make_unique<OrderBook>(BookScale{2, 5});
    book->ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
    return book;
  });
  EXPECT_GT(bytes, 32'000) << "16 bytes a level at least: is this counted?";
  EXPECT_LE(bytes, 100'000);
}

// As wide and as full as the recorded futures ever are, and become hot in mid-stream.
TEST_F(OrderBookMemoryTest, AHotBookTakesUnderHalfAMegabyte) {
  const std::vector<BookLevel> bids = Levels(1'000'000, -5, 5'000);
  const std::vector<BookLevel> asks = Levels(1'000'001, 5, 5'000);
  const int64_t bytes = bench::HeapBytesOf([&] {
    auto book = std::make_unique<OrderBook>(BookScale{2, 5});
    book->ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
    // One price between the others makes ticks of what else were steps of five.
    for (int64_t i = 0; i < 64; ++i) {
      const BookLevel bid = {1'000'000 - i, 1};
      const BookLevel ask = {1'000'001 + i, 1};
      book->Apply({.last_update_id = 2,
                   .bids = absl::MakeConstSpan(&bid, 1),
                   .asks = absl::MakeConstSpan(&ask, 1)});
    }
    book->MakeHot();
    return book;
  });
  EXPECT_LE(bytes, 500'000);
  EXPECT_GT(bytes, 400'000) << "is the window as full as it is to be?";
}

}  // namespace
}  // namespace colibri
