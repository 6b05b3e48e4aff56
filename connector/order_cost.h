// What an order takes from the account when the venue accepts it. Pure.
//
//   ASSIGN_OR_RETURN(OrderCost cost, CostOf(request, fees, book));   // 0.5 BTC-USDT @ 100: 50 USDT
//   if (balances.balance(cost.asset).available < cost.amount) ...
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "core/fees.h"
#include "core/order.h"
#include "core/order_book.h"

namespace colibri {

struct OrderCost {
  std::string asset;
  Decimal amount;  // zero when it can't be known: a market order without a book
};

// What a perpetual asks for: the margin of what the order opens, and the fee of all of it. What
// only closes costs nothing that the account may lack.
struct MarginTerms {
  std::string collateral;
  int leverage = 1;
  Quantity opening;  // base that the order opens
};
absl::StatusOr<OrderCost> MarginOf(const OrderRequest& request,
                                   const MarginTerms& terms,
                                   const FeeSchema& fees,
                                   const OrderBook* book);

// fees: the account's rates in the venue's way of charging; a fee on top of the cost is included.
// book: prices market orders; may be null. OutOfRange when price times quantity is.
absl::StatusOr<OrderCost> CostOf(const OrderRequest& request,
                                 const FeeSchema& fees,
                                 const OrderBook* book);

}  // namespace colibri
