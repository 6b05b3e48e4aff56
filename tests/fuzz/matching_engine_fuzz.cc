// Any valid commands: the engine says and holds what its naive twin does.
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "core/matching_engine.h"
#include "tests/support/naive_matching_engine.h"
#include <fuzzer/FuzzedDataProvider.h>

namespace colibri {
namespace {

MatchOrder AnyOrder(FuzzedDataProvider& input) {
  MatchOrder order{.order_id = input.ConsumeIntegralInRange<uint64_t>(1, 60),
                   .owner = input.ConsumeIntegralInRange<uint64_t>(1, 3)};
  order.side = input.ConsumeBool() ? Side::kBuy : Side::kSell;
  order.type =
      input.PickValueInArray({OrderType::kLimit, OrderType::kLimitMaker, OrderType::kMarket});
  order.time_in_force =
      input.PickValueInArray({TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok});
  order.self_trade_prevention =
      static_cast<SelfTradePrevention>(input.ConsumeIntegralInRange<int>(0, 3));
  order.price = input.ConsumeIntegralInRange<int64_t>(95, 105);
  order.quantity = input.ConsumeIntegralInRange<int64_t>(1, 20);
  if (order.type == OrderType::kMarket && input.ConsumeBool()) {
    order.quote_budget = input.ConsumeIntegralInRange<int64_t>(1, 4'000);
    order.quantity = 0;
    order.quantity_step = input.ConsumeIntegralInRange<int64_t>(1, 3);
  }
  return order;
}

void CheckSame(absl::Span<const MatchEvent> events, const std::vector<MatchEvent>& expected) {
  CHECK(events.size() == expected.size());
  for (size_t i = 0; i < events.size(); ++i) {
    CHECK(ToText(events[i]) == ToText(expected[i]));
  }
}

void Fuzz(FuzzedDataProvider& input) {
  MatchingEngine engine;
  NaiveMatchingEngine naive;
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  while (input.remaining_bytes() > 0) {
    const int kind = input.ConsumeIntegralInRange<int>(0, 9);
    const auto order_id = input.ConsumeIntegralInRange<uint64_t>(1, 60);
    if (kind == 0) {
      const auto remaining = input.ConsumeIntegralInRange<int64_t>(0, 20);
      CheckSame(engine.Reduce(order_id, remaining), naive.Reduce(order_id, remaining));
    } else if (kind == 1) {
      CheckSame(engine.Cancel(order_id), naive.Cancel(order_id));
    } else if (kind == 2) {
      engine.TakeChanges(bids, asks);
    } else {
      const MatchOrder order = AnyOrder(input);
      CheckSame(engine.Submit(order), naive.Submit(order));
    }
    CHECK(engine.resting_count() == naive.resting().size());
  }
  CHECK(engine.Levels(Side::kBuy, 1'000) == naive.Levels(Side::kBuy));
  CHECK(engine.Levels(Side::kSell, 1'000) == naive.Levels(Side::kSell));
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  FuzzedDataProvider input(bytes, size);
  colibri::Fuzz(input);
  return 0;
}
