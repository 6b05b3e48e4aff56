// What a configuration says of perpetuals: settings of the account, and the rules of a venue on
// paper.
//
//   exchange: {venue: binance_perpetual, position_mode: one_way, margin_mode: cross, leverage: 5}
//   paper: {maintenance_rate: 0.005, leverage_max: 100, liquidation_fee: 0.01,
//           funding: {rate: 0.0001, interval: 8h}}
//   recording: {rules: {collateral: USDC, ...}}
//
// A venue of spot has none of it, and each key is then told as a mistake. Thread: any.
#pragma once

#include <vector>

#include "connector/exchange_config.h"
#include "connector/venue_spec.h"
#include "core/trading_rule.h"
#include "exchanges/paper/paper_config.h"
#include "tools/cli/config_section.h"

namespace colibri::cli {

// spec: null where the venue is not known; then nothing is told.
// pairs: those of the exchange.
void ReadPerpetualSettings(ConfigSection& exchange,
                           const VenueSpec* spec,
                           const std::vector<TradingPair>& pairs,
                           PerpetualConfig& config);
void ReadPaperPerpetual(ConfigSection& paper, const VenueSpec* spec, PaperPerpetualConfig& config);
// The collateral is the quote asset unless it is given.
void ReadPerpetualRules(ConfigSection& rules, const VenueSpec* spec, TradingRule& rule);

}  // namespace colibri::cli
