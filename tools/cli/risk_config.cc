#include "tools/cli/risk_config.h"

#include <optional>

#include "core/strings.h"

namespace colibri::cli {
namespace {

template <typename T>
void ReadOptional(ConfigSection& section, std::string_view key, std::optional<T>& value) {
  T read{};
  if (section.Read(key, read)) {
    value = read;
  }
}

void ReadLimits(ConfigSection& section, RiskLimits& limits) {
  ReadOptional(section, "order_quantity_max", limits.order_quantity_max);
  ReadOptional(section, "order_notional_max", limits.order_notional_max);
  ReadOptional(section, "price_distance_max_bps", limits.price_distance_max_bps);
  ReadOptional(section, "crossing_max_bps", limits.crossing_max_bps);
  ReadOptional(section, "open_orders_max", limits.open_orders_max);
  ReadOptional(section, "position_max", limits.position_max);
  ReadOptional(section, "daily_loss_max", limits.daily_loss_max);
  ReadOptional(section, "kill_at_daily_loss", limits.kill_at_daily_loss);
  ReadOptional(section, "book_age_max", limits.book_age_max);
  ReadOptional(section, "requires_book", limits.requires_book);
  ReadOptional(section, "forbids_self_cross", limits.forbids_self_cross);
}

void ReadRate(ConfigSection& section, RiskConfig& risk) {
  std::optional<ConfigSection> rate = section.Section("order_rate");
  if (!rate.has_value()) {
    return;
  }
  OrderRate read;
  rate->Require("orders", "how many may be placed within the period, as 50");
  rate->Require("per", "the period, as 10s");
  const bool has_orders = rate->Read("orders", read.orders);
  const bool has_period = rate->Read("per", read.period);
  if (has_orders && has_period) {
    risk.order_rate = read;
  }
  rate->TellUnknownKeys();
}

void ReadPositionStart(ConfigSection& section, RiskConfig& risk) {
  std::string text;
  if (!section.Read("position_start", text)) {
    return;
  }
  if (text == "balances") {
    risk.position_start = PositionStart::kBalances;
  } else if (text != "zero") {
    section.Tell("position_start",
                 StrCat("is \"", text, "\": write zero (what this run trades) or balances"));
  }
}

}  // namespace

RiskConfig ReadRisk(ConfigSection section,
                    const std::vector<TradingPair>& pairs,
                    const ConfigErrors& errors) {
  RiskConfig risk;
  ReadLimits(section, risk.limits);
  ReadOptional(section, "open_orders_total_max", risk.open_orders_total_max);
  ReadOptional(section, "daily_loss_total_max", risk.daily_loss_total_max);
  ReadOptional(section, "kill_at_daily_loss_total", risk.kill_at_daily_loss_total);
  ReadRate(section, risk);
  ReadPositionStart(section, risk);
  if (std::optional<ConfigSection> own = section.Section("pairs")) {
    for (const TradingPair& pair : pairs) {
      if (std::optional<ConfigSection> limits = own->Section(pair.ToString())) {
        ReadLimits(*limits, risk.pairs[pair.ToString()]);
        limits->TellUnknownKeys();
      }
    }
    own->TellUnknownKeys();
  }
  for (const RiskProblem& problem : Validate(risk)) {
    if (!errors.Mentions(section.PathOf(problem.key))) {
      section.Tell(problem.key, problem.message);
    }
  }
  section.TellUnknownKeys();
  return risk;
}

}  // namespace colibri::cli
