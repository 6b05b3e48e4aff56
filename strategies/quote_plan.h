// Which quotes a market maker wants, from what it is told and what the venue shows: arithmetic
// only.
//
//   ASSIGN_OR_RETURN(QuotePlan plan, PlanQuotes(config, market));
//   for (const Quote& quote : plan.quotes) { ... }   // bids, then asks; best first
//
// Prices lie on the venue's tick and amounts on its step, rounded away from the reference and down.
// No bid is at or above the best ask, no ask at or below the best bid, levels of a side differ by a
// tick at least, and the first bid and ask are so far apart that buying on one and selling on the
// other earns profit_min after maker fees. Levels share the balance from the best one outward; what
// the venue would refuse as too small is left out.
#pragma once

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

#include "core/fees.h"
#include "core/order.h"
#include "core/trading_rule.h"
#include "core/units.h"
#include "strategies/inventory_skew.h"
#include "strategies/simple_market_maker_config.h"

namespace colibri {

// What is read of the venue for one plan.
struct QuoteMarket {
  const TradingRule* rule = nullptr;  // not null
  Price best_bid;                     // of the whole book, own orders included
  Price best_ask;
  Price reference;
  FeeRates fees;
  // All there is of the two assets; zero on perpetuals, whose inventory is a position.
  Decimal base_total;
  Decimal quote_total;
  // What quotes may use of it: free, or locked in quotes that are there.
  Quantity base_budget;
  Notional quote_budget;
};

struct Quote {
  Side side = Side::kBuy;
  int level = 0;  // 0 is the best
  Price price;
  Quantity quantity;      // zero: this level is left out
  bool is_short = false;  // it would be larger, were there more balance

  bool operator==(const Quote&) const = default;
};

struct QuotePlan {
  // One per side and level, those that are left out too.
  absl::InlinedVector<Quote, 8> quotes;
  InventorySkew skew;
  // The least that an ask must be above a bid, as a fraction of the bid.
  Decimal round_trip_min;
  int scaled_for_balance = 0;       // levels made smaller
  int dropped_for_balance = 0;      // levels left out because the balance does not suffice
  int dropped_for_order_limit = 0;  // levels beyond the open orders that the venue allows
  int dropped_below_minimum = 0;    // levels whose configured size the venue would refuse
};

// (1 + profit_min) / (1 - maker fee)^2 - 1, rounded up; zero where a rebate makes it negative.
// InvalidArgument for a maker fee of 1 or more.
absl::StatusOr<Decimal> RoundTripMin(Decimal maker_fee, Decimal profit_min);
// Whether buying at `bid` and selling at `ask` earns at least that fraction.
bool IsRoundTripCovered(Price bid, Price ask, Decimal round_trip_min);

// The config is valid, the market's prices are positive. OutOfRange when a value leaves the range
// of Decimal.
absl::StatusOr<QuotePlan> PlanQuotes(const SimpleMarketMakerConfig& config,
                                     const QuoteMarket& market);

// The largest amount that the venue takes at that price, at most `quantity`; zero when it is below
// what the venue takes.
Quantity FitQuantity(const TradingRule& rule, Price price, Quantity quantity);
// What that much quote buys, rounded down at the 18th decimal.
Quantity AffordableQuantity(Notional budget, Price price);

}  // namespace colibri
