#include "exchanges/paper/live_feed.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/strings.h"
#include "exchanges/paper/paper_exchange.h"
#include "tests/support/fake_venue.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using testing::ElementsAre;

class LiveFeedTest : public testing::Test {
 protected:
  LiveFeedTest() {
    entry_.spec = fake_.spec;
    entry_.make_connector =
        [](Environment& environment,
           ExchangeConfig config,
           const Credentials* credentials) -> absl::StatusOr<std::unique_ptr<Connector>> {
      static const VenueSpec spec = FakeVenueSpec();
      return MakeFakeExchange(environment, spec, std::move(config), credentials != nullptr);
    };
    config_.market = fake_.config;
    config_.balances = {{"USDT", Decimal::FromInteger(1000)}, {"BTC", Decimal::FromInteger(1)}};
  }

  FakeVenue fake_;
  VenueEntry entry_;
  PaperConfig config_;
};

TEST_F(LiveFeedTest, SaysWhenTheVenueHasNoConnector) {
  entry_.make_connector = nullptr;
  EXPECT_THAT(LiveFeed::Make(fake_.environment, entry_, config_),
              StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(LiveFeedTest, PassesOnWhyTheConnectorDoesNotStart) {
  config_.market.domain = "mars";
  auto feed = LiveFeed::Make(fake_.environment, entry_, config_);
  ASSERT_THAT(feed, IsOk());
  PaperExchange exchange(config_, entry_.spec, *std::move(feed), fake_.environment.clock());
  EXPECT_THAT(fake_.environment.Await(exchange.Start(absl::Seconds(30))),
              StatusIs(absl::StatusCode::kInvalidArgument));
  fake_.environment.Await(exchange.Stop(absl::Seconds(1)));
}

TEST_F(LiveFeedTest, FillsAPaperOrderByAPrintOfTheStream) {
  auto feed = LiveFeed::Make(fake_.environment, entry_, config_);
  ASSERT_THAT(feed, IsOk());
  PaperExchange exchange(config_, entry_.spec, *std::move(feed), fake_.environment.clock());
  std::vector<std::string> said;
  const Subscription orders = exchange.events().SubscribeAll([&](const Event& event) {
    if (EventName(event).substr(0, 6) == "order_") {
      said.emplace_back(EventName(event));
    }
  });
  ASSERT_THAT(fake_.environment.Await(exchange.Start(absl::Seconds(30))), IsOk());
  EXPECT_TRUE(exchange.health().can_trade(kFakePair));
  ASSERT_THAT(exchange.Place(fake_.Buy("100", "0.5")), IsOk());
  fake_.Run(absl::Milliseconds(20));

  fake_.market().Push("print BTCUSDT 1 sell 99.5 0.2 1700000000000");
  fake_.Run(absl::Milliseconds(20));

  EXPECT_THAT(said, ElementsAre("order_created", "order_filled"));
  EXPECT_EQ(exchange.balance("USDT").total, Decimal::FromInteger(980));
  const ShutdownReport report = fake_.environment.Await(exchange.Stop(absl::Seconds(5)));
  EXPECT_EQ(report.open_orders_left, 0);
  EXPECT_EQ(fake_.http.count("POST /order"), 0u);  // nothing of it reaches the venue
}

}  // namespace
}  // namespace colibri
