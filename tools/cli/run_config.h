// What `colibri run` is told by a file: where to trade, with what, and by which strategy.
//
//   exchange: {venue: binance, domain: live, pairs: [BTC-USDT]}
//   paper: {balances: {USDT: 10000}}            # without: live, with your keys
//   recording: {files: [day1.gz], rules: ...}   # with paper: recorded data, on virtual time
//   exchange: {..., books: {BTC-USDT: hot}}    # see tools/cli/book_config.h
//   exchange: {..., leverage: 5}                # perpetuals: see tools/cli/perpetual_config.h
//   state: /var/lib/colibri                     # without: a restart knows of no earlier orders
//   journal: {sync: interval, sync_interval: 20ms, rotate_size: 64MB, archives_max: 4}
//   restart: cancel                             # or adopt: what an earlier run left open
//   strategy: {name: simple_market_maker, levels: 2, ...}
//   run: {duration: 1h}
//   loop: {mode: busy_poll, core: 3}           # see tools/cli/loop_config.h
//   risk: {order_notional_max: 20000, ...}
//
// docs/examples/*.yaml say it all. Thread: any.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "connector/net/cpu_cores.h"
#include "connector/registry.h"
#include "exchanges/paper/paper_config.h"
#include "tools/cli/config_node.h"
#include "tools/cli/loop_config.h"
#include "tools/cli/strategy_config.h"

namespace colibri::cli {

enum class RunMode : uint8_t { kLive, kPaper, kRecorded };
std::string_view ToString(RunMode mode);

struct RunConfig {
  RunMode mode = RunMode::kLive;
  const VenueEntry* venue = nullptr;
  PaperConfig paper;  // in every mode, its `market` says where to trade
  std::string ca_file;
  std::string credential_file;
  StrategyConfig strategy;
  absl::Duration duration = absl::InfiniteDuration();
  LoopConfig loop;
};

struct RunConfigReading {
  RunConfig config;
  // "file:line: key: what is wrong, what is allowed", all of them; the configuration is good when
  // there is none.
  std::vector<std::string> problems;
};

// `name` is what the problems call the file, `cores` what its loop may be given.
RunConfigReading ReadRunConfig(const std::string& text,
                               const std::string& name,
                               const Registry& registry,
                               const VariableLookup& environment,
                               const std::vector<int>& cores = AllowedCores());

}  // namespace colibri::cli
