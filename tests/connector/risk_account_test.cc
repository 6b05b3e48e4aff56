#include "connector/risk_account.h"

#include <map>
#include <string>

#include "gtest/gtest.h"

#include "core/random.h"
#include "tests/support/risk_fixture.h"

namespace colibri {
namespace {

// Counts results of every pair, and never refuses.
RiskConfig Counting(PositionStart start = PositionStart::kZero) {
  RiskConfig config;
  config.daily_loss_total_max = N("1000000");
  config.position_start = start;
  return config;
}

AssetAmount Fee(std::string asset, std::string_view amount) {
  return {.asset = std::move(asset), .amount = D(amount)};
}

TEST(RiskAccountTest, CountsAnOrderFromWhenItIsPlaced) {
  RiskBench bench(Counting());
  Order order = bench.Place(bench.Buy("99", "3"));
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("3"));
  EXPECT_EQ(bench.state().open_orders, 1);
  bench.events.Publish(OrderInDoubt{bench.Header(), order, "timed out"});
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("3"));
  order.state = OrderState::kRejected;
  bench.events.Publish(OrderRejected{bench.Header(), order});
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("0"));
  EXPECT_EQ(bench.state().open_orders, 0);
  EXPECT_EQ(bench.state().best_buy(), std::nullopt);
}

TEST(RiskAccountTest, CountsAnOrderThatTurnsUp) {
  RiskBench bench(Counting());
  Order order;
  order.client_order_id = ClientOrderId("adopted");
  order.pair = bench.btc;
  order.side = Side::kSell;
  order.quantity = Q("2");
  order.filled = Q("0.5");
  order.price = P("105");
  order.state = OrderState::kPartiallyFilled;
  bench.events.Publish(OrderCreated{bench.Header(), order});
  EXPECT_EQ(bench.state().side(Side::kSell).remaining, Q("1.5"));
  EXPECT_EQ(bench.state().best_sell(), P("105"));
}

TEST(RiskAccountTest, CountsBothSidesOfAnAmendmentUntilTheEnd) {
  RiskBench bench(Counting());
  Order order = bench.Open(bench.Buy("99", "3"));
  bench.gate.NoteAmendment(order.client_order_id, bench.Buy("98", "5"));
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("5"));
  bench.Fill(order, "1");  // still of the old quantity
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("4"));
  EXPECT_EQ(bench.state().best_buy(), P("99"));
  order.quantity = Q("5");
  bench.events.Publish(OrderAmended{bench.Header(), order, /*previous_quantity=*/Q("3")});
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("4"));
  bench.gate.NoteAmendment(order.client_order_id, bench.Buy("100", "9"));
  EXPECT_EQ(bench.state().best_buy(), P("100"));
  bench.events.Publish(AmendRejected{bench.Header(), order, "no"});
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("4"));
  EXPECT_EQ(bench.state().best_buy(), P("99"));
  bench.Cancel(order);
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("0"));
  EXPECT_EQ(bench.state().best_buy(), std::nullopt);
}

TEST(RiskAccountTest, CountsALateFill) {
  RiskBench bench(Counting());
  Order order = bench.Open(bench.Buy("99", "3"));
  bench.Cancel(order);
  bench.Fill(order, "1");
  EXPECT_EQ(bench.state().position, Q("1"));
  EXPECT_EQ(bench.state().open_orders, 0);
}

TEST(RiskAccountTest, CountsFillsThatTheVenueOnlySpeaksOf) {
  RiskBench bench(Counting());
  Order order = bench.Open(bench.Buy("99", "3"));
  bench.Fill(order, "1");
  bench.CompleteWithoutFills(order);
  EXPECT_EQ(bench.state().position, Q("3"));
  EXPECT_EQ(bench.state().day_result, N("3"));  // the mid price is 100
  bench.Fill(order, "2", "98");                 // here they are, a little cheaper
  EXPECT_EQ(bench.state().position, Q("3"));
  EXPECT_EQ(bench.state().day_result, N("5"));
}

TEST(RiskAccountTest, TakesFeesFromWhatTheyAreIn) {
  RiskBench bench(Counting());
  bench.Trade(Side::kBuy, "100", "1", {Fee("BTC", "0.001")});
  EXPECT_EQ(bench.state().position, Q("0.999"));
  EXPECT_EQ(bench.state().day_result, N("-0.1"));
  bench.Trade(Side::kSell, "100", "0.5", {Fee("USDT", "0.05")});
  EXPECT_EQ(bench.state().position, Q("0.499"));
  EXPECT_EQ(bench.state().day_result, N("-0.15"));
  bench.Trade(Side::kBuy, "100", "1", {Fee("BNB", "0.01")});  // no price of it is known
  EXPECT_EQ(bench.state().day_result, N("-0.15"));
  EXPECT_EQ(bench.gate.account().unvalued_fees(), 1);
  bench.SetBook(bench.bnb, 49'900, 50'100);
  bench.Trade(Side::kBuy, "100", "1", {Fee("BNB", "0.01")});
  EXPECT_EQ(bench.state().day_result, N("-5.15"));
}

// Bought 2 at 100 and 110, sold 1 at 120: realised by average cost 15, and the other one is worth
// 100 and cost 105.
TEST(RiskAccountTest, IsRealisedByAverageCostPlusUnrealised) {
  RiskBench bench(Counting());
  bench.Trade(Side::kBuy, "100", "1");
  bench.Trade(Side::kBuy, "110", "1");
  bench.Trade(Side::kSell, "120", "1");
  EXPECT_EQ(bench.state().day_result, N("10"));
}

TEST(RiskAccountTest, StartsADayWithTheLastPriceOfTheDayBefore) {
  RiskBench bench(Counting());
  bench.Trade(Side::kBuy, "90", "1");
  EXPECT_EQ(bench.state().day_result, N("10"));
  bench.clock.AdvanceTo(absl::FromUnixSeconds(1'700'006'400));
  bench.SetBook(bench.btc, 10'100, 10'300);
  EXPECT_EQ(bench.state().day_result, N("2"));
  EXPECT_EQ(bench.state().quote->day_result, N("2"));
}

TEST(RiskAccountTest, StartsFromBalancesWithoutCountingThemAsWon) {
  RiskBench bench(Counting(PositionStart::kBalances));
  Order early = bench.Open(bench.Buy("100", "1"));
  bench.clock.AdvanceBy(absl::Seconds(1));
  const absl::Time known_since = bench.clock.now();
  bench.events.Publish(BalanceChanged{
      .header = bench.Header(), .asset = "BTC", .total = D("5"), .available = D("5")});
  bench.Fill(early, "0.4");  // at the time of the balance, which holds it
  EXPECT_EQ(bench.state().position, Q("5"));
  bench.clock.AdvanceTo(known_since + absl::Milliseconds(1));
  bench.Fill(early, "0.6");
  EXPECT_EQ(bench.state().position, Q("5.6"));
  bench.events.Publish(BalanceChanged{
      .header = bench.Header(), .asset = "BTC", .total = D("5.6"), .available = D("5.6")});
  EXPECT_EQ(bench.state().position, Q("5.6"));
  EXPECT_EQ(bench.state().day_result, N("0"));
}

TEST(RiskAccountTest, TakesUpWhatAnEarlierProcessDidToday) {
  RiskBench bench(Counting());
  Order order;
  order.client_order_id = ClientOrderId("before");
  order.pair = bench.btc;
  order.side = Side::kBuy;
  order.quantity = Q("3");
  order.price = P("101");
  order.state = OrderState::kPartiallyFilled;
  order.filled = Q("2");
  order.filled_notional = N("202");
  order.fees = {Fee("USDT", "1")};
  order.updated_at = bench.clock.now() - absl::Hours(1);
  bench.gate.Restore(order);
  EXPECT_EQ(bench.state().position, Q("2"));
  EXPECT_EQ(bench.state().day_result, N("-3"));
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("1"));
  Order old = order;
  old.client_order_id = ClientOrderId("yesterday");
  old.updated_at = bench.clock.now() - absl::Hours(23);
  bench.gate.Restore(old);
  EXPECT_EQ(bench.state().day_result, N("-3"));
  EXPECT_EQ(bench.state().side(Side::kBuy).remaining, Q("2"));
}

// Everything again, from the orders and fills themselves.
struct NaiveAccount {
  std::map<std::string, Order> orders;
  Quantity traded;
  Notional cash;

  void Expect(const RiskBench& bench, Price mid) const {
    Quantity open[2];
    int count = 0;
    std::optional<Price> best_buy;
    std::optional<Price> best_sell;
    for (const auto& [id, order] : orders) {
      if (!order.is_open()) {
        continue;
      }
      ++count;
      open[static_cast<size_t>(order.side)] += order.remaining();
      if (order.side == Side::kBuy) {
        best_buy = std::max(best_buy.value_or(*order.price), *order.price);
      } else {
        best_sell = std::min(best_sell.value_or(*order.price), *order.price);
      }
    }
    const RiskAccount::PairState& state = bench.state();
    ASSERT_EQ(state.open_orders, count);
    ASSERT_EQ(bench.gate.account().open_orders(), count);
    ASSERT_EQ(state.side(Side::kBuy).remaining, open[0]);
    ASSERT_EQ(state.side(Side::kSell).remaining, open[1]);
    ASSERT_EQ(state.best_buy(), best_buy);
    ASSERT_EQ(state.best_sell(), best_sell);
    ASSERT_EQ(state.position, traded);
    ASSERT_EQ(state.day_result, cash + mid * traded);
  }
};

class RandomLife {
 public:
  explicit RandomLife(uint64_t seed) : random_(seed), bench_(Counting()) {}

  void Step() {
    const uint64_t choice = random_.Uniform(10);
    if (naive_.orders.empty() || choice < 3) {
      Place();
    } else if (choice == 3) {
      mid_ = P("100") + Price::FromScaled(static_cast<int64_t>(random_.Uniform(100)), 1);
      const int64_t hundredths = mid_.value().ToScaled(2).value();
      bench_.SetBook(bench_.btc, hundredths - 50, hundredths + 50);
    } else {
      Change(Pick(), choice);
    }
    naive_.Expect(bench_, mid_);
  }

 private:
  void Place() {
    const Side side = random_.Uniform(2) == 0 ? Side::kBuy : Side::kSell;
    OrderRequest request = bench_.Request(side, "90", "1");
    request.price = *request.price + Price(Decimal::FromInteger(int64_t(random_.Uniform(20))));
    request.quantity = Quantity(Decimal::FromInteger(1 + int64_t(random_.Uniform(5))));
    Order order = random_.Uniform(2) == 0 ? bench_.Place(request) : bench_.Open(request);
    naive_.orders[order.client_order_id.ToString()] = order;
  }

  Order& Pick() {
    auto it = naive_.orders.begin();
    std::advance(it, int64_t(random_.Uniform(naive_.orders.size())));
    return it->second;
  }

  void Change(Order& order, uint64_t choice) {
    if (choice < 7 && order.remaining().is_positive()) {
      const Quantity quantity =
          random_.Uniform(3) == 0 ? order.remaining() : std::min(order.remaining(), Q("0.25"));
      const Price price = *order.price + Price::FromScaled(int64_t(random_.Uniform(10)), 1);
      const AssetAmount fee = random_.Uniform(2) == 0 ? Fee("USDT", "0.01") : Fee("BTC", "0.001");
      const bool is_buy = order.side == Side::kBuy;
      naive_.traded += is_buy ? quantity : -quantity;
      naive_.cash += is_buy ? -(price * quantity) : price * quantity;
      naive_.traded -= fee.asset == "BTC" ? Quantity(fee.amount) : Quantity();
      naive_.cash -= fee.asset == "USDT" ? Notional(fee.amount) : Notional();
      bench_.Fill(order, quantity, price, {fee});
    } else if (choice == 7 && order.is_open()) {
      bench_.Cancel(order);
    } else if (choice == 8 && order.state == OrderState::kPendingCreate) {
      order.state = OrderState::kRejected;
      bench_.events.Publish(OrderRejected{bench_.Header(), order});
    } else if (choice == 9 && order.state == OrderState::kRejected) {
      order.state = OrderState::kOpen;  // the venue shows it live
      bench_.events.Publish(
          OrderCorrected{bench_.Header(), order, /*previous_state=*/OrderState::kRejected});
    }
  }

  Random random_;
  RiskBench bench_;
  NaiveAccount naive_;
  Price mid_ = P("100");
};

TEST(RiskAccountTest, EqualsANaiveRecountAfterRandomLives) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    RandomLife life(seed);
    for (int step = 0; step < 300; ++step) {
      life.Step();
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace colibri
