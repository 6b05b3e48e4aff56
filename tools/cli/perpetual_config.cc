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

std::string Text(Decimal value) {
  return value.ToString();
}
std::string Text(int value) {
  return std::to_string(value);
}
std::string Text(absl::Duration value) {
  return absl::FormatDuration(value);
}

template <typename T, typename Check>
void ReadOptional(ConfigSection& section,
                  std::string_view key,
                  std::optional<T>& value,
                  Check is_good,
                  std::string_view allowed) {
  T read{};
  if (!section.Read(key, read)) {
    return;
  }
  value = read;
  if (!is_good(read)) {
    section.Tell(key, StrCat("is ", Text(read), ": write ", allowed));
  }
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
  ReadOptional(
      *section,
      "rate",
      config.funding_rate,
      [](Decimal rate) { return Abs(rate) < Decimal::FromInteger(1); },
      "a fraction between -1 and 1, as 0.0001 for 0.01 %");
  ReadOptional(
      *section,
      "interval",
      config.funding_interval,
      [](absl::Duration interval) {
        return interval >= absl::Seconds(1) && interval <= absl::Hours(24);
      },
      "a duration from 1s to 24h");
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
  ReadOptional(
      exchange,
      "leverage",
      config.leverage,
      [](int leverage) { return leverage >= 1; },
      "a whole number from 1");
  ReadLeverages(exchange, pairs, config);
}

void ReadPaperPerpetual(ConfigSection& paper, const VenueSpec* spec, PaperPerpetualConfig& config) {
  if (IsSpot(spec)) {
    return;
  }
  ReadFunding(paper, config);
  ReadOptional(
      paper,
      "maintenance_rate",
      config.maintenance_rate,
      [](Decimal rate) { return rate.is_positive() && rate <= Decimal::FromScaled(5, 1); },
      "a fraction above 0 and at most 0.5, as 0.005 for 0.5 %");
  ReadOptional(
      paper,
      "leverage_max",
      config.leverage_max,
      [](int leverage) { return leverage >= 1 && leverage <= 1000; },
      "a whole number from 1 to 1000");
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
