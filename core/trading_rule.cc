#include "core/trading_rule.h"

#include <algorithm>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// "BTC-USDT buy limit", the begin of each message.
std::string Subject(const OrderRequest& request) {
  return StrCat(request.pair, " ", ToString(request.side), " ", ToString(request.type));
}

template <typename Value>
absl::Status Refuse(const OrderRequest& request,
                    std::string_view what,
                    Value value,
                    std::string_view claim,
                    std::string_view bound_name,
                    Value bound) {
  return absl::InvalidArgumentError(
      StrCat(Subject(request), ": ", what, " ", value, " is ", claim, " ", bound_name, " ", bound));
}

// A zero bound is not checked.
struct RangeNames {
  std::string_view what;
  std::string_view min;
  std::string_view max;
  std::string_view increment;
};

template <typename Value>
absl::Status CheckRange(const OrderRequest& request,
                        const RangeNames& names,
                        Value value,
                        Value min,
                        Value max,
                        Value increment) {
  if (min.is_positive() && value < min) {
    return Refuse(request, names.what, value, "below", names.min, min);
  }
  if (max.is_positive() && value > max) {
    return Refuse(request, names.what, value, "above", names.max, max);
  }
  if (increment.is_positive() && !value.value().IsMultipleOf(increment.value())) {
    return Refuse(request, names.what, value, "not a multiple of", names.increment, increment);
  }
  return absl::OkStatus();
}

absl::Status CheckType(const TradingRule& rule, const OrderRequest& request) {
  const bool is_allowed = request.type == OrderType::kLimit        ? rule.allows_limit
                          : request.type == OrderType::kLimitMaker ? rule.allows_limit_maker
                                                                   : rule.allows_market;
  if (!is_allowed) {
    return absl::InvalidArgumentError(
        StrCat(Subject(request), ": the venue takes no ", ToString(request.type), " orders here"));
  }
  if (request.type == OrderType::kLimitMaker && request.time_in_force != TimeInForce::kGtc) {
    return absl::InvalidArgumentError(StrCat(Subject(request),
                                             ": a limit_maker order rests, so ",
                                             ToString(request.time_in_force),
                                             " contradicts it; use gtc"));
  }
  if (request.type != OrderType::kMarket) {
    if (!request.price.has_value() || !request.price->is_positive()) {
      return absl::InvalidArgumentError(
          StrCat(Subject(request),
                 ": price ",
                 request.price.has_value() ? request.price->ToString() : "is missing and",
                 " must be positive"));
    }
    if (request.quote_quantity.has_value()) {
      return absl::InvalidArgumentError(
          StrCat(Subject(request), ": quote_quantity is for market orders; give quantity"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckQuoteQuantity(const TradingRule& rule, const OrderRequest& request) {
  if (!rule.allows_quote_quantity) {
    return absl::InvalidArgumentError(
        StrCat(Subject(request), ": the venue takes no quote_quantity here; give quantity"));
  }
  if (!request.quantity.is_zero()) {
    return absl::InvalidArgumentError(StrCat(Subject(request),
                                             ": quantity ",
                                             request.quantity,
                                             " and quote_quantity ",
                                             *request.quote_quantity,
                                             " exclude each other; give one"));
  }
  if (!request.quote_quantity->is_positive()) {
    return absl::InvalidArgumentError(StrCat(
        Subject(request), ": quote_quantity ", *request.quote_quantity, " must be positive"));
  }
  return absl::OkStatus();
}

absl::Status CheckQuantity(const TradingRule& rule, const OrderRequest& request) {
  if (request.quote_quantity.has_value()) {
    return CheckQuoteQuantity(rule, request);
  }
  if (!request.quantity.is_positive()) {
    return absl::InvalidArgumentError(
        StrCat(Subject(request),
               ": quantity ",
               request.quantity,
               " must be positive; amounts are rounded down to quantity_increment ",
               rule.quantity_increment,
               ", and quantity_min is ",
               rule.quantity_min));
  }
  RETURN_IF_ERROR(CheckRange(request,
                             {"quantity", "quantity_min", "quantity_max", "quantity_increment"},
                             request.quantity,
                             rule.quantity_min,
                             rule.quantity_max,
                             rule.quantity_increment));
  if (request.type != OrderType::kMarket) {
    return absl::OkStatus();
  }
  return CheckRange(
      request,
      {"quantity", "market_quantity_min", "market_quantity_max", "market_quantity_increment"},
      request.quantity,
      rule.market_quantity_min,
      rule.market_quantity_max,
      rule.market_quantity_increment);
}

absl::Status CheckPercentPrice(const TradingRule& rule,
                               const OrderRequest& request,
                               Price reference) {
  const bool is_buy = request.side == Side::kBuy;
  const std::optional<Decimal>& up = is_buy ? rule.bid_multiplier_up : rule.ask_multiplier_up;
  const std::optional<Decimal>& down = is_buy ? rule.bid_multiplier_down : rule.ask_multiplier_down;
  // A bound beyond the range of Decimal is beyond every price.
  if (up.has_value() && up->is_positive()) {
    const absl::StatusOr<Price> bound = Scale(reference, *up, Rounding::kDown);
    if (bound.ok() && *request.price > *bound) {
      return Refuse(request,
                    "price",
                    *request.price,
                    "above",
                    StrCat(is_buy ? "bid_multiplier_up " : "ask_multiplier_up ",
                           *up,
                           " * reference price ",
                           reference,
                           " ="),
                    *bound);
    }
  }
  if (down.has_value() && down->is_positive()) {
    const absl::StatusOr<Price> bound = Scale(reference, *down, Rounding::kUp);
    if (!bound.ok() || *request.price < *bound) {
      return Refuse(request,
                    "price",
                    *request.price,
                    "below",
                    StrCat(is_buy ? "bid_multiplier_down " : "ask_multiplier_down ",
                           *down,
                           " * reference price ",
                           reference,
                           " ="),
                    bound.ok() ? *bound : reference);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPrice(const TradingRule& rule,
                        const OrderRequest& request,
                        std::optional<Price> reference) {
  if (request.type == OrderType::kMarket) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckRange(request,
                             {"price", "price_min", "price_max", "price_increment"},
                             *request.price,
                             rule.price_min,
                             rule.price_max,
                             PriceIncrementAt(rule, *request.price)));
  return reference.has_value() ? CheckPercentPrice(rule, request, *reference) : absl::OkStatus();
}

absl::Status CheckNotional(const TradingRule& rule,
                           const OrderRequest& request,
                           std::optional<Price> reference) {
  const bool is_market = request.type == OrderType::kMarket;
  const bool is_exempt =
      (is_market && !rule.is_notional_min_for_market) ||
      (request.position_action == PositionAction::kClose && !rule.is_notional_min_for_close);
  const Notional min = is_exempt ? Notional() : rule.notional_min;
  const Notional max =
      is_market && !rule.is_notional_max_for_market ? Notional() : rule.notional_max;
  const RangeNames names = {"notional", "notional_min", "notional_max", ""};
  if (request.quote_quantity.has_value()) {
    return CheckRange(request, names, *request.quote_quantity, min, max, Notional());
  }
  const std::optional<Price> price = is_market ? reference : request.price;
  if (!price.has_value()) {
    return absl::OkStatus();
  }
  const absl::StatusOr<Notional> notional = CheckedMultiply(*price, request.quantity);
  if (!notional.ok()) {
    return absl::InvalidArgumentError(StrCat(
        Subject(request), ": notional of ", request.quantity, " at ", *price, " is beyond 1.7e20"));
  }
  return CheckRange(request, names, *notional, min, max, Notional());
}

}  // namespace

BookScale TradingRule::scale() const {
  BookScale scale;
  if (price_increment.is_positive()) {
    scale.price_decimals = price_increment.value().decimals();
  }
  if (quantity_increment.is_positive()) {
    scale.quantity_decimals = quantity_increment.value().decimals();
  }
  scale.price_decimals = std::max(scale.price_decimals, book_scale_min.price_decimals);
  scale.quantity_decimals = std::max(scale.quantity_decimals, book_scale_min.quantity_decimals);
  return scale;
}

Price PriceIncrementAt(const TradingRule& rule, Price price) {
  if (rule.price_significant_digits <= 0 || !price.is_positive()) {
    return rule.price_increment;
  }
  // 10^(digits of the price in units - significant ones), and whole prices are always taken.
  Int128 units = price.value().units();
  for (int i = 0; i < rule.price_significant_digits && units > 0; ++i) {
    units /= 10;
  }
  Int128 increment = 1;
  for (; units > 0 && increment < Decimal::kOne; units /= 10) {
    increment *= 10;
  }
  return std::max(rule.price_increment, Price(Decimal::FromUnits(increment)));
}

Price QuantizePrice(const TradingRule& rule, Side side, Price price) {
  const Price increment = PriceIncrementAt(rule, price);
  if (!increment.is_positive()) {
    return price;
  }
  return Price(price.value().RoundToMultiple(increment.value(),
                                             side == Side::kBuy ? Rounding::kDown : Rounding::kUp));
}

Quantity QuantizeQuantity(const TradingRule& rule, Quantity quantity) {
  if (!rule.quantity_increment.is_positive()) {
    return quantity;
  }
  return Quantity(
      quantity.value().RoundToMultiple(rule.quantity_increment.value(), Rounding::kDown));
}

absl::Status CheckOrder(const TradingRule& rule,
                        const OrderRequest& request,
                        std::optional<Price> reference_price) {
  if (!rule.is_trading) {
    return absl::FailedPreconditionError(
        StrCat(Subject(request), ": the pair is not trading, its status is \"", rule.status, "\""));
  }
  if (reference_price.has_value() && !reference_price->is_positive()) {
    reference_price = std::nullopt;
  }
  RETURN_IF_ERROR(CheckType(rule, request));
  RETURN_IF_ERROR(CheckQuantity(rule, request));
  RETURN_IF_ERROR(CheckPrice(rule, request, reference_price));
  return CheckNotional(rule, request, reference_price);
}

}  // namespace colibri
