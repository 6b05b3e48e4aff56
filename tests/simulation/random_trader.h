// A strategy without sense: places, cancels, amends and cancels everything at random, as fast as it
// is allowed to. What it does is the seed's.
//
//   RandomTrader trader(/*seed=*/7, spec.trigger_sources);
//   trader.Start({exchange, clock});
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/random.h"
#include "strategies/strategy.h"

namespace colibri::simulation {

class RandomTrader final : public Strategy {
 public:
  // sources: what conditional orders may be triggered by; empty: the venue takes none.
  RandomTrader(uint64_t seed, std::vector<TriggerSource> sources)
      : Strategy("random_trader"), random_(seed), sources_(std::move(sources)) {}

  int64_t refusals() const { return refusals_; }

 private:
  static constexpr uint64_t kAct = 1;
  static constexpr size_t kOpenMax = 12;

  absl::Status OnStart() override;
  void OnStop() override {}  // its orders are left to what becomes of them
  void OnTimer(uint64_t tag) override;
  void OnOrderFilled(const OrderFilled& event) override;

  void Act(const TradingPair& pair);
  void PlaceSomething(const TradingPair& pair);
  void PlaceConditional(OrderRequest request, Price mid);
  void CancelSomething();
  void AmendSomething();
  void Note(const absl::StatusOr<ClientOrderId>& placed) { refusals_ += placed.ok() ? 0 : 1; }

  Random random_;
  std::vector<TriggerSource> sources_;
  int64_t refusals_ = 0;
};

}  // namespace colibri::simulation
