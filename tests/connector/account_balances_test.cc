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

TEST_F(AccountBalancesTest, AnOrderInDoubtStaysReserved) {
  balances_.Apply(Update("USDT", "100", "100", kNow));
  balances_.Reserve(ClientOrderId("a"), "USDT", D("30"));

  clock_.AdvanceBy(absl::Hours(1));

  EXPECT_EQ(balances_.balance("USDT").available, D("70"));
}

}  // namespace
}  // namespace colibri
