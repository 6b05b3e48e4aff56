#include "core/book_text.h"

#include <vector>

#include "gtest/gtest.h"

namespace colibri {
namespace {

OrderBook Book(BookScale scale, std::vector<BookLevel> bids, std::vector<BookLevel> asks) {
  OrderBook book(scale);
  book.ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
  return book;
}

TEST(BookTextTest, EmptyBookIsTheMiddleAlone) {
  EXPECT_EQ(CanonicalText(OrderBook(BookScale{2, 5})), "#");
}

TEST(BookTextTest, OneSidedBookKeepsTheMiddle) {
  EXPECT_EQ(CanonicalText(Book({0, 0}, {{7, 1}}, {})), "7:1#");
  EXPECT_EQ(CanonicalText(Book({0, 0}, {}, {{7, 1}})), "#7:1");
}

TEST(BookTextTest, StripsTrailingZerosAndDots) {
  EXPECT_EQ(CanonicalText(Book({2, 5},
                               {{6184323, 433586}, {6184300, 100000}, {6184310, 10}},
                               {{6184330, 5552}, {10000000, 120000}})),
            "61843.23:4.33586|61843.1:0.0001|61843:1#61843.3:0.05552|100000:1.2");
}

TEST(BookTextTest, EndsEachSideAtTheDepth) {
  const OrderBook book = Book({0, 0}, {{9, 1}, {8, 2}, {7, 3}}, {{10, 4}, {11, 5}});
  EXPECT_EQ(CanonicalText(book, 0), "#");
  EXPECT_EQ(CanonicalText(book, 1), "9:1#10:4");
  EXPECT_EQ(CanonicalText(book, 2), "9:1|8:2#10:4|11:5");
  EXPECT_EQ(CanonicalText(book), "9:1|8:2|7:3#10:4|11:5");
}

}  // namespace
}  // namespace colibri
