// An account of a derivatives exchange: wallets, positions, settings, orders.
//
//   account.wallet("USDT");                              // with the isolated part
//   account.FindPosition("BTCUSDT", PositionSide::kNet)  // null when never held
//   MarginFigures figures = FiguresOf(account, instruments, "USDT");
//
// Closed orders, trades and income are remembered up to a bound, oldest out.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/decimal.h"
#include "core/strings.h"
#include "tools/venue_sim/margin/instrument.h"
#include "tools/venue_sim/margin/margin_math.h"
#include "tools/venue_sim/margin/margin_order.h"
#include "tools/venue_sim/order_store.h"

namespace colibri::venue_sim::margin {

using Instruments = std::map<std::string, Instrument, std::less<>>;
using PositionKey = std::pair<std::string, PositionSide>;  // symbol first

struct InstrumentSettings {
  int leverage = 1;
  bool is_isolated = false;
};

using InstrumentOrders = OrderStore<MarginOrder, MarginTrade>;

class MarginAccount {
 public:
  static constexpr size_t kIncomeKept = 100'000;

  MarginAccount(AccountId id, std::string name, bool is_background)
      : id_(id), name_(std::move(name)), is_background_(is_background) {}

  AccountId id() const { return id_; }
  const std::string& name() const { return name_; }
  // Of the exchange itself: without fees, margin and memory.
  bool is_background() const { return is_background_; }

  Decimal wallet(std::string_view asset) const;
  const std::map<std::string, Decimal, std::less<>>& wallets() const { return wallets_; }
  void AddWallet(const std::string& asset, Decimal amount) { wallets_[asset] += amount; }

  const Position* FindPosition(const std::string& symbol, PositionSide side) const;
  Position& position(const std::string& symbol, PositionSide side) {
    return positions_[{symbol, side}];
  }
  const std::map<PositionKey, Position>& positions() const { return positions_; }
  bool has_open_positions() const;
  bool has_open_orders() const;

  InstrumentSettings& settings(const Instrument& instrument);
  InstrumentSettings settings(const Instrument& instrument) const;

  InstrumentOrders& orders(const std::string& symbol) { return orders_[symbol]; }
  std::map<std::string, InstrumentOrders>& all_orders() { return orders_; }
  const std::map<std::string, InstrumentOrders>& all_orders() const { return orders_; }

  const std::deque<Income>& income() const { return income_; }
  void AddIncome(Income income);

  bool is_two_sided = false;  // long and short positions apart
  Decimal maker_fee = {};
  Decimal taker_fee = {};
  int64_t update_time_ms = 0;
  std::set<std::string> warned_assets = {};  // near liquidation; until it is over

 private:
  AccountId id_;
  std::string name_;
  bool is_background_;
  std::map<std::string, Decimal, std::less<>> wallets_;  // by asset
  std::map<PositionKey, Position> positions_;
  std::map<std::string, InstrumentSettings> settings_;
  std::map<std::string, InstrumentOrders> orders_;
  std::deque<Income> income_;
};

// Whether the order can only make its position smaller.
bool IsReducing(const MarginAccount& account, const Ticket& ticket);
// The position sides that the account has on any instrument.
const std::vector<PositionSide>& SidesOf(const MarginAccount& account);

// What one instrument holds and needs for one position side.
struct PositionFigures {
  Exposure exposure = {};
  Decimal profit = {};
  Decimal initial_margin = {};  // position and orders
  Decimal position_margin = {};
  Decimal order_margin = {};
  Decimal maintenance = {};
  bool is_isolated = false;
};
PositionFigures FiguresOf(const MarginAccount& account,
                          const Instrument& instrument,
                          PositionSide side);

// What one collateral asset holds and bears.
struct MarginFigures {
  Decimal wallet = {};
  Decimal isolated_wallet = {};
  Decimal cross_wallet = {};  // wallet - isolated_wallet
  Decimal profit = {};        // unrealised, of all positions
  Decimal cross_profit = {};
  Decimal position_margin = {};  // of all positions
  Decimal cross_position_margin = {};
  Decimal order_margin = {};
  Decimal maintenance = {};  // of all positions
  Decimal cross_maintenance = {};

  Decimal cross_balance() const { return cross_wallet + cross_profit; }
  // Never below zero.
  Decimal available() const;
};
MarginFigures FiguresOf(const MarginAccount& account,
                        const Instruments& instruments,
                        std::string_view asset);

// The mark price at which this position, alone or with its cross account, meets its maintenance;
// zero when there is none.
Decimal LiquidationPrice(const MarginAccount& account,
                         const Instruments& instruments,
                         const Instrument& instrument,
                         PositionSide side);

}  // namespace colibri::venue_sim::margin
