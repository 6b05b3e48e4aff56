// How much stands ahead of an own order at its price, estimated from what a venue shows to all.
//
//   QueuePosition queue(/*displayed=*/Q("10"), /*step=*/Q("1"), /*cancels_ahead=*/one);
//   queue.OnTrade(Q("4"), Quantity());     // 4 trade: 6 are ahead, and nothing is left for us
//   queue.OnLevel(Q("6"));                 // the level says the same: nobody canceled
//   queue.OnTrade(Q("7"), Quantity());     // 6 were ahead: 1 reaches us
//
// Venues tell the total of a level, not who left it. A drop that the trades explain took from the
// front; what is left of it are cancels, of which those ahead of us made their share by quantity.
// What is added joins behind us. Estimates round against us. Exact in steps; pure.
#pragma once

#include "core/decimal.h"
#include "core/units.h"

namespace colibri {

class QueuePosition {
 public:
  // Joins behind `displayed`. step: the lot, positive (CHECKed). cancels_ahead: how much of their
  // share those ahead cancel, 0..1 (CHECKed): 1 in proportion, 0 never.
  QueuePosition(Quantity displayed, Quantity step, Decimal cancels_ahead);

  // A taker's print of `printed` at our price, of which own orders before us took `own_filled`.
  // Returns what is left for us.
  Quantity OnTrade(Quantity printed, Quantity own_filled);
  // A trade went past our price: nobody stands ahead any more.
  void OnTradeThrough() { ahead_ = Quantity(); }
  // The level as shown now.
  void OnLevel(Quantity displayed);
  // The level as shown after a time nothing is known of.
  void OnResync(Quantity displayed);

  Quantity ahead() const { return ahead_; }
  Quantity displayed() const { return displayed_; }

 private:
  // The share of `canceled` out of `standing` that stood ahead of us, in whole steps.
  Quantity CanceledAhead(Quantity canceled, Quantity standing) const;

  Quantity step_;
  Decimal cancels_ahead_;
  Quantity displayed_;
  Quantity ahead_;
  Quantity traded_;  // printed since the level was shown
};

}  // namespace colibri
