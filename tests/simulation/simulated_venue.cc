#include "tests/simulation/simulated_venue.h"

#include "core/check.h"
#include "core/strings.h"

namespace colibri::simulation {
namespace {

using Maker = std::unique_ptr<SimulatedVenue> (*)(Clock& clock, uint64_t seed);

const std::map<std::string, Maker, std::less<>>& Makers() {
  static const auto& makers = *new std::map<std::string, Maker, std::less<>>{
      {"binance", MakeBinanceSpot},
      {"binance_perpetual", MakeBinancePerpetual},
      {"hyperliquid", MakeHyperliquidSpot},
      {"hyperliquid_perpetual", MakeHyperliquidPerpetual}};
  return makers;
}

}  // namespace

std::string FundingName(const PaymentId& id, absl::Time paid_at) {
  return id.empty() ? StrCat("at ", absl::ToUnixMillis(paid_at)) : id.ToString();
}

venue_sim::SimTraderOptions SlowTraders() {
  return {.quotes_per_second = 0.6,
          .trades_per_second = 0.4,
          .spread_bps = 4,
          .level_gap_bps = 4,
          .sweep_bps = 20,
          .volatility_bps = 3,
          .levels = 12};
}

const std::vector<std::string>& SimulatedVenueNames() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    for (const auto& [name, maker] : Makers()) {
      all.push_back(name);
    }
    return all;
  }());
  return names;
}

std::unique_ptr<SimulatedVenue> MakeSimulatedVenue(std::string_view name,
                                                   Clock& clock,
                                                   uint64_t seed) {
  const auto maker = Makers().find(name);
  CHECK(maker != Makers().end());
  return maker->second(clock, seed);
}

}  // namespace colibri::simulation
