// Keeps the trading rules, the venue's limits and the account's fees fresh.
//
//   RuleKeeper rules(state, [](std::string_view symbol) { return ToLower(symbol); });
//   status = co_await rules.Load();        // the first time: also makes the instruments
//   tasks.Spawn("rules", rules.Run());
//
// An answer without rules, or without one of our pairs, keeps the last good ones and is told. Rules
// that could not be confirmed for kRulesStaleAfter are unhealthy: no new orders until they are.
// Load is NotFound, with the nearest names, when the venue has no such pair. Thread: the loop's.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

#include "connector/exchange_state.h"
#include "connector/reconnect_policy.h"
#include "connector/task.h"

namespace colibri {

class RuleKeeper {
 public:
  static constexpr absl::Duration kRulesPeriod = absl::Minutes(30);
  static constexpr absl::Duration kRulesStaleAfter = absl::Hours(2);
  static constexpr absl::Duration kFeesPeriod = absl::Hours(12);
  static constexpr absl::Duration kRulesTimeout = absl::Seconds(30);

  RuleKeeper(ExchangeState& state, std::function<std::string(std::string_view)> stream_symbol);

  Task<absl::Status> Load();
  // Each until canceled.
  Task<void> Run();
  Task<void> RunFees();

 private:
  absl::Status MakeInstruments(const VenueRules& rules);
  void Refresh(const VenueRules& rules);
  Task<absl::Status> LoadFees();

  ExchangeState& state_;
  std::function<std::string(std::string_view)> stream_symbol_;
  ReconnectPolicy backoff_;
};

}  // namespace colibri
