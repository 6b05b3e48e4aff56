// Takes orders, matches them, and moves the money: the venue's one place where orders and balances
// change.
//
//   OrderDesk desk(ledger, options, clock_ms, observer);
//   ASSIGN_OR_RETURN(const PlaceResult placed, desk.Place(account, market, ticket));
//
// Tickets have passed the filters. A refusal changes nothing. Everything that happens is told to
// the observer, in the venue's order: reports of the taking order and of its counterparts as they
// trade, then the balances.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance/venue_order.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/market.h"

namespace colibri::venue_sim::binance {

enum class ExecutionType { kNew, kTrade, kCanceled, kReplaced, kExpired, kTradePrevention };

// What an executionReport tells; valid during the call.
struct ExecutionNote {
  ExecutionType type = ExecutionType::kNew;
  const VenueOrder& order;
  std::string_view request_client_id = {};  // c: of the order, or of the cancel or amendment
  std::string_view original_client_id =
      {};  // C: of the order when the request has its own, else empty
  int64_t execution_id = 0;
  const VenueTrade* trade = nullptr;
  int64_t prevented_match_id = 0;  // the rest with kTradePrevention
  int64_t prevented_quantity = 0;
  int64_t counter_order_id = 0;
};

class DeskObserver {
 public:
  virtual ~DeskObserver() = default;
  virtual void OnExecution(Account& account, const Market& market, const ExecutionNote& note) = 0;
  virtual void OnBalances(Account& account, const std::set<std::string>& assets) = 0;
  virtual void OnTrades(const Market& market,
                        const std::vector<PublicTrade>& trades,
                        const std::vector<AggregateTrade>& aggregates) = 0;
  virtual void OnBookChanged(Market& market) = 0;
  virtual void OnOrderAccepted(const Account& account) = 0;
  virtual void OnFirstFill(const Account& account, bool is_maker) = 0;
};

struct PlaceResult {
  VenueOrder order = {};
  std::vector<VenueTrade> fills = {};
};

struct DeskOptions {
  Decimal maker_fee = {};
  Decimal taker_fee = {};
  bool fees_in_bnb = false;
};

class OrderDesk {
 public:
  OrderDesk(Ledger& ledger,
            std::map<std::string, Market, std::less<>>& markets,
            DeskOptions options,
            std::function<int64_t()> now_ms,
            DeskObserver& observer);

  [[nodiscard]] OrError<PlaceResult> Place(Account& account, Market& market, OrderTicket ticket);
  // The order must be open. Returns it as it ended.
  VenueOrder Cancel(Account& account,
                    Market& market,
                    VenueOrder& order,
                    std::string_view request_client_id);
  // Lowers the whole quantity, keeping priority; at or below what has executed, the rest expires.
  // Returns the order.
  VenueOrder Amend(Account& account,
                   Market& market,
                   VenueOrder& order,
                   int64_t new_quantity,
                   std::string new_client_id);
  // What the account must have free for the ticket, and of which asset; -2010 when it has less.
  MaybeError CheckFunds(const Account& account,
                        const Market& market,
                        const OrderTicket& ticket) const;

 private:
  struct Batch;

  MaybeError CheckPlaceable(Account& account,
                            const Market& market,
                            const OrderTicket& ticket) const;
  Decimal MarketBuyCost(const Account& account,
                        const Market& market,
                        const OrderTicket& ticket) const;
  bool IsTriggered(const Market& market, const OrderTicket& ticket) const;
  void SubmitToEngine(Market& market, VenueOrder& order, Batch& batch);
  void TriggerStops(Market& market);
  void Settle(Market& market, Batch& batch);

  void ApplyTrade(Market& market, const MatchEvent& event, Batch& batch);
  VenueTrade Fill(
      Market& market, VenueOrder& order, const MatchEvent& event, bool is_maker, int64_t trade_id);
  void PayFee(Account& account, Market& market, VenueTrade& trade);
  void ApplyExpiry(Market& market, const MatchEvent& event, Batch& batch);
  void Close(Account& account, Market& market, VenueOrder& order);

  Ledger& ledger_;
  std::map<std::string, Market, std::less<>>& markets_;
  DeskOptions options_;
  std::function<int64_t()> now_ms_;
  DeskObserver& observer_;
  std::map<std::string, std::map<int64_t, AccountId>> waiting_stops_;  // by symbol, order id
};

}  // namespace colibri::venue_sim::binance
