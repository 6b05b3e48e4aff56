#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/random.h"
#include "core/strings.h"
#include "strategies/event_log.h"
#include "strategies/performance.h"
#include "strategies/simple_market_maker.h"
#include "tests/support/scripted_exchange.h"
#include "tests/support/status_matchers.h"

namespace colibri {
namespace {

using ::testing::IsEmpty;

const TradingPair kPair{"BTC", "USDT"};

// A random market with every kind of trouble. The exchange CHECKs that quotes never cross the book
// or each other, are never more than configured and never blind; the books must add up; and the
// same seed must give the same run.
struct RunResult {
  std::string hash;
  OrderCounts counts;
  size_t most_open = 0;
  bool is_reconciled = false;
  StrategyState state = StrategyState::kIdle;
  std::vector<std::string> open;
};

class RandomMarket {
 public:
  explicit RandomMarket(uint64_t seed) : random_(seed), exchange_(kPair) {
    exchange_.SetBalance("BTC", "50");
    exchange_.SetBalance("USDT", "5000");
    exchange_.SetMid("100");
    config_.pair = kPair;
    config_.levels = 1 + static_cast<int>(random_.Uniform(4));
    config_.bid_spread = Dec("0.0005");
    config_.ask_spread = Dec("0.0005");
    config_.quantity =
        Quantity::FromScaled(static_cast<int64_t>(1'000 + random_.Uniform(200'000)), 4);
    config_.requests_per_second = 5 + static_cast<int>(random_.Uniform(50));
    config_.inventory.is_enabled = random_.Uniform(2) == 0;
    config_.inventory.price_shift = Dec("0.001");
    exchange_.set_open_orders_max(static_cast<size_t>(2 * config_.levels));
    exchange_.set_auto_ack(random_.Uniform(2) == 0);
    exchange_.set_auto_cancel(random_.Uniform(2) == 0);
  }

  RunResult Run(int steps) {
    const EventLog log(exchange_.events());
    const PerformanceTracker performance(exchange_, kPair);
    SimpleMarketMaker maker(config_);
    EXPECT_OK(maker.Start({exchange_, exchange_.clock()}));
    for (int i = 0; i < steps; ++i) {
      Step();
      exchange_.simulated_clock().AdvanceBy(
          absl::Milliseconds(static_cast<int64_t>(random_.Uniform(400))));
    }
    maker.Stop();
    for (int i = 0; i < 20; ++i) {
      exchange_.simulated_clock().AdvanceBy(absl::Seconds(10));
      for (const Order* order : exchange_.open_orders()) {
        exchange_.FinishCancel(order->client_order_id);
      }
    }
    return {.hash = log.hash(),
            .counts = performance.counts(),
            .most_open = exchange_.most_open(),
            .is_reconciled = performance.Report().is_reconciled(),
            .state = maker.state(),
            .open = exchange_.Open()};
  }

 private:
  void Step() {
    switch (random_.Uniform(12)) {
      case 0:
        exchange_.MakeStale("gap");
        break;
      case 1:
        exchange_.SetHealth("user_stream", random_.Uniform(3) != 0, "cut");
        break;
      case 2:
        exchange_.RejectNextOrders(1, "would take");
        break;
      case 3:
        exchange_.RefuseNextPlace(absl::FailedPreconditionError("not ready"));
        break;
      case 4:
        exchange_.RefuseNextCancel(absl::UnavailableError("limits"));
        break;
      case 5:
      case 6:
      case 7:
        TouchAnOrder();
        break;
      default:
        mid_ += static_cast<int64_t>(random_.Uniform(41)) - 20;
        exchange_.SetMid(Decimal::FromScaled(mid_, 2).ToString());
    }
  }

  void TouchAnOrder() {
    const std::vector<const Order*> open = exchange_.open_orders();
    if (open.empty()) {
      return;
    }
    const Order& order = *open[random_.Uniform(open.size())];
    const ClientOrderId id = order.client_order_id;
    if (order.state == OrderState::kPendingCreate) {
      exchange_.Ack(id);
    } else if (order.is_cancel_requested && random_.Uniform(2) == 0) {
      random_.Uniform(4) == 0 ? exchange_.RejectCancel(id, "busy") : exchange_.FinishCancel(id);
    } else if (random_.Uniform(2) == 0) {
      exchange_.Fill(id, order.remaining().ToString());
    } else {
      exchange_.Fill(id, "0.0001");
    }
  }

  Random random_;
  ScriptedExchange exchange_;
  SimpleMarketMakerConfig config_;
  int64_t mid_ = 10'000;
};

TEST(SimpleMarketMakerRandomTest, KeepsItsPromisesInAnyMarketAndRepeatsItself) {
  OrderCounts total;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(StrCat("seed ", seed));
    const RunResult result = RandomMarket(seed).Run(400);
    ASSERT_TRUE(result.is_reconciled);
    ASSERT_EQ(result.state, StrategyState::kStopped);
    ASSERT_THAT(result.open, IsEmpty());
    ASSERT_EQ(result.hash, RandomMarket(seed).Run(400).hash);
    total.fills += result.counts.fills;
    total.rejected += result.counts.rejected;
    total.canceled += result.counts.canceled;
  }
  EXPECT_GT(total.fills, 1'000);
  EXPECT_GT(total.rejected, 100);
  EXPECT_GT(total.canceled, 1'000);
}

}  // namespace
}  // namespace colibri
