// What a market maker is told: plain values, named as in configuration files.
//
//   SimpleMarketMakerConfig config;
//   config.pair = pair;
//   config.quantity = Quantity(*Decimal::Parse("0.01"));
//   for (const ConfigProblem& problem : Validate(config)) { ... }   // all of them at once
//
// Fractions are fractions, not percent: 0.001 is 0.1 %, ten basis points. Prices and spreads are
// relative to the reference: the mid price without the strategy's own orders.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "core/decimal.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

// Keeps the share of base in base + quote, both valued at the reference, near a target: the side
// that moves the share away quotes less, the other more.
struct InventoryConfig {
  bool is_enabled = false;
  Decimal base_share_target = Decimal::FromScaled(5, 1);
  // At and beyond these only the side that leads back quotes.
  Decimal base_share_min = Decimal();
  Decimal base_share_max = Decimal::FromInteger(1);
  // How much of the quantity moves from one side to the other at a limit, 0 to 1.
  Decimal quantity_strength = Decimal::FromInteger(1);
  // How far all quotes move at a limit, against the inventory, as a fraction of the price.
  Decimal price_shift = Decimal();
};

struct SimpleMarketMakerConfig {
  TradingPair pair;

  int levels = 1;  // of each side
  // Of the first level, from the reference: half of the whole spread each.
  Decimal bid_spread = Decimal::FromScaled(1, 3);
  Decimal ask_spread = Decimal::FromScaled(1, 3);
  // Each further level is this much farther away.
  Decimal level_spacing = Decimal::FromScaled(5, 4);
  // Of each level; exactly one of the two is not zero.
  Quantity quantity;  // base
  Notional notional;  // quote
  // What a bought and sold again unit earns at least after maker fees. The spread widens to it.
  Decimal profit_min = Decimal();
  bool is_post_only = true;

  InventoryConfig inventory;

  // Quotes are looked at again when the reference has moved by more than this since they were
  // last, when the refresh interval is over, and when an order, a balance or the health changes.
  Decimal reference_tolerance = Decimal::FromScaled(1, 4);
  absl::Duration refresh_interval = absl::Seconds(5);
  // An order is replaced only when it is off by more than one of these, or too old.
  Decimal price_tolerance = Decimal::FromScaled(2, 4);
  Decimal quantity_tolerance = Decimal::FromScaled(3, 1);
  absl::Duration order_age_max = absl::Minutes(30);

  // In any one second, placements and cancels together. Cancels for safety (a pause, a stop) are
  // never held back, but count.
  int requests_per_second = 10;
  // After a refusal the level waits: first the shorter, doubling to the longer.
  absl::Duration retry_delay_min = absl::Milliseconds(250);
  absl::Duration retry_delay_max = absl::Seconds(30);
  // An order is made smaller for want of balance only when the want has lasted this long: the
  // balance of an order that just ended may be on its way.
  absl::Duration balance_settle_delay = absl::Milliseconds(250);
};

struct ConfigProblem {
  std::string key;      // "inventory.base_share_min"
  std::string message;  // "is 1.5: write a fraction from 0 to 1"

  bool operator==(const ConfigProblem&) const = default;
};

// Everything wrong at once, in the order of the fields; empty when it can run.
std::vector<ConfigProblem> Validate(const SimpleMarketMakerConfig& config);

}  // namespace colibri
