#include "tools/cli/strategy_config.h"

#include <algorithm>

#include "core/check.h"
#include "core/strings.h"
#include "strategies/simple_market_maker.h"
#include "tools/cli/venue_options.h"

namespace colibri::cli {
namespace {

constexpr char kSimpleMarketMaker[] = "simple_market_maker";

void ReadPair(ConfigSection& section,
              const std::vector<TradingPair>& pairs,
              StrategyConfig& config) {
  std::string text;
  if (!section.Read("pair", text)) {
    if (!section.Has("pair") && pairs.size() == 1) {
      config.pair = pairs.front();
    } else if (!section.Has("pair") && pairs.size() > 1) {
      section.Tell("pair", "is missing: write one of exchange.pairs");
    }
    return;
  }
  const absl::StatusOr<TradingPair> pair = TradingPair::Parse(text);
  if (!pair.ok()) {
    section.Tell("pair", StrCat("is \"", text, "\": write it as BASE-QUOTE, such as BTC-USDT"));
    return;
  }
  if (!pairs.empty() && std::find(pairs.begin(), pairs.end(), *pair) == pairs.end()) {
    std::vector<std::string> known;
    for (const TradingPair& known_pair : pairs) {
      known.push_back(known_pair.ToString());
    }
    const std::string near = DidYouMean(text, known);
    section.Tell(
        "pair",
        StrCat(text, " is not one of exchange.pairs", near.empty() ? "; add it there" : near));
    return;
  }
  config.pair = *pair;
}

void ReadInventory(ConfigSection& section, InventoryConfig& config) {
  std::optional<ConfigSection> inventory = section.Section("inventory");
  if (!inventory.has_value()) {
    return;
  }
  config.is_enabled = true;  // whoever writes of it wants it
  inventory->Read("enabled", config.is_enabled);
  inventory->Read("base_share_target", config.base_share_target);
  inventory->Read("base_share_min", config.base_share_min);
  inventory->Read("base_share_max", config.base_share_max);
  inventory->Read("quantity_strength", config.quantity_strength);
  inventory->Read("price_shift", config.price_shift);
  inventory->TellUnknownKeys();
}

void ReadMarketMaker(ConfigSection& section,
                     SimpleMarketMakerConfig& config,
                     const ConfigErrors& errors) {
  section.Read("levels", config.levels);
  section.Read("bid_spread", config.bid_spread);
  section.Read("ask_spread", config.ask_spread);
  section.Read("level_spacing", config.level_spacing);
  section.Read("quantity", config.quantity);
  section.Read("notional", config.notional);
  section.Read("profit_min", config.profit_min);
  section.Read("post_only", config.is_post_only);
  ReadInventory(section, config.inventory);
  section.Read("reference_tolerance", config.reference_tolerance);
  section.Read("refresh_interval", config.refresh_interval);
  section.Read("price_tolerance", config.price_tolerance);
  section.Read("quantity_tolerance", config.quantity_tolerance);
  section.Read("order_age_max", config.order_age_max);
  section.Read("requests_per_second", config.requests_per_second);
  section.Read("retry_delay_min", config.retry_delay_min);
  section.Read("retry_delay_max", config.retry_delay_max);
  section.Read("balance_settle_delay", config.balance_settle_delay);
  for (const ConfigProblem& problem : Validate(config)) {
    // A value that can't be read is told already; its default proves nothing.
    if (problem.key != "pair" && !errors.Mentions(section.PathOf(problem.key))) {
      section.Tell(problem.key, problem.message);
    }
  }
}

}  // namespace

const std::vector<std::string>& StrategyNames() {
  static const std::vector<std::string>& names = *new std::vector<std::string>{kSimpleMarketMaker};
  return names;
}

StrategyConfig ReadStrategy(ConfigSection section,
                            const std::vector<TradingPair>& pairs,
                            ConfigErrors& errors) {
  StrategyConfig config;
  section.Require("name", StrCat("the strategy's name, such as ", kSimpleMarketMaker));
  const bool is_named = section.Read("name", config.name);
  ReadPair(section, pairs, config);
  if (is_named && config.name != kSimpleMarketMaker) {
    std::string near = DidYouMean(config.name, StrategyNames());
    if (near.empty()) {
      near = StrCat("; known: ", kSimpleMarketMaker);
    }
    section.Tell("name", StrCat("unknown strategy \"", config.name, "\"", near));
  }
  config.market_maker.pair = config.pair;
  ReadMarketMaker(section, config.market_maker, errors);
  section.TellUnknownKeys();
  return config;
}

std::unique_ptr<Strategy> MakeStrategy(const StrategyConfig& config) {
  CHECK(config.name == kSimpleMarketMaker);
  return std::make_unique<SimpleMarketMaker>(config.market_maker);
}

}  // namespace colibri::cli
