#include "connector/order_cost.h"

#include <algorithm>
#include <optional>

#include "core/status_macros.h"

namespace colibri {
namespace {

// Quote that a buy spends, without fees; nullopt when nobody can say.
absl::StatusOr<std::optional<Notional>> SpendOf(const OrderRequest& request,
                                                const OrderBook* book) {
  if (request.quote_quantity.has_value()) {
    return request.quote_quantity;
  }
  if (request.price.has_value() && request.type != OrderType::kMarket) {
    ASSIGN_OR_RETURN(const Notional spend, CheckedMultiply(*request.price, request.quantity));
    return std::optional<Notional>(spend);
  }
  if (book == nullptr) {
    return std::optional<Notional>();
  }
  return book->NotionalForQuantity(request.side, request.quantity);
}

}  // namespace

absl::StatusOr<OrderCost> CostOf(const OrderRequest& request,
                                 const FeeSchema& fees,
                                 const OrderBook* book) {
  if (request.side == Side::kSell) {
    OrderCost cost = {.asset = request.pair.base, .amount = request.quantity.value()};
    if (request.quote_quantity.has_value() && book != nullptr) {
      cost.amount = book->WalkNotional(Side::kSell, *request.quote_quantity).filled.value();
    }
    return cost;
  }
  OrderCost cost = {.asset = request.pair.quote, .amount = Decimal()};
  ASSIGN_OR_RETURN(const std::optional<Notional> spend, SpendOf(request, book));
  if (!spend.has_value()) {
    return cost;
  }
  cost.amount = spend->value();
  if (fees.charge == FeeCharge::kAddedToCost) {
    const Decimal rate = std::max({fees.percent.maker, fees.percent.taker, Decimal()});
    ASSIGN_OR_RETURN(const Decimal fee, Multiply(cost.amount, rate, Rounding::kUp));
    ASSIGN_OR_RETURN(cost.amount, CheckedAdd(cost.amount, fee));
  }
  return cost;
}

absl::StatusOr<OrderCost> MarginOf(const OrderRequest& request,
                                   const MarginTerms& terms,
                                   const FeeSchema& fees,
                                   const OrderBook* book) {
  OrderCost cost = {.asset = terms.collateral, .amount = Decimal()};
  if (terms.opening.is_zero()) {
    return cost;
  }
  OrderRequest opening = request;
  opening.quantity = terms.opening;
  ASSIGN_OR_RETURN(const std::optional<Notional> notional, SpendOf(opening, book));
  if (!notional.has_value()) {
    return cost;
  }
  const Decimal leverage = Decimal::FromInteger(std::max(terms.leverage, 1));
  ASSIGN_OR_RETURN(const Decimal margin, Divide(notional->value(), leverage, Rounding::kUp));
  const Decimal rate = std::max({fees.percent.maker, fees.percent.taker, Decimal()});
  ASSIGN_OR_RETURN(const Decimal fee, Multiply(notional->value(), rate, Rounding::kUp));
  ASSIGN_OR_RETURN(cost.amount, CheckedAdd(margin, fee));
  return cost;
}

}  // namespace colibri
