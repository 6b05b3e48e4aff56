#include "connector/rule_keeper.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "connector/log.h"
#include "connector/registry.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

using RulesByPair = absl::flat_hash_map<TradingPair, const TradingRule*>;

// The first of each pair.
RulesByPair ByPair(const VenueRules& rules) {
  RulesByPair by_pair;
  for (const TradingRule& rule : rules.rules) {
    by_pair.try_emplace(rule.pair, &rule);
  }
  return by_pair;
}

absl::Status UnknownPair(const VenueRules& rules, std::string_view venue, const TradingPair& pair) {
  std::vector<std::string> known;
  known.reserve(rules.rules.size());
  for (const TradingRule& rule : rules.rules) {
    known.push_back(rule.pair.ToString());
  }
  std::string nearest;
  for (const std::string& name : NearestNames(pair.ToString(), known)) {
    nearest += StrCat(nearest.empty() ? "; did you mean " : ", ", name);
  }
  return absl::NotFoundError(
      StrCat(venue, " has no pair ", pair, nearest, nearest.empty() ? "" : "?"));
}

}  // namespace

RuleKeeper::RuleKeeper(ExchangeState& state,
                       std::function<std::string(std::string_view)> stream_symbol)
    : state_(state),
      stream_symbol_(std::move(stream_symbol)),
      backoff_(state.environment.random()) {}

Task<absl::Status> RuleKeeper::Load() {
  VenueCall call = state_.protocol.RulesCall();
  call.timeout = std::max(call.timeout, kRulesTimeout);
  const RestResult result = co_await state_.rest->Call(std::move(call));
  CO_RETURN_IF_ERROR(result.status);
  CO_ASSIGN_OR_RETURN(const VenueRules rules, state_.protocol.ParseRules(result.response.body));
  if (rules.skipped > 0) {
    LogWarning("rules_skipped",
               {{"venue", state_.spec.name},
                {"count", StrCat(rules.skipped)},
                {"first", rules.first_skip_reason}});
  }
  if (!rules.limits.empty()) {
    state_.throttler.UpdateLimits(rules.limits);
  }
  if (rules.rules.empty()) {
    co_return absl::DataLossError("the venue's answer names no trading rules");
  }
  if (state_.rules.empty()) {
    co_return MakeInstruments(rules);
  }
  Refresh(rules);
  co_return absl::OkStatus();
}

absl::Status RuleKeeper::MakeInstruments(const VenueRules& rules) {
  const RulesByPair by_pair = ByPair(rules);
  for (const TradingPair& pair : state_.config.pairs) {
    if (!by_pair.contains(pair)) {
      return UnknownPair(rules, state_.spec.name, pair);
    }
  }
  for (const TradingPair& pair : state_.config.pairs) {
    const TradingRule& rule = *by_pair.at(pair);
    state_.instruments.Add(
        pair, rule.symbol, stream_symbol_(rule.symbol), rule.scale(), rule.venue_id);
    state_.rules.push_back(rule);
    if (!rule.collateral.empty()) {
      state_.risk.SetCollateral(pair, rule.collateral);
    }
    state_.account_fees.push_back(state_.spec.fees.percent);
  }
  return absl::OkStatus();
}

void RuleKeeper::Refresh(const VenueRules& rules) {
  const RulesByPair by_pair = ByPair(rules);
  for (const Instrument& instrument : state_.instruments) {
    TradingRule& known = state_.rules[instrument.index];
    const auto found = by_pair.find(instrument.pair);
    if (found == by_pair.end()) {
      LogError("rule_gone", {{"pair", instrument.pair.ToString()}});
      continue;
    }
    const TradingRule* const rule = found->second;
    if (known.is_trading != rule->is_trading) {
      LogWarning("trading_status",
                 {{"pair", instrument.pair.ToString()}, {"status", rule->status}});
    }
    known = *rule;
    state_.instruments.SetScale(instrument.index, rule->scale());
  }
}

Task<void> RuleKeeper::Run() {
  absl::Duration wait = kRulesPeriod;
  absl::Duration confirmed_at = state_.clock.monotonic();
  while (true) {
    co_await state_.environment.Sleep(wait);
    const absl::Status status = co_await Load();
    if (status.ok()) {
      confirmed_at = state_.clock.monotonic();
      state_.SetHealth(kRulesHealth, status);
      backoff_.Reset();
      wait = kRulesPeriod;
      continue;
    }
    if (state_.clock.monotonic() - confirmed_at >= kRulesStaleAfter) {
      state_.SetHealth(kRulesHealth,
                       absl::UnavailableError(StrCat("not confirmed for ",
                                                     absl::FormatDuration(kRulesStaleAfter),
                                                     ": ",
                                                     Std(status.message()))));
    }
    // The last good rules stay: a venue seldom changes them, and never at once.
    LogError("rules_not_refreshed", {{"venue", state_.spec.name}, {"why", status.ToString()}});
    wait = backoff_.NextDelay(state_.clock.monotonic());
  }
}

Task<void> RuleKeeper::RunFees() {
  ReconnectPolicy backoff(state_.environment.random());
  while (true) {
    const absl::Status status = co_await LoadFees();
    absl::Duration wait = kFeesPeriod;
    if (!status.ok()) {
      LogWarning("fees_not_loaded", {{"venue", state_.spec.name}, {"why", status.ToString()}});
      wait = std::max(backoff.NextDelay(state_.clock.monotonic()), absl::Seconds(5));
    }
    co_await state_.environment.Sleep(wait);
  }
}

Task<absl::Status> RuleKeeper::LoadFees() {
  absl::Status first_failure;
  for (const Instrument& instrument : state_.instruments) {
    std::optional<VenueCall> call = state_.protocol.FeesCall(instrument);
    if (!call.has_value()) {
      continue;
    }
    const RestResult result = co_await state_.rest->Call(*std::move(call));
    if (!result.status.ok()) {
      first_failure.Update(result.status);
      continue;
    }
    const absl::StatusOr<FeeRates> rates = state_.protocol.ParseFees(result.response.body);
    if (rates.ok()) {
      state_.account_fees[instrument.index] = *rates;
    }
    first_failure.Update(rates.status());
  }
  co_return first_failure;
}

}  // namespace colibri
