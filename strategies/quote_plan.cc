#include "strategies/quote_plan.h"

#include <algorithm>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

const Decimal kOne = Decimal::FromInteger(1);
const Decimal kTwo = Decimal::FromInteger(2);

Price Tick(const TradingRule& rule) {
  return rule.price_increment;
}

// The price of one level. `previous` is the level before it; none for the first.
absl::StatusOr<Price> LevelPrice(const QuoteMarket& market,
                                 Side side,
                                 Price center,
                                 Decimal distance,
                                 std::optional<Price> previous) {
  const bool is_buy = side == Side::kBuy;
  const Decimal factor = is_buy ? kOne - distance : kOne + distance;
  ASSIGN_OR_RETURN(Price price, Scale(center, factor, is_buy ? Rounding::kDown : Rounding::kUp));
  const Price tick = Tick(*market.rule);
  // A step without a tick is the smallest one there is.
  const Price step = tick.is_positive() ? tick : Price(Decimal::FromUnits(1));
  if (is_buy) {
    price = std::min(price, market.best_ask - step);
    price = previous.has_value() ? std::min(price, *previous - step) : price;
  } else {
    price = std::max(price, market.best_bid + step);
    price = previous.has_value() ? std::max(price, *previous + step) : price;
  }
  return QuantizePrice(*market.rule, side, price);
}

absl::StatusOr<Quantity> WantedQuantity(const SimpleMarketMakerConfig& config,
                                        Price price,
                                        Decimal factor) {
  Quantity quantity = config.quantity;
  if (quantity.is_zero()) {
    ASSIGN_OR_RETURN(const Decimal amount,
                     Divide(config.notional.value(), price.value(), Rounding::kDown));
    quantity = Quantity(amount);
  }
  return Scale(quantity, factor, Rounding::kDown);
}

// Plans one side, best level first, and takes its budget along.
class SidePlanner {
 public:
  SidePlanner(const SimpleMarketMakerConfig& config,
              const QuoteMarket& market,
              Side side,
              QuotePlan& plan)
      : config_(config),
        market_(market),
        side_(side),
        plan_(plan),
        base_left_(market.base_budget),
        quote_left_(market.quote_budget) {}

  absl::Status Plan(Price center) {
    const bool is_buy = side_ == Side::kBuy;
    // Half of the least round trip on each side: (1 + h) / (1 - h) is 1 + 2h at least.
    ASSIGN_OR_RETURN(const Decimal half, Divide(plan_.round_trip_min, kTwo, Rounding::kUp));
    Decimal distance = std::max(is_buy ? config_.bid_spread : config_.ask_spread, half);
    const Decimal factor = is_buy ? plan_.skew.bid_quantity_factor : plan_.skew.ask_quantity_factor;
    std::optional<Price> previous;
    const int orders_max = market_.rule->open_orders_max;
    const int levels_max = orders_max > 0 ? orders_max / 2 : config_.levels;
    for (int level = 0; level < config_.levels; ++level, distance += config_.level_spacing) {
      Quote quote;
      quote.side = side_;
      quote.level = level;
      ASSIGN_OR_RETURN(quote.price, LevelPrice(market_, side_, center, distance, previous));
      previous = quote.price;
      if (level >= levels_max) {
        ++plan_.dropped_for_order_limit;
      } else if (quote.price.is_positive() && factor.is_positive()) {
        ASSIGN_OR_RETURN(const Quantity wanted, WantedQuantity(config_, quote.price, factor));
        Fund(quote, FitQuantity(*market_.rule, quote.price, wanted));
      }
      plan_.quotes.push_back(quote);
    }
    return absl::OkStatus();
  }

 private:
  // Gives the quote the part of `wanted` that the rest of the budget pays for.
  void Fund(Quote& quote, Quantity wanted) {
    if (wanted.is_zero()) {
      ++plan_.dropped_below_minimum;
      return;
    }
    const Quantity affordable =
        side_ == Side::kBuy ? AffordableQuantity(quote_left_, quote.price) : base_left_;
    quote.is_short = affordable < wanted;
    quote.quantity = quote.is_short ? FitQuantity(*market_.rule, quote.price, affordable) : wanted;
    if (quote.is_short) {
      ++(quote.quantity.is_zero() ? plan_.dropped_for_balance : plan_.scaled_for_balance);
    }
    if (side_ == Side::kBuy) {
      quote_left_ -= quote.price * quote.quantity;
    } else {
      base_left_ -= quote.quantity;
    }
  }

  const SimpleMarketMakerConfig& config_;
  const QuoteMarket& market_;
  Side side_;
  QuotePlan& plan_;
  Quantity base_left_;
  Notional quote_left_;
};

}  // namespace

absl::StatusOr<Decimal> RoundTripMin(Decimal maker_fee, Decimal profit_min) {
  if (maker_fee >= kOne) {
    return absl::InvalidArgumentError(StrCat(
        "a maker fee of ", maker_fee, " leaves nothing: fees are fractions, 0.001 is 0.1 %"));
  }
  const Decimal kept = kOne - maker_fee;
  ASSIGN_OR_RETURN(const Decimal kept_twice, Multiply(kept, kept, Rounding::kDown));
  ASSIGN_OR_RETURN(const Decimal ratio, Divide(kOne + profit_min, kept_twice, Rounding::kUp));
  return std::max(ratio - kOne, Decimal());
}

bool IsRoundTripCovered(Price bid, Price ask, Decimal round_trip_min) {
  const absl::StatusOr<Price> least = Scale(bid, kOne + round_trip_min, Rounding::kUp);
  return bid < ask && least.ok() && *least <= ask;
}

Quantity FitQuantity(const TradingRule& rule, Price price, Quantity quantity) {
  if (!price.is_positive() || !quantity.is_positive()) {
    return Quantity();
  }
  if (rule.quantity_max.is_positive()) {
    quantity = std::min(quantity, rule.quantity_max);
  }
  if (rule.notional_max.is_positive()) {
    quantity = std::min(quantity, AffordableQuantity(rule.notional_max, price));
  }
  quantity = QuantizeQuantity(rule, quantity);
  const absl::StatusOr<Notional> notional = CheckedMultiply(price, quantity);
  const bool is_taken = quantity.is_positive() && quantity >= rule.quantity_min && notional.ok() &&
                        *notional >= rule.notional_min;
  return is_taken ? quantity : Quantity();
}

Quantity AffordableQuantity(Notional budget, Price price) {
  if (!budget.is_positive() || !price.is_positive()) {
    return Quantity();
  }
  const absl::StatusOr<Decimal> amount = Divide(budget.value(), price.value(), Rounding::kDown);
  // Beyond the range of Decimal is beyond every amount.
  constexpr int64_t kBeyondEveryAmount = 100'000'000'000'000'000;
  return Quantity(amount.ok() ? *amount : Decimal::FromInteger(kBeyondEveryAmount));
}

absl::StatusOr<QuotePlan> PlanQuotes(const SimpleMarketMakerConfig& config,
                                     const QuoteMarket& market) {
  QuotePlan plan;
  ASSIGN_OR_RETURN(
      plan.skew,
      SkewFor(config.inventory, market.base_total, market.quote_total, market.reference));
  ASSIGN_OR_RETURN(plan.round_trip_min, RoundTripMin(market.fees.maker, config.profit_min));
  ASSIGN_OR_RETURN(const Price center,
                   Scale(market.reference, plan.skew.price_factor, Rounding::kHalfEven));
  RETURN_IF_ERROR(SidePlanner(config, market, Side::kBuy, plan).Plan(center));
  RETURN_IF_ERROR(SidePlanner(config, market, Side::kSell, plan).Plan(center));
  return plan;
}

}  // namespace colibri
