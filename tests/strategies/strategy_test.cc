#include "strategies/strategy.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TradingPair kPair{"BTC", "USDT"};

// Notes what it is told, and does what it is asked to.
class NotingStrategy final : public Strategy {
 public:
  NotingStrategy() : Strategy("noting") {}

  using Strategy::After;
  using Strategy::Buy;
  using Strategy::Cancel;
  using Strategy::CancelTimer;
  using Strategy::Every;
  using Strategy::is_own;
  using Strategy::own_orders;
  using Strategy::Pause;
  using Strategy::Place;
  using Strategy::Resume;
  using Strategy::Sell;

  std::vector<std::string> notes;
  std::function<absl::Status()> on_start = [] { return absl::OkStatus(); };
  std::function<void(const Order&)> on_end;

 private:
  absl::Status OnStart() override { return on_start(); }
  void OnBook(const BookChanged& e) override { notes.push_back(e.is_stale ? "stale" : "book"); }
  void OnTrade(const PublicTrade&) override { notes.emplace_back("trade"); }
  void OnBalance(const BalanceChanged& e) override { notes.push_back("balance " + e.asset); }
  void OnHealth(const HealthChanged& e) override { notes.push_back("health " + e.capability); }
  void OnOrderCreated(const OrderCreated& e) override { Note("created", e.order); }
  void OnOrderFilled(const OrderFilled& e) override {
    Note(e.is_after_terminal ? "late_fill" : "filled", e.order);
  }
  void OnOrderEnd(const Order& order) override {
    Note(ToString(order.state), order);
    if (on_end) {
      on_end(order);
    }
  }
  void OnOrderCorrected(const OrderCorrected& e) override { Note("corrected", e.order); }
  void OnCancelRejected(const CancelRejected& e) override { Note("cancel_rejected", e.order); }
  void OnOrderInDoubt(const OrderInDoubt& e) override { Note("in_doubt", e.order); }
  void OnTimer(uint64_t tag) override { notes.push_back(StrCat("timer ", tag)); }

  void Note(std::string_view what, const Order& order) {
    notes.push_back(StrCat(what, " ", order.client_order_id));
  }
};

class StrategyTest : public testing::Test {
 protected:
  StrategyTest() : exchange_(kPair) {
    exchange_.SetBalance("BTC", "10");
    exchange_.SetBalance("USDT", "10000");
    exchange_.SetMid("100");
  }

  void Start() {
    ASSERT_OK(strategy_.Start({exchange_, exchange_.clock()}));
    strategy_.notes.clear();
  }
  ClientOrderId Bid(std::string_view price = "99") {
    return strategy_.Buy(kPair, Qty("1"), Px(price)).value();
  }

  ScriptedExchange exchange_;
  NotingStrategy strategy_;
};

TEST_F(StrategyTest, StartsOnce) {
  Start();
  EXPECT_THAT(strategy_.Start({exchange_, exchange_.clock()}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("starts once")));
}

TEST_F(StrategyTest, RefusingToStartCancelsItsOrdersAndHearsNothing) {
  strategy_.on_start = [this] {
    Bid();
    strategy_.Every(absl::Seconds(1), 1);
    return absl::InvalidArgumentError("no");
  };
  EXPECT_THAT(strategy_.Start({exchange_, exchange_.clock()}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  EXPECT_EQ(strategy_.state(), StrategyState::kStopped);
  strategy_.notes.clear();
  exchange_.SetMid("101");
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(5));
  EXPECT_THAT(strategy_.notes, IsEmpty());
}

TEST_F(StrategyTest, RefusedPlacementIsNoOwnOrder) {
  Start();
  exchange_.RefuseNextPlace(absl::FailedPreconditionError("no balance"));
  EXPECT_THAT(strategy_.Buy(kPair, Qty("1"), Px("99")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(strategy_.own_orders(), IsEmpty());
  EXPECT_THAT(strategy_.notes, IsEmpty());
}

TEST_F(StrategyTest, RejectionWithinPlaceIsToldOnceTheIdIsKnown) {
  Start();
  exchange_.RejectNextOrders(1, "would take");
  const ClientOrderId id = Bid();
  EXPECT_THAT(strategy_.notes, ElementsAre("rejected c1"));
  EXPECT_TRUE(strategy_.is_own(id));
  EXPECT_THAT(strategy_.own_orders(), IsEmpty());
}

TEST_F(StrategyTest, OrdersOfOthersAreNotTold) {
  Start();
  NotingStrategy other;
  ASSERT_OK(other.Start({exchange_, exchange_.clock()}));
  const ClientOrderId id = Bid();
  exchange_.Fill(id, "0.5");
  EXPECT_THAT(strategy_.notes,
              ElementsAre("created c1", "filled c1", "balance BTC", "balance USDT"));
  EXPECT_THAT(other.notes, ElementsAre("balance BTC", "balance USDT"));
}

TEST_F(StrategyTest, TellsTheWholeLifeOfAnOrder) {
  exchange_.set_auto_cancel(false);
  Start();
  const ClientOrderId id = Bid();
  ASSERT_OK(strategy_.Cancel(id));
  exchange_.RejectCancel(id, "unknown order");
  OrderInDoubt doubt;
  doubt.order = *exchange_.FindOrder(id);
  exchange_.Publish(doubt);
  exchange_.Expire(id, "end of day");
  EXPECT_THAT(strategy_.notes,
              ElementsAre("created c1", "cancel_rejected c1", "in_doubt c1", "expired c1"));
}

TEST_F(StrategyTest, LateFillOfAnEndedOrderIsTold) {
  Start();
  const ClientOrderId id = Bid();
  ASSERT_OK(strategy_.Cancel(id));
  exchange_.Fill(id, "0.1");
  EXPECT_THAT(
      strategy_.notes,
      ElementsAre("created c1", "canceled c1", "late_fill c1", "balance BTC", "balance USDT"));
}

TEST_F(StrategyTest, ForgetsTheOldestEndedOrders) {
  Start();
  const ClientOrderId first = Bid();
  ASSERT_OK(strategy_.Cancel(first));
  for (size_t i = 0; i < Strategy::kEndedOrdersKept; ++i) {
    ASSERT_OK(strategy_.Cancel(Bid()));
  }
  EXPECT_FALSE(strategy_.is_own(first));
  EXPECT_TRUE(strategy_.is_own(ClientOrderId("c2")));
}

TEST_F(StrategyTest, MarketDataAndHealthAreTold) {
  Start();
  exchange_.SetMid("101");
  PublicTrade trade;
  trade.pair = &kPair;
  exchange_.Publish(trade);
  exchange_.SetHealth("user_stream", false, "cut");
  exchange_.MakeStale("gap");
  EXPECT_THAT(strategy_.notes,
              ElementsAre("book", "trade", "health user_stream", "health book BTC-USDT", "stale"));
}

TEST_F(StrategyTest, TimersRunOnceOrAgainAndAgain) {
  Start();
  strategy_.After(absl::Seconds(1), 1);
  strategy_.Every(absl::Seconds(2), 2);
  strategy_.After(absl::Seconds(3), 3);
  strategy_.CancelTimer(3);
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(5));
  EXPECT_THAT(strategy_.notes, ElementsAre("timer 1", "timer 2", "timer 2"));
}

TEST_F(StrategyTest, SettingATagAnewReplacesItsTimer) {
  Start();
  strategy_.Every(absl::Seconds(1), 1);
  strategy_.After(absl::Seconds(3), 1);
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(10));
  EXPECT_THAT(strategy_.notes, ElementsAre("timer 1"));
}

TEST_F(StrategyTest, StopCancelsAndIsDoneWhenTheVenueSaysSo) {
  exchange_.set_auto_cancel(false);
  Start();
  const ClientOrderId first = Bid();
  const ClientOrderId second = Bid("98");
  strategy_.Every(absl::Seconds(1), 1);
  strategy_.notes.clear();
  strategy_.Stop();
  EXPECT_THAT(exchange_.canceled(), ElementsAre(first, second));
  EXPECT_EQ(strategy_.state(), StrategyState::kStopping);

  exchange_.SetMid("101");
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(5));
  exchange_.FinishCancel(first);
  EXPECT_EQ(strategy_.state(), StrategyState::kStopping);
  exchange_.Fill(second, "1");  // the fill wins
  EXPECT_THAT(strategy_.notes, ElementsAre("canceled c1", "filled c2", "filled c2"));
  EXPECT_EQ(strategy_.state(), StrategyState::kStopped);
}

TEST_F(StrategyTest, StopInsideAHandlerIsSafe) {
  Start();
  strategy_.on_end = [this](const Order&) { strategy_.Stop(); };
  const ClientOrderId id = Bid();
  Bid("98");
  ASSERT_OK(strategy_.Cancel(id));
  EXPECT_EQ(strategy_.state(), StrategyState::kStopped);
  EXPECT_THAT(exchange_.Open(), IsEmpty());
  strategy_.Stop();
  strategy_.After(absl::Seconds(1), 1);
  strategy_.notes.clear();
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(2));
  EXPECT_THAT(strategy_.notes, IsEmpty());
}

TEST_F(StrategyTest, DestructionSendsNothingAndEndsTimers) {
  {
    NotingStrategy other;
    ASSERT_OK(other.Start({exchange_, exchange_.clock()}));
    ASSERT_OK(other.Buy(kPair, Qty("1"), Px("99")));
    other.Every(absl::Seconds(1), 1);
  }
  exchange_.simulated_clock().AdvanceBy(absl::Seconds(2));
  exchange_.SetMid("101");
  EXPECT_THAT(exchange_.Open(), ElementsAre("buy 1 @ 99"));
  EXPECT_THAT(exchange_.canceled(), IsEmpty());
}

TEST_F(StrategyTest, StatusNamesTheReasonOfAPause) {
  std::vector<std::string> lines;
  ASSERT_OK(strategy_.Start(
      {exchange_, exchange_.clock(), [&](std::string_view line) { lines.emplace_back(line); }}));
  strategy_.Pause("no book");
  strategy_.Pause("no book");
  EXPECT_EQ(strategy_.status().state, StrategyState::kPaused);
  EXPECT_EQ(strategy_.status().reason, "no book");
  strategy_.Resume();
  EXPECT_EQ(strategy_.status().reason, "");
  EXPECT_THAT(lines,
              ElementsAre("strategy=noting state=running",
                          "strategy=noting state=paused reason=\"no book\"",
                          "strategy=noting state=running"));
}

}  // namespace
}  // namespace colibri
