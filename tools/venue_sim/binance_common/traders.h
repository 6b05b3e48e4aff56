// Seeded traders that keep every book alive: a ladder around a drifting fair price, and takers that
// trade.
//
//   Traders traders(clock, options, {&market}, desk, 7);
//   traders.FillBooks();
//   traders.Start();
//
// On each symbol a maker account keeps its levels around the fair price, cancels what the price has
// left behind, and requotes at random; a taker account takes small bites of the best level, sweeps
// several levels, and buys or sells whatever others offer beyond the fair price. Both have ample
// balances, pay no fees and know no limits.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/binance_common/market.h"

namespace colibri::venue_sim::binance {

// Where the traders' orders go.
class TraderDesk {
 public:
  enum class Who { kMaker, kTaker };

  virtual ~TraderDesk() = default;
  // The id of an order that rests now; 0 when none does.
  virtual int64_t Place(
      Market& market, Who who, Side side, int64_t price, int64_t quantity, TimeInForce tif) = 0;
  // Of the maker; no effect when it is not open.
  virtual void Cancel(Market& market, int64_t order_id) = 0;
};

class Traders {
 public:
  // Not a divisor of the publisher's 100 ms: right after most diffs nothing is pending.
  static constexpr absl::Duration kStep = absl::Milliseconds(40);

  // Markets and desk outlive it.
  Traders(Clock& clock,
          SimTraderOptions options,
          std::vector<Market*> markets,
          TraderDesk& desk,
          uint64_t seed);

  // Fills the books and trades once, so that there is a last price.
  void FillBooks();
  void Start();
  void Stop();
  // Paused, they leave the books as they are.
  void set_is_paused(bool is_paused) { is_paused_ = is_paused; }
  // Where they see the price of the market now, in its units.
  int64_t FairPrice(const Market& market) const;

 private:
  // Statistics of a walk, not money: doubles.
  struct Ladder {
    Market* market = nullptr;
    double start = 0;  // fair price at start, in the price's units
    double fair = 0;
    double gap_bps = 0;                                      // between levels: never below a tick
    double mean_quantity = 0;                                // of a level, in the quantity's units
    std::map<int64_t, int64_t, std::greater<int64_t>> bids;  // price to order id, best first
    std::map<int64_t, int64_t> asks;
  };

  void OnStep();
  void MoveFair(Ladder& ladder);
  void DropStale(Ladder& ladder);
  void Refill(Ladder& ladder, int count_max);
  void Requote(Ladder& ladder);
  void TakeBest(Ladder& ladder);
  void Sweep(Ladder& ladder);
  void TakeBeyondFair(Ladder& ladder);

  template <typename Levels>
  void DropFilled(Ladder& ladder, Levels& levels);
  void Quote(Ladder& ladder, Side side, double distance_bps);
  void Cancel(Ladder& ladder, int64_t order_id);
  // Takes at most `quantity` up to the limit price.
  void Take(Ladder& ladder, Side side, int64_t limit, int64_t quantity);
  int64_t RandomQuantity(const Ladder& ladder, double mean);
  // An average of rate * kStep, at random around it.
  int CountFor(double rate_per_second);
  double Normal();
  double Exponential(double mean);

  Clock& clock_;
  SimTraderOptions options_;
  TraderDesk& desk_;
  Random random_;
  std::vector<Ladder> ladders_;
  TimerId timer_ = 0;
  bool is_paused_ = false;
};

}  // namespace colibri::venue_sim::binance
