// Runs the same strategy on recorded market data, on virtual time:
//
//   backtest spot_btcusdt_20240808.gz ...
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/simulated_clock.h"
#include "core/status_macros.h"
#include "exchanges/paper/paper_exchange.h"
#include "exchanges/paper/recorded_feed.h"
#include "exchanges/registry.h"
#include "ping_pong.h"
#include "strategies/performance.h"

namespace {

colibri::PaperConfig MakeConfig(const colibri::TradingPair& pair, std::vector<std::string> files) {
  colibri::PaperConfig config;
  config.market.venue = "binance";
  config.market.pairs = {pair};
  config.recording = std::move(files);
  config.balances = {{pair.quote, colibri::Decimal::FromInteger(10'000)}};
  // A recording does not hold the venue's rules.
  colibri::TradingRule rule;
  rule.pair = pair;
  rule.price_increment = colibri::Price::FromScaled(1, 2);
  rule.quantity_increment = colibri::Quantity::FromScaled(1, 5);
  rule.notional_min = colibri::Notional::FromScaled(5, 0);
  rule.book_scale_min = {.price_decimals = 2, .quantity_decimals = 8};  // of old orders in the book
  config.rules = {rule};
  return config;
}

absl::Status Run(std::vector<std::string> files) {
  const colibri::TradingPair pair{"BTC", "USDT"};
  const colibri::PaperConfig config = MakeConfig(pair, std::move(files));
  const colibri::Registry registry = colibri::MakeRegistry();
  ASSIGN_OR_RETURN(const colibri::VenueEntry* venue, registry.Find(config.market.venue));
  ASSIGN_OR_RETURN(const absl::Time start, colibri::RecordedFeed::StartTime(config.recording));
  colibri::SimulatedClock clock(start);
  ASSIGN_OR_RETURN(auto feed, colibri::RecordedFeed::Make(*venue, config, clock));
  colibri::RecordedFeed& recording = *feed;
  colibri::PaperExchange exchange(config, venue->spec, std::move(feed), clock);
  RETURN_IF_ERROR(exchange.Open());

  colibri::PerformanceTracker performance(exchange, pair);
  PingPong strategy({.pair = pair,
                     .quantity = colibri::Quantity::FromScaled(1, 3),
                     .gain = colibri::Decimal::FromScaled(3, 3)});
  RETURN_IF_ERROR(strategy.Start({exchange, clock}));
  for (bool has_more = true; has_more;) {
    ASSIGN_OR_RETURN(has_more, recording.Step());  // virtual time moves on
  }
  strategy.Stop();
  exchange.Close();

  const colibri::PerformanceReport report = performance.Report();
  std::cout << "fills=" << report.counts.fills
            << " net_profit=" << report.net_profit.value_or(colibri::Notional())
            << " reconciled=" << (report.is_reconciled() ? "yes" : "no") << "\n";
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(std::vector<std::string>(argv + 1, argv + argc));
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 1;
  }
  return 0;
}
