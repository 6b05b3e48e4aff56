#include "core/event_bus.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/counting_allocator.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Timer TimerOf(uint64_t id) {
  Timer timer;
  timer.timer_id = id;
  return timer;
}

class EventBusTest : public testing::Test {
 protected:
  // A handler that notes its name and the timer's id.
  std::function<void(const Timer&)> Note(std::string name) {
    return [this, name = std::move(name)](const Timer& timer) {
      notes_.push_back(name + std::to_string(timer.timer_id));
    };
  }

  EventBus bus_;
  std::vector<std::string> notes_;
};

TEST_F(EventBusTest, ExceptionInOneHandlerIsCountedReportedAndStopsNoOther) {
  std::vector<std::string> reports;
  bus_.set_exception_reporter([&](std::string_view what) { reports.emplace_back(what); });
  const Subscription a =
      bus_.Subscribe<Timer>([](const Timer&) { throw std::runtime_error("boom"); });
  const Subscription b = bus_.Subscribe<Timer>([](const Timer&) { throw 42; });
  const Subscription c = bus_.Subscribe<Timer>(Note("c"));
  bus_.Publish(TimerOf(1));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("c1", "c2"));
  EXPECT_THAT(reports,
              ElementsAre("boom",
                          "an exception that is no std::exception",
                          "boom",
                          "an exception that is no std::exception"));
  EXPECT_EQ(bus_.handler_exceptions(), 4);
}

TEST_F(EventBusTest, ExceptionWithoutAReporterIsCounted) {
  const Subscription a =
      bus_.Subscribe<Timer>([](const Timer&) { throw std::runtime_error("boom"); });
  bus_.Publish(TimerOf(1));
  EXPECT_EQ(bus_.handler_exceptions(), 1);
}

TEST_F(EventBusTest, SubscriptionOutlivesTheBus) {
  auto bus = std::make_unique<EventBus>();
  Subscription subscription = bus->Subscribe<Timer>(Note("a"));
  EXPECT_TRUE(subscription.active());
  bus.reset();
  EXPECT_FALSE(subscription.active());
  subscription.Cancel();
  EXPECT_FALSE(subscription.active());
}

TEST_F(EventBusTest, EndsWithItsSubscription) {
  {
    const Subscription subscription = bus_.Subscribe<Timer>(Note("a"));
    bus_.Publish(TimerOf(1));
  }
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("a1"));
}

TEST_F(EventBusTest, MovedSubscriptionKeepsGoingAndAssignmentEndsTheOldOne) {
  Subscription a = bus_.Subscribe<Timer>(Note("a"));
  Subscription b = std::move(a);
  EXPECT_FALSE(a.active());  // NOLINT(bugprone-use-after-move): a moved-from one is inactive
  EXPECT_TRUE(b.active());
  bus_.Publish(TimerOf(1));
  b = bus_.Subscribe<Timer>(Note("b"));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("a1", "b2"));
}

TEST_F(EventBusTest, CanceledHandlerReleasesWhatItHolds) {
  const auto held = std::make_shared<int>(1);
  Subscription subscription = bus_.Subscribe<Timer>([held](const Timer&) {});
  EXPECT_EQ(held.use_count(), 2);
  subscription.Cancel();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(EventBusTest, HandlersRunInOrderOfSubscription) {
  const Subscription a = bus_.Subscribe<Timer>(Note("a"));
  const Subscription b = bus_.SubscribeAll([this](const Event&) { notes_.push_back("all"); });
  const Subscription c = bus_.Subscribe<Timer>(Note("c"));
  bus_.Publish(TimerOf(1));
  EXPECT_THAT(notes_, ElementsAre("a1", "all", "c1"));
}

TEST_F(EventBusTest, HandlerHearsOnlyItsKind) {
  const Subscription a = bus_.Subscribe<HealthChanged>(
      [this](const HealthChanged& event) { notes_.push_back(event.capability); });
  bus_.Publish(TimerOf(1));
  HealthChanged event;
  event.capability = "rules";
  bus_.Publish(event);
  EXPECT_THAT(notes_, ElementsAre("rules"));
}

TEST_F(EventBusTest, GivesSequenceNumbersWithoutAGap) {
  std::vector<uint64_t> sequences;
  const Subscription a =
      bus_.SubscribeAll([&](const Event& event) { sequences.push_back(HeaderOf(event).sequence); });
  bus_.Publish(TimerOf(1));
  bus_.Publish(HealthChanged());
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3));
  EXPECT_EQ(bus_.last_sequence(), 3);
}

TEST_F(EventBusTest, SubscriberAddedInAHandlerHearsFromTheNextEventOn) {
  std::vector<Subscription> added;
  const Subscription a = bus_.Subscribe<Timer>([&](const Timer&) {
    if (added.size() < 100) {  // many, so that the list moves
      for (int i = 0; i < 100; ++i) {
        added.push_back(bus_.Subscribe<Timer>(i == 0 ? Note("new") : [](const Timer&) {}));
      }
    }
  });
  const Subscription b = bus_.Subscribe<Timer>(Note("b"));
  bus_.Publish(TimerOf(1));
  EXPECT_THAT(notes_, ElementsAre("b1"));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("b1", "b2", "new2"));
}

TEST_F(EventBusTest, HandlerMayCancelItself) {
  Subscription self;
  self =
      bus_.Subscribe<Timer>([&, name = std::string("a capture that must survive")](const Timer&) {
        self.Cancel();
        notes_.push_back(name);
      });
  const Subscription b = bus_.Subscribe<Timer>(Note("b"));
  bus_.Publish(TimerOf(1));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("a capture that must survive", "b1", "b2"));
}

TEST_F(EventBusTest, HandlerCanceledByAnEarlierOneDoesNotHearTheSameEvent) {
  Subscription second;
  const Subscription first = bus_.Subscribe<Timer>([&](const Timer&) { second.Cancel(); });
  second = bus_.Subscribe<Timer>(Note("second"));
  const Subscription third = bus_.Subscribe<Timer>(Note("third"));
  bus_.Publish(TimerOf(1));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("third1", "third2"));
}

TEST_F(EventBusTest, CancelingAHandlerThatOwnsASubscriptionEndsBoth) {
  auto inner = std::make_shared<Subscription>(bus_.Subscribe<Timer>(Note("inner")));
  Subscription outer = bus_.Subscribe<Timer>([inner](const Timer&) {});
  inner.reset();
  bus_.Publish(TimerOf(1));
  outer.Cancel();
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(notes_, ElementsAre("inner1"));
}

TEST_F(EventBusTest, EventPublishedInAHandlerComesAfterTheCurrentOne) {
  const Subscription a = bus_.Subscribe<Timer>([&](const Timer& timer) {
    notes_.push_back("a" + std::to_string(timer.timer_id));
    if (timer.timer_id < 3) {
      bus_.Publish(TimerOf(timer.timer_id * 10 + 1));
      bus_.Publish(TimerOf(timer.timer_id * 10 + 2));
    }
  });
  const Subscription b = bus_.Subscribe<Timer>(Note("b"));
  bus_.Publish(TimerOf(1));
  bus_.Publish(TimerOf(2));
  EXPECT_THAT(
      notes_,
      ElementsAre("a1", "b1", "a11", "b11", "a12", "b12", "a2", "b2", "a21", "b21", "a22", "b22"));
  EXPECT_EQ(bus_.last_sequence(), 6);
}

TEST_F(EventBusTest, LongChainOfNestedEventsKeepsItsOrder) {
  std::vector<uint64_t> ids;
  const Subscription a = bus_.Subscribe<Timer>([&](const Timer& timer) {
    ids.push_back(timer.timer_id);
    if (timer.timer_id < 10'000) {
      bus_.Publish(TimerOf(timer.timer_id + 1));
    }
  });
  bus_.Publish(TimerOf(1));
  ASSERT_EQ(ids.size(), 10'000);
  EXPECT_EQ(ids.back(), 10'000);
}

TEST(EventBusDeathTest, HandlersThatFeedEachOtherWithoutEndAreAMistake) {
  EXPECT_DEATH(
      {
        EventBus bus;
        const Subscription a = bus.Subscribe<Timer>([&](const Timer&) {
          bus.Publish(Timer());
          bus.Publish(Timer());
        });
        bus.Publish(Timer());
      },
      "CHECK failed");
}

TEST_F(EventBusTest, MarketDataEventsAllocateNothingOnceWarm) {
  const TradingPair pair = {"BTC", "USDT"};
  int64_t heard = 0;
  const Subscription a = bus_.Subscribe<BookChanged>([&](const BookChanged& event) {
    ++heard;
    BestQuoteChanged quote;
    quote.pair = event.pair;
    bus_.Publish(quote);
  });
  const Subscription b = bus_.SubscribeAll([&](const Event&) { ++heard; });
  const auto publish_all = [&] {
    BookChanged book;
    book.pair = &pair;
    bus_.Publish(book);
    PublicTrade trade;
    trade.pair = &pair;
    trade.trade_id = TradeId("123456789012345678901234567890");
    bus_.Publish(trade);
    CandleClosed candle;
    candle.interval = "1m";
    bus_.Publish(candle);
  };
  publish_all();
  const AllocationCounter allocations;
  for (int i = 0; i < 100; ++i) {
    publish_all();
  }
  EXPECT_EQ(allocations.count(), 0);
  EXPECT_EQ(heard, 5 * 101);
}

TEST_F(EventBusTest, PublishingWithoutHandlersCountsOn) {
  bus_.Publish(TimerOf(1));
  EXPECT_EQ(bus_.last_sequence(), 1);
  EXPECT_THAT(notes_, IsEmpty());
}

}  // namespace
}  // namespace colibri
