#include "exchanges/paper/paper_config.h"

#include <algorithm>
#include <string_view>

#include "core/strings.h"

namespace colibri {
namespace {

class Mistakes {
 public:
  void Note(bool is_fine, std::string_view what) {
    if (!is_fine) {
      text_ += StrCat(text_.empty() ? "" : "; ", what);
    }
  }
  absl::Status status() const {
    return text_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(text_);
  }

 private:
  std::string text_;
};

void CheckDelay(std::string_view name, const PaperDelay& delay, Mistakes& mistakes) {
  const auto is_time = [](absl::Duration duration) {
    return duration >= absl::ZeroDuration() && duration <= absl::Minutes(10);
  };
  mistakes.Note(is_time(delay.least), StrCat(name, ": must be from 0 to 10 minutes"));
  mistakes.Note(is_time(delay.jitter), StrCat(name, " jitter: must be from 0 to 10 minutes"));
}

void CheckBalances(const PaperConfig& config, Mistakes& mistakes) {
  mistakes.Note(!config.balances.empty(),
                "balances: none given; a paper account starts with something to trade");
  for (const auto& [asset, amount] : config.balances) {
    mistakes.Note(!asset.empty(), "balances: an asset has no name");
    mistakes.Note(
        !amount.is_negative() && amount <= Decimal::FromInteger(PaperConfig::kBalanceMax),
        StrCat("balances ", asset, ": ", amount, " must be from 0 to ", PaperConfig::kBalanceMax));
  }
}

void CheckFees(const PaperConfig& config, Mistakes& mistakes) {
  const Decimal one = Decimal::FromInteger(1);
  const auto check_rates = [&](std::string_view name, const FeeRates& rates) {
    mistakes.Note(Abs(rates.maker) < one && Abs(rates.taker) < one,
                  StrCat(name, ": rates are fractions (0.001 is 0.1 %) between -1 and 1"));
  };
  if (config.market.fee_override.has_value()) {
    check_rates("fee_override", *config.market.fee_override);
  }
  if (!config.fees.has_value()) {
    return;
  }
  check_rates("fees", config.fees->percent);
  if (config.fees->charge == FeeCharge::kThirdAsset) {
    mistakes.Note(!config.fees->third_asset.empty() &&
                      config.fees->third_asset_price.value_or(Price()).is_positive(),
                  "fees: a third asset needs third_asset and a positive third_asset_price");
  }
}

void CheckPerpetual(const PaperPerpetualConfig& perpetual, Mistakes& mistakes) {
  const Decimal one = Decimal::FromInteger(1);
  if (perpetual.maintenance_rate.has_value()) {
    const Decimal rate = *perpetual.maintenance_rate;
    mistakes.Note(rate.is_positive() && rate <= Decimal::FromScaled(5, 1),
                  StrCat("maintenance_rate: ", rate, " must be above 0, and at most 0.5"));
  }
  if (perpetual.leverage_max.has_value()) {
    mistakes.Note(*perpetual.leverage_max >= 1 && *perpetual.leverage_max <= 1000,
                  StrCat("leverage_max: ", *perpetual.leverage_max, " must be from 1 to 1000"));
  }
  mistakes.Note(!perpetual.liquidation_fee.is_negative() && perpetual.liquidation_fee < one,
                StrCat("liquidation_fee: ", perpetual.liquidation_fee, " must be from 0 to 1"));
  if (perpetual.funding_rate.has_value()) {
    mistakes.Note(Abs(*perpetual.funding_rate) < one,
                  StrCat("funding rate: ",
                         *perpetual.funding_rate,
                         " must be a fraction between -1 and 1, as 0.0001 for 0.01 %"));
  }
  if (perpetual.funding_interval.has_value()) {
    const absl::Duration interval = *perpetual.funding_interval;
    mistakes.Note(interval >= absl::Seconds(1) && interval <= absl::Hours(24),
                  "funding interval: must be from 1 second to 24 hours");
  }
}

void CheckRules(const PaperConfig& config, Mistakes& mistakes) {
  if (config.recording.empty()) {
    return;
  }
  mistakes.Note(config.market.pairs.size() == 1,
                StrCat("pairs: a recording holds one pair, and ",
                       config.market.pairs.size(),
                       " are configured"));
  for (const TradingPair& pair : config.market.pairs) {
    const auto rule = std::find_if(config.rules.begin(),
                                   config.rules.end(),
                                   [&](const TradingRule& known) { return known.pair == pair; });
    if (rule == config.rules.end()) {
      mistakes.Note(false,
                    StrCat("rules: none for ",
                           pair,
                           "; a recording holds no trading rules, so give price_increment, "
                           "quantity_increment and notional_min"));
      continue;
    }
    mistakes.Note(rule->price_increment.is_positive(),
                  StrCat("rules ", pair, ": price_increment must be positive"));
    mistakes.Note(rule->quantity_increment.is_positive(),
                  StrCat("rules ", pair, ": quantity_increment must be positive"));
  }
}

}  // namespace

absl::Status CheckPaperConfig(const PaperConfig& config) {
  Mistakes mistakes;
  mistakes.Note(!config.market.pairs.empty(), "pairs: none given");
  CheckBalances(config, mistakes);
  CheckFees(config, mistakes);
  CheckRules(config, mistakes);
  CheckPerpetual(config.perpetual, mistakes);
  CheckDelay("delay_to_venue", config.delay_to_venue, mistakes);
  CheckDelay("delay_from_venue", config.delay_from_venue, mistakes);
  mistakes.Note(
      !config.cancels_ahead.is_negative() && config.cancels_ahead <= Decimal::FromInteger(1),
      StrCat("cancels_ahead: ", config.cancels_ahead, " must be from 0 to 1"));
  mistakes.Note(config.open_orders_max > 0, "open_orders_max: must be positive");
  return mistakes.status();
}

}  // namespace colibri
