#include "tools/cli/perpetual_config.h"

#include <algorithm>
#include <optional>
#include <string>

#include "connector/margin_checks.h"
#include "core/strings.h"

namespace colibri::cli {
namespace {

// Of a spot venue nothing is read, and so each key is told as unknown.
bool IsSpot(const VenueSpec* spec) {
  return spec != nullptr && !spec->is_perpetual();
}

template <typename T>
bool ReadOptional(ConfigSection& section, std::string_view key, std::optional<T>& value) {
  T read{};
  if (!section.Read(key, read)) {
    return false;
  }
  value = read;
  return true;
}

void ReadLeverages(ConfigSection& exchange,
                   const std::vector<TradingPair>& pairs,
                   PerpetualConfig& config) {
  std::optional<ConfigSection> section = exchange.Section("leverage_by_pair");
  if (!section.has_value()) {
    return;
  }
  for (const auto& [pair, text] : section->ReadAll()) {
    int leverage = 0;
    const absl::StatusOr<Decimal> number = Decimal::Parse(text);
    if (number.ok() && number->is_positive() && *number <= Decimal::FromInteger(1000) &&
        number->decimals() == 0) {
      leverage = static_cast<int>(number->units() / Decimal::kOne);
    }
    const bool is_known = std::any_of(pairs.begin(), pairs.end(), [&](const TradingPair& known) {
      return known.ToString() == pair;
    });
    if (!is_known) {
      section->Tell(pair, "is not one of exchange.pairs");
    } else if (leverage < 1) {
      section->Tell(pair, StrCat("is \"", text, "\": write a whole number from 1"));
    } else {
      config.leverage_by_pair[pair] = leverage;
    }
  }
}

void ReadFunding(ConfigSection& paper, PaperPerpetualConfig& config) {
  std::optional<ConfigSection> section = paper.Section("funding");
  if (!section.has_value()) {
    return;
  }
  if (ReadOptional(*section, "rate", config.funding_rate) &&
      Abs(*config.funding_rate) >= Decimal::FromInteger(1)) {
    section->Tell("rate",
                  StrCat("is ",
                         *config.funding_rate,
                         ": write a fraction between -1 and 1, as 0.0001 for 0.01 %"));
  }
  if (ReadOptional(*section, "interval", config.funding_interval) &&
      (*config.funding_interval < absl::Seconds(1) || *config.funding_interval > absl::Hours(24))) {
    section->Tell("interval",
                  StrCat("is ",
                         absl::FormatDuration(*config.funding_interval),
                         ": write a duration from 1s to 24h"));
  }
  section->TellUnknownKeys();
}

}  // namespace

void ReadPerpetualSettings(ConfigSection& exchange,
                           const VenueSpec* spec,
                           const std::vector<TradingPair>& pairs,
                           PerpetualConfig& config) {
  if (IsSpot(spec)) {
    return;
  }
  std::string text;
  if (exchange.Read("position_mode", text)) {
    const absl::StatusOr<PositionMode> mode = ParsePositionMode(text);
    const absl::Status known =
        !mode.ok() || spec == nullptr ? mode.status() : CheckPositionMode(*spec, *mode);
    if (!known.ok()) {
      exchange.Tell("position_mode", Std(known.message()));
    } else {
      config.position_mode = *mode;
    }
  }
  if (exchange.Read("margin_mode", text)) {
    const absl::StatusOr<MarginMode> mode = ParseMarginMode(text);
    if (mode.ok()) {
      config.margin_mode = *mode;
    } else {
      exchange.Tell("margin_mode", Std(mode.status().message()));
    }
  }
  if (ReadOptional(exchange, "leverage", config.leverage) && *config.leverage < 1) {
    exchange.Tell("leverage", StrCat("is ", *config.leverage, ": write a whole number from 1"));
  }
  ReadLeverages(exchange, pairs, config);
}

void ReadPaperPerpetual(ConfigSection& paper, const VenueSpec* spec, PaperPerpetualConfig& config) {
  if (IsSpot(spec)) {
    return;
  }
  ReadFunding(paper, config);
  if (ReadOptional(paper, "maintenance_rate", config.maintenance_rate) &&
      (!config.maintenance_rate->is_positive() ||
       *config.maintenance_rate > Decimal::FromScaled(5, 1))) {
    paper.Tell("maintenance_rate",
               StrCat("is ",
                      *config.maintenance_rate,
                      ": write a fraction above 0 and at most 0.5, as 0.005 for 0.5 %"));
  }
  if (ReadOptional(paper, "leverage_max", config.leverage_max) &&
      (*config.leverage_max < 1 || *config.leverage_max > 1000)) {
    paper.Tell("leverage_max",
               StrCat("is ", *config.leverage_max, ": write a whole number from 1 to 1000"));
  }
  if (paper.Read("liquidation_fee", config.liquidation_fee) &&
      (config.liquidation_fee.is_negative() || config.liquidation_fee >= Decimal::FromInteger(1))) {
    paper.Tell("liquidation_fee",
               StrCat("is ", config.liquidation_fee, ": write a fraction from 0, as 0.01 for 1 %"));
  }
}

void ReadPerpetualRules(ConfigSection& rules, const VenueSpec* spec, TradingRule& rule) {
  if (spec == nullptr || IsSpot(spec)) {
    return;
  }
  if (!rules.Read("collateral", rule.collateral)) {
    rule.collateral = rule.pair.quote;
  }
  rule.allows_quote_quantity = false;
  rule.is_notional_min_for_close = false;
}

}  // namespace colibri::cli
