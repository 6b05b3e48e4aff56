// How a user configures a paper exchange.
//
//   PaperConfig config = {.market = {.venue = "binance", .pairs = {pair}},
//                         .balances = {{"USDT", ten_thousand}}};
//   RETURN_IF_ERROR(CheckPaperConfig(config));
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "connector/exchange_config.h"
#include "core/decimal.h"
#include "core/fees.h"
#include "core/trading_rule.h"

namespace colibri {

// One way of the wire: `least`, plus up to `jitter` evenly spread. Messages do not overtake.
struct PaperDelay {
  absl::Duration least = absl::Milliseconds(10);
  absl::Duration jitter = absl::ZeroDuration();
};

// Of perpetuals: what a venue would say, and recorded data does not. The settings that an account
// starts with are in market.perpetual: without, one-way, cross, leverage 1.
struct PaperPerpetualConfig {
  // A fraction of the notional. Without: half of the initial margin at the highest leverage.
  std::optional<Decimal> maintenance_rate = std::nullopt;
  // Without: the rules' own, or what goes with maintenance_rate, or else 100.
  std::optional<int> leverage_max = std::nullopt;
  // Charged on what is liquidated, beside the taker's fee, as far as the margin reaches.
  Decimal liquidation_fee = Decimal::FromScaled(1, 2);
  // Instead of the venue's rate.
  std::optional<Decimal> funding_rate = std::nullopt;
  // Instead of the venue's times: at multiples of it, in UTC.
  std::optional<absl::Duration> funding_interval = std::nullopt;
};

struct PaperConfig {
  // The largest starting balance: leaves room for what trading adds within Decimal's range.
  static constexpr int64_t kBalanceMax = 1'000'000'000'000'000'000;

  ExchangeConfig market = {};  // the venue whose data is used, and the pairs
  // Plays these files, as one stream, instead of connecting. One pair.
  std::vector<std::string> recording = {};
  // Recorded data has no rules to ask for: one per pair. Not used live.
  std::vector<TradingRule> rules = {};
  std::map<std::string, Decimal> balances = {};  // by asset
  // The venue's usual ones when absent; market.fee_override goes before the percentages of either.
  // Fees of perpetuals are in the collateral: of these only the percentages count.
  std::optional<FeeSchema> fees = std::nullopt;
  PaperDelay delay_to_venue = {};
  PaperDelay delay_from_venue = {};
  // How much of their share of a level's cancels those ahead of us made: 1 in proportion, 0 none.
  Decimal cancels_ahead = Decimal::FromInteger(1);
  uint64_t seed = 1;  // of jitter and client order ids
  int open_orders_max = 200;
  PaperPerpetualConfig perpetual = {};
};

// InvalidArgument with every mistake, each naming its field.
absl::Status CheckPaperConfig(const PaperConfig& config);

}  // namespace colibri
