#include "connector/order_cost.h"

#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

class OrderCostTest : public ::testing::Test {
 protected:
  OrderCostTest() {
    const BookLevel bids[] = {{9900, 100}};
    const BookLevel asks[] = {{10000, 100}, {10200, 100}};
    BookSnapshot snapshot;
    snapshot.bids = bids;
    snapshot.asks = asks;
    book_.ApplySnapshot(snapshot);  // 1.00 at 99; 1.00 at 100, 1.00 at 102
    fees_.percent = {.maker = Decimal::FromScaled(1, 3), .taker = Decimal::FromScaled(2, 3)};
  }

  static OrderRequest Request(Side side, OrderType type, const char* quantity, const char* price) {
    OrderRequest request;
    request.pair = {"BTC", "USDT"};
    request.side = side;
    request.type = type;
    request.quantity = *Quantity::Parse(quantity);
    if (price != nullptr) {
      request.price = *Price::Parse(price);
    }
    return request;
  }
  void ExpectCost(const OrderRequest& request, const char* asset, const char* amount) {
    ASSERT_OK_AND_ASSIGN(const OrderCost cost, CostOf(request, fees_, &book_));
    EXPECT_EQ(cost.asset, asset);
    EXPECT_EQ(cost.amount, *Decimal::Parse(amount));
  }

  OrderBook book_{BookScale{2, 2}};
  FeeSchema fees_;
};

TEST_F(OrderCostTest, TooLargeAProductIsOutOfRange) {
  EXPECT_THAT(
      CostOf(Request(Side::kBuy, OrderType::kLimit, "100000000000", "100000000000"), fees_, &book_),
      StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(OrderCostTest, ABuyTakesQuote) {
  ExpectCost(Request(Side::kBuy, OrderType::kLimit, "0.5", "100"), "USDT", "50");
}

TEST_F(OrderCostTest, AFeeOnTopIsIncludedAtTheHigherRate) {
  fees_.charge = FeeCharge::kAddedToCost;

  ExpectCost(Request(Side::kBuy, OrderType::kLimit, "0.5", "100"), "USDT", "50.1");
}

TEST_F(OrderCostTest, ASellTakesBase) {
  ExpectCost(Request(Side::kSell, OrderType::kLimit, "0.5", "100"), "BTC", "0.5");
}

TEST_F(OrderCostTest, AMarketBuyIsPricedByTheBook) {
  ExpectCost(Request(Side::kBuy, OrderType::kMarket, "1.5", nullptr), "USDT", "151");
}

TEST_F(OrderCostTest, AMarketBuyByQuoteTakesThatMuch) {
  OrderRequest request = Request(Side::kBuy, OrderType::kMarket, "0", nullptr);
  request.quote_quantity = *Notional::Parse("75");

  ExpectCost(request, "USDT", "75");
}

TEST_F(OrderCostTest, AMarketSellByQuoteTakesWhatTheBookGivesForIt) {
  OrderRequest request = Request(Side::kSell, OrderType::kMarket, "0", nullptr);
  request.quote_quantity = *Notional::Parse("49.5");

  ExpectCost(request, "BTC", "0.5");
}

TEST_F(OrderCostTest, WithoutABookAMarketBuyCostsNobodyKnowsWhat) {
  ASSERT_OK_AND_ASSIGN(
      const OrderCost cost,
      CostOf(Request(Side::kBuy, OrderType::kMarket, "1.5", nullptr), fees_, nullptr));

  EXPECT_TRUE(cost.amount.is_zero());
}

}  // namespace
}  // namespace colibri
