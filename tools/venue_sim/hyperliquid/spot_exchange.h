// Spot: tokens, wallets, and pairs whose orders hold what they would pay.
//
//   SpotExchange spot(tokens, fees, margin, now_ms, observer);
//   SpotMarket& purr = spot.AddPair({.index = 0, .base = 1, .quote = 0, ...});
//   spot.Transfer(account, /*token=*/0, Decimal::FromInteger(100));
//   margin::PlaceResult placed = spot.Place(account, purr, {.price = ..., .quantity = ...});
//
// Accounts and orders are those of the margin exchange, and so is the observer, but neither
// position nor collateral moves here: a buy pays the quote and receives the base less its fee, a
// sell pays the base and receives the quote less its fee. A refusal changes nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/venue_sim/hyperliquid_options.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::hyperliquid {

struct SpotMarket {
  HyperliquidSpotPair pair;
  const HyperliquidToken& base;
  const HyperliquidToken& quote;
  margin::Instrument instrument;  // its book, scale and mark; it is not margined
};

struct SpotWallet {
  Decimal total = {};
  Decimal hold = {};            // of open orders
  Decimal entry_notional = {};  // what the tokens have cost

  Decimal available() const { return total - hold; }
};

struct SpotFees {
  Decimal maker = {};
  Decimal taker = {};
};

class SpotExchange {
 public:
  static constexpr int kMoneyToken = 0;  // USDC

  // Tokens, exchange and observer outlive it.
  SpotExchange(const std::vector<HyperliquidToken>& tokens,
               SpotFees fees,
               margin::MarginExchange& margin,
               std::function<int64_t()> now_ms,
               margin::MarginObserver& observer);
  SpotExchange(const SpotExchange&) = delete;
  SpotExchange& operator=(const SpotExchange&) = delete;

  SpotMarket& AddPair(const HyperliquidSpotPair& pair);
  std::deque<SpotMarket>& markets() { return markets_; }
  const std::deque<SpotMarket>& markets() const { return markets_; }
  // Null when there is none.
  const HyperliquidToken* FindToken(int index) const;

  // What the account has had, by token.
  const std::map<int, SpotWallet>& WalletsOf(const margin::MarginAccount& account) const;
  // In, or out when negative; false when that is more than is available. What comes in has cost
  // what it is worth by the marks.
  [[nodiscard]] bool Transfer(margin::MarginAccount& account, int token, Decimal amount);
  // In USDC, by the mark of the token's pair; zero when it has none.
  Decimal WorthOf(int token, Decimal amount) const;
  // Of all accounts, and the fees; by token. Changes by Transfer alone.
  std::map<int, Decimal> TotalSupply() const;

  [[nodiscard]] margin::PlaceResult Place(margin::MarginAccount& account,
                                          SpotMarket& market,
                                          margin::Ticket ticket);
  // The order must be open.
  void Cancel(margin::MarginAccount& account, SpotMarket& market, margin::MarginOrder& order);

 private:
  struct Batch;

  SpotWallet& WalletOf(margin::AccountId account, int token) { return wallets_[account][token]; }
  SpotWallet& PayingWallet(const SpotMarket& market, const margin::MarginOrder& order);
  Decimal AvailableOf(const margin::MarginAccount& account, int token) const;
  void Submit(SpotMarket& market, margin::MarginOrder& order, Batch& batch);
  void Fill(SpotMarket& market,
            margin::MarginOrder& order,
            const MatchEvent& event,
            bool is_maker,
            int64_t trade_id);
  // Moves the tokens; fills in the fee and what was gained.
  void Book(SpotMarket& market, const margin::MarginOrder& order, margin::MarginTrade& trade);
  void End(SpotMarket& market,
           margin::MarginOrder& order,
           margin::OrderStatus status,
           margin::EndReason reason);
  void Settle(SpotMarket& market, const Batch& batch);

  const std::vector<HyperliquidToken>& tokens_;
  SpotFees fees_;
  margin::MarginExchange& margin_;
  std::function<int64_t()> now_ms_;
  margin::MarginObserver& observer_;
  std::deque<SpotMarket> markets_;
  std::map<margin::AccountId, std::map<int, SpotWallet>> wallets_;
  std::map<int, Decimal> taken_fees_;  // by token
};

}  // namespace colibri::venue_sim::hyperliquid
