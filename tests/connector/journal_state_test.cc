#include "connector/journal_state.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"

#include "tests/support/sample_records.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const ClientOrderId kId("B1");

JournalIntent Intent(std::string_view id) {
  return {SampleOrder(id)};
}
JournalCreated Created(std::string_view exchange_order_id) {
  return {kId, ExchangeOrderId(exchange_order_id), SampleTime(3)};
}
JournalEnded Ended(OrderState state, std::string_view reason) {
  return {kId, {}, state, false, std::string(reason), SampleTime(8)};
}

JournalState StateOf(const std::vector<JournalRecord>& records) {
  JournalState state;
  for (const JournalRecord& record : records) {
    state.Apply(record);
  }
  return state;
}

TEST(JournalStateTest, CountsRecordsThatNoIntentNames) {
  const JournalState state = StateOf({JournalCancelIntent{kId, SampleTime(1)},
                                      JournalAmendIntent{kId, {}, {}, SampleTime(1)},
                                      JournalInDoubt{kId, "", SampleTime(1)},
                                      Created("X1"),
                                      JournalAmended{kId, {}, SampleTime(1)},
                                      SampleFill("B1", "T1", "0.1"),
                                      Ended(OrderState::kCanceled, ""),
                                      Intent("")});
  EXPECT_EQ(state.orphans(), 8);
  EXPECT_THAT(state.orders(), IsEmpty());
  EXPECT_EQ(state.fills(), 0);
}

TEST(JournalStateTest, ASecondIntentForAnIdChangesNothing) {
  JournalIntent other = Intent("B1");
  other.order.side = Side::kSell;
  const JournalState state = StateOf({Intent("B1"), Created("X1"), other});
  EXPECT_EQ(state.orphans(), 1);
  EXPECT_EQ(state.Find(kId)->order.side, Side::kBuy);
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kOpen);
}

// Sums that no venue's order has must not end the program.
TEST(JournalStateTest, LeavesOutFillsBeyondTheRangeOfDecimals) {
  JournalFill huge = SampleFill("B1", "T1", "100000000000000000000");
  huge.fill.price = Price::FromScaled(1, 0);
  JournalFill product = SampleFill("B1", "T3", "100000000000");
  product.fill.price = Price(product.fill.quantity.value());
  JournalFill more = huge;
  more.fill.trade_id = TradeId("T2");
  JournalFill fee = SampleFill("B1", "T4", "0.1");
  fee.fill.fees = {{"BNB", huge.fill.quantity.value()}, {"BNB", huge.fill.quantity.value()}};
  const JournalState state = StateOf({Intent("B1"), huge, more, product, fee});
  EXPECT_EQ(state.orphans(), 3);
  EXPECT_EQ(state.Find(kId)->order.filled, huge.fill.quantity);
  EXPECT_THAT(state.Find(kId)->trade_ids, ElementsAre(TradeId("T1")));
}

TEST(JournalStateTest, FollowsAnOrderToItsEnd) {
  JournalState state = StateOf({Intent("B1")});
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kPendingCreate);
  EXPECT_FALSE(state.Find(kId)->was_created);

  state.Apply(JournalInDoubt{kId, "timed out", SampleTime(2)});
  EXPECT_TRUE(state.Find(kId)->order.is_in_doubt);

  state.Apply(Created("X1"));
  EXPECT_TRUE(state.Find(kId)->was_created);
  EXPECT_FALSE(state.Find(kId)->order.is_in_doubt);
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kOpen);
  EXPECT_EQ(state.Find(kId)->order.exchange_order_id, ExchangeOrderId("X1"));

  state.Apply(JournalCancelIntent{kId, SampleTime(3)});
  EXPECT_TRUE(state.Find(kId)->order.is_cancel_requested);

  state.Apply(SampleFill("B1", "T1", "0.2"));
  const Order& order = state.Find(kId)->order;
  EXPECT_EQ(order.state, OrderState::kPartiallyFilled);
  EXPECT_EQ(order.filled, Quantity::FromScaled(2, 1));
  EXPECT_EQ(order.filled_notional, Notional::FromScaled(20, 0));
  EXPECT_EQ(order.fees, (FeeAmounts{{"BNB", Decimal::FromScaled(1, 3)}}));
  EXPECT_EQ(order.updated_at, SampleTime(4));
  EXPECT_FALSE(state.Find(kId)->has_ended());

  state.Apply(Ended(OrderState::kCanceled, "by us"));
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kCanceled);
  EXPECT_EQ(state.Find(kId)->order.reason, "by us");
  EXPECT_EQ(state.Find(kId)->ended_at, SampleTime(8));
  EXPECT_EQ(state.last_time(), SampleTime(8));
}

// S13: the same trade id twice is one fill, across restarts and rotations too.
TEST(JournalStateTest, CountsAFillOnce) {
  JournalState state = StateOf({Intent("B1"),
                                Intent("B2"),
                                SampleFill("B1", "T1", "0.2"),
                                SampleFill("B1", "T1", "0.2"),
                                SampleFill("B2", "T1", "0.1")});
  EXPECT_EQ(state.Find(kId)->order.filled, Quantity::FromScaled(2, 1));
  EXPECT_THAT(state.Find(kId)->trade_ids, ElementsAre(TradeId("T1")));
  EXPECT_EQ(state.fills(), 2);
  // The order that a new file begins with brings its trade ids along.
  JournalState rotated = StateOf({JournalOrder{*state.Find(kId)}, SampleFill("B1", "T1", "0.2")});
  EXPECT_EQ(rotated.Find(kId)->order.filled, Quantity::FromScaled(2, 1));
  EXPECT_THAT(rotated.Find(kId)->trade_ids, ElementsAre(TradeId("T1")));
}

TEST(JournalStateTest, ALateFillCountsAndACorrectionChangesTheEnd) {
  JournalState state = StateOf({Intent("B1"),
                                Created("X1"),
                                Ended(OrderState::kCanceled, "by us"),
                                SampleFill("B1", "T1", "0.5")});
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kCanceled);
  EXPECT_EQ(state.Find(kId)->order.filled, Quantity::FromScaled(5, 1));
  JournalEnded correction = Ended(OrderState::kFilled, "");
  correction.at = SampleTime(20);
  state.Apply(correction);
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kFilled);
  EXPECT_EQ(state.Find(kId)->ended_at, SampleTime(8));
}

TEST(JournalStateTest, ARejectedOrderThatShowsUpIsOpenAgain) {
  const JournalState state =
      StateOf({Intent("B1"), Ended(OrderState::kRejected, "not found"), Created("X1")});
  EXPECT_FALSE(state.Find(kId)->has_ended());
  EXPECT_EQ(state.Find(kId)->order.state, OrderState::kOpen);
  EXPECT_EQ(state.Find(kId)->order.reason, "");
  // One that had been created stays ended.
  const JournalState ended = StateOf(
      {Intent("B1"), Created("X1"), Ended(OrderState::kRejected, "by the venue"), Created("X1")});
  EXPECT_TRUE(ended.Find(kId)->has_ended());
}

TEST(JournalStateTest, AnAmendmentCountsWhenItIsDone) {
  JournalState state = StateOf(
      {Intent("B1"), JournalAmendIntent{kId, {}, Quantity::FromScaled(4, 1), SampleTime(3)}});
  EXPECT_EQ(state.Find(kId)->order.quantity, Quantity::FromScaled(5, 1));
  state.Apply(JournalAmended{kId, Quantity::FromScaled(4, 1), SampleTime(4)});
  EXPECT_EQ(state.Find(kId)->order.quantity, Quantity::FromScaled(4, 1));
}

TEST(JournalStateTest, KeepsSessionsCursorsAndForeignFills) {
  const TradingPair pair{"BTC", "USDT"};
  const JournalState state =
      StateOf({JournalSession{"binance", "testnet", SampleTime(1)},
               JournalCursor{pair, TradeId("T1"), SampleTime(1)},
               JournalCursor{pair, TradeId("T2"), std::nullopt},
               JournalForeignFill{{pair, TradeId("T7"), Side::kBuy}, SampleTime(1)},
               JournalForeignFill{{pair, TradeId("T8"), Side::kSell}, SampleTime(2)},
               JournalSession{"binance", "testnet", SampleTime(1)}});
  EXPECT_EQ(state.sessions(), 2);
  ASSERT_EQ(state.cursors().size(), 1u);
  EXPECT_EQ(state.cursors().at(pair).after, TradeId("T2"));
  EXPECT_EQ(state.cursors().at(pair).since, std::nullopt);
  EXPECT_THAT(state.foreign_fills(),
              ElementsAre(FillKey{pair, TradeId("T7"), Side::kBuy},
                          FillKey{pair, TradeId("T8"), Side::kSell}));
}

TEST(JournalStateTest, KeepsTheHighestNonceMark) {
  JournalState state;
  EXPECT_EQ(state.nonce_mark(), absl::InfinitePast());

  state.Apply(JournalNonceMark{SampleTime(20)});
  state.Apply(JournalNonceMark{SampleTime(10)});

  EXPECT_EQ(state.nonce_mark(), SampleTime(20));
  EXPECT_EQ(state.last_time(), absl::InfinitePast());
}

TEST(JournalStateTest, KnowsWhetherAConditionalOrderHasTriggered) {
  JournalIntent intent = Intent("B1");
  intent.order.trigger = OrderTrigger{.price = Price(Decimal::FromInteger(95)),
                                      .kind = TriggerKind::kStop,
                                      .source = TriggerSource::kMark};
  const JournalCreated created = {kId, ExchangeOrderId("A1"), SampleTime(2)};
  JournalState state = StateOf({intent, created});
  EXPECT_TRUE(state.Find(kId)->order.is_waiting());
  EXPECT_EQ(state.Find(kId)->order.exchange_order_id, ExchangeOrderId("A1"));

  state.Apply(JournalTriggered{kId, ExchangeOrderId("X9"), SampleTime(3)});
  EXPECT_FALSE(state.Find(kId)->order.is_waiting());
  EXPECT_EQ(state.Find(kId)->order.exchange_order_id, ExchangeOrderId("X9"));
  EXPECT_EQ(state.Find(kId)->order.trigger, intent.order.trigger);

  // Said of an order that has none it changes nothing.
  state.Apply(Intent("B2"));
  state.Apply(JournalTriggered{ClientOrderId("B2"), ExchangeOrderId("X10"), SampleTime(4)});
  EXPECT_FALSE(state.Find(ClientOrderId("B2"))->order.is_triggered);
  EXPECT_TRUE(state.Find(ClientOrderId("B2"))->order.exchange_order_id.empty());
}

TEST(JournalStateTest, ReadingAllTwiceGivesTheSame) {
  const std::vector<JournalRecord> records = SampleRecords();
  JournalState once = StateOf(records);
  JournalState twice = StateOf(records);
  for (const JournalRecord& record : records) {
    twice.Apply(record);
  }
  ASSERT_EQ(twice.orders().size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const RememberedOrder& a = once.orders()[i];
    const RememberedOrder& b = twice.orders()[i];
    EXPECT_EQ(a.order.filled, b.order.filled);
    EXPECT_EQ(a.order.state, b.order.state);
    EXPECT_EQ(a.trade_ids, b.trade_ids);
    EXPECT_EQ(a.ended_at, b.ended_at);
  }
  EXPECT_EQ(once.fills(), twice.fills());
}

TEST(JournalStateTest, ForgetsOrdersADayAfterTheirEnd) {
  JournalState state = StateOf({Intent("B1"),
                                SampleFill("B1", "T1", "0.1"),
                                Ended(OrderState::kCanceled, ""),
                                Intent("B2")});
  state.Apply(JournalSession{"binance", "us", SampleTime(8) + absl::Hours(24)});
  EXPECT_NE(state.Find(kId), nullptr);
  state.Apply(JournalSession{"binance", "us", SampleTime(8) + absl::Hours(25)});
  EXPECT_EQ(state.Find(kId), nullptr);
  ASSERT_NE(state.Find(ClientOrderId("B2")), nullptr);
  EXPECT_EQ(state.orders().size(), 1u);
  // Its fill is nobody's now.
  state.Apply(SampleFill("B1", "T1", "0.1"));
  EXPECT_EQ(state.orphans(), 1);
}

TEST(JournalStateTest, KeepsABoundedNumberOfEndedOrdersAndAllOpenOnes) {
  JournalState state;
  state.Apply(Intent("open"));
  for (size_t i = 0; i < 2 * JournalState::kEndedMax; ++i) {
    JournalIntent intent;
    intent.order.client_order_id = ClientOrderId::FromNumber(i);
    intent.order.created_at = SampleTime(0) + absl::Milliseconds(i);
    state.Apply(intent);
    state.Apply(JournalEnded{intent.order.client_order_id,
                             {},
                             OrderState::kCanceled,
                             false,
                             "",
                             intent.order.created_at});
  }
  EXPECT_NE(state.Find(ClientOrderId("open")), nullptr);
  EXPECT_EQ(state.orders().size(), JournalState::kEndedMax + 1);
  EXPECT_EQ(state.Find(ClientOrderId::FromNumber(0)), nullptr);
  EXPECT_NE(state.Find(ClientOrderId::FromNumber(2 * JournalState::kEndedMax - 1)), nullptr);
}

}  // namespace
}  // namespace colibri
