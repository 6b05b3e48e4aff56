#include "core/order_book.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/book_picture.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/sanitizers.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Price P(std::string_view text) {
  return *Price::Parse(text);
}
Quantity Q(std::string_view text) {
  return *Quantity::Parse(text);
}
Notional N(std::string_view text) {
  return *Notional::Parse(text);
}

// At scale {1, 2}:
//   100.7   4.00
//   100.5   2.00
//   100.1   1.50
//   --
//    99.9   1.00
//    99.5   3.00
constexpr BookLevel kBids[] = {{999, 100}, {995, 300}};
constexpr BookLevel kAsks[] = {{1001, 150}, {1005, 200}, {1007, 400}};

class OrderBookTest : public testing::Test {
 protected:
  OrderBookTest() { book_.ApplySnapshot({.last_update_id = 7, .bids = kBids, .asks = kAsks}); }

  OrderBook book_{BookScale{1, 2}};
};

TEST(EmptyOrderBookTest, AnswersNothing) {
  const OrderBook book(BookScale{1, 2});
  EXPECT_EQ(book.best_bid(), std::nullopt);
  EXPECT_EQ(book.best_ask(), std::nullopt);
  EXPECT_EQ(book.mid_price(), std::nullopt);
  EXPECT_EQ(book.spread(), std::nullopt);
  EXPECT_FALSE(book.is_crossed());
  EXPECT_EQ(book.PriceForQuantity(Side::kBuy, Q("0")), std::nullopt);
  EXPECT_EQ(book.VwapForQuantity(Side::kBuy, Q("1")), std::nullopt);
  EXPECT_EQ(book.NotionalForQuantity(Side::kSell, Q("1")), std::nullopt);
  EXPECT_EQ(book.QuantityForPrice(Side::kSell, P("1")), Q("0"));
  EXPECT_THAT(book.levels(Side::kBuy, 5), IsEmpty());
  const BookWalk walk = book.WalkQuantity(Side::kBuy, Q("3"));
  EXPECT_EQ(walk.shortfall, Q("3"));
  EXPECT_EQ(walk.worst_price, std::nullopt);
  EXPECT_EQ(walk.vwap(), std::nullopt);
}

TEST_F(OrderBookTest, OneEmptySideHasNoMidPrice) {
  book_.Apply({.last_update_id = 8, .bids = std::vector<BookLevel>{{999, 0}, {995, 0}}});
  EXPECT_EQ(book_.best_bid(), std::nullopt);
  EXPECT_EQ(book_.mid_price(), std::nullopt);
  EXPECT_EQ(book_.spread(), std::nullopt);
  EXPECT_EQ(book_.best_ask(), (PriceLevel{P("100.1"), Q("1.5")}));
}

TEST_F(OrderBookTest, TellsTheTop) {
  EXPECT_EQ(book_.best_bid(), (PriceLevel{P("99.9"), Q("1")}));
  EXPECT_EQ(book_.best_ask(), (PriceLevel{P("100.1"), Q("1.5")}));
  EXPECT_EQ(book_.mid_price(), P("100"));
  EXPECT_EQ(book_.spread(), P("0.2"));
  EXPECT_EQ(book_.last_update_id(), 7);
}

TEST_F(OrderBookTest, MidPriceIsExactBetweenTicks) {
  book_.Apply({.asks = std::vector<BookLevel>{{1000, 1}}});
  EXPECT_EQ(book_.mid_price(), P("99.95"));
}

TEST_F(OrderBookTest, SnapshotReplacesEverythingAndSkipsZeros) {
  const std::vector<BookLevel> bids = {{990, 5}, {989, 0}};
  book_.ApplySnapshot({.last_update_id = 20, .bids = bids});
  EXPECT_EQ(BookPicture(book_),
            "--\n"
            "990 5\n");
  EXPECT_EQ(book_.last_update_id(), 20);
}

TEST_F(OrderBookTest, DiffSetsReplacesAndDeletes) {
  const std::vector<BookLevel> bids = {{999, 0}, {998, 20}, {995, 310}};
  const std::vector<BookLevel> asks = {{1006, 50}, {1009, 0}};
  const BookChange change = book_.Apply({.last_update_id = 9, .bids = bids, .asks = asks});
  EXPECT_EQ(BookPicture(book_),
            "1007 400\n"
            "1006 50\n"
            "1005 200\n"
            "1001 150\n"
            "--\n"
            "998 20\n"
            "995 310\n");
  EXPECT_EQ(change.level_changes, 5);
  EXPECT_TRUE(change.is_best_changed);
  EXPECT_FALSE(change.is_crossed);
  EXPECT_EQ(book_.last_update_id(), 9);
}

TEST_F(OrderBookTest, BestIsUnchangedWhenItIsAsBeforeTheMessage) {
  EXPECT_FALSE(book_.Apply({.bids = std::vector<BookLevel>{{995, 1}}}).is_best_changed);
  EXPECT_FALSE(book_.Apply({.bids = std::vector<BookLevel>{{999, 7}, {999, 100}}}).is_best_changed);
  EXPECT_TRUE(book_.Apply({.asks = std::vector<BookLevel>{{1001, 151}}}).is_best_changed);
}

TEST_F(OrderBookTest, CrossedIsToldOfTheWholeMessage) {
  const std::vector<BookLevel> bids = {{1001, 1}};
  EXPECT_TRUE(book_.Apply({.bids = bids}).is_crossed);
  EXPECT_TRUE(book_.is_crossed());
  EXPECT_EQ(book_.spread(), P("0"));
  EXPECT_FALSE(book_.Apply({.asks = std::vector<BookLevel>{{1001, 0}}}).is_crossed);
}

TEST_F(OrderBookTest, LevelsAreBestFirstUpToTheDepth) {
  EXPECT_THAT(book_.levels(Side::kSell, 2),
              ElementsAre(PriceLevel{P("100.1"), Q("1.5")}, PriceLevel{P("100.5"), Q("2")}));
  EXPECT_THAT(book_.levels(Side::kBuy, 9),
              ElementsAre(PriceLevel{P("99.9"), Q("1")}, PriceLevel{P("99.5"), Q("3")}));
  EXPECT_THAT(book_.levels(Side::kBuy, 0), IsEmpty());
}

TEST_F(OrderBookTest, QuantityAtKnowsOneSideAndOnePrice) {
  EXPECT_EQ(book_.QuantityAt(Side::kSell, P("100.5")), Q("2"));
  EXPECT_EQ(book_.QuantityAt(Side::kBuy, P("100.5")), Q("0"));
  EXPECT_EQ(book_.QuantityAt(Side::kSell, P("100.55")), Q("0")) << "finer than the scale";
}

TEST_F(OrderBookTest, WalkByQuantityTellsTheShortfall) {
  const BookWalk walk = book_.WalkQuantity(Side::kSell, Q("5"));
  EXPECT_EQ(walk.filled, Q("4"));
  EXPECT_EQ(walk.notional, N("398.4"));
  EXPECT_EQ(walk.worst_price, P("99.5"));
  EXPECT_EQ(walk.shortfall, Q("1"));
  EXPECT_FALSE(walk.is_complete());
  EXPECT_EQ(walk.vwap(), P("99.6"));
}

TEST_F(OrderBookTest, WalkByQuantityEndsInsideALevel) {
  const BookWalk walk = book_.WalkQuantity(Side::kBuy, Q("2.005"));
  EXPECT_EQ(walk.filled, Q("2.005"));
  EXPECT_EQ(walk.notional, N("200.9025"));  // 1.5 * 100.1 + 0.505 * 100.5
  EXPECT_EQ(walk.worst_price, P("100.5"));
  EXPECT_TRUE(walk.is_complete());
}

TEST_F(OrderBookTest, WalkByQuantityEndsAtALevelsEnd) {
  const BookWalk walk = book_.WalkQuantity(Side::kBuy, Q("3.5"));
  EXPECT_EQ(walk.worst_price, P("100.5"));
  EXPECT_EQ(walk.notional, N("351.15"));
  EXPECT_TRUE(walk.is_complete());
}

TEST_F(OrderBookTest, WalkOfNothingTouchesTheBest) {
  for (const Quantity nothing : {Q("0"), Q("-3")}) {
    const BookWalk walk = book_.WalkQuantity(Side::kBuy, nothing);
    EXPECT_EQ(walk.filled, Q("0"));
    EXPECT_EQ(walk.worst_price, P("100.1"));
    EXPECT_TRUE(walk.is_complete());
  }
  EXPECT_EQ(book_.WalkNotional(Side::kSell, N("-1")).worst_price, P("99.9"));
}

TEST_F(OrderBookTest, WalkByNotionalTellsTheShortfall) {
  const BookWalk walk = book_.WalkNotional(Side::kSell, N("400"));
  EXPECT_EQ(walk.filled, Q("4"));
  EXPECT_EQ(walk.notional, N("398.4"));
  EXPECT_EQ(walk.quote_shortfall, N("1.6"));
  EXPECT_EQ(walk.worst_price, P("99.5"));
}

TEST_F(OrderBookTest, WalkByNotionalEndsInsideALevel) {
  // 150.15 for the first level, 50.25 buys half a unit of the second.
  const BookWalk walk = book_.WalkNotional(Side::kBuy, N("200.4"));
  EXPECT_EQ(walk.filled, Q("2"));
  EXPECT_EQ(walk.notional, N("200.4"));
  EXPECT_EQ(walk.worst_price, P("100.5"));
  EXPECT_TRUE(walk.is_complete());
}

TEST_F(OrderBookTest, WalkByNotionalRoundsTheLastPartDown) {
  const BookWalk walk = book_.WalkNotional(Side::kBuy, N("1"));
  EXPECT_EQ(walk.filled, Q("0.009990009990009990"));
  EXPECT_EQ(walk.notional, N("1"));
}

TEST_F(OrderBookTest, WalkToPriceTakesWhatIsNotWorse) {
  BookWalk walk = book_.WalkToPrice(Side::kBuy, P("100.5"));
  EXPECT_EQ(walk.filled, Q("3.5"));
  EXPECT_EQ(walk.notional, N("351.15"));
  EXPECT_EQ(walk.worst_price, P("100.5"));
  walk = book_.WalkToPrice(Side::kBuy, P("100.0999"));
  EXPECT_EQ(walk.filled, Q("0"));
  EXPECT_EQ(walk.worst_price, std::nullopt);
  walk = book_.WalkToPrice(Side::kSell, P("99.85"));
  EXPECT_EQ(walk.filled, Q("1"));
}

TEST_F(OrderBookTest, ReferenceQueriesAnswerWhileDepthSuffices) {
  EXPECT_EQ(book_.PriceForQuantity(Side::kBuy, Q("1.5")), P("100.1"));
  EXPECT_EQ(book_.PriceForQuantity(Side::kBuy, Q("1.51")), P("100.5"));
  EXPECT_EQ(book_.PriceForNotional(Side::kSell, N("99.9")), P("99.9"));
  EXPECT_EQ(book_.PriceForNotional(Side::kSell, N("100")), P("99.5"));
  EXPECT_EQ(book_.VwapForQuantity(Side::kSell, Q("2")), P("99.7"));
  EXPECT_EQ(book_.NotionalForQuantity(Side::kSell, Q("2")), N("199.4"));
  EXPECT_EQ(book_.NotionalForQuantity(Side::kSell, Q("0")), N("0"));
  EXPECT_EQ(book_.QuantityForPrice(Side::kSell, P("99.5")), Q("4"));
  EXPECT_EQ(book_.NotionalForPrice(Side::kSell, P("99.5")), N("398.4"));
}

TEST_F(OrderBookTest, ReferenceQueriesAreEmptyWhenDepthIsShort) {
  EXPECT_EQ(book_.PriceForQuantity(Side::kSell, Q("4.01")), std::nullopt);
  EXPECT_EQ(book_.PriceForNotional(Side::kSell, N("398.5")), std::nullopt);
  EXPECT_EQ(book_.VwapForQuantity(Side::kSell, Q("4.01")), std::nullopt);
  EXPECT_EQ(book_.NotionalForQuantity(Side::kSell, Q("4.01")), std::nullopt);
  EXPECT_EQ(book_.QuantityForPrice(Side::kSell, P("100")), Q("0"));
  EXPECT_EQ(book_.NotionalForPrice(Side::kSell, P("100")), N("0"));
}

TEST_F(OrderBookTest, ClearForgetsEverything) {
  book_.Clear();
  EXPECT_EQ(BookPicture(book_), "--\n");
  EXPECT_EQ(book_.last_update_id(), 0);
}

TEST(OrderBookRangeTest, LevelOutOfRangeEndsTheWalkAsIfTheBookEnded) {
  OrderBook book(BookScale{0, 0});
  const std::vector<BookLevel> asks = {{10, 2}, {INT64_MAX - 1, INT64_MAX}, {INT64_MAX, 1}};
  book.ApplySnapshot({.asks = asks});
  BookWalk walk = book.WalkToPrice(Side::kBuy, Price(Decimal::FromInteger(INT64_MAX)));
  EXPECT_EQ(walk.filled, Q("2"));
  EXPECT_EQ(walk.worst_price, P("10"));
  walk = book.WalkQuantity(Side::kBuy, Q("9223372036854775809"));
  EXPECT_EQ(walk.filled, Q("2"));
  EXPECT_EQ(walk.shortfall, Q("9223372036854775807"));
  EXPECT_EQ(book.VwapForQuantity(Side::kBuy, Q("9223372036854775809")), std::nullopt);
  // A part of the huge level is within range.
  walk = book.WalkNotional(Side::kBuy, N("100000000000000000000"));
  EXPECT_EQ(walk.notional, N("100000000000000000000"));
  EXPECT_EQ(walk.worst_price, P("9223372036854775806"));
}

TEST(OrderBookRangeTest, FineScalesRoundTheSumOnceHalfToEven) {
  // 1e-12 * 1e-12 = 1e-24 a unit: two levels of 0.25e-18 make 0.5e-18, which rounds to 0.
  OrderBook book(BookScale{12, 12});
  const std::vector<BookLevel> asks = {{250, 1000}, {500, 500}, {501, 1'000'000}};
  book.ApplySnapshot({.asks = asks});
  EXPECT_EQ(book.NotionalForPrice(Side::kBuy, P("0.0000000005")), N("0"));
  // 0.5e-18 + 501e-18 = 501.5e-18, to even 502.
  EXPECT_EQ(book.NotionalForPrice(Side::kBuy, P("1")), N("0.000000000000000502"));
}

TEST(OrderBookRangeTest, NegativePricesDoNotBreakWalks) {
  OrderBook book(BookScale{0, 0});
  const std::vector<BookLevel> asks = {{-5, 2}, {0, 1}, {5, 4}};
  book.ApplySnapshot({.asks = asks});
  // Two units bring 10, which pay for two at 5.
  BookWalk walk = book.WalkNotional(Side::kBuy, N("0.5"));
  EXPECT_EQ(walk.filled, Q("5.1"));
  EXPECT_EQ(walk.notional, N("0.5"));
  book.Apply({.asks = std::vector<BookLevel>{{INT64_MIN, INT64_MAX}}});
  walk = book.WalkNotional(Side::kBuy, N("170000000000000000000"));
  EXPECT_EQ(walk.filled, Q("0"));
  EXPECT_EQ(walk.quote_shortfall, N("170000000000000000000"));
}

TEST(OrderBookRandomTest, WalksEqualUnitByUnitTaking) {
  std::mt19937_64 random(3);
  const int rounds = kIsSanitized ? 300 : 3'000;
  for (int round = 0; round < rounds; ++round) {
    std::vector<BookLevel> asks;
    std::vector<int64_t> unit_prices;
    int64_t price = 10;
    for (uint64_t n = random() % 6; n > 0; --n) {
      price += static_cast<int64_t>(1 + random() % 5);
      const auto quantity = static_cast<int64_t>(1 + random() % 9);
      asks.push_back({price, quantity});
      unit_prices.insert(unit_prices.end(), static_cast<size_t>(quantity), price);
    }
    OrderBook book(BookScale{0, 0});
    book.ApplySnapshot({.asks = asks});

    const size_t asked = random() % 40;
    const size_t taken = std::min(asked, unit_prices.size());
    int64_t cost = 0;
    for (size_t i = 0; i < taken; ++i) {
      cost += unit_prices[i];
    }
    const auto asked_units = static_cast<int64_t>(asked);
    const auto taken_units = static_cast<int64_t>(taken);
    BookWalk walk = book.WalkQuantity(Side::kBuy, Quantity(Decimal::FromInteger(asked_units)));
    ASSERT_EQ(walk.filled, Quantity(Decimal::FromInteger(taken_units)));
    ASSERT_EQ(walk.notional, Notional(Decimal::FromInteger(cost)));
    ASSERT_EQ(walk.shortfall, Quantity(Decimal::FromInteger(asked_units - taken_units)));
    if (taken > 0) {
      ASSERT_EQ(walk.worst_price, Price(Decimal::FromInteger(unit_prices[taken - 1])));
    }
    // The cost buys the same again.
    const BookWalk back = book.WalkNotional(Side::kBuy, walk.notional);
    ASSERT_EQ(back.filled, walk.filled);
    ASSERT_EQ(back.quote_shortfall, N("0"));
    // And so does the price, up to the end of the level.
    if (taken > 0 && walk.worst_price.has_value()) {
      ASSERT_GE(book.QuantityForPrice(Side::kBuy, *walk.worst_price), walk.filled);
      ASSERT_LT(book.QuantityForPrice(Side::kBuy, *walk.worst_price - P("1")), walk.filled);
    }
  }
}

TEST(OrderBookAllocationTest, WarmApplyAllocatesNothing) {
  OrderBook book(BookScale{2, 5});
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  for (int64_t i = 0; i < 1'000; ++i) {
    bids.push_back({1'000'000 - i, 1 + i});
    asks.push_back({1'000'001 + i, 1 + i});
  }
  std::vector<std::vector<BookLevel>> messages;
  std::mt19937_64 random(5);
  for (int i = 0; i < 2'000; ++i) {
    std::vector<BookLevel>& levels = messages.emplace_back();
    for (int n = 0; n < 20; ++n) {
      const auto offset = static_cast<int64_t>(random() % 3'000);
      levels.push_back({1'000'000 - offset, static_cast<int64_t>(random() % 3)});
    }
  }
  const auto replay = [&] {
    book.ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
    for (const std::vector<BookLevel>& levels : messages) {
      book.Apply({.last_update_id = 2, .bids = levels});
    }
  };
  replay();
  const AllocationCounter allocations;
  replay();
  EXPECT_EQ(allocations.count(), 0);
}

TEST(OrderBookDeathTest, ChecksTheScale) {
  EXPECT_DEATH(OrderBook(BookScale{19, 0}), "CHECK failed");
  EXPECT_DEATH(OrderBook(BookScale{0, -1}), "CHECK failed");
}

}  // namespace
}  // namespace colibri
