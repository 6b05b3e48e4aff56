// What orders take of the account at a paper venue, and what fills do to it: spot or margin.
//
//   ASSIGN_OR_RETURN(Quantity tradable, funds.Tradable(order));    // may be less than it asks for
//   RETURN_IF_ERROR(funds.Take(ticket, plan));                     // or the order is rejected
//   ASSIGN_OR_RETURN(PaperSettlement settled, funds.Settle(ticket, price, quantity, is_maker));
//   funds.Release(ticket);                                         // at its end
//
// Totals are the starting balances plus all that was settled, to the last digit. Thread: the
// loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "core/balance.h"
#include "core/fees.h"
#include "core/order.h"
#include "exchanges/paper/fill_simulator.h"

namespace colibri {

// An order at the venue.
struct PaperTicket {
  uint64_t number = 0;
  Order order;
  Quantity step;  // lot, positive
};

// What one fill came to.
struct PaperSettlement {
  FeeAmounts fees = {};
  std::optional<Notional> realised_profit = std::nullopt;  // of perpetuals
};

class PaperFunds {
 public:
  virtual ~PaperFunds() = default;

  // How much of what remains of the order may trade now. FailedPrecondition, with the reason, when
  // the venue would not have the order at all.
  virtual absl::StatusOr<Quantity> Tradable(const Order& order) const = 0;
  // Sets aside what the order takes, or checks for it where the order ends at once.
  // FailedPrecondition, with the amounts, when less is available; nothing is set aside then.
  virtual absl::Status Take(const PaperTicket& ticket, const TakePlan& plan) = 0;
  // One fill, which order.filled has not yet. OutOfRange, or FailedPrecondition where the margin
  // for it is not there any more: it did not happen.
  virtual absl::StatusOr<PaperSettlement> Settle(const PaperTicket& ticket,
                                                 Price price,
                                                 Quantity quantity,
                                                 bool is_maker) = 0;
  // Gives back what is still set aside for the order.
  virtual void Release(const PaperTicket& ticket) = 0;

  // What an order on the pair works on.
  virtual std::vector<std::string> AssetsOf(const TradingPair& pair) const = 0;
  // Zero for an asset that the account does not hold.
  virtual Balance balance(std::string_view asset) const = 0;
  virtual std::vector<std::string> assets() const = 0;
};

}  // namespace colibri
