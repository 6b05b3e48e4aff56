// One linear contract: its specification, tiers, book, prices and funding.
//
//   Instrument instrument({.symbol = "BTCUSDT", .tick_size = ..., .tiers = {...}});
//   instrument.MaintenanceOf(Notional(6'000'000));   // by the tier that holds it
//
// Prices and quantities of orders are integers at the instrument's scale; mark, index and money are
// decimals. Money is rounded to kMoneyDecimals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/decimal.h"
#include "core/matching_engine.h"

namespace colibri::venue_sim::margin {

inline constexpr int kMoneyDecimals = 8;

// Rounded to kMoneyDecimals. CHECKs against overflow: an instrument's limits bound both factors.
Decimal MultiplyMoney(Decimal a, Decimal b, Rounding rounding);
Decimal DivideMoney(Decimal a, Decimal b, Rounding rounding);

// From `floor` up to the next tier's: maintenance is notional * maintenance_rate - deduction. The
// deduction makes neighbouring tiers meet at their border.
struct MarginTier {
  Decimal floor = {};
  Decimal cap = {};
  int leverage_max = 1;
  Decimal maintenance_rate = {};
  Decimal deduction = {};
};

// Deductions are filled in; caps are the next floors, the last one `cap`.
std::vector<MarginTier> MakeTiers(std::vector<MarginTier> tiers);

struct InstrumentSpec {
  std::string symbol = {};
  std::string collateral = {};  // what profit, fees, funding and margin are in
  Decimal tick_size = {};       // decimals of tick and step: 8 together at most (CHECKed)
  Decimal step_size = {};
  Decimal start_price = {};
  std::vector<MarginTier> tiers = {};  // by ascending floor, from 0
  int leverage_default = 20;
  Decimal liquidation_fee_rate = {};  // of the notional, to the insurance fund
  Decimal interest_rate = {};         // of one funding interval
  Decimal funding_cap = {};           // of the rate's magnitude; zero: none
  int64_t funding_interval_ms = 8 * 3600 * 1000;
};

// What one funding event paid, per unit of notional.
struct FundingSettlement {
  int64_t id = 0;
  int64_t time_ms = 0;
  Decimal rate = {};
  Decimal mark_price = {};
};

class Instrument {
 public:
  Instrument(InstrumentSpec spec, int64_t now_ms);

  const InstrumentSpec& spec() const { return spec_; }
  const std::string& symbol() const { return spec_.symbol; }
  int price_decimals() const { return price_decimals_; }
  int quantity_decimals() const { return quantity_decimals_; }
  int64_t tick() const { return tick_; }
  int64_t step() const { return step_; }

  Decimal PriceOf(int64_t price) const { return Decimal::FromScaled(price, price_decimals_); }
  Decimal QuantityOf(int64_t quantity) const {
    return Decimal::FromScaled(quantity, quantity_decimals_);
  }
  Decimal NotionalOf(int64_t price, int64_t quantity) const;  // exact
  Decimal NotionalAtMark(int64_t quantity) const;             // money
  int64_t ToTicks(Decimal price, Rounding rounding) const;    // at least one tick

  const MarginTier& TierOf(Decimal notional) const;
  Decimal MaintenanceOf(Decimal notional) const;  // of a magnitude
  // The largest notional that a leverage is good for; zero when none is.
  Decimal NotionalMax(int leverage) const;
  int leverage_max() const { return spec_.tiers.front().leverage_max; }

  MatchingEngine book;
  Decimal mark = {};
  Decimal index = {};
  int64_t last_price = 0;
  bool is_trading = true;
  int64_t next_order_id = 1;
  int64_t next_trade_id = 1;

  // Funding: the rate that will be charged at the next time.
  Decimal funding_rate = {};
  int64_t next_funding_ms = 0;
  std::vector<FundingSettlement> settlements = {};  // oldest first, the last kSettlementsKept
  static constexpr size_t kSettlementsKept = 10'000;
  Decimal premium_sum = {};  // of the samples since the last settlement
  int64_t premium_count = 0;

 private:
  InstrumentSpec spec_;
  int price_decimals_;
  int quantity_decimals_;
  int64_t tick_;
  int64_t step_;
};

}  // namespace colibri::venue_sim::margin
