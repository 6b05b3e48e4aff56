#include "strategies/simple_market_maker_config.h"

#include <string_view>

#include "absl/time/time.h"

#include "core/strings.h"

namespace colibri {
namespace {

constexpr int kLevelsMax = 50;
constexpr int kRequestsPerSecondMax = 1000;
constexpr absl::Duration kRefreshIntervalMin = absl::Milliseconds(10);

const Decimal kZero;
const Decimal kOne = Decimal::FromInteger(1);
const Decimal kHalf = Decimal::FromScaled(5, 1);

class Problems {
 public:
  template <typename Value>
  void Require(bool holds, std::string_view key, const Value& value, std::string_view allowed) {
    if (!holds) {
      Add(key, StrCat("is ", value, ": write ", allowed));
    }
  }
  void Add(std::string_view key, std::string message) {
    problems_.push_back({std::string(key), std::move(message)});
  }
  std::vector<ConfigProblem> Take() { return std::move(problems_); }

 private:
  std::vector<ConfigProblem> problems_;
};

bool IsWithin(Decimal value, Decimal min, Decimal max) {
  return value >= min && value <= max;
}

void CheckQuotes(const SimpleMarketMakerConfig& config, Problems& problems) {
  problems.Require(config.levels >= 1 && config.levels <= kLevelsMax,
                   "levels",
                   config.levels,
                   StrCat("1 to ", kLevelsMax));
  const auto is_spread = [](Decimal value) { return value.is_positive() && value < kOne; };
  constexpr std::string_view kSpread =
      "a fraction above 0 and below 1, such as 0.001 for 0.1 % on each side";
  problems.Require(is_spread(config.bid_spread), "bid_spread", config.bid_spread, kSpread);
  problems.Require(is_spread(config.ask_spread), "ask_spread", config.ask_spread, kSpread);
  const bool is_spacing = !config.level_spacing.is_negative() && config.level_spacing < kOne;
  problems.Require(is_spacing,
                   "level_spacing",
                   config.level_spacing,
                   "a fraction from 0 and below 1, such as 0.0005");
  if (is_spacing && is_spread(config.bid_spread) && config.levels >= 2 &&
      config.levels <= kLevelsMax) {
    Decimal deepest = config.bid_spread;
    for (int level = 1; level < config.levels; ++level) {
      deepest += config.level_spacing;
    }
    problems.Require(deepest < kOne,
                     "level_spacing",
                     config.level_spacing,
                     StrCat("less, or fewer levels: the last bid would be ",
                            deepest,
                            " below the reference, at or under zero"));
  }
}

void CheckSize(const SimpleMarketMakerConfig& config, Problems& problems) {
  const bool has_quantity = !config.quantity.is_zero();
  const bool has_notional = !config.notional.is_zero();
  problems.Require(
      !config.quantity.is_negative(), "quantity", config.quantity, "an amount of base above 0");
  problems.Require(
      !config.notional.is_negative(), "notional", config.notional, "an amount of quote above 0");
  if (has_quantity == has_notional) {
    problems.Add("quantity",
                 StrCat(has_quantity ? "and notional are both given: write one, "
                                     : "and notional are both missing: write one, ",
                        "quantity for base per level or notional for quote per level"));
  }
  problems.Require(IsWithin(config.profit_min, kZero, kHalf),
                   "profit_min",
                   config.profit_min,
                   "a fraction from 0 to 0.5 that a round trip earns after fees");
}

void CheckInventory(const InventoryConfig& inventory, Problems& problems) {
  constexpr std::string_view kShare = "a fraction from 0 to 1";
  const auto is_share = [](Decimal value) { return IsWithin(value, kZero, kOne); };
  problems.Require(is_share(inventory.base_share_target),
                   "inventory.base_share_target",
                   inventory.base_share_target,
                   kShare);
  problems.Require(is_share(inventory.base_share_min),
                   "inventory.base_share_min",
                   inventory.base_share_min,
                   kShare);
  problems.Require(is_share(inventory.base_share_max),
                   "inventory.base_share_max",
                   inventory.base_share_max,
                   kShare);
  if (inventory.base_share_min >= inventory.base_share_target ||
      inventory.base_share_target >= inventory.base_share_max) {
    problems.Add("inventory.base_share_target",
                 StrCat("is ",
                        inventory.base_share_target,
                        ": write a share between base_share_min ",
                        inventory.base_share_min,
                        " and base_share_max ",
                        inventory.base_share_max));
  }
  problems.Require(is_share(inventory.quantity_strength),
                   "inventory.quantity_strength",
                   inventory.quantity_strength,
                   "0 (sizes stay) to 1 (a side is gone at its limit)");
  problems.Require(IsWithin(inventory.price_shift, kZero, kHalf),
                   "inventory.price_shift",
                   inventory.price_shift,
                   "a fraction from 0 to 0.5, such as 0.0005");
}

void CheckRefresh(const SimpleMarketMakerConfig& config, Problems& problems) {
  constexpr std::string_view kTolerance = "a fraction from 0 to 1";
  problems.Require(IsWithin(config.reference_tolerance, kZero, kOne),
                   "reference_tolerance",
                   config.reference_tolerance,
                   kTolerance);
  problems.Require(config.refresh_interval >= kRefreshIntervalMin,
                   "refresh_interval",
                   absl::FormatDuration(config.refresh_interval),
                   "10ms or longer, such as 5s");
  problems.Require(IsWithin(config.price_tolerance, kZero, kOne),
                   "price_tolerance",
                   config.price_tolerance,
                   kTolerance);
  problems.Require(IsWithin(config.quantity_tolerance, kZero, kOne),
                   "quantity_tolerance",
                   config.quantity_tolerance,
                   kTolerance);
  problems.Require(config.order_age_max > absl::ZeroDuration(),
                   "order_age_max",
                   absl::FormatDuration(config.order_age_max),
                   "a duration above 0, such as 30m");
  problems.Require(
      config.requests_per_second >= 1 && config.requests_per_second <= kRequestsPerSecondMax,
      "requests_per_second",
      config.requests_per_second,
      StrCat("1 to ", kRequestsPerSecondMax));
  problems.Require(config.retry_delay_min > absl::ZeroDuration(),
                   "retry_delay_min",
                   absl::FormatDuration(config.retry_delay_min),
                   "a duration above 0, such as 250ms");
  problems.Require(
      config.retry_delay_max >= config.retry_delay_min,
      "retry_delay_max",
      absl::FormatDuration(config.retry_delay_max),
      StrCat("retry_delay_min (", absl::FormatDuration(config.retry_delay_min), ") or longer"));
  problems.Require(config.balance_settle_delay >= absl::ZeroDuration(),
                   "balance_settle_delay",
                   absl::FormatDuration(config.balance_settle_delay),
                   "a duration from 0, such as 250ms");
}

}  // namespace

std::vector<ConfigProblem> Validate(const SimpleMarketMakerConfig& config) {
  Problems problems;
  if (config.pair.base.empty() || config.pair.quote.empty()) {
    problems.Add("pair", "is missing: write it as BASE-QUOTE, such as BTC-USDT");
  }
  CheckQuotes(config, problems);
  CheckSize(config, problems);
  CheckInventory(config.inventory, problems);
  CheckRefresh(config, problems);
  return problems.Take();
}

}  // namespace colibri
