// What a run did and earned, exactly, from the events and balances of an exchange.
//
//   PerformanceTracker tracker(exchange, pair);       // when balances are known, before trading
//   ...
//   PerformanceReport report = tracker.Report();
//   report.net_profit;          // against having held the start balances, after fees, in quote
//   report.is_reconciled();     // start + flows == now, for every asset, to the last digit
//
// Counts and profit are the pair's. Flows are the whole account's: fills of all pairs, fees in any
// asset, and fills of orders that are not ours. Deposits, transfers and fills from before the start
// show as differences. Fees in base are valued at the mid price; fees in an asset that is neither
// base nor quote are listed, not valued. On perpetuals the flows are the collateral's: the profit
// that the venue says each fill realised, fees, and funding.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "connector/exchange.h"
#include "core/event_bus.h"
#include "core/fees.h"
#include "core/order.h"
#include "core/traded_position.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

struct FillRecord {
  Fill fill;
  Notional notional;  // price * quantity
  absl::Time receive_time;
  bool is_after_terminal = false;
  bool is_foreign = false;  // of an order that is not ours
};

// Of orders of the pair, each counted once as created and once as what it ended.
struct OrderCounts {
  int64_t created = 0;
  int64_t filled = 0;
  int64_t canceled = 0;
  int64_t rejected = 0;
  int64_t expired = 0;
  int64_t fills = 0;
  int64_t late_fills = 0;     // of these, after the end of their order
  int64_t foreign_fills = 0;  // not among fills
  int64_t incomplete = 0;     // filled by the venue's word, with fills missing
  int64_t corrected = 0;      // late fills changed how an order had ended; counts are corrected
  int64_t cancel_rejected = 0;
  int64_t in_doubt = 0;

  bool operator==(const OrderCounts&) const = default;
};

struct AssetReconciliation {
  std::string asset;
  Decimal start;
  Decimal traded;    // by fills, before fees
  Decimal fees;      // paid; negative for rebates
  Decimal expected;  // start + traded - fees
  Decimal actual;

  Decimal difference() const { return actual - expected; }
  bool operator==(const AssetReconciliation&) const = default;
};

struct PerformanceReport {
  TradingPair pair;
  OrderCounts counts;
  int64_t maker_fills = 0;
  Quantity bought;  // base
  Quantity sold;
  Notional spent;    // quote, by buying
  Notional earned;   // quote, by selling
  FeeAmounts fees;   // by asset, of the pair's fills
  Notional funding;  // of perpetuals; negative: paid

  std::optional<Price> mid;  // the last one known
  Quantity position;         // bought - sold
  std::optional<Price> average_cost;
  Notional realised_profit;  // before fees
  std::optional<Notional> unrealised_profit;
  std::optional<Notional> fees_value;  // of fees in base and quote, in quote
  std::optional<Notional> net_profit;  // realised + unrealised - fees_value + funding
  // What all that is there of base and quote is worth, and would be had nothing been traded.
  std::optional<Notional> value;
  std::optional<Notional> value_if_held;

  std::vector<AssetReconciliation> balances;  // by asset
  // Fills whose amounts left the range of Decimal: they are missing above.
  int64_t overflows = 0;

  bool is_reconciled() const;
};

class PerformanceTracker {
 public:
  using FillWriter = std::function<void(const FillRecord& fill)>;

  // The exchange outlives the tracker. The last `fills_kept` fills are kept; the writer, which may
  // be empty, is told of each.
  PerformanceTracker(Exchange& exchange,
                     TradingPair pair,
                     size_t fills_kept = 100'000,
                     FillWriter writer = {});
  PerformanceTracker(const PerformanceTracker&) = delete;
  PerformanceTracker& operator=(const PerformanceTracker&) = delete;

  PerformanceReport Report() const;
  const OrderCounts& counts() const { return report_.counts; }
  const std::deque<FillRecord>& fills() const { return fills_; }

  // Forgets all and starts from the balances of now.
  void Restart();

 private:
  struct Flow {
    Decimal start;
    Decimal traded;
    Decimal fees;
  };

  void OnEvent(const Event& event);
  void OnFill(const Fill& fill, const EventHeader& header, bool is_after_terminal, bool is_foreign);
  // False, and nothing is added, when an amount leaves the range.
  bool AddFlows(const Fill& fill, Notional notional);
  void AddFunding(const FundingPayment& payment);
  // What a perpetual's profit is in; empty on spot.
  std::string Collateral(const TradingPair& pair) const;
  void AddToPair(const FillRecord& record);
  void CountEnd(OrderState state, int64_t change);
  void Value(PerformanceReport& report) const;
  std::vector<AssetReconciliation> Reconcile() const;
  bool IsOfPair(const Order& order) const { return order.pair == pair_; }

  Exchange& exchange_;
  TradingPair pair_;
  size_t fills_kept_;
  FillWriter writer_;
  PerformanceReport report_;  // sums; what is derived is filled in by Report
  TradedPosition position_;
  std::optional<Price> last_mid_;
  std::map<std::string, Flow> flows_;  // by asset
  std::deque<FillRecord> fills_;
  Subscription subscription_;
};

}  // namespace colibri
