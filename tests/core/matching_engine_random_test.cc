// Random commands: the engine says and holds what its naive twin does, loses and makes no quantity,
// and its changes add up to its levels.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/matching_engine.h"
#include "tests/support/naive_matching_engine.h"
#include "tests/support/sanitizers.h"

namespace colibri {
namespace {

constexpr int kCommands = kIsSanitized ? 10'000 : 150'000;

class RandomCommands {
 public:
  explicit RandomCommands(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t bound) { return random_() % bound; }

  MatchOrder NextOrder() {
    MatchOrder order{.order_id = ++last_order_id_, .owner = 1 + Below(3)};
    if (Below(50) == 0) {
      order.order_id = AnyOrderId();
    }
    order.side = Below(2) == 0 ? Side::kBuy : Side::kSell;
    order.price = static_cast<int64_t>(90 + Below(21));
    order.quantity = static_cast<int64_t>(1 + Below(30));
    order.self_trade_prevention = static_cast<SelfTradePrevention>(Below(4));
    order.time_in_force = Below(4) == 0   ? TimeInForce::kFok
                          : Below(4) == 0 ? TimeInForce::kIoc
                                          : TimeInForce::kGtc;
    const uint64_t kind = Below(10);
    if (kind == 0) {
      order.type = OrderType::kMarket;
    } else if (kind == 1) {
      order.type = OrderType::kMarket;
      order.quote_budget = static_cast<Int128>(1 + Below(5'000));
      order.quantity = 0;
      order.quantity_step = static_cast<int64_t>(1 + Below(3));
    } else if (kind < 4) {
      order.type = OrderType::kLimitMaker;
    }
    return order;
  }

  uint64_t AnyOrderId() { return last_order_id_ - std::min(last_order_id_, Below(100)); }

 private:
  std::mt19937_64 random_;
  uint64_t last_order_id_ = 0;
};

void ExpectSameEvents(absl::Span<const MatchEvent> events,
                      const std::vector<MatchEvent>& expected,
                      int command) {
  ASSERT_EQ(events.size(), expected.size()) << "command " << command;
  for (size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(ToText(events[i]), ToText(expected[i])) << "command " << command;
  }
}

TEST(MatchingEngineRandomTest, EqualsItsNaiveTwin) {
  RandomCommands commands(20240808);
  MatchingEngine engine;
  NaiveMatchingEngine naive;
  for (int i = 0; i < kCommands; ++i) {
    const uint64_t kind = commands.Below(10);
    if (kind < 7) {
      const MatchOrder order = commands.NextOrder();
      const std::vector<MatchEvent> expected = naive.Submit(order);
      ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(engine.Submit(order), expected, i));
    } else if (kind < 9) {
      const uint64_t order_id = commands.AnyOrderId();
      const std::vector<MatchEvent> expected = naive.Cancel(order_id);
      ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(engine.Cancel(order_id), expected, i));
    } else {
      const uint64_t order_id = commands.AnyOrderId();
      const auto remaining = static_cast<int64_t>(commands.Below(30));
      const std::vector<MatchEvent> expected = naive.Reduce(order_id, remaining);
      ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(engine.Reduce(order_id, remaining), expected, i));
    }
    ASSERT_EQ(engine.resting_count(), naive.resting().size());
    if (i % 100 == 0) {
      ASSERT_EQ(engine.Levels(Side::kBuy, 1'000), naive.Levels(Side::kBuy));
      ASSERT_EQ(engine.Levels(Side::kSell, 1'000), naive.Levels(Side::kSell));
    }
  }
}

// What became of the quantity of each order by base.
struct Ledger {
  int64_t submitted = 0;
  int64_t traded = 0;
  int64_t taken_out = 0;
};

void Book(absl::Span<const MatchEvent> events, std::map<uint64_t, Ledger>& ledgers) {
  for (const MatchEvent& event : events) {
    switch (event.kind) {
      case MatchEventKind::kTrade:
        ledgers[event.order_id].traded += event.quantity;
        ledgers[event.maker_order_id].traded += event.quantity;
        break;
      case MatchEventKind::kCanceled:
      case MatchEventKind::kExpired:
        ledgers[event.order_id].taken_out += event.remaining;
        break;
      default:
        break;
    }
  }
}

TEST(MatchingEngineRandomTest, ConservesQuantity) {
  RandomCommands commands(7);
  MatchingEngine engine;
  std::map<uint64_t, Ledger> ledgers;
  for (int i = 0; i < kCommands / 3; ++i) {
    if (commands.Below(4) == 0) {
      Book(engine.Cancel(commands.AnyOrderId()), ledgers);
      continue;
    }
    const MatchOrder order = commands.NextOrder();
    const absl::Span<const MatchEvent> events = engine.Submit(order);
    if (order.quote_budget == 0 && events.front().kind == MatchEventKind::kAccepted) {
      ledgers[order.order_id].submitted += order.quantity;
      Book(events, ledgers);
    } else {
      // Of an order by quote only its makers' side counts.
      Book(events, ledgers);
      if (order.quote_budget > 0 && events.front().kind == MatchEventKind::kAccepted) {
        ledgers.erase(order.order_id);
      }
    }
    const std::optional<int64_t> bid = engine.best_bid();
    const std::optional<int64_t> ask = engine.best_ask();
    ASSERT_TRUE(!bid.has_value() || !ask.has_value() || *bid < *ask) << "command " << i;
  }
  for (const auto& [order_id, ledger] : ledgers) {
    const std::optional<RestingOrder> resting = engine.Find(order_id);
    const int64_t left = resting.has_value() ? resting->remaining : 0;
    ASSERT_EQ(ledger.submitted, ledger.traded + ledger.taken_out + left) << "order " << order_id;
  }
}

void ApplyTo(const std::vector<BookLevel>& changes, std::map<int64_t, int64_t>& mirror) {
  for (const BookLevel& level : changes) {
    const auto it = mirror.find(level.price);
    ASSERT_NE(it == mirror.end() ? 0 : it->second, level.quantity) << level.price;
    if (level.quantity == 0) {
      mirror.erase(level.price);
    } else {
      mirror[level.price] = level.quantity;
    }
  }
}

TEST(MatchingEngineRandomTest, ChangesEqualTheDifferenceOfLevels) {
  RandomCommands commands(11);
  MatchingEngine engine;
  std::map<int64_t, int64_t> bids;
  std::map<int64_t, int64_t> asks;
  std::vector<BookLevel> changed_bids;
  std::vector<BookLevel> changed_asks;
  for (int i = 0; i < kCommands / 15; ++i) {
    for (uint64_t n = commands.Below(8); n > 0; --n) {
      commands.Below(3) == 0 ? engine.Cancel(commands.AnyOrderId())
                             : engine.Submit(commands.NextOrder());
    }
    engine.TakeChanges(changed_bids, changed_asks);
    ASSERT_NO_FATAL_FAILURE(ApplyTo(changed_bids, bids));
    ASSERT_NO_FATAL_FAILURE(ApplyTo(changed_asks, asks));
    std::vector<BookLevel> bid_levels;
    for (auto it = bids.rbegin(); it != bids.rend(); ++it) {
      bid_levels.push_back({it->first, it->second});
    }
    std::vector<BookLevel> ask_levels;
    for (const auto& [price, quantity] : asks) {
      ask_levels.push_back({price, quantity});
    }
    ASSERT_EQ(engine.Levels(Side::kBuy, 1'000), bid_levels);
    ASSERT_EQ(engine.Levels(Side::kSell, 1'000), ask_levels);
  }
}

}  // namespace
}  // namespace colibri
