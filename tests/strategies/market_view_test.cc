#include "strategies/market_view.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::HasSubstr;

const TradingPair kPair{"BTC", "USDT"};

class MarketViewTest : public testing::Test {
 protected:
  MarketViewTest() : exchange_(kPair) {
    exchange_.SetBalance("BTC", "10");
    exchange_.SetBalance("USDT", "1000");
  }

  static Order OpenOrder(Side side, std::string_view price, std::string_view quantity) {
    Order order;
    order.pair = kPair;
    order.side = side;
    order.price = Px(price);
    order.quantity = Qty(quantity);
    order.state = OrderState::kOpen;
    return order;
  }
  absl::Status Refusal() { return ReadMarket(exchange_, kPair, {}).status(); }

  ScriptedExchange exchange_;
};

TEST_F(MarketViewTest, SaysWhyThereIsNoQuoting) {
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no snapshot yet")));
  exchange_.SetMid("100");
  EXPECT_OK(Refusal());

  exchange_.set_rules_known(false);
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not known yet")));
  exchange_.set_rules_known(true);

  exchange_.rule().is_trading = false;
  exchange_.rule().status = "BREAK";
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("\"BREAK\"")));
  exchange_.rule().is_trading = true;

  exchange_.SetHealth("user_stream", false, "listen key expired");
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("listen key expired")));
  exchange_.SetHealth("user_stream", true);

  exchange_.SetBook({{"100", "1"}}, {});
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("both sides")));
  exchange_.SetBook({{"100", "1"}}, {{"99", "1"}});
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("crossed")));
  exchange_.MakeStale("gap at 17");
  EXPECT_THAT(Refusal(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("gap at 17")));
}

TEST_F(MarketViewTest, OnlyOwnOrdersOnASideIsNoMarket) {
  exchange_.SetBook({{"100", "1"}}, {{"101", "0.5"}});
  const Order ask = OpenOrder(Side::kSell, "101", "0.5");
  EXPECT_THAT(ReadMarket(exchange_, kPair, {&ask}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("nobody else")));
}

TEST_F(MarketViewTest, ReferenceLeavesOutOwnOrders) {
  exchange_.SetBook({{"100.5", "0.3"}, {"100", "1"}}, {{"102", "1"}});
  const OrderBook& book = **exchange_.book(kPair);
  EXPECT_EQ(ReferenceOf(book, {}), Px("101.25"));
  Order bid = OpenOrder(Side::kBuy, "100.5", "0.4");
  bid.filled = Qty("0.1");
  EXPECT_EQ(ReferenceOf(book, {&bid}), Px("101"));
}

TEST_F(MarketViewTest, TwoOwnOrdersAtOnePriceAddUp) {
  exchange_.SetBook({{"100.5", "0.3"}, {"100", "1"}}, {{"102", "1"}});
  const Order first = OpenOrder(Side::kBuy, "100.5", "0.1");
  const Order second = OpenOrder(Side::kBuy, "100.5", "0.2");
  EXPECT_EQ(ReferenceOf(**exchange_.book(kPair), {&first, &second}), Px("101"));
}

TEST_F(MarketViewTest, LevelSharedWithOthersOrNotShownYetStays) {
  exchange_.SetBook({{"100.5", "0.3"}, {"100", "1"}}, {{"102", "1"}});
  const OrderBook& book = **exchange_.book(kPair);
  const Order smaller = OpenOrder(Side::kBuy, "100.5", "0.2");
  EXPECT_EQ(ReferenceOf(book, {&smaller}), Px("101.25"));
  const Order larger = OpenOrder(Side::kBuy, "100.5", "0.5");
  EXPECT_EQ(ReferenceOf(book, {&larger}), Px("101.25"));
  Order pending = OpenOrder(Side::kBuy, "100.5", "0.3");
  pending.state = OrderState::kPendingCreate;
  EXPECT_EQ(ReferenceOf(book, {&pending}), Px("101.25"));
}

TEST_F(MarketViewTest, BudgetIsWhatIsFreeAndWhatOwnOrdersLock) {
  exchange_.SetMid("100");
  OrderRequest request;
  request.pair = kPair;
  request.side = Side::kBuy;
  request.price = Px("90");
  request.quantity = Qty("2");
  ASSERT_OK_AND_ASSIGN(const ClientOrderId mine, exchange_.Place(request));
  ASSERT_OK(exchange_.Place(request));  // of someone else on the account
  ASSERT_OK_AND_ASSIGN(const QuoteMarket market,
                       ReadMarket(exchange_, kPair, {exchange_.FindOrder(mine)}));
  EXPECT_EQ(market.quote_budget, Notional(Dec("820")));
  EXPECT_EQ(market.base_budget, Qty("10"));
  EXPECT_EQ(market.quote_total, Dec("1000"));
}

TEST_F(MarketViewTest, BudgetIsNeverMoreThanThereIs) {
  exchange_.SetMid("100");
  const Order bid = OpenOrder(Side::kBuy, "90", "2");  // not reserved yet
  const Order ask = OpenOrder(Side::kSell, "110", "2");
  ASSERT_OK_AND_ASSIGN(const QuoteMarket market, ReadMarket(exchange_, kPair, {&bid, &ask}));
  EXPECT_EQ(market.quote_budget, Notional(Dec("1000")));
  EXPECT_EQ(market.base_budget, Qty("10"));
}

}  // namespace
}  // namespace colibri
