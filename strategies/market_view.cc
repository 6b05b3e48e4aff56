#include "strategies/market_view.h"

#include <algorithm>

#include "core/status_macros.h"
#include "core/strings.h"
#include "strategies/buying_power.h"

namespace colibri {
namespace {

std::optional<Price> BestOfOthers(const OrderBook& book, Side side, const OwnOrders& own_orders) {
  std::optional<Price> best;
  const BookSide& levels = side == Side::kBuy ? book.bids() : book.asks();
  levels.ForEach([&](const BookLevel& scaled) {
    const PriceLevel level = book.ToPriceLevel(scaled);
    Quantity own;
    for (const Order* order : own_orders) {
      if (order->side == side && order->price == level.price &&
          order->state != OrderState::kPendingCreate) {
        own += order->remaining();
      }
    }
    if (own == level.quantity) {
      return true;
    }
    best = level.price;
    return false;
  });
  return best;
}

void AddLocked(const OwnOrders& own_orders, QuoteMarket& market) {
  for (const Order* order : own_orders) {
    if (order->side == Side::kSell) {
      market.base_budget += order->remaining();
      continue;
    }
    const auto locked = CheckedMultiply(order->price.value_or(Price()), order->remaining());
    if (locked.ok()) {
      market.quote_budget += *locked;
    }
  }
}

}  // namespace

std::optional<Price> ReferenceOf(const OrderBook& book, const OwnOrders& own_orders) {
  const std::optional<Price> bid = BestOfOthers(book, Side::kBuy, own_orders);
  const std::optional<Price> ask = BestOfOthers(book, Side::kSell, own_orders);
  if (!bid.has_value() || !ask.has_value() || !bid->is_positive()) {
    return std::nullopt;
  }
  const absl::StatusOr<Price> mid =
      Scale(*bid + *ask, Decimal::FromScaled(5, 1), Rounding::kHalfEven);
  return mid.ok() ? std::optional<Price>(*mid) : std::nullopt;
}

absl::StatusOr<QuoteMarket> ReadMarket(const Exchange& exchange,
                                       const TradingPair& pair,
                                       const OwnOrders& own_orders) {
  const TradingRule* rule = exchange.rules(pair);
  if (rule == nullptr) {
    return absl::UnavailableError(StrCat("the trading rules of ", pair, " are not known yet"));
  }
  if (!rule->is_trading) {
    return absl::UnavailableError(
        StrCat(pair, " is not trading, its status is \"", rule->status, "\""));
  }
  ASSIGN_OR_RETURN(const OrderBook* book, exchange.book(pair));
  if (!exchange.health().can_trade(pair)) {
    return absl::UnavailableError(exchange.health().Why(pair));
  }
  if (book->is_crossed()) {
    return absl::UnavailableError(StrCat("the book of ", pair, " is crossed"));
  }
  const std::optional<PriceLevel> bid = book->best_bid();
  const std::optional<PriceLevel> ask = book->best_ask();
  const std::optional<Price> reference = ReferenceOf(*book, own_orders);
  if (!bid.has_value() || !ask.has_value() || !reference.has_value()) {
    return absl::UnavailableError(StrCat("nobody else quotes both sides of ", pair));
  }
  const BuyingPower power = PowerOf(exchange, pair, *reference);
  QuoteMarket market;
  market.rule = rule;
  market.best_bid = bid->price;
  market.best_ask = ask->price;
  market.reference = *reference;
  market.fees = exchange.fee_rates(pair);
  market.base_budget = power.base;
  market.quote_budget = power.quote;
  AddLocked(own_orders, market);
  if (exchange.perpetual() == nullptr) {
    market.base_total = exchange.balance(pair.base).total;
    market.quote_total = exchange.balance(pair.quote).total;
    // An order counts twice until its reservation shows in the balance.
    market.base_budget = std::min(market.base_budget, Quantity(market.base_total));
    market.quote_budget = std::min(market.quote_budget, Notional(market.quote_total));
  }
  return market;
}

}  // namespace colibri
