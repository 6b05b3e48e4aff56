#include "exchanges/paper/spot_funds.h"

#include <algorithm>
#include <utility>

#include "connector/order_cost.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

OrderRequest RequestOf(const Order& order, Quantity quantity) {
  return {.pair = order.pair,
          .side = order.side,
          .type = order.type,
          .time_in_force = order.time_in_force,
          .quantity = quantity,
          .price = order.price,
          .quote_quantity = order.quote_quantity,
          .client_order_id = std::nullopt};
}

// Quote spent by a buy whose fees are `fees`, or base given by a sell.
Decimal SpentOf(const Order& order, Price price, Quantity quantity, const FeeAmounts& fees) {
  if (order.side == Side::kSell) {
    return quantity.value();
  }
  Decimal spent = (price * quantity).value();
  for (const AssetAmount& fee : fees) {
    if (fee.asset == order.pair.quote) {
      spent += fee.amount;
    }
  }
  return spent;
}

}  // namespace

SpotFunds::SpotFunds(const std::map<std::string, Decimal>& balances, FeeSchema fees)
    : fees_(std::move(fees)), account_(balances) {}

absl::StatusOr<Quantity> SpotFunds::Tradable(const Order& order) const {
  return order.remaining();
}

std::vector<std::string> SpotFunds::AssetsOf(const TradingPair& pair) const {
  return {pair.base, pair.quote};
}

absl::Status SpotFunds::Take(const PaperTicket& ticket, const TakePlan& plan) {
  const Order& order = ticket.order;
  if (order.type != OrderType::kMarket) {
    ASSIGN_OR_RETURN(const OrderCost cost,
                     CostOf(RequestOf(order, order.quantity), fees_, nullptr));
    RETURN_IF_ERROR(account_.Lock(cost.asset, cost.amount));
    locks_[ticket.number] = {.asset = cost.asset, .amount = cost.amount};
    return absl::OkStatus();
  }
  if (order.side == Side::kSell) {
    return account_.CheckAvailable(
        order.pair.base, (order.quote_quantity.has_value() ? plan.filled : order.quantity).value());
  }
  Decimal cost = order.quote_quantity.value_or(plan.notional).value();
  if (fees_.charge == FeeCharge::kAddedToCost) {
    ASSIGN_OR_RETURN(const Decimal fee, Multiply(cost, fees_.percent.taker, Rounding::kUp));
    ASSIGN_OR_RETURN(cost, CheckedAdd(cost, std::max(fee, Decimal())));
  }
  return account_.CheckAvailable(order.pair.quote, cost);
}

absl::StatusOr<PaperSettlement> SpotFunds::Settle(const PaperTicket& ticket,
                                                  Price price,
                                                  Quantity quantity,
                                                  bool is_maker) {
  const Order& order = ticket.order;
  ASSIGN_OR_RETURN(const FeeAmounts fees, FeesOf(order, price, quantity, is_maker));
  const bool is_buy = order.side == Side::kBuy;
  const Decimal notional = (price * quantity).value();
  std::vector<AssetAmount> amounts = {
      {order.pair.base, is_buy ? quantity.value() : -quantity.value()},
      {order.pair.quote, is_buy ? -notional : notional}};
  for (const AssetAmount& fee : fees) {
    amounts.push_back({fee.asset, -fee.amount});
  }
  RETURN_IF_ERROR(account_.Settle(amounts));
  ShrinkLock(
      order, ticket.number, order.remaining() - quantity, SpentOf(order, price, quantity, fees));
  return PaperSettlement{.fees = fees};
}

// A third asset that does not cover its fee is left alone: the fee comes from the returns, as
// venues do it.
absl::StatusOr<FeeAmounts> SpotFunds::FeesOf(const Order& order,
                                             Price price,
                                             Quantity quantity,
                                             bool is_maker) const {
  ASSIGN_OR_RETURN(FeeAmounts fees,
                   fees_.Estimate(order.pair, order.side, price, quantity, is_maker));
  if (fees_.charge != FeeCharge::kThirdAsset) {
    return fees;
  }
  for (const AssetAmount& fee : fees) {
    if (fee.asset == fees_.third_asset && fee.amount > account_.balance(fee.asset).available) {
      FeeSchema deducted = fees_;
      deducted.charge = FeeCharge::kDeductedFromReturns;
      return deducted.Estimate(order.pair, order.side, price, quantity, is_maker);
    }
  }
  return fees;
}

// What stays locked is the cost of the rest, and never so much that the fill, its lock included,
// would have taken from what was available.
void SpotFunds::ShrinkLock(const Order& order, uint64_t number, Quantity remaining, Decimal spent) {
  const auto lock = locks_.find(number);
  if (lock == locks_.end() || lock->second.amount.is_zero()) {
    return;
  }
  Decimal& locked = lock->second.amount;
  const Decimal left = std::max(locked - spent, Decimal());
  const absl::StatusOr<OrderCost> cost = CostOf(RequestOf(order, remaining), fees_, nullptr);
  const Decimal kept = cost.ok() ? std::min(cost->amount, left) : left;
  account_.Unlock(lock->second.asset, locked - kept);
  locked = kept;
}

void SpotFunds::Release(const PaperTicket& ticket) {
  const auto lock = locks_.find(ticket.number);
  if (lock == locks_.end()) {
    return;
  }
  account_.Unlock(lock->second.asset, lock->second.amount);
  locks_.erase(lock);
}

}  // namespace colibri
