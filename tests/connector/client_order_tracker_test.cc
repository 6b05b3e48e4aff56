// Properties of ClientOrderTracker that hold for any order of news. Single cases are scripts:
// tests/scripts/orders.
#include "connector/client_order_tracker.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/simulated_clock.h"

namespace colibri {
namespace {

using News = std::variant<OrderUpdate, TradeUpdate>;

const TradingPair kPair{"BTC", "USDT"};
const ClientOrderId kId("B1");

OrderUpdate StatusOf(OrderState state, int64_t cumulative) {
  OrderUpdate update;
  update.client_order_id = kId;
  update.exchange_order_id = ExchangeOrderId("X9");
  update.pair = kPair;
  update.state = state;
  update.cumulative_filled = Quantity(Decimal::FromInteger(cumulative));
  return update;
}

TradeUpdate FillOf(int number, int64_t quantity, bool names_client_id) {
  TradeUpdate update;
  update.fill.trade_id = TradeId::FromNumber(static_cast<uint64_t>(number));
  if (names_client_id) {
    update.fill.client_order_id = kId;
  }
  update.fill.exchange_order_id = ExchangeOrderId("X9");
  update.fill.pair = kPair;
  update.fill.price = Price(Decimal::FromInteger(100 + number));
  update.fill.quantity = Quantity(Decimal::FromInteger(quantity));
  update.fill.fees = {{"USDT", Decimal::FromScaled(1, 2)}};
  return update;
}

class ClientOrderTrackerTest : public testing::Test {
 protected:
  ClientOrderTrackerTest()
      : tracker_("venue", clock_, bus_, {}, [](const TradingPair&) {
          return Quantity(Decimal::FromInteger(1));
        }) {
    subscription_ = bus_.SubscribeAll([this](const Event& event) { events_.push_back(event); });
  }

  void Place() {
    Order order;
    order.client_order_id = kId;
    order.pair = kPair;
    order.quantity = Quantity(Decimal::FromInteger(10));
    tracker_.StartTracking(order);
  }

  void Tell(const News& news) {
    std::visit([this](const auto& update) { tracker_.Apply(update); }, news);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Event& event : events_) {
      names.emplace_back(EventName(event));
    }
    return names;
  }

  SimulatedClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  EventBus bus_;
  std::vector<Event> events_;
  ClientOrderTracker tracker_;
  Subscription subscription_;
};

void Shuffle(std::vector<News>& news, Random& random) {
  for (size_t i = news.size(); i > 1; --i) {
    std::swap(news[i - 1], news[random.Uniform(i)]);
  }
}

TEST_F(ClientOrderTrackerTest, EndsOnceWithAllFillsWhateverTheOrderOfNews) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    // A fresh tracker per round, its fills told twice, by both kinds of id.
    EventBus bus;
    std::vector<Event> events;
    const Subscription subscription =
        bus.SubscribeAll([&events](const Event& event) { events.push_back(event); });
    SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
    ClientOrderTracker tracker("venue", clock, bus, {}, [](const TradingPair&) {
      return Quantity(Decimal::FromInteger(1));
    });
    Order order;
    order.client_order_id = kId;
    order.pair = kPair;
    order.quantity = Quantity(Decimal::FromInteger(10));
    tracker.StartTracking(order);
    std::vector<News> news = {StatusOf(OrderState::kOpen, 0),
                              StatusOf(OrderState::kPartiallyFilled, 4),
                              StatusOf(OrderState::kFilled, 10),
                              FillOf(1, 4, true),
                              FillOf(2, 5, false),
                              FillOf(3, 1, true),
                              FillOf(1, 4, false),
                              FillOf(2, 5, true),
                              FillOf(3, 1, false)};
    Shuffle(news, random);
    for (const News& piece : news) {
      std::visit([&tracker](const auto& update) { tracker.Apply(update); }, piece);
    }
    clock.AdvanceBy(absl::Minutes(1));

    ASSERT_GE(events.size(), 5u) << "round " << round;
    EXPECT_EQ(EventName(events.front()), "order_created") << "round " << round;
    EXPECT_EQ(EventName(events.back()), "order_completed") << "round " << round;
    EXPECT_EQ(events.size(), 5u) << "round " << round;
    const Order& last = std::get<OrderCompleted>(events.back()).order;
    EXPECT_EQ(last.filled, Quantity(Decimal::FromInteger(10)));
    EXPECT_EQ(last.filled_notional.ToString(), "1017");  // 4*101 + 5*102 + 1*103
    EXPECT_EQ(last.fees[0].amount.ToString(), "0.03");
    EXPECT_EQ(tracker.open_count(), 0u);
  }
}

TEST_F(ClientOrderTrackerTest, CountsEachFillOnceWhenACancelRaces) {
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    EventBus bus;
    std::vector<std::string> names;
    Quantity filled;
    const Subscription subscription = bus.SubscribeAll([&](const Event& event) {
      names.emplace_back(EventName(event));
      if (const auto* fill = std::get_if<OrderFilled>(&event)) {
        filled += fill->fill.quantity;
      }
    });
    SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
    ClientOrderTracker tracker("venue", clock, bus, {}, [](const TradingPair&) {
      return Quantity(Decimal::FromInteger(1));
    });
    Order order;
    order.client_order_id = kId;
    order.pair = kPair;
    order.quantity = Quantity(Decimal::FromInteger(10));
    tracker.StartTracking(order);
    std::vector<News> news = {StatusOf(OrderState::kOpen, 0),
                              StatusOf(OrderState::kCanceled, 6),
                              StatusOf(OrderState::kPartiallyFilled, 4),
                              FillOf(1, 4, true),
                              FillOf(2, 2, false),
                              FillOf(2, 2, true)};
    Shuffle(news, random);
    for (const News& piece : news) {
      std::visit([&tracker](const auto& update) { tracker.Apply(update); }, piece);
    }
    clock.AdvanceBy(absl::Minutes(1));

    EXPECT_THAT(
        names,
        testing::ElementsAre("order_created", "order_filled", "order_filled", "order_canceled"))
        << "round " << round;
    EXPECT_EQ(filled, Quantity(Decimal::FromInteger(6)));
  }
}

TEST_F(ClientOrderTrackerTest, LetsAHandlerPlaceTheNextOrder) {
  Place();
  const Subscription nested = bus_.Subscribe<OrderCompleted>([this](const OrderCompleted&) {
    Order order;
    order.client_order_id = ClientOrderId("B2");
    order.pair = kPair;
    order.quantity = Quantity(Decimal::FromInteger(1));
    tracker_.StartTracking(order);
  });
  Tell(FillOf(1, 10, true));
  Tell(StatusOf(OrderState::kFilled, 10));
  EXPECT_THAT(names(), testing::ElementsAre("order_created", "order_filled", "order_completed"));
  ASSERT_EQ(tracker_.open_orders().size(), 1u);
  EXPECT_EQ(tracker_.open_orders()[0]->client_order_id, ClientOrderId("B2"));
}

TEST_F(ClientOrderTrackerTest, ForgetsEndedOrdersAfterADay) {
  Place();
  Tell(StatusOf(OrderState::kCanceled, 0));
  clock_.AdvanceBy(absl::Hours(25));
  Order order;
  order.client_order_id = ClientOrderId("B2");
  order.pair = kPair;
  tracker_.StartTracking(order);
  EXPECT_EQ(tracker_.Find(kId), nullptr);
  EXPECT_EQ(tracker_.FindByExchangeId(kPair, ExchangeOrderId("X9")), nullptr);
}

TEST_F(ClientOrderTrackerTest, ReportsTheOldestParkedFillAsForeignWhenTheBoundIsReached) {
  for (size_t i = 0; i <= ClientOrderTracker::kParkedFillsMax; ++i) {
    TradeUpdate update = FillOf(static_cast<int>(i), 1, false);
    update.fill.exchange_order_id = ExchangeOrderId("X1");
    Tell(update);
  }
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(std::get<ForeignFill>(events_[0]).fill.trade_id, TradeId("0"));
}

TEST_F(ClientOrderTrackerTest, AFillWaitsWhileItMayBeOfAnOrderWithoutAnExchangeId) {
  Place();
  tracker_.MarkInDoubt(kId, "timed out");
  Tell(FillOf(1, 10, /*names_client_id=*/false));
  clock_.AdvanceBy(absl::Minutes(5));
  EXPECT_EQ(names(), std::vector<std::string>{"order_in_doubt"});

  Tell(StatusOf(OrderState::kFilled, 10));

  EXPECT_EQ(tracker_.Find(kId)->filled, Quantity(Decimal::FromInteger(10)));
  EXPECT_EQ(tracker_.foreign_fills(), 0);
}

TEST_F(ClientOrderTrackerTest, AFillThatWasToldAsForeignCountsOnceItsOrderIsKnown) {
  Tell(FillOf(1, 10, /*names_client_id=*/false));
  clock_.AdvanceBy(absl::Minutes(1));
  ASSERT_EQ(names(), std::vector<std::string>{"foreign_fill"});
  Place();
  Tell(StatusOf(OrderState::kFilled, 10));

  Tell(FillOf(1, 10, /*names_client_id=*/false));
  Tell(FillOf(1, 10, /*names_client_id=*/true));

  EXPECT_EQ(tracker_.Find(kId)->filled, Quantity(Decimal::FromInteger(10)));
  EXPECT_EQ(tracker_.Find(kId)->state, OrderState::kFilled);
  EXPECT_EQ(tracker_.duplicate_fills(), 1);
}

TEST_F(ClientOrderTrackerTest, AnOrderWhoseEndWaitsForFillsIsOpen) {
  Place();
  Tell(StatusOf(OrderState::kFilled, 10));

  EXPECT_EQ(tracker_.Find(kId)->state, OrderState::kOpen);
  EXPECT_TRUE(tracker_.is_awaiting_fills(kId));
}

TEST_F(ClientOrderTrackerTest, AnEndThatWaitedForFillsKeepsItsReason) {
  const std::string reason = "INSUFFICIENT_LIQUIDITY, which is longer than a string holds in place";
  Place();
  OrderUpdate expired = StatusOf(OrderState::kExpired, 4);
  expired.reason = reason;
  tracker_.Apply(expired);

  tracker_.Apply(FillOf(1, 4, true));

  EXPECT_EQ(tracker_.Find(kId)->state, OrderState::kExpired);
  EXPECT_EQ(tracker_.Find(kId)->reason, reason);
}

TEST_F(ClientOrderTrackerTest, KnowsItsOrderByExchangeId) {
  Place();
  Tell(StatusOf(OrderState::kOpen, 0));
  ASSERT_NE(tracker_.FindByExchangeId(kPair, ExchangeOrderId("X9")), nullptr);
  EXPECT_EQ(tracker_.FindByExchangeId(TradingPair{"ETH", "USDT"}, ExchangeOrderId("X9")), nullptr);
}

}  // namespace
}  // namespace colibri
