#include "exchanges/paper/fill_simulator.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "tests/exchanges/paper/fake_feed.h"

namespace colibri {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FillSimulatorTest : public testing::Test {
 protected:
  FillSimulatorTest() {
    subscription_ = feed_.events().SubscribeAll([this](const Event& event) {
      PaperFills fills;
      if (const auto* book = std::get_if<BookChanged>(&event)) {
        book->is_stale ? simulator_.OnStale() : simulator_.OnBook(*book->book, fills);
      } else if (const auto* trade = std::get_if<PublicTrade>(&event)) {
        simulator_.OnTrade(trade->taker_side, trade->price, trade->quantity, fills);
      } else if (const auto* quote = std::get_if<BestQuoteChanged>(&event)) {
        simulator_.OnBestQuote(feed_.raw_book(),
                               {quote->bid_price, quote->bid_quantity},
                               {quote->ask_price, quote->ask_quantity},
                               quote->update_id,
                               fills);
      }
      for (const PaperFill& fill : fills) {
        fills_.push_back(StrCat(fill.order_id, ": ", fill.quantity, " @ ", fill.price));
      }
    });
    feed_.ShowBook({{"100", "5"}, {"99", "8"}}, {{"101", "4"}, {"102", "6"}});
  }

  void Rest(uint64_t id, Side side, std::string_view price, std::string_view quantity) {
    simulator_.Rest(
        feed_.raw_book(),
        {.id = id, .side = side, .price = P(price), .remaining = Q(quantity), .step = Q("0.001")});
  }
  // "4 @ 101, 1 @ 102", then what is special.
  std::string Take(Side side,
                   std::optional<std::string_view> limit,
                   std::string_view quantity,
                   std::optional<std::string_view> budget = std::nullopt) {
    TakeRequest request;
    request.side = side;
    request.quantity = Q(quantity);
    request.step = Q("0.001");
    if (limit.has_value()) {
      request.limit = P(*limit);
    }
    if (budget.has_value()) {
      request.budget = Notional(D(*budget));
    }
    const TakePlan plan = simulator_.Plan(feed_.raw_book(), request);
    simulator_.Take(feed_.raw_book(), side, plan);
    std::string text;
    for (const TakePlan::Level& level : plan.levels) {
      text += StrCat(text.empty() ? "" : ", ", level.quantity, " @ ", level.displayed.price);
    }
    return StrCat(text, plan.is_complete ? "" : " (rest)", plan.meets_own ? " (own)" : "");
  }
  std::vector<std::string> TakeFills() { return std::exchange(fills_, {}); }

  FakeFeed feed_;
  FillSimulator simulator_{Decimal::FromInteger(1)};
  Subscription subscription_;
  std::vector<std::string> fills_;
};

TEST_F(FillSimulatorTest, FillsNothingWhileTheBookIsStale) {
  Rest(1, Side::kBuy, "100.5", "1");
  feed_.MakeStale();
  feed_.ShowTrade(Side::kSell, "90", "50");
  feed_.ShowQuote({"89", "1"}, {"90", "50"}, 1);
  EXPECT_THAT(TakeFills(), IsEmpty());
}

TEST_F(FillSimulatorTest, KeepsAtMostItsPlaceOverAStaleTime) {
  Rest(1, Side::kBuy, "100", "1");
  feed_.MakeStale();
  feed_.ShowBook({{"100", "3"}}, {{"101", "4"}});
  EXPECT_EQ(simulator_.ahead_of(1), Q("3"));
}

TEST_F(FillSimulatorTest, WaitsBehindWhatIsDisplayed) {
  Rest(1, Side::kBuy, "100", "2");
  feed_.ShowTrade(Side::kSell, "100", "5");
  EXPECT_THAT(TakeFills(), IsEmpty());
  feed_.ShowTrade(Side::kSell, "100", "0.5");
  feed_.ShowTrade(Side::kSell, "100", "7");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.5 @ 100", "1: 1.5 @ 100"));
  EXPECT_EQ(simulator_.resting_count(), 0u);
}

TEST_F(FillSimulatorTest, IsNotReachedByTakersOfItsOwnSide) {
  Rest(1, Side::kBuy, "100.5", "2");
  feed_.ShowTrade(Side::kBuy, "100.5", "9");
  feed_.ShowTrade(Side::kBuy, "101", "9");
  EXPECT_THAT(TakeFills(), IsEmpty());
}

TEST_F(FillSimulatorTest, FillsUpToAPrintThatWentThrough) {
  Rest(1, Side::kBuy, "100", "2");
  feed_.ShowTrade(Side::kSell, "99.99", "0.7");
  feed_.ShowTrade(Side::kSell, "99.99", "9");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.7 @ 100", "1: 1.3 @ 100"));
}

TEST_F(FillSimulatorTest, FillsSellsAsTheMirrorOfBuys) {
  Rest(1, Side::kSell, "101", "2");
  feed_.ShowTrade(Side::kBuy, "101", "4.5");
  feed_.ShowTrade(Side::kBuy, "101.01", "0.3");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.5 @ 101", "1: 0.3 @ 101"));
}

TEST_F(FillSimulatorTest, NeverFillsMoreThanThePrintOverAllOwnOrders) {
  Rest(1, Side::kBuy, "100", "2");    // behind 5
  Rest(2, Side::kBuy, "100.5", "1");  // alone, better
  Rest(3, Side::kBuy, "100", "2");    // behind 5 and order 1
  feed_.ShowTrade(Side::kSell, "100", "7.25");
  // 1 to the better price, 5 to those ahead, the last 1.25 to the older order.
  EXPECT_THAT(TakeFills(), ElementsAre("2: 1 @ 100.5", "1: 1.25 @ 100"));
  feed_.ShowTrade(Side::kSell, "100", "1");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.75 @ 100", "3: 0.25 @ 100"));
}

TEST_F(FillSimulatorTest, LetsThoseBetweenTwoOwnOrdersGoFirst) {
  Rest(1, Side::kBuy, "100", "1");  // behind 5
  feed_.ShowBids({{"100", "8"}});   // 3 join
  Rest(2, Side::kBuy, "100", "1");  // behind 8 and order 1
  feed_.ShowTrade(Side::kSell, "100", "8.5");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 1 @ 100"));
  EXPECT_EQ(simulator_.ahead_of(2), Q("0.5"));
  feed_.ShowTrade(Side::kSell, "100", "1");
  EXPECT_THAT(TakeFills(), ElementsAre("2: 0.5 @ 100"));
}

TEST_F(FillSimulatorTest, FillsInWholeLots) {
  Rest(1, Side::kBuy, "100.5", "1");
  feed_.ShowTrade(Side::kSell, "100.5", "0.0019");
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.001 @ 100.5"));
}

TEST_F(FillSimulatorTest, FillsAsMakerWhenTheBookCrossesIt) {
  Rest(1, Side::kBuy, "100.5", "3");
  feed_.ShowAsks({{"100.4", "1"}, {"100.5", "1"}});
  // Up to what stands there, at our price.
  EXPECT_THAT(TakeFills(), ElementsAre("1: 1 @ 100.5", "1: 1 @ 100.5"));
}

TEST_F(FillSimulatorTest, TakesACrossingLevelOnceWhileItStands) {
  Rest(1, Side::kBuy, "100.5", "3");
  feed_.ShowAsks({{"100.5", "1"}});
  feed_.ShowBids({{"99", "7"}});
  EXPECT_THAT(TakeFills(), ElementsAre("1: 1 @ 100.5"));
  feed_.ShowAsks({{"100.5", "0.4"}});  // another quantity: it stands anew
  EXPECT_THAT(TakeFills(), ElementsAre("1: 0.4 @ 100.5"));
}

TEST_F(FillSimulatorTest, FillsByABestQuoteAheadOfTheBookOnce) {
  Rest(1, Side::kBuy, "100.5", "3");
  feed_.ShowQuote({"100", "5"}, {"100.5", "2"}, 1);
  EXPECT_THAT(TakeFills(), ElementsAre("1: 2 @ 100.5"));
  feed_.ShowAsks({{"100.5", "2"}});  // the book catches up
  EXPECT_THAT(TakeFills(), IsEmpty());
}

TEST_F(FillSimulatorTest, IgnoresABestQuoteThatTheBookHasOvertaken) {
  Rest(1, Side::kSell, "100.5", "3");
  feed_.ShowQuote({"100.5", "2"}, {"101", "4"}, 0);
  EXPECT_THAT(TakeFills(), IsEmpty());
}

TEST_F(FillSimulatorTest, WalksTheBookAsTaker) {
  EXPECT_EQ(Take(Side::kBuy, "102", "5"), "4 @ 101, 1 @ 102");
}

TEST_F(FillSimulatorTest, StopsAtTheLimit) {
  EXPECT_EQ(Take(Side::kSell, "100", "6"), "5 @ 100 (rest)");
  EXPECT_EQ(Take(Side::kSell, "100.01", "6"), " (rest)");
}

TEST_F(FillSimulatorTest, DoesNotSellTheSameDepthTwice) {
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "3"), "3 @ 101");
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "3"), "1 @ 101, 2 @ 102");
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "9"), "4 @ 102 (rest)");
  feed_.ShowAsks({{"101", "4.5"}});
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "9"), "4.5 @ 101 (rest)");
}

TEST_F(FillSimulatorTest, SpendsABudgetInWholeLots) {
  // 404 for 4; of the 100 left 0.98039.. at 102.
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "0", "504"), "4 @ 101, 0.98 @ 102");
  EXPECT_EQ(Take(Side::kSell, std::nullopt, "0", "0.05"), "");
  EXPECT_EQ(Take(Side::kSell, std::nullopt, "0", "5000"), "5 @ 100, 8 @ 99 (rest)");
}

TEST_F(FillSimulatorTest, StopsAtAnOwnOrderOfTheOtherSide) {
  Rest(1, Side::kSell, "101.5", "2");
  EXPECT_EQ(Take(Side::kBuy, "102", "4"), "4 @ 101");
  feed_.ShowAsks({{"101", "3"}});
  EXPECT_EQ(Take(Side::kBuy, "102", "4"), "3 @ 101 (rest) (own)");
  EXPECT_EQ(Take(Side::kBuy, "101.4", "4"), " (rest)");
}

TEST_F(FillSimulatorTest, StopsAtAnOwnOrderThatAloneIsThere) {
  feed_.ShowBook({{"100", "5"}}, {});
  Rest(1, Side::kSell, "101.5", "2");
  EXPECT_EQ(Take(Side::kBuy, std::nullopt, "4"), " (rest) (own)");
}

TEST_F(FillSimulatorTest, NeverFillsMoreThanAnyPrintOrOrder) {
  Random random(5);
  std::vector<Quantity> remaining;
  for (int i = 0; i < 5000; ++i) {
    const Side side = random.Uniform(2) == 0 ? Side::kBuy : Side::kSell;
    const Quantity quantity =
        Quantity::FromScaled(1 + static_cast<int64_t>(random.Uniform(4000)), 3);
    const int64_t ticks = side == Side::kBuy ? -static_cast<int64_t>(random.Uniform(60))
                                             : 1 + static_cast<int64_t>(random.Uniform(60));
    const Price price = Price::FromScaled(10'050 + ticks, 2);
    if (random.Uniform(3) == 0) {
      simulator_.Rest(feed_.raw_book(),
                      {.id = remaining.size(),
                       .side = side,
                       .price = price,
                       .remaining = quantity,
                       .step = Q("0.001")});
      remaining.push_back(quantity);
      continue;
    }
    PaperFills fills;
    simulator_.OnTrade(Opposite(side), price, quantity, fills);
    Quantity sum;
    for (const PaperFill& fill : fills) {
      ASSERT_TRUE(fill.quantity.is_positive());
      sum += fill.quantity;
      remaining[fill.order_id] -= fill.quantity;
      ASSERT_FALSE(remaining[fill.order_id].is_negative());
    }
    ASSERT_LE(sum, quantity);
  }
  EXPECT_GT(remaining.size(), 1000u);
}

TEST_F(FillSimulatorTest, ForgetsAnOrderThatIsRemoved) {
  Rest(1, Side::kBuy, "100.5", "2");
  EXPECT_TRUE(simulator_.Remove(1));
  EXPECT_FALSE(simulator_.Remove(1));
  feed_.ShowTrade(Side::kSell, "90", "50");
  EXPECT_THAT(TakeFills(), IsEmpty());
}

}  // namespace
}  // namespace colibri
