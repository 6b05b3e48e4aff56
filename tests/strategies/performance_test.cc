#include "strategies/performance.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "tests/support/fake_venue.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const TradingPair kPair{"BTC", "USDT"};

class PerformanceTrackerTest : public testing::Test {
 protected:
  PerformanceTrackerTest() : exchange_(kPair) {
    exchange_.SetBalance("BTC", "10");
    exchange_.SetBalance("USDT", "10000");
    exchange_.SetMid("100");
  }

  ClientOrderId Place(Side side, std::string_view price, std::string_view quantity) {
    OrderRequest request;
    request.pair = kPair;
    request.side = side;
    request.price = Px(price);
    request.quantity = Qty(quantity);
    return exchange_.Place(request).value();
  }
  void PublishFill(Fill fill) {
    OrderFilled event;
    event.order.pair = fill.pair;
    event.fill = std::move(fill);
    exchange_.Publish(event);
  }
  // "BTC 10 -1 0.1 8.9 8.8": start, traded, fees, expected, actual
  static std::vector<std::string> Rows(const PerformanceReport& report) {
    std::vector<std::string> rows;
    for (const AssetReconciliation& row : report.balances) {
      rows.push_back(StrCat(row.asset,
                            " ",
                            row.start,
                            " ",
                            row.traded,
                            " ",
                            row.fees,
                            " ",
                            row.expected,
                            " ",
                            row.actual));
    }
    return rows;
  }

  ScriptedExchange exchange_;
};

TEST_F(PerformanceTrackerTest, DepositShowsAsADifference) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.SetBalance("USDT", "10000.00000001");
  const PerformanceReport report = tracker.Report();
  EXPECT_FALSE(report.is_reconciled());
  EXPECT_THAT(Rows(report), ElementsAre("BTC 10 0 0 10 10", "USDT 10000 0 0 10000 10000.00000001"));
  EXPECT_EQ(report.balances[1].difference(), Dec("0.00000001"));
}

TEST_F(PerformanceTrackerTest, AssetThatCameLaterIsReconciledFromNothing) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.SetBalance("ETH", "1");
  EXPECT_FALSE(tracker.Report().is_reconciled());
}

TEST_F(PerformanceTrackerTest, FillBeyondTheRangeIsCountedAndNotReconciled) {
  const PerformanceTracker tracker(exchange_, kPair);
  Fill fill;
  fill.pair = kPair;
  fill.price = Px("100000000000000000000");
  fill.quantity = Qty("100");
  PublishFill(fill);
  const PerformanceReport report = tracker.Report();
  EXPECT_EQ(report.overflows, 1);
  EXPECT_EQ(report.counts.fills, 0);
  EXPECT_FALSE(report.is_reconciled());
}

TEST_F(PerformanceTrackerTest, WithoutAMidThereIsNoValue) {
  ScriptedExchange quiet(kPair);
  const PerformanceTracker tracker(quiet, kPair);
  const PerformanceReport report = tracker.Report();
  EXPECT_EQ(report.mid, std::nullopt);
  EXPECT_EQ(report.net_profit, std::nullopt);
  EXPECT_EQ(report.value, std::nullopt);
  EXPECT_TRUE(report.is_reconciled());
}

TEST_F(PerformanceTrackerTest, KeepsTheLastMidOfABookThatWentStale) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.SetMid("103");
  exchange_.MakeStale("cut");
  EXPECT_EQ(tracker.Report().mid, Px("103"));
}

TEST_F(PerformanceTrackerTest, CountsWhatOrdersEndAs) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.RejectNextOrders(1, "no");
  Place(Side::kBuy, "99", "1");
  exchange_.Fill(Place(Side::kBuy, "99", "1"), "1");
  const ClientOrderId canceled = Place(Side::kSell, "101", "1");
  exchange_.Fill(canceled, "0.25");
  exchange_.Fill(canceled, "0.25");
  exchange_.FinishCancel(canceled);
  exchange_.Expire(Place(Side::kSell, "101", "1"), "stp");
  exchange_.RejectCancel(Place(Side::kSell, "102", "1"), "unknown order");
  EXPECT_EQ(tracker.counts(),
            (OrderCounts{.created = 4,
                         .filled = 1,
                         .canceled = 1,
                         .rejected = 1,
                         .expired = 1,
                         .fills = 3,
                         .cancel_rejected = 1}));
}

TEST_F(PerformanceTrackerTest, LateFillCountsAndCorrectsTheEnd) {
  const PerformanceTracker tracker(exchange_, kPair);
  const ClientOrderId id = Place(Side::kSell, "101", "1");
  exchange_.FinishCancel(id);
  exchange_.Fill(id, "1");
  OrderCorrected corrected;
  corrected.order = *exchange_.FindOrder(id);
  corrected.order.state = OrderState::kFilled;
  corrected.previous_state = OrderState::kCanceled;
  exchange_.Publish(corrected);
  EXPECT_EQ(tracker.counts(),
            (OrderCounts{.created = 1, .filled = 1, .fills = 1, .late_fills = 1, .corrected = 1}));
  EXPECT_TRUE(tracker.Report().is_reconciled());
}

TEST_F(PerformanceTrackerTest, ReconcilesFillsAndFeesToTheLastDigit) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.Fill(Place(Side::kBuy, "99.99", "1.2345"), "1.2345");
  exchange_.Fill(Place(Side::kSell, "100.03", "0.5"), "0.3333");
  exchange_.SetMid("101");
  const PerformanceReport report = tracker.Report();
  EXPECT_THAT(Rows(report),
              ElementsAre("BTC 10 0.9012 0.0012345 10.8999655 10.8999655",
                          "USDT 10000 -90.097656 0.033339999 9909.869004001 9909.869004001"));
  EXPECT_TRUE(report.is_reconciled());
  EXPECT_EQ(report.bought, Qty("1.2345"));
  EXPECT_EQ(report.sold, Qty("0.3333"));
  EXPECT_EQ(report.spent, Notional(Dec("123.437655")));
  EXPECT_EQ(report.earned, Notional(Dec("33.339999")));
  EXPECT_EQ(report.maker_fills, 2);
  EXPECT_THAT(
      report.fees,
      ElementsAre(AssetAmount{"BTC", Dec("0.0012345")}, AssetAmount{"USDT", Dec("0.033339999")}));
}

TEST_F(PerformanceTrackerTest, ProfitIsTheValueAboveHolding) {
  const PerformanceTracker tracker(exchange_, kPair);
  exchange_.Fill(Place(Side::kBuy, "99", "2"), "2");
  exchange_.Fill(Place(Side::kSell, "101", "1"), "1");
  exchange_.SetMid("102");
  const PerformanceReport report = tracker.Report();
  EXPECT_EQ(report.position, Qty("1"));
  EXPECT_EQ(report.average_cost, Px("99"));
  EXPECT_EQ(report.realised_profit, Notional(Dec("2")));
  EXPECT_EQ(report.unrealised_profit, Notional(Dec("3")));
  EXPECT_EQ(report.fees_value, Notional(Dec("0.305")));  // 0.002 BTC at 102 and 0.101 USDT
  EXPECT_EQ(report.net_profit, Notional(Dec("4.695")));
  EXPECT_EQ(report.value_if_held, Notional(Dec("11020")));
  EXPECT_EQ(report.value, Notional(Dec("11024.695")));
}

TEST_F(PerformanceTrackerTest, FeeInAThirdAssetIsListedAndReconciled) {
  exchange_.SetBalance("BNB", "1");
  const PerformanceTracker tracker(exchange_, kPair);
  Fill fill;
  fill.pair = kPair;
  fill.side = Side::kBuy;
  fill.price = Px("100");
  fill.quantity = Qty("1");
  fill.fees = {{"BNB", Dec("0.0003")}};
  exchange_.SetBalance("BTC", "11");
  exchange_.SetBalance("USDT", "9900");
  exchange_.SetBalance("BNB", "0.9997");
  PublishFill(fill);
  const PerformanceReport report = tracker.Report();
  EXPECT_TRUE(report.is_reconciled());
  EXPECT_THAT(report.fees, ElementsAre(AssetAmount{"BNB", Dec("0.0003")}));
  EXPECT_EQ(report.net_profit, Notional());
}

TEST_F(PerformanceTrackerTest, FillsOfOthersOrdersCountForBalancesNotAsOurs) {
  const PerformanceTracker tracker(exchange_, kPair);
  ForeignFill event;
  event.fill.pair = kPair;
  event.fill.side = Side::kSell;
  event.fill.price = Px("100");
  event.fill.quantity = Qty("1");
  exchange_.SetBalance("BTC", "9");
  exchange_.SetBalance("USDT", "10100");
  exchange_.Publish(event);
  EXPECT_TRUE(tracker.Report().is_reconciled());
  EXPECT_EQ(tracker.counts(), (OrderCounts{.foreign_fills = 1}));
  ASSERT_THAT(tracker.fills(), SizeIs(1));
  EXPECT_TRUE(tracker.fills()[0].is_foreign);
}

TEST_F(PerformanceTrackerTest, OtherPairsMoveBalancesOnly) {
  const PerformanceTracker tracker(exchange_, kPair);
  Fill fill;
  fill.pair = {"ETH", "USDT"};
  fill.price = Px("10");
  fill.quantity = Qty("1");
  exchange_.SetBalance("ETH", "1");
  exchange_.SetBalance("USDT", "9990");
  PublishFill(fill);
  EXPECT_TRUE(tracker.Report().is_reconciled());
  EXPECT_EQ(tracker.counts(), OrderCounts());
  EXPECT_EQ(tracker.Report().bought, Quantity());
}

TEST_F(PerformanceTrackerTest, KeepsTheLastFillsAndTellsOfAll) {
  std::vector<std::string> told;
  const PerformanceTracker tracker(exchange_, kPair, 2, [&told](const FillRecord& record) {
    told.push_back(record.notional.ToString());
  });
  const ClientOrderId id = Place(Side::kBuy, "99", "1");
  exchange_.Fill(id, "0.1");
  exchange_.Fill(id, "0.2");
  exchange_.Fill(id, "0.3");
  EXPECT_THAT(told, ElementsAre("9.9", "19.8", "29.7"));
  ASSERT_THAT(tracker.fills(), SizeIs(2));
  EXPECT_EQ(tracker.fills()[0].fill.quantity, Qty("0.2"));
}

TEST_F(PerformanceTrackerTest, RestartForgetsAll) {
  PerformanceTracker tracker(exchange_, kPair);
  exchange_.Fill(Place(Side::kBuy, "99", "1"), "1");
  tracker.Restart();
  EXPECT_EQ(tracker.counts(), OrderCounts());
  EXPECT_THAT(tracker.fills(), IsEmpty());
  EXPECT_TRUE(tracker.Report().is_reconciled());
  EXPECT_EQ(tracker.Report().net_profit, Notional());
}

TEST_F(PerformanceTrackerTest, RandomTradingReconcilesAndProfitEqualsValueAboveHolding) {
  Random random(5);
  exchange_.SetBalance("BTC", "100000");
  exchange_.SetBalance("USDT", "100000000");
  const PerformanceTracker tracker(exchange_, kPair);
  for (int i = 0; i < 500; ++i) {
    const Side side = random.Uniform(2) == 0 ? Side::kBuy : Side::kSell;
    const int64_t cents = 10'000 + static_cast<int64_t>(random.Uniform(1'000));
    const std::string price =
        Decimal::FromScaled(side == Side::kBuy ? cents - 1'100 : cents + 100, 2).ToString();
    const std::string quantity =
        Decimal::FromScaled(1'000 + static_cast<int64_t>(random.Uniform(99'000)), 4).ToString();
    const ClientOrderId id = Place(side, price, quantity);
    exchange_.Fill(id, "0.0123");
    if (random.Uniform(2) == 0) {
      exchange_.Fill(id, exchange_.FindOrder(id)->remaining().ToString());
    } else {
      exchange_.FinishCancel(id);
    }
    const PerformanceReport report = tracker.Report();
    ASSERT_TRUE(report.is_reconciled());
    ASSERT_EQ(*report.value - *report.value_if_held, *report.net_profit);
  }
}

// A long of 2 from 100, closed at 110: 20 by the venue's word, fees of 0.4, 1.5 paid for funding.
TEST(PerpetualPerformanceTest, ReconcilesTheCollateral) {
  FakeVenue venue(/*has_keys=*/true, FakePerpetualSpec());
  ASSERT_THAT(venue.Start(), IsOk());
  PerformanceTracker tracker(*venue.exchange, FakeVenue::kPair);
  const auto fill = [&venue](Side side, std::string_view price, std::string_view profit) {
    OrderFilled filled;
    filled.fill.pair = FakeVenue::kPair;
    filled.fill.side = side;
    filled.fill.price = *Price::Parse(price);
    filled.fill.quantity = *Quantity::Parse("2");
    filled.fill.fees = {{.asset = "USDT", .amount = *Decimal::Parse("0.2")}};
    filled.fill.realised_profit = *Notional::Parse(profit);
    filled.order.pair = FakeVenue::kPair;
    venue.exchange->events().Publish(filled);
  };
  fill(Side::kBuy, "100", "0");
  fill(Side::kSell, "110", "20");
  venue.exchange->events().Publish(FundingPayment{.header = {},
                                                  .pair = FakeVenue::kPair,
                                                  .payment_id = {},
                                                  .asset = "USDT",
                                                  .amount = *Decimal::Parse("-1.5"),
                                                  .rate = std::nullopt});
  EXPECT_FALSE(tracker.Report().is_reconciled()) << "the balance has not followed yet";
  venue.user().Push(StrCat("balance USDT 10018.1 10018.1 ", venue.now_ms()));
  venue.environment.RunUntilIdle();

  const PerformanceReport report = tracker.Report();
  EXPECT_TRUE(report.is_reconciled());
  EXPECT_EQ(report.funding.ToString(), "-1.5");
  EXPECT_EQ(report.net_profit->ToString(), "18.1");
}

}  // namespace
}  // namespace colibri
