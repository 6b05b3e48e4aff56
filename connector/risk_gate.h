// Refuses orders beyond the configured limits, before anything is on the wire.
//
//   RiskGate gate("binance", config.risk, config.pairs, clock, events);
//   RETURN_IF_ERROR(gate.Check(request, book));      // quantised; a synced book, or null
//   gate.Add(order, book);                           // tracked: from now on it counts
//
// RiskAccount keeps the sums, and says what exactly a position and a day's result are; a check
// reads them, whatever the number of open orders. Each refusal names the limit, its value and what
// was asked: InvalidArgument when the order alone is too large, else FailedPrecondition. Cancels
// are never checked. Thread: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/kill_switch.h"
#include "connector/risk_account.h"
#include "connector/risk_limits.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order.h"
#include "core/order_book.h"

namespace colibri {

class RiskGate {
 public:
  // Clock and bus outlive the gate. Validate finds nothing in the configuration; limits of
  // pairs that are not among `pairs` have no effect.
  RiskGate(std::string_view venue,
           const RiskConfig& config,
           const std::vector<TradingPair>& pairs,
           Clock& clock,
           EventBus& events);
  RiskGate(const RiskGate&) = delete;
  RiskGate& operator=(const RiskGate&) = delete;

  // replaced: the order that an amendment takes the place of. NotFound when the pair is not one of
  // the gate's. Allocates nothing when OK; cheap but for market orders, which walk the book.
  [[nodiscard]] absl::Status Check(const OrderRequest& request,
                                   const OrderBook* book,
                                   const ClientOrderId* replaced = nullptr);
  void Add(const Order& order, const OrderBook* book);
  void NoteAmendment(const ClientOrderId& id, const OrderRequest& amended);
  void Restore(const Order& order) { account_.Restore(order); }

  const RiskAccount& account() const { return account_; }
  void SetCollateral(const TradingPair& pair, std::string_view collateral) {
    account_.SetCollateral(pair, collateral);
  }

 private:
  // As configured for one pair, and ready to be compared.
  struct PairLimits {
    RiskLimits limits;
    Int128 price_distance_max = 0;  // thousandths of a basis point
    Int128 crossing_max = 0;
    bool needs_book = false;
    Notional result_forgiven;  // of today, before the kill switch was reset
  };
  // What an order comes to.
  struct Size {
    Quantity quantity;
    Notional notional;
    std::optional<Price> reach;  // the worst price that it can trade at
  };
  using PairState = RiskAccount::PairState;

  static PairLimits Merge(const RiskConfig& config, const TradingPair& pair);

  absl::Status CheckBook(const PairState& pair,
                         const PairLimits& limits,
                         const OrderBook* book,
                         absl::Duration now) const;
  absl::StatusOr<Size> SizeOf(const OrderRequest& request,
                              const OrderBook* book,
                              const PairLimits& limits) const;
  absl::Status CheckSize(const PairState& pair, const RiskLimits& limits, const Size& size) const;
  absl::Status CheckPrice(const OrderRequest& request,
                          const Size& size,
                          const OrderBook& book,
                          const PairLimits& limits) const;
  absl::Status CheckCount(const PairState& pair, const RiskLimits& limits, int released) const;
  absl::Status CheckPosition(const PairState& pair,
                             const RiskLimits& limits,
                             Side side,
                             Quantity quantity,
                             Quantity released) const;
  absl::Status CheckLoss(const PairState& pair,
                         const RiskLimits& limits,
                         Side side,
                         Quantity quantity,
                         Quantity released) const;
  absl::Status CheckRate(absl::Duration now) const;
  absl::Status CheckSelfCross(const PairState& pair, Side side, const Size& size) const;

  void NoteSent();
  void NoteResult(const PairState& pair, Notional change);
  void ForgiveAfterReset(const PairState& changed, Notional change);

  std::string venue_;
  Clock& clock_;
  RiskConfig config_;
  bool has_loss_limits_ = false;
  bool needs_time_ = false;
  RiskAccount account_;
  std::vector<PairLimits> limits_;         // by index of the pair
  std::vector<Notional> quotes_forgiven_;  // by index of the quote asset
  std::vector<absl::Duration> sent_at_;    // a ring, of the last orders that the rate counts
  size_t oldest_sent_ = 0;
  int64_t resets_seen_ = 0;
  absl::Time forgiven_until_ = absl::InfinitePast();
};

}  // namespace colibri
