// The paper exchange behind the same gate and kill switch as live ones.
#include <memory>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "connector/kill_switch.h"
#include "connector/simulated_environment.h"
#include "exchanges/paper/paper_exchange.h"
#include "tests/exchanges/paper/fake_feed.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Code = absl::StatusCode;

const TradingPair kPair = {"BTC", "USDT"};

class PaperRiskTest : public testing::Test {
 protected:
  PaperRiskTest() {
    spec_.name = "fake";
    config_.market.venue = "fake";
    config_.market.pairs = {kPair};
    config_.market.risk.kill_switch = &kill_;
    config_.balances = {{"USDT", D("1000")}, {"BTC", D("10")}};
    config_.delay_to_venue.least = absl::Milliseconds(10);
    config_.delay_from_venue.least = absl::Milliseconds(5);
  }

  void Open() {
    auto feed = std::make_unique<FakeFeed>();
    FakeFeed& market = *feed;
    exchange_ =
        std::make_unique<PaperExchange>(config_, spec_, std::move(feed), environment_.clock());
    ASSERT_THAT(exchange_->Open(), IsOk());
    market.ShowBook({{"100", "5"}, {"99", "8"}}, {{"101", "4"}, {"102", "6"}});
  }

  absl::StatusOr<ClientOrderId> Place(Side side,
                                      std::string_view quantity,
                                      std::string_view price) {
    OrderRequest request;
    request.pair = kPair;
    request.side = side;
    request.quantity = Q(quantity);
    request.price = P(price);
    absl::StatusOr<ClientOrderId> id = exchange_->Place(request);
    environment_.RunFor(absl::Milliseconds(15));
    return id;
  }

  KillSwitch kill_{"reset it"};
  SimulatedEnvironment environment_{/*seed=*/1};
  VenueSpec spec_;
  PaperConfig config_;
  std::unique_ptr<PaperExchange> exchange_;
};

TEST_F(PaperRiskTest, RefusesBeyondALimit) {
  config_.market.risk.limits.position_max = Q("2");
  config_.market.risk.limits.forbids_self_cross = true;
  Open();
  const auto id = Place(Side::kBuy, "1.5", "99");
  ASSERT_THAT(id, IsOk());
  EXPECT_THAT(Place(Side::kBuy, "0.6", "99"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("risk limit position_max")));
  EXPECT_THAT(Place(Side::kSell, "0.1", "99"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("forbids_self_cross")));
  EXPECT_THAT(exchange_->open_orders(), SizeIs(1));
  EXPECT_THAT(exchange_->Amend(*id, {.quantity = Q("2.1")}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("risk limit position_max")));
  EXPECT_THAT(exchange_->Amend(*id, {.quantity = Q("2")}), IsOk());
}

TEST_F(PaperRiskTest, RefusesWhileKilledAndCancelsEverything) {
  Open();
  const auto id = Place(Side::kBuy, "1", "99");
  ASSERT_THAT(id, IsOk());
  kill_.Engage({.by = "joe", .reason = "fat finger", .at = environment_.clock().now()});
  EXPECT_THAT(Place(Side::kBuy, "1", "99"),
              StatusIs(Code::kFailedPrecondition, HasSubstr("engaged by joe")));
  EXPECT_THAT(exchange_->Amend(*id, {.quantity = Q("2")}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("engaged by joe")));
  const ShutdownReport report = environment_.Await(exchange_->CancelEverything(absl::Seconds(10)));
  EXPECT_TRUE(report.is_verified);
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_THAT(exchange_->open_orders(), IsEmpty());
  kill_.Reset();
  EXPECT_THAT(Place(Side::kBuy, "1", "99"), IsOk());
}

TEST_F(PaperRiskTest, SaysWhatIsLeftWhenTimeIsUp) {
  Open();
  ASSERT_THAT(Place(Side::kBuy, "1", "99"), IsOk());
  const ShutdownReport report =
      environment_.Await(exchange_->CancelEverything(absl::Milliseconds(1)));
  EXPECT_EQ(report.open_orders_left, 1);
}

}  // namespace
}  // namespace colibri
