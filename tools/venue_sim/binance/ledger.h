// Accounts, their exact balances and orders, and the fees that the venue has taken.
//
//   Account& account = ledger.Add({.api_key = "k"}, is_background);
//   if (!account.TryLock("USDT", cost)) { ... insufficient balance ... }
//
// Money only moves: the sum of an asset over all accounts and the fees changes by deposits alone.
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
#include "tools/venue_sim/binance/venue_order.h"
#include "tools/venue_sim/binance_common/request_auth.h"
#include "tools/venue_sim/binance_sim.h"
#include "tools/venue_sim/order_store.h"

namespace colibri::venue_sim::binance {

using SymbolOrders = OrderStore<VenueOrder, VenueTrade>;

class Account {
 public:
  Account(AccountId id, std::string api_key, AccountKeys keys, bool is_background)
      : id_(id),
        api_key_(std::move(api_key)),
        keys_(std::move(keys)),
        is_background_(is_background) {}

  AccountId id() const { return id_; }
  const std::string& api_key() const { return api_key_; }
  const AccountKeys& keys() const { return keys_; }
  // A trader of the venue: not limited, not remembered, told nothing.
  bool is_background() const { return is_background_; }

  const std::map<std::string, SimBalance>& balances() const { return balances_; }
  Decimal free(const std::string& asset) const;
  // Negative amounts debit; CHECKs that nothing gets negative.
  void AddFree(const std::string& asset, Decimal amount);
  // Moves free to locked; false when there is too little.
  [[nodiscard]] bool TryLock(const std::string& asset, Decimal amount);
  void Unlock(const std::string& asset, Decimal amount);
  void SpendLocked(const std::string& asset, Decimal amount);

  // Assets whose balance changed since the last call, for the balance event.
  std::set<std::string> TakeTouched() { return std::exchange(touched_, {}); }

  SymbolOrders& orders(const std::string& symbol) { return orders_[symbol]; }
  std::map<std::string, SymbolOrders>& all_orders() { return orders_; }
  const std::map<std::string, SymbolOrders>& all_orders() const { return orders_; }

  int64_t balance_update_time_ms = 0;

 private:
  AccountId id_;
  std::string api_key_;
  AccountKeys keys_;
  bool is_background_;
  std::map<std::string, SimBalance> balances_;
  std::set<std::string> touched_;
  std::map<std::string, SymbolOrders> orders_;  // by symbol
};

class Ledger {
 public:
  Account& Add(const SimAccountOptions& options, bool is_background);
  // Null when unknown.
  Account* FindByKey(std::string_view api_key) const;
  Account& at(AccountId id) const { return *accounts_.at(id); }
  const std::vector<std::unique_ptr<Account>>& accounts() const { return accounts_; }

  void TakeFee(Account& payer, const std::string& asset, Decimal amount);
  std::map<std::string, Decimal> TotalSupply() const;

 private:
  std::vector<std::unique_ptr<Account>> accounts_;  // by id
  std::map<std::string, Decimal> fees_;             // by asset
};

}  // namespace colibri::venue_sim::binance
