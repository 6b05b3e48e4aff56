// The strategy that a configuration file asks for.
//
//   StrategyConfig config = ReadStrategy(section, pairs);
//   std::unique_ptr<Strategy> strategy = MakeStrategy(config);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "strategies/simple_market_maker_config.h"
#include "strategies/strategy.h"
#include "tools/cli/config_section.h"

namespace colibri::cli {

struct StrategyConfig {
  std::string name;
  TradingPair pair;
  SimpleMarketMakerConfig market_maker;
};

// Names of the strategies that a configuration may ask for.
const std::vector<std::string>& StrategyNames();

// Reads the section and tells all that is wrong with it. `pairs` are those of the exchange; an
// only one is the strategy's unless it says otherwise.
StrategyConfig ReadStrategy(ConfigSection section,
                            const std::vector<TradingPair>& pairs,
                            ConfigErrors& errors);

// The name is known (CHECKed).
std::unique_ptr<Strategy> MakeStrategy(const StrategyConfig& config);

}  // namespace colibri::cli
