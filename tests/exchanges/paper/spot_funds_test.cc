#include "exchanges/paper/spot_funds.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;

PaperTicket Buy(uint64_t number, std::string_view quantity, std::string_view price) {
  PaperTicket ticket;
  ticket.number = number;
  ticket.order.pair = {"BTC", "USDT"};
  ticket.order.quantity = Q(quantity);
  ticket.order.price = P(price);
  return ticket;
}

// 1,000 USDT; fees of 0.1 % on top.
class SpotFundsTest : public testing::Test {
 protected:
  static FeeSchema Fees() {
    FeeSchema fees;
    fees.percent = {.maker = D("0.001"), .taker = D("0.001")};
    fees.charge = FeeCharge::kAddedToCost;
    return fees;
  }
  // "total available"
  std::string Usdt() const {
    const Balance balance = funds_.balance("USDT");
    return StrCat(balance.total, " ", balance.available);
  }

  SpotFunds funds_{{{"USDT", D("1000")}}, Fees()};
};

TEST_F(SpotFundsTest, RefuseWhatIsNotThere) {
  EXPECT_THAT(funds_.Take(Buy(1, "10", "100"), TakePlan()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("takes 1001 USDT")));
  EXPECT_EQ(Usdt(), "1000 1000");
}

TEST_F(SpotFundsTest, LockWhatTheRestOfAnOrderCosts) {
  PaperTicket ticket = Buy(1, "2", "100");
  ASSERT_THAT(funds_.Take(ticket, TakePlan()), IsOk());
  EXPECT_EQ(Usdt(), "1000 799.8");
  const auto settled = funds_.Settle(ticket, P("100"), Q("0.5"), /*is_maker=*/true);
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->fees[0], (AssetAmount{"USDT", D("0.05")}));
  EXPECT_EQ(settled->realised_profit, std::nullopt);
  EXPECT_EQ(Usdt(), "949.95 799.8");
  EXPECT_EQ(funds_.balance("BTC").total, D("0.5"));
  funds_.Release(ticket);
  EXPECT_EQ(Usdt(), "949.95 949.95");
  funds_.Release(ticket);  // there is nothing left to give back
  EXPECT_EQ(Usdt(), "949.95 949.95");
}

}  // namespace
}  // namespace colibri
