#include "connector/risk_limits.h"

#include "core/status_macros.h"
#include "core/strings.h"
#include "core/trading_pair.h"

namespace colibri {
namespace {

constexpr int kBasisPointDecimals = 3;
constexpr int64_t kBasisPointsMax = 1'000'000;

class Checker {
 public:
  explicit Checker(std::string where) : where_(std::move(where)) {}

  template <typename Amount>
  void CheckAmount(std::string_view name, const std::optional<Amount>& value) {
    if (value.has_value() && !value->is_positive()) {
      Tell(name, StrCat("is ", *value, ": write an amount above 0, or leave it out"));
    }
  }

  void CheckBasisPoints(std::string_view name, const std::optional<Decimal>& value) {
    if (value.has_value() &&
        (value->is_negative() || *value > Decimal::FromInteger(kBasisPointsMax) ||
         value->decimals() > kBasisPointDecimals)) {
      Tell(name,
           StrCat("is ",
                  *value,
                  ": write basis points from 0 to ",
                  kBasisPointsMax,
                  " with up to ",
                  kBasisPointDecimals,
                  " decimals, as 12.5"));
    }
  }

  void CheckCount(std::string_view name, const std::optional<int>& value) {
    if (value.has_value() && *value <= 0) {
      Tell(name, StrCat("is ", *value, ": write a number above 0, or leave it out"));
    }
  }

  void CheckDuration(std::string_view name, const std::optional<absl::Duration>& value) {
    if (value.has_value() && *value <= absl::ZeroDuration()) {
      Tell(name,
           StrCat("is ", absl::FormatDuration(*value), ": write a duration above zero, as 5s"));
    }
  }

  void CheckLimits(const RiskLimits& limits) {
    CheckAmount("order_quantity_max", limits.order_quantity_max);
    CheckAmount("order_notional_max", limits.order_notional_max);
    CheckBasisPoints("price_distance_max_bps", limits.price_distance_max_bps);
    CheckBasisPoints("crossing_max_bps", limits.crossing_max_bps);
    CheckCount("open_orders_max", limits.open_orders_max);
    CheckAmount("position_max", limits.position_max);
    CheckAmount("daily_loss_max", limits.daily_loss_max);
    CheckAmount("kill_at_daily_loss", limits.kill_at_daily_loss);
    CheckDuration("book_age_max", limits.book_age_max);
  }

  void Tell(std::string_view name, std::string_view what) {
    problems_.push_back({StrCat(where_, name), std::string(what)});
  }
  std::vector<RiskProblem> TakeProblems() { return std::move(problems_); }

 private:
  std::string where_;
  std::vector<RiskProblem> problems_;
};

}  // namespace

std::vector<RiskProblem> Validate(const RiskConfig& config) {
  Checker all("");
  all.CheckLimits(config.limits);
  all.CheckCount("open_orders_total_max", config.open_orders_total_max);
  all.CheckAmount("daily_loss_total_max", config.daily_loss_total_max);
  all.CheckAmount("kill_at_daily_loss_total", config.kill_at_daily_loss_total);
  if (const std::optional<OrderRate>& rate = config.order_rate; rate.has_value()) {
    if (rate->orders <= 0 || rate->orders > OrderRate::kOrdersMax) {
      all.Tell("order_rate.orders",
               StrCat("is ", rate->orders, ": write a number from 1 to ", OrderRate::kOrdersMax));
    }
    all.CheckDuration("order_rate.per", rate->period);
  }
  std::vector<RiskProblem> problems = all.TakeProblems();
  for (const auto& [name, limits] : config.pairs) {
    Checker own(StrCat("pairs.", name, "."));
    own.CheckLimits(limits);
    for (RiskProblem& problem : own.TakeProblems()) {
      problems.push_back(std::move(problem));
    }
  }
  return problems;
}

}  // namespace colibri
