// How a user configures one venue.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connector/journal_options.h"
#include "connector/risk_limits.h"
#include "connector/venue_spec.h"
#include "core/book_heat.h"
#include "core/trading_pair.h"

namespace colibri {

// What becomes of orders that an earlier process left open, once the venue has told their state.
enum class RestartPolicy : uint8_t {
  kAdopt,   // they go on, and the strategy finds them in open_orders()
  kCancel,  // they are canceled before anything is placed
};

// How orders go to the venue.
enum class OrderChannel : uint8_t {
  kSocket,  // over a WebSocket where the venue takes them so, by REST while that is down
  kRest,
};

// Of venues of perpetuals. What is absent stays as the account has it.
struct PerpetualConfig {
  std::optional<PositionMode> position_mode = std::nullopt;
  std::optional<MarginMode> margin_mode = std::nullopt;
  std::optional<int> leverage = std::nullopt;
  std::map<std::string, int> leverage_by_pair = {};  // by "BTC-USDT", instead of the above
  // The venue cancels our orders when it hears nothing from us for so long.
  std::optional<absl::Duration> dead_mans_switch = std::nullopt;
};

struct ExchangeConfig {
  std::string venue = {};  // "binance"
  std::string domain = "live";
  std::vector<TradingPair> pairs = {};
  std::map<TradingPair, BookKind> books = {};  // others: kAuto
  VenueHosts hosts = {};                       // each overrides the domain's when not empty
  RiskConfig risk = {};
  std::string client_order_id_prefix = "clb";
  absl::Duration receive_window = absl::Seconds(5);
  int snapshot_depth = 1000;
  OrderChannel order_entry = OrderChannel::kSocket;
  // How long a stream may be silent before it is given up; without: the venue's own.
  std::optional<absl::Duration> market_silence_max = std::nullopt;
  std::optional<absl::Duration> private_silence_max = std::nullopt;
  std::vector<std::string> candle_intervals = {};  // "1m", ...; closed candles come as events
  // The venue's own word ("EXPIRE_MAKER" on Binance), sent with each order; empty leaves it to the
  // account's default.
  std::string self_trade_prevention = {};
  std::optional<FeeRates> fee_override = std::nullopt;
  // Where the journal is kept, as VENUE-DOMAIN.journal. Empty: none, and a restart knows nothing of
  // the orders before it.
  std::string state_directory = {};
  PerpetualConfig perpetual = {};
  // How far from the best price a market order may go, as a fraction, where the venue wants a worst
  // price with it.
  Decimal market_order_slippage = Decimal::FromScaled(5, 2);
  JournalOptions journal = {};  // its path is made from the above
  RestartPolicy restart = RestartPolicy::kAdopt;
};

inline BookKind KindOfBook(const ExchangeConfig& config, const TradingPair& pair) {
  const auto it = config.books.find(pair);
  return it == config.books.end() ? BookKind::kAuto : it->second;
}

}  // namespace colibri
