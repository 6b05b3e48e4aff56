// The book of a connector against the venue's own, level by level.
#pragma once

#include "gmock/gmock.h"

#include "connector/exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {

// View: bids and asks as (price, quantity), best first.
template <typename View>
void ExpectSameBook(const Exchange& exchange, const TradingPair& pair, const View& theirs) {
  const absl::StatusOr<const OrderBook*> book = exchange.book(pair);
  ASSERT_THAT(book, IsOk());
  const auto expect_same = [&book](Side side, const auto& levels) {
    const std::vector<PriceLevel> ours = (*book)->levels(side, 5000);
    ASSERT_EQ(ours.size(), levels.size());
    for (size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].price.value(), levels[i].first);
      EXPECT_EQ(ours[i].quantity.value(), levels[i].second);
    }
  };
  expect_same(Side::kBuy, theirs.bids);
  expect_same(Side::kSell, theirs.asks);
}

}  // namespace colibri
