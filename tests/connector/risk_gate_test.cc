#include "connector/risk_gate.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/counting_allocator.h"
#include "tests/support/risk_fixture.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

auto IsRefused(std::string_view limit) {
  return StatusIs(Code::kFailedPrecondition, HasSubstr("risk limit " + std::string(limit) + ":"));
}
auto IsTooLarge(std::string_view limit) {
  return StatusIs(Code::kInvalidArgument, HasSubstr("risk limit " + std::string(limit) + ":"));
}

RiskConfig With(RiskLimits limits) {
  RiskConfig config;
  config.limits = std::move(limits);
  return config;
}

RiskLimits Own(std::string_view quantity) {
  RiskLimits limits;
  limits.order_quantity_max = Q(quantity);
  return limits;
}

TEST(RiskGateTest, ChecksNothingWithoutLimits) {
  RiskBench bench{RiskConfig()};
  EXPECT_THAT(bench.gate.Check(bench.Buy("1000000", "1000000"), nullptr), IsOk());
}

TEST(RiskGateTest, RefusesAPairThatIsNotItsOwn) {
  RiskBench bench{RiskConfig()};
  OrderRequest request = bench.Buy("100", "1");
  request.pair = {.base = "DOGE", .quote = "USDT"};
  EXPECT_THAT(bench.Check(request), StatusIs(Code::kNotFound, HasSubstr("DOGE-USDT")));
}

TEST(RiskGateTest, RefusesAQuantityAboveTheLimit) {
  RiskBench bench(With(Own("0.5")));
  EXPECT_THAT(bench.Check(bench.Buy("100", "0.5")), IsOk());
  EXPECT_THAT(
      bench.Check(bench.Buy("100", "0.501")),
      AllOf(IsTooLarge("order_quantity_max"),
            StatusIs(Code::kInvalidArgument,
                     HasSubstr("an order on BTC-USDT may have 0.5 BTC, this one has 0.501"))));
}

OrderRequest WithStop(OrderRequest request, std::string_view price) {
  request.trigger =
      OrderTrigger{.price = P(price), .kind = TriggerKind::kStop, .source = TriggerSource::kMark};
  return request;
}

TEST(RiskGateTest, MeasuresAConditionalOrderByItsOwnPrices) {
  RiskLimits limits;
  limits.order_notional_max = N("100");
  limits.price_distance_max_bps = D("10");
  RiskBench bench(With(limits));
  // Half of the market price: too far for an order that does not wait.
  EXPECT_THAT(bench.Check(bench.Sell("50", "1")), IsRefused("price_distance_max_bps"));
  EXPECT_THAT(bench.Check(WithStop(bench.Sell("50", "1"), "51")), IsOk());
  EXPECT_THAT(bench.Check(WithStop(bench.Sell("50", "2.001"), "51")),
              IsTooLarge("order_notional_max"));
  EXPECT_THAT(bench.Check(WithStop(bench.Market(Side::kSell, "2"), "51")),
              IsTooLarge("order_notional_max"));
}

TEST(RiskGateTest, AConditionalOrderMeetsOursOnceItHasTriggered) {
  RiskLimits limits;
  limits.forbids_self_cross = true;
  limits.position_max = Q("3");
  RiskBench bench(With(limits));
  Order stop = bench.Open(WithStop(bench.Sell("90", "1"), "91"));
  EXPECT_THAT(bench.Check(bench.Buy("95", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("120", "2.001")), IsRefused("position_max"));
  stop.is_triggered = true;
  bench.events.Publish(OrderTriggered{{}, stop});
  EXPECT_THAT(bench.Check(bench.Buy("95", "1")), IsRefused("forbids_self_cross"));
  stop.state = OrderState::kCanceled;
  bench.events.Publish(OrderCanceled{{}, stop});
  EXPECT_THAT(bench.Check(bench.Buy("95", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("120", "3")), IsOk());
}

TEST(RiskGateTest, PrefersThePairsOwnLimit) {
  RiskConfig config = With(Own("0.5"));
  config.pairs["BTC-USDT"] = Own("0.1");
  RiskBench bench(config);
  EXPECT_THAT(bench.Check(bench.Buy("100", "0.2")), IsTooLarge("order_quantity_max"));
  OrderRequest other = bench.Buy("100", "0.2");
  other.pair = bench.bnb;
  EXPECT_THAT(bench.Check(other), IsOk());
}

TEST(RiskGateTest, RefusesANotionalAboveTheLimit) {
  RiskLimits limits;
  limits.order_notional_max = N("1000");
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Buy("100", "10")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("100", "10.001")), IsTooLarge("order_notional_max"));
}

TEST(RiskGateTest, TakesTheBooksWordForAMarketOrdersNotional) {
  RiskLimits limits;
  limits.order_notional_max = N("10100");
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Market(Side::kBuy, "100")), IsOk());
  EXPECT_THAT(bench.Check(bench.Market(Side::kBuy, "100.001")), IsTooLarge("order_notional_max"));
  EXPECT_THAT(bench.Check(bench.Market(Side::kBuy, "201")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("holds less than")));
  EXPECT_THAT(bench.gate.Check(bench.Market(Side::kBuy, "1"), nullptr), IsRefused("requires_book"));
}

TEST(RiskGateTest, SizesAMarketOrderByItsQuote) {
  RiskBench bench(With(Own("10")));
  OrderRequest request = bench.Market(Side::kBuy, "0");
  request.quote_quantity = N("1010");
  EXPECT_THAT(bench.Check(request), IsOk());
  request.quote_quantity = N("1010.2");
  EXPECT_THAT(bench.Check(request), IsTooLarge("order_quantity_max"));
}

TEST(RiskGateTest, RefusesAPriceFarFromTheMid) {
  RiskLimits limits;
  limits.price_distance_max_bps = D("50");  // of 100: 0.5
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Buy("99.5", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("99.49", "1")), IsRefused("price_distance_max_bps"));
  EXPECT_THAT(bench.Check(bench.Sell("100.5", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("100.51", "1")), IsRefused("price_distance_max_bps"));
  EXPECT_THAT(bench.gate.Check(bench.Buy("100", "1"), nullptr), IsRefused("requires_book"));
}

TEST(RiskGateTest, RefusesToReachBeyondTheBestPrice) {
  RiskLimits limits;
  limits.crossing_max_bps = D("100");  // of the ask of 101: 1.01
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Buy("102.01", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("102.02", "1")), IsRefused("crossing_max_bps"));
  EXPECT_THAT(bench.Check(bench.Buy("1", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("98.01", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("98", "1")), IsRefused("crossing_max_bps"));
  EXPECT_THAT(bench.Check(bench.Market(Side::kSell, "100")), IsOk());
  EXPECT_THAT(bench.Check(bench.Market(Side::kSell, "100.001")), IsRefused("crossing_max_bps"));
}

TEST(RiskGateTest, ZeroBasisPointsMeanNotBeyondTheBestPrice) {
  RiskLimits limits;
  limits.crossing_max_bps = D("0");
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Buy("101", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("101.01", "1")), IsRefused("crossing_max_bps"));
}

TEST(RiskGateTest, RefusesAnOrderMoreThanMayBeOpen) {
  RiskConfig config;
  config.limits.open_orders_max = 2;
  config.open_orders_total_max = 3;
  RiskBench bench(config);
  Order first = bench.Place(bench.Buy("90", "1"));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.Open(bench.Buy("90", "1"));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("open_orders_max"));
  OrderRequest other = bench.Buy("90", "1");
  other.pair = bench.bnb;
  bench.Open(other);
  EXPECT_THAT(bench.Check(other), IsRefused("open_orders_total_max"));
  EXPECT_THAT(bench.gate.Check(bench.Buy("91", "1"), &bench.book, &first.client_order_id), IsOk());
  bench.Cancel(first);
  EXPECT_THAT(bench.Check(other), IsOk());
}

TEST(RiskGateTest, CountsOpenOrdersIntoThePosition) {
  RiskLimits limits;
  limits.position_max = Q("10");
  RiskBench bench(With(limits));
  bench.Trade(Side::kBuy, "100", "4");
  Order order = bench.Place(bench.Buy("99", "3"));  // nobody knows whether the venue has it
  EXPECT_THAT(bench.Check(bench.Buy("99", "3")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("99", "3.001")), IsRefused("position_max"));
  EXPECT_THAT(bench.Check(bench.Sell("99", "14")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("99", "14.001")), IsRefused("position_max"));
  // What is replaced does not count beside what replaces it.
  EXPECT_THAT(bench.gate.Check(bench.Buy("99", "6"), &bench.book, &order.client_order_id), IsOk());
  EXPECT_THAT(bench.gate.Check(bench.Buy("99", "6.001"), &bench.book, &order.client_order_id),
              IsRefused("position_max"));
}

TEST(RiskGateTest, LetsAPositionBeyondItsLimitBeReduced) {
  RiskConfig config;
  config.limits.position_max = Q("10");
  config.position_start = PositionStart::kBalances;
  RiskBench bench(config);
  bench.events.Publish(BalanceChanged{
      .header = bench.Header(), .asset = "BTC", .total = D("15"), .available = D("15")});
  EXPECT_THAT(bench.Check(bench.Buy("99", "0.001")), IsRefused("position_max"));
  EXPECT_THAT(bench.Check(bench.Sell("99", "25")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("99", "25.001")), IsRefused("position_max"));
}

TEST(RiskGateTest, RefusesAfterTheDaysLossAllButReductions) {
  RiskLimits limits;
  limits.daily_loss_max = N("20");
  RiskBench bench(With(limits));
  bench.Trade(Side::kBuy, "100", "10");
  bench.SetBook(bench.btc, 9'700, 9'900);  // 98: a loss of 20
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.SetBook(bench.btc, 9'700, 9'899);
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("daily_loss_max"));
  EXPECT_THAT(bench.Check(bench.Sell("99", "10")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("99", "10.001")), IsRefused("daily_loss_max"));
  bench.Open(bench.Sell("99", "4"));
  EXPECT_THAT(bench.Check(bench.Sell("99", "6")), IsOk());
  EXPECT_THAT(bench.Check(bench.Sell("99", "6.001")), IsRefused("daily_loss_max"));
}

TEST(RiskGateTest, AddsUpTheLossesOfOneQuoteAsset) {
  RiskConfig config;
  config.daily_loss_total_max = N("20");
  RiskBench bench(config);
  bench.SetBook(bench.bnb, 9'900, 10'100);
  bench.Trade(Side::kBuy, "100", "10");
  Order order = bench.Open([&] {
    OrderRequest request = bench.Buy("100", "10");
    request.pair = bench.bnb;
    return request;
  }());
  bench.Fill(order, "10");
  bench.SetBook(bench.btc, 9'800, 10'000);
  bench.SetBook(bench.bnb, 9'800, 10'000);  // 10 on each
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.SetBook(bench.bnb, 9'800, 9'998);
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("daily_loss_total_max"));
}

TEST(RiskGateTest, ForgetsTheLossAtMidnight) {
  RiskLimits limits;
  limits.daily_loss_max = N("20");
  RiskBench bench(With(limits));
  bench.Trade(Side::kBuy, "100", "10");
  bench.SetBook(bench.btc, 9'400, 9'600);
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("daily_loss_max"));
  bench.clock.AdvanceTo(absl::FromUnixSeconds(1'700'006'400) - absl::Nanoseconds(1));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("daily_loss_max"));
  bench.clock.AdvanceTo(absl::FromUnixSeconds(1'700'006'400));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.SetBook(bench.btc, 9'200, 9'400);  // 20 more, on a new day
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.SetBook(bench.btc, 9'200, 9'398);
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("daily_loss_max"));
}

TEST(RiskGateTest, EngagesTheKillSwitchAtTheDaysLoss) {
  KillSwitch kill("reset it");
  RiskConfig config;
  config.limits.kill_at_daily_loss = N("20");
  config.kill_switch = &kill;
  RiskBench bench(config);
  bench.Trade(Side::kBuy, "100", "10");
  bench.SetBook(bench.btc, 9'701, 9'900);
  EXPECT_FALSE(kill.is_engaged());
  bench.SetBook(bench.btc, 9'700, 9'900);
  ASSERT_TRUE(kill.is_engaged());
  EXPECT_EQ(kill.record().by, "daily loss on fake");
  EXPECT_EQ(kill.record().reason,
            "kill_at_daily_loss: BTC-USDT may not lose 20 USDT a day, and lost 20");
  EXPECT_THAT(bench.Check(bench.Sell("100", "10")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("kill switch")));
}

TEST(RiskGateTest, CountsTheLossAnewAfterAReset) {
  KillSwitch kill("reset it");
  RiskConfig config;
  config.kill_at_daily_loss_total = N("20");
  config.kill_switch = &kill;
  RiskBench bench(config);
  bench.Trade(Side::kBuy, "100", "10");
  bench.SetBook(bench.btc, 9'600, 9'800);
  ASSERT_TRUE(kill.is_engaged());
  bench.SetBook(bench.btc, 9'500, 9'700);  // it goes on falling meanwhile
  kill.Reset();
  bench.SetBook(bench.btc, 9'301, 9'500);  // 19.95 more
  EXPECT_FALSE(kill.is_engaged());
  bench.SetBook(bench.btc, 9'300, 9'500);
  EXPECT_TRUE(kill.is_engaged());
}

TEST(RiskGateTest, RefusesMoreOrdersThanTheRateAllows) {
  RiskConfig config;
  config.order_rate = OrderRate{.orders = 2, .period = absl::Seconds(1)};
  RiskBench bench(config);
  Order first = bench.Place(bench.Buy("90", "1"));
  bench.Cancel(first);  // it was sent all the same
  bench.clock.AdvanceBy(absl::Milliseconds(300));
  bench.Place(bench.Buy("90", "1"));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("may be in 700ms")));
  bench.clock.AdvanceBy(absl::Milliseconds(700) - absl::Nanoseconds(1));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("order_rate"));
  bench.clock.AdvanceBy(absl::Nanoseconds(1));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
}

TEST(RiskGateTest, RefusesWithoutASyncedBook) {
  RiskLimits limits;
  limits.requires_book = true;
  RiskBench bench(With(limits));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  EXPECT_THAT(bench.gate.Check(bench.Buy("90", "1"), nullptr), IsRefused("requires_book"));
}

TEST(RiskGateTest, RefusesOnABookThatHasNotChanged) {
  RiskLimits limits;
  limits.book_age_max = absl::Seconds(5);
  RiskBench bench(With(limits));
  OrderRequest never = bench.Buy("90", "1");
  never.pair = bench.bnb;
  EXPECT_THAT(bench.Check(never), IsRefused("book_age_max"));
  bench.clock.AdvanceBy(absl::Seconds(5));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
  bench.clock.AdvanceBy(absl::Nanoseconds(1));
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsRefused("book_age_max"));
  bench.SetBook(bench.btc, 9'900, 10'100);
  EXPECT_THAT(bench.Check(bench.Buy("90", "1")), IsOk());
}

TEST(RiskGateTest, RefusesToMeetAnOrderOfItsOwn) {
  RiskLimits limits;
  limits.forbids_self_cross = true;
  RiskBench bench(With(limits));
  Order ask = bench.Place(bench.Sell("100.5", "1"));
  bench.Open(bench.Sell("100.7", "1"));
  EXPECT_THAT(bench.Check(bench.Buy("100.49", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("100.5", "1")), IsRefused("forbids_self_cross"));
  bench.Cancel(ask);
  EXPECT_THAT(bench.Check(bench.Buy("100.69", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Buy("100.7", "1")), IsRefused("forbids_self_cross"));
  EXPECT_THAT(bench.Check(bench.Market(Side::kBuy, "1")), IsRefused("forbids_self_cross"));
  bench.Open(bench.Buy("97", "1"));
  EXPECT_THAT(bench.Check(bench.Sell("97", "1")), IsRefused("forbids_self_cross"));
  EXPECT_THAT(bench.Check(bench.Sell("97.01", "1")), IsOk());
  EXPECT_THAT(bench.Check(bench.Market(Side::kSell, "100")), IsOk());  // stops at 99
}

TEST(RiskGateTest, RefusesAllOrdersWhileKilled) {
  KillSwitch kill("colibri kill --reset");
  RiskConfig config;
  config.kill_switch = &kill;
  RiskBench bench(config);
  kill.Engage({.by = "joe", .reason = "fat finger", .at = bench.clock.now()});
  EXPECT_THAT(bench.Check(bench.Sell("90", "1")),
              StatusIs(Code::kFailedPrecondition,
                       "no new orders: the kill switch was engaged by joe at "
                       "2023-11-14T22:13:20Z: fat finger; reset it with `colibri kill --reset`"));
  kill.Reset();
  EXPECT_THAT(bench.Check(bench.Sell("90", "1")), IsOk());
}

TEST(RiskGateTest, SurvivesNumbersAtTheEndOfTheRange) {
  RiskLimits limits;
  limits.position_max = Q("1");
  limits.order_notional_max = N("1");
  limits.price_distance_max_bps = D("1");
  RiskBench bench(With(limits));
  const std::string huge = "170000000000000000000";
  EXPECT_FALSE(bench.Check(bench.Buy(huge, huge)).ok());
  EXPECT_FALSE(bench.Check(bench.Buy("100", huge)).ok());
  Order order = bench.Open(bench.Buy("100", "1"));
  bench.Fill(order, Q(huge), P(huge), {});
  EXPECT_THAT(bench.Check(bench.Sell("100", "0.001")),
              StatusIs(Code::kFailedPrecondition, HasSubstr("left the range of numbers")));
}

TEST(RiskGateTest, AllocatesNothingForAnOrderThatPasses) {
  KillSwitch kill("reset it");
  RiskConfig config;
  config.limits.order_quantity_max = Q("10");
  config.limits.order_notional_max = N("10000");
  config.limits.price_distance_max_bps = D("1000");
  config.limits.crossing_max_bps = D("100");
  config.limits.open_orders_max = 2000;
  config.limits.position_max = Q("2000");
  config.limits.daily_loss_max = N("1000");
  config.limits.book_age_max = absl::Seconds(5);
  config.limits.forbids_self_cross = true;
  config.open_orders_total_max = 2000;
  config.daily_loss_total_max = N("1000");
  config.order_rate = OrderRate{.orders = 2000, .period = absl::Seconds(1)};
  config.kill_switch = &kill;
  RiskBench bench(config);
  for (int i = 0; i < 1000; ++i) {
    bench.Open(bench.Buy("95", "1"));
  }
  const OrderRequest limit = bench.Buy("99.5", "1");
  const OrderRequest market = bench.Market(Side::kBuy, "1");
  const AllocationCounter allocations;
  const bool is_fine = bench.Check(limit).ok() && bench.Check(market).ok();
  EXPECT_EQ(allocations.count(), 0);
  EXPECT_TRUE(is_fine);
}

}  // namespace
}  // namespace colibri
