// The section risk of a configuration: limits of all pairs, and what single pairs have instead.
//
//   risk:
//     order_notional_max: 20000
//     order_rate: {orders: 50, per: 10s}
//     pairs: {BTC-USDT: {order_quantity_max: 0.1}}
//
// Thread: any.
#pragma once

#include <vector>

#include "connector/risk_limits.h"
#include "core/trading_pair.h"
#include "tools/cli/config_section.h"

namespace colibri::cli {

// pairs: those of the exchange; a limit of any other is told as a mistake.
RiskConfig ReadRisk(ConfigSection section,
                    const std::vector<TradingPair>& pairs,
                    const ConfigErrors& errors);

}  // namespace colibri::cli
