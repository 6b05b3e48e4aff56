// What a trading session looks like: the top of the book, own orders, inventory, fills, profit,
// health, latency.
//
//   StatusScreen screen(io, connector, pair);
//   screen.Draw({.strategy = maker.status(), .report = performance.Report(), .elapsed = elapsed});
//
// On a terminal the screen is redrawn in place; elsewhere Draw prints one line.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "connector/connector.h"
#include "core/trading_pair.h"
#include "strategies/performance.h"
#include "strategies/strategy.h"
#include "tools/cli/cli.h"

namespace colibri::cli {

struct StatusView {
  StrategyStatus strategy;
  PerformanceReport report;
  absl::Duration elapsed;
};

class StatusScreen {
 public:
  StatusScreen(CliIo& io, const Connector& connector, TradingPair pair);

  void Draw(const StatusView& view);
  // The whole screen as text, without escape sequences.
  std::string Render(const StatusView& view) const;
  // One line, for logs and pipes.
  std::string RenderLine(const StatusView& view) const;

 private:
  void AddBook(std::string& text) const;
  void AddOrders(std::string& text) const;
  void AddResults(std::string& text, const StatusView& view) const;
  void AddBalances(std::string& text) const;
  void AddPerpetual(const PerpetualExchange& perpetual,
                    const PerformanceReport& report,
                    std::string& text) const;
  void AddHealth(std::string& text, const StatusView& view) const;

  CliIo& io_;
  const Connector& connector_;
  TradingPair pair_;
  bool is_first_ = true;
};

}  // namespace colibri::cli
