#include "exchanges/paper/paper_account.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

TEST(PaperAccountTest, LocksNothingItDoesNotHave) {
  PaperAccount account({{"USDT", D("10")}});
  ASSERT_THAT(account.Lock("USDT", D("7")), IsOk());
  EXPECT_THAT(account.Lock("USDT", D("3.000000000000000001")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("takes 3.000000000000000001 USDT, available are 3")));
  EXPECT_THAT(account.Lock("BTC", D("1")), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(account.balance("USDT"), (Balance{D("10"), D("3")}));
  EXPECT_EQ(account.balance("BTC"), Balance{});
}

TEST(PaperAccountTest, SettlesAllOrNothing) {
  PaperAccount account({{"USDT", D("10")}});
  EXPECT_THAT(account.Settle({{"USDT", D("-1")}, {"HUGE", D("170000000000000000000")}}), IsOk());
  EXPECT_THAT(account.Settle({{"USDT", D("-1")}, {"HUGE", D("170000000000000000000")}}),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(account.balance("USDT").total, D("9"));
}

TEST(PaperAccountTest, AddsSeveralAmountsOfOneAsset) {
  PaperAccount account({});
  EXPECT_THAT(account.Settle({{"BTC", D("1")}, {"USDT", D("5")}, {"BTC", D("-0.001")}}), IsOk());
  EXPECT_EQ(account.balance("BTC").total, D("0.999"));
  EXPECT_THAT(account.assets(), testing::ElementsAre("BTC", "USDT"));
}

}  // namespace
}  // namespace colibri
