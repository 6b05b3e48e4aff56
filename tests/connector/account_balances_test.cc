#include "connector/account_balances.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/simulated_clock.h"
#include "core/strings.h"

namespace colibri {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Decimal D(std::string_view text) {
  return *Decimal::Parse(text);
}

class AccountBalancesTest : public ::testing::Test {
 protected:
  AccountBalancesTest() {
    subscription_ = events_.Subscribe<BalanceChanged>([this](const BalanceChanged& changed) {
      told_.push_back(StrCat(changed.asset, " ", changed.total, " ", changed.available));
    });
  }

  static BalanceUpdate Update(std::string asset,
                              std::string_view total,
                              std::string_view available,
                              absl::Time venue_time) {
    return {.asset = std::move(asset),
            .balance = {.total = D(total), .available = D(available)},
            .venue_time = venue_time};
  }

  SimulatedClock clock_{kNow};
  EventBus events_;
  AccountBalances balances_{"fake", clock_, events_};
  std::vector<std::string> told_;
  Subscription subscription_;
};

TEST_F(AccountBalancesTest, AnAssetThatIsNotHeldIsZero) {
  EXPECT_EQ(balances_.balance("BTC"), Balance{});
}

TEST_F(AccountBalancesTest, ASnapshotOlderThanTheStreamChangesNothingS54) {
  balances_.Apply(Update("USDT", "90", "90", kNow));

  balances_.ApplySnapshot({Update("USDT", "100", "100", kNow - absl::Milliseconds(1))}, kNow);

  EXPECT_EQ(balances_.balance("USDT").total, D("90"));
  EXPECT_EQ(balances_.stale_updates(), 1);
}

TEST_F(AccountBalancesTest, AnUndatedSnapshotIsAsOldAsItsRequestS54) {
  balances_.Apply(Update("USDT", "90", "90", kNow));

  balances_.ApplySnapshot({Update("USDT", "100", "100", absl::InfinitePast())},
                          /*asked_at=*/kNow - absl::Milliseconds(1));
  EXPECT_EQ(balances_.balance("USDT").total, D("90"));
  balances_.ApplySnapshot({Update("USDT", "100", "100", absl::InfinitePast())},
                          /*asked_at=*/kNow + absl::Milliseconds(1));

  EXPECT_EQ(balances_.balance("USDT").total, D("100"));
}

TEST_F(AccountBalancesTest, AnAnswerLongAfterTheLastNewsIsNewerWhateverItsTime) {
  balances_.Apply(Update("USDT", "90", "90", kNow + absl::Seconds(5)));
  const BalanceUpdate earlier = Update("USDT", "80", "80", kNow);
  clock_.AdvanceBy(AccountBalances::kNewsLifetime);
  balances_.ApplySnapshot({earlier}, kNow);
  EXPECT_EQ(balances_.balance("USDT").total, D("90"));

  clock_.AdvanceBy(absl::Milliseconds(1));
  balances_.ApplySnapshot({earlier}, kNow);

  EXPECT_EQ(balances_.balance("USDT").total, D("80"));
}

TEST_F(AccountBalancesTest, AssetsThatAreNotInTheSnapshotAreGone) {
  balances_.ApplySnapshot({Update("USDT", "100", "100", kNow), Update("BTC", "1", "1", kNow)},
                          kNow);

  balances_.ApplySnapshot({Update("USDT", "100", "100", kNow)}, kNow + absl::Seconds(1));

  EXPECT_EQ(balances_.balance("BTC"), Balance{});
  EXPECT_THAT(told_, ElementsAre("USDT 100 100", "BTC 1 1", "BTC 0 0"));
}

TEST_F(AccountBalancesTest, ANewAssetOfTheStreamSurvivesAnOlderSnapshot) {
  balances_.Apply(Update("BTC", "1", "1", kNow));

  balances_.ApplySnapshot({Update("USDT", "100", "100", kNow - absl::Seconds(1))}, kNow);

  EXPECT_EQ(balances_.balance("BTC").total, D("1"));
}

TEST_F(AccountBalancesTest, TellsChangesOnly) {
  balances_.Apply(Update("USDT", "90", "90", kNow));
  balances_.Apply(Update("USDT", "90", "90", kNow + absl::Seconds(1)));
  balances_.Apply(Update("USDT", "90", "80", kNow + absl::Seconds(1)));

  EXPECT_THAT(told_, ElementsAre("USDT 90 90", "USDT 90 80"));
}

TEST_F(AccountBalancesTest, OrdersOnTheWayAreNotAvailable) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));
  balances_.Reserve(ClientOrderId("b"), "USDT", D("50"));

  EXPECT_EQ(balances_.balance("USDT"), (Balance{.total = D("100"), .available = D("20")}));
  balances_.Release(ClientOrderId("b"));

  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
}

TEST_F(AccountBalancesTest, AvailableIsNeverNegative) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("130"));

  EXPECT_EQ(balances_.balance("USDT").available, Decimal());
}

TEST_F(AccountBalancesTest, AReservationEndsWithTheBalanceThatContainsTheOrder) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));
  balances_.NoteAcknowledged(ClientOrderId("a"), kNow + absl::Seconds(2));
  EXPECT_EQ(balances_.balance("USDT").available, D("70"));

  balances_.Apply(Update("USDT", "100", "100", kNow + absl::Seconds(1)));
  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
  balances_.Apply(Update("USDT", "100", "70", kNow + absl::Seconds(2)));

  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
}

TEST_F(AccountBalancesTest, ABalanceMayComeBeforeTheAcknowledgement) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));
  balances_.Apply(Update("USDT", "100", "70", kNow + absl::Seconds(2)));

  balances_.NoteAcknowledged(ClientOrderId("a"), kNow + absl::Seconds(2));

  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
}

TEST_F(AccountBalancesTest, AReservationDoesNotOutliveItsAcknowledgementForLong) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));
  balances_.NoteAcknowledged(ClientOrderId("a"), absl::InfinitePast());

  clock_.AdvanceBy(AccountBalances::kReservationGrace);

  EXPECT_EQ(balances_.balance("USDT").available, D("100"));
}

TEST_F(AccountBalancesTest, EachReservationEndsByItself) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));
  balances_.Reserve(ClientOrderId("b"), "USDT", D("20"));
  balances_.Reserve(ClientOrderId("c"), "BTC", D("1"));
  balances_.NoteAcknowledged(ClientOrderId("a"), kNow + absl::Seconds(1));
  clock_.AdvanceBy(AccountBalances::kReservationGrace / 2);
  balances_.NoteAcknowledged(ClientOrderId("b"), kNow + absl::Seconds(2));
  balances_.NoteAcknowledged(ClientOrderId("a"), kNow + absl::Seconds(3));  // told again

  clock_.AdvanceBy(AccountBalances::kReservationGrace / 2);

  EXPECT_EQ(balances_.balance("USDT").available, D("80"));
  balances_.Release(ClientOrderId("a"));  // gone already
  EXPECT_EQ(balances_.balance("USDT").available, D("80"));
  balances_.Release(ClientOrderId("b"));
  EXPECT_EQ(balances_.balance("USDT").available, D("100"));
  clock_.AdvanceBy(AccountBalances::kReservationGrace);
  EXPECT_EQ(balances_.balance("USDT").available, D("100"));
}

TEST_F(AccountBalancesTest, ReservationsBeyondAllNumbersLeaveNothing) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("170000000000000000000"));
  balances_.Reserve(ClientOrderId("b"), "USDT", D("170000000000000000000"));
  EXPECT_EQ(balances_.balance("USDT").available, Decimal());
  balances_.Release(ClientOrderId("a"));
  EXPECT_EQ(balances_.balance("USDT").available, Decimal());
  balances_.Release(ClientOrderId("b"));
  EXPECT_EQ(balances_.balance("USDT").available, D("100"));
}

TEST_F(AccountBalancesTest, AnOrderInDoubtStaysReserved) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));

  clock_.AdvanceBy(absl::Hours(1));

  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
}

// A venue that tells balances only when asked.
class EstimatedBalancesTest : public AccountBalancesTest {
 protected:
  EstimatedBalancesTest() {
    balances_.set_is_estimating(true);
    balances_.ApplySnapshot({Update("USDT", "1000", "1000", kNow), Update("BTC", "2", "2", kNow)},
                            kNow);
  }

  static Order OrderOf(Side side, std::string_view price, std::string_view quantity) {
    Order order;
    order.client_order_id = ClientOrderId("C1");
    order.pair = {"BTC", "USDT"};
    order.side = side;
    order.price = *Price::Parse(price);
    order.quantity = *Quantity::Parse(quantity);
    order.updated_at = kNow + absl::Seconds(2);
    return order;
  }
  static Fill FillOf(const Order& order, std::string_view quantity, std::string_view fee) {
    Fill fill;
    fill.client_order_id = order.client_order_id;
    fill.pair = order.pair;
    fill.side = order.side;
    fill.price = *order.price;
    fill.quantity = *Quantity::Parse(quantity);
    fill.fees = {{order.side == Side::kBuy ? "BTC" : "USDT", D(fee)}};
    fill.venue_time = kNow + absl::Seconds(1);
    return fill;
  }
  std::string Held(std::string_view asset) const {
    const Balance balance = balances_.balance(asset);
    return StrCat(balance.total, " ", balance.available);
  }
};

TEST_F(EstimatedBalancesTest, AReservationLastsUntilAnAnswerHasTheOrder) {
  balances_.Reserve(ClientOrderId("C1"), "USDT", D("100"));
  balances_.NoteAcknowledged(ClientOrderId("C1"), kNow + absl::Seconds(1));
  clock_.AdvanceBy(absl::Minutes(10));

  EXPECT_EQ(Held("USDT"), "1000 900");
  balances_.ApplySnapshot({Update("USDT", "1000", "900", kNow + absl::Seconds(1))}, kNow);
  EXPECT_EQ(Held("USDT"), "1000 900");
}

TEST_F(EstimatedBalancesTest, AFillMovesBothAssetsAndItsFee) {
  const Order order = OrderOf(Side::kBuy, "100", "3");
  balances_.Reserve(order.client_order_id, "USDT", D("300"));

  balances_.EstimateFill(FillOf(order, "1", "0.01"));

  EXPECT_EQ(Held("USDT"), "900 700");
  EXPECT_EQ(Held("BTC"), "2.99 2.99");
}

TEST_F(EstimatedBalancesTest, AFillOfWhatAnAnswerHasLockedTakesFromTheLocked) {
  const Order order = OrderOf(Side::kSell, "100", "1");
  balances_.ApplySnapshot({Update("USDT", "1000", "1000", kNow), Update("BTC", "2", "1", kNow)},
                          kNow);

  balances_.EstimateFill(FillOf(order, "0.4", "0.5"));

  EXPECT_EQ(Held("BTC"), "1.6 1");
  EXPECT_EQ(Held("USDT"), "1039.5 1039.5");
}

TEST_F(EstimatedBalancesTest, AFillThatAnAnswerHasIsNotCountedAgain) {
  const Order order = OrderOf(Side::kBuy, "100", "1");
  balances_.ApplySnapshot({Update("USDT", "900", "900", kNow + absl::Seconds(1)),
                           Update("BTC", "3", "3", kNow + absl::Seconds(1))},
                          kNow);

  balances_.EstimateFill(FillOf(order, "1", "0.01"));

  EXPECT_EQ(Held("USDT"), "900 900");
  EXPECT_EQ(Held("BTC"), "3 3");
}

TEST_F(EstimatedBalancesTest, TheEndGivesBackWhatIsLeft) {
  const Order order = OrderOf(Side::kBuy, "100", "3");
  balances_.Reserve(order.client_order_id, "USDT", D("300"));
  balances_.EstimateEnd(order);
  EXPECT_EQ(Held("USDT"), "1000 1000");

  balances_.ApplySnapshot(
      {Update("USDT", "1000", "700", kNow + absl::Seconds(1)), Update("BTC", "2", "2", kNow)},
      kNow);
  balances_.EstimateEnd(order);
  EXPECT_EQ(Held("USDT"), "1000 1000");
}

}  // namespace
}  // namespace colibri
