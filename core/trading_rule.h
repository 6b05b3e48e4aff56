// A venue's rules for one pair, and quantisation to them.
//
//   Price p = QuantizePrice(rule, Side::kBuy, wanted);     // passive: a buy down, a sell up
//   Quantity q = QuantizeQuantity(rule, wanted);           // down
//   RETURN_IF_ERROR(CheckOrder(rule, request, /*reference_price=*/mid));
//
// A zero or absent bound means that the venue does not check it.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "absl/status/status.h"

#include "core/book_message.h"
#include "core/order.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

struct TradingRule {
  TradingPair pair;
  std::string symbol;      // the venue's word
  int64_t venue_id = 0;    // the venue's number of it, where requests name it so
  bool is_trading = true;  // new orders are taken now
  std::string status;      // the venue's word for it

  Price price_increment;  // multiples from zero
  // At most so many digits from the first that is not zero; whole prices are always taken. 0: any.
  int price_significant_digits = 0;
  Price price_min;
  Price price_max;
  Quantity quantity_increment;
  Quantity quantity_min;
  Quantity quantity_max;
  Quantity market_quantity_min;
  Quantity market_quantity_max;
  Quantity market_quantity_increment;
  Notional notional_min;
  Notional notional_max;
  bool is_notional_min_for_market = true;
  bool is_notional_max_for_market = false;
  bool is_notional_min_for_close = true;
  // Limit prices must lie within reference * [down, up]; absent means unchecked.
  std::optional<Decimal> bid_multiplier_up, bid_multiplier_down;
  std::optional<Decimal> ask_multiplier_up, ask_multiplier_down;
  int open_orders_max = 0;
  // Decimals that the book may hold beyond those of the increments: orders that rest since before
  // the venue made its increments coarser stay as fine as they were.
  BookScale book_scale_min = {.price_decimals = 0, .quantity_decimals = 0};

  bool allows_limit = true;
  bool allows_limit_maker = true;
  bool allows_market = true;
  bool allows_quote_quantity = true;

  // Of perpetuals: what margin, profit and fees are in. Empty: spot.
  std::string collateral = {};
  int leverage_max = 0;  // 0: not told

  // Decimals of the increments, and book_scale_min at least: the scale of this instrument's book.
  BookScale scale() const;
};

// The increment at this price: price_increment, or coarser by price_significant_digits.
Price PriceIncrementAt(const TradingRule& rule, Price price);
Price QuantizePrice(const TradingRule& rule, Side side, Price price);
Quantity QuantizeQuantity(const TradingRule& rule, Quantity quantity);

// Whether the venue would take the order by its rules. InvalidArgument names the rule, the value
// and the bound; FailedPrecondition when the pair is not trading. reference_price (the venue's
// average or last price) serves the notional of market orders and the percent-price bounds; those
// checks are skipped without it.
absl::Status CheckOrder(const TradingRule& rule,
                        const OrderRequest& request,
                        std::optional<Price> reference_price);

}  // namespace colibri
