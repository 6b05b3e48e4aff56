// Plans drawn from seeds, against a living venue with clients that trade, reconnect and disregard
// every answer.
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "tests/tools/venue_sim/sim_fixture.h"
#include "tools/venue_sim/fault_runner.h"

namespace colibri::venue_sim {
namespace {

constexpr FaultSeedOptions kStorm{
    .duration = absl::Minutes(3), .quiet_tail = absl::Seconds(30), .faults_per_minute = 12};

BinanceSimOptions StormOptions(uint64_t seed) {
  BinanceSimOptions options = QuietOptions();
  options.seed = seed;
  options.background_traders = true;
  options.user_event_timing = UserEventTiming::kSeeded;
  options.traders.quotes_per_second = 5;
  options.traders.trades_per_second = 1;
  options.traders.levels = 20;
  return options;
}

// A run of the storm: every reply, frame and closing, in order.
class Storm {
 public:
  explicit Storm(uint64_t seed)
      : sim_(StormOptions(seed)),
        runner_(sim_.clock, sim_.venue.faults(), FaultPlan::FromSeed(seed, kStorm), seed),
        random_(seed) {}

  void Run() {
    runner_.Start();
    for (int step = 0; step < 3600; ++step) {
      sim_.clock.AdvanceBy(absl::Milliseconds(50));
      Reconnect();
      if (random_.Uniform(4) == 0) {
        Trade(step);
      }
    }
  }

  SimFixture& sim() { return sim_; }
  const std::vector<std::string>& replies() const { return replies_; }

 private:
  void Reconnect() {
    if (market_ == 0 || sim_.sink.closed.contains(market_) || random_.Uniform(1000) == 0) {
      sim_.venue.Close(market_);
      market_ = sim_.venue.Open("/stream?streams=btcusdt@depth@100ms/btcusdt@trade", "10.0.0.1");
    }
    if (user_ == 0 || sim_.sink.closed.contains(user_) || random_.Uniform(1000) == 0) {
      sim_.venue.Close(user_);
      user_ = sim_.SubscribeUser();
    }
  }

  void Trade(int step) {
    const std::string id = StrCat("newClientOrderId=s", step);
    const std::string price = StrCat(59'000 + random_.Uniform(2000));
    HttpReply reply;
    switch (random_.Uniform(4)) {
      case 0:
        reply = sim_.Signed("DELETE", "/api/v3/openOrders", "symbol=BTCUSDT");
        break;
      case 1:
        reply = sim_.Signed("GET", "/api/v3/openOrders", "");
        break;
      default:
        reply = sim_.Order(StrCat("symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&quantity=0.01&side=",
                                  random_.Uniform(2) == 0 ? "BUY" : "SELL",
                                  "&price=",
                                  price,
                                  "&",
                                  id));
    }
    replies_.push_back(StrCat(reply.status,
                              reply.hang_up ? " hang up " : " ",
                              reply.is_swallowed ? "swallowed " : " ",
                              absl::FormatDuration(reply.delay),
                              " ",
                              reply.body));
  }

  SimFixture sim_;
  FaultRunner runner_;
  Random random_;
  SessionId market_ = 0;
  SessionId user_ = 0;
  std::vector<std::string> replies_;
};

TEST(BinanceStormTest, RunsTheSameTwice) {
  Storm first(3);
  Storm second(3);
  first.Run();
  second.Run();
  EXPECT_EQ(first.replies(), second.replies());
  EXPECT_EQ(first.sim().sink.all, second.sim().sink.all);
  EXPECT_EQ(first.sim().sink.closed, second.sim().sink.closed);
  Storm other(4);
  other.Run();
  EXPECT_NE(first.replies(), other.replies());
}

TEST(BinanceStormTest, KeepsItsOwnTruthWholeAndIsHealthyInTheTail) {
  std::set<std::string> kinds;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(StrCat("seed ", seed));
    Storm storm(seed);
    const std::map<std::string, Decimal> supply = storm.sim().venue.total_supply();
    storm.Run();
    SimFixture& sim = storm.sim();
    EXPECT_EQ(sim.venue.total_supply(), supply);
    EXPECT_TRUE(sim.venue.traffic().repeated_client_order_ids.empty());
    EXPECT_EQ(sim.Get("/api/v3/time").body,
              StrCat("{\"serverTime\":", absl::ToUnixMillis(sim.clock.now()), "}"));
    EXPECT_EQ(sim.Signed("GET", "/api/v3/account", "").status, 200);
    for (const std::string& reply : storm.replies()) {
      kinds.insert(reply.substr(0, 3));
    }
    // A fill is of an order that the venue knows, and adds up to what it says of the order.
    const SimAccountView account = *sim.venue.account(kTestApiKey);
    std::map<int64_t, Decimal> filled;
    for (const SimTradeView& trade : account.trades) {
      filled[trade.order_id] += trade.quantity;
    }
    for (const SimOrderView& order : account.orders) {
      EXPECT_EQ(filled[order.order_id], order.executed_quantity) << order.client_order_id;
    }
  }
  EXPECT_TRUE(kinds.contains("200"));
  EXPECT_TRUE(kinds.contains("429"));
  EXPECT_TRUE(kinds.contains("418"));
  EXPECT_TRUE(kinds.contains("503"));
}

}  // namespace
}  // namespace colibri::venue_sim
