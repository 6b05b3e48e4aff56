// A derivatives exchange without a wire: takes orders, matches them, moves collateral, pays
// funding, liquidates.
//
//   MarginExchange exchange({}, [&] { return clock_ms; }, observer);
//   Instrument& btc = exchange.AddInstrument({.symbol = "BTCUSDT", ...});
//   MarginAccount& account = exchange.AddAccount("alice", /*is_background=*/false);
//   exchange.Transfer(account, "USDT", amount);
//   PlaceResult placed = exchange.Place(account, btc, {.price = ..., .quantity = ...});
//   exchange.SetPrices(btc, index, mark);     // liquidates who is below maintenance now
//   exchange.OnTime();                        // funding that is due, orders whose time is over
//
// A refusal changes nothing. The observer is told in order: reports of orders as they trade, then
// the accounts, then the tape and the book; it must not call back. Thread: one; reads no clock but
// the one given.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

#include "tools/venue_sim/margin/instrument.h"
#include "tools/venue_sim/margin/margin_account.h"
#include "tools/venue_sim/margin/margin_order.h"

namespace colibri::venue_sim::margin {

enum class Refusal {
  kNone,
  kNotTrading,
  kPositionSide,  // the side does not go with the account's mode
  kDuplicateClientId,
  kReduceOnly,   // nothing to reduce
  kMargin,       // too little collateral available
  kPositionMax,  // more than the leverage is good for
  kWouldTake,    // post-only
  kFillOrKill,
  kNotLimit,  // only limit orders are amended
  kUnchanged,
  kAmendedTooOften,
  kLeverage,          // outside of the instrument's range
  kLeverageTooSmall,  // or too large for the position
  kHasOrders,
  kHasPositions,
  kNotIsolated,
};

enum class ExecutionKind {
  kNew,
  kTrade,
  kCanceled,
  kExpired,
  kAmended,
  kForced,  // of a liquidation, the insurance fund or a deleveraging; a trade when it has one
};

// Valid during the call.
struct ExecutionNote {
  ExecutionKind kind = ExecutionKind::kNew;
  const MarginOrder& order;
  const MarginTrade* trade = nullptr;
};

enum class AccountReason { kOrder, kFunding, kTransfer, kMarginTransfer, kMarginMode, kInsurance };

struct AccountNote {
  AccountReason reason = AccountReason::kOrder;
  std::map<std::string, Decimal> changes = {};  // of wallets, beside profit and fees; by asset
  std::set<std::string> assets = {};
  std::set<PositionKey> positions = {};
};

// A trade of the book, for the tape.
struct TapeTrade {
  int64_t id = 0;
  int64_t price = 0;
  int64_t quantity = 0;
  int64_t time_ms = 0;
  Side taker_side = Side::kBuy;
};
// Of an event of the book: the last price is its own from now on. The id is given by the caller.
TapeTrade Print(Instrument& instrument,
                const MatchEvent& event,
                Side taker_side,
                int64_t trade_id,
                int64_t time_ms);

class MarginObserver {
 public:
  virtual ~MarginObserver() = default;
  virtual void OnExecution(MarginAccount& account,
                           const Instrument& instrument,
                           const ExecutionNote& note) = 0;
  virtual void OnAccount(MarginAccount& account, const AccountNote& note) = 0;
  virtual void OnTrades(const Instrument& instrument, absl::Span<const TapeTrade> trades) = 0;
  virtual void OnBookChanged(Instrument& instrument) = 0;
  virtual void OnOrderAccepted(const MarginAccount& /*account*/) {}
  // The order that closes a position by force, as far as the book took it.
  virtual void OnLiquidation(const Instrument& /*instrument*/, const MarginOrder& /*order*/) {}
  // Near liquidation: these positions bear it.
  virtual void OnMarginCall(MarginAccount& /*account*/, const std::set<PositionKey>& /*open*/) {}
  virtual void OnFunding(const Instrument& /*instrument*/, const FundingSettlement& /*paid*/) {}
};

struct PlaceResult {
  Refusal refusal = Refusal::kNone;
  MarginOrder order = {};
  std::vector<MarginTrade> fills = {};

  bool ok() const { return refusal == Refusal::kNone; }
};

struct MarginOptions {
  std::string liquidation_id_prefix = "liquidation-";
  std::string deleverage_id_prefix = "deleverage-";
  int amends_max = 10'000;
  int64_t first_income_id = 1;
};

class MarginExchange {
 public:
  MarginExchange(MarginOptions options, std::function<int64_t()> now_ms, MarginObserver& observer);
  MarginExchange(const MarginExchange&) = delete;
  MarginExchange& operator=(const MarginExchange&) = delete;

  Instrument& AddInstrument(InstrumentSpec spec);
  MarginAccount& AddAccount(std::string name, bool is_background);

  Instruments& instruments() { return instruments_; }
  const Instruments& instruments() const { return instruments_; }
  MarginAccount& at(AccountId id) { return *accounts_.at(id); }
  const std::vector<std::unique_ptr<MarginAccount>>& accounts() const { return accounts_; }
  MarginAccount& insurance() { return *accounts_.front(); }
  const std::map<std::string, Decimal>& fees() const { return fees_; }

  [[nodiscard]] PlaceResult Place(MarginAccount& account, Instrument& instrument, Ticket ticket);
  // The order must be open. Returns it as it ended.
  MarginOrder Cancel(MarginAccount& account, Instrument& instrument, MarginOrder& order);
  // Price and quantity anew, at the end of the queue. The order is canceled when the quantity is at
  // or below what has executed, or when it is post-only and would take.
  [[nodiscard]] PlaceResult Amend(MarginAccount& account,
                                  Instrument& instrument,
                                  MarginOrder& order,
                                  int64_t price,
                                  int64_t quantity);

  [[nodiscard]] Refusal SetLeverage(MarginAccount& account, Instrument& instrument, int leverage);
  [[nodiscard]] Refusal SetIsolated(MarginAccount& account, Instrument& instrument, bool isolated);
  [[nodiscard]] Refusal SetTwoSided(MarginAccount& account, bool is_two_sided);
  // Positive: from the cross wallet to the position.
  [[nodiscard]] Refusal MoveMargin(MarginAccount& account,
                                   Instrument& instrument,
                                   PositionSide side,
                                   Decimal amount);
  // In, or out when negative; no more than is available.
  [[nodiscard]] Refusal Transfer(MarginAccount& account, const std::string& asset, Decimal amount);
  MarginFigures Figures(const MarginAccount& account, std::string_view asset) const {
    return FiguresOf(account, instruments_, asset);
  }

  void SetPrices(Instrument& instrument, Decimal index, Decimal mark);
  // From an index: mark is the median of the index with the funding to come, the middle of the
  // book, and the last price. Samples the premium for the next funding rate.
  void UpdatePrices(Instrument& instrument, Decimal index);
  // Holds the rate until the next call; without a value it follows the premium again.
  void PinFundingRate(Instrument& instrument, std::optional<Decimal> rate);
  void OnTime();

  // Rank 0 to 4 of a position in the queue of those that deleverage first (4).
  int DeleverageRank(const MarginAccount& account, const Instrument& instrument, PositionSide side);

  // Wallets less the cost of positions, plus fees: changes by Transfer alone.
  std::map<std::string, Decimal> TotalSupply() const;

 private:
  struct Batch;
  struct Forced;

  Refusal CheckPlaceable(MarginAccount& account,
                         const Instrument& instrument,
                         const Ticket& ticket);
  Refusal CheckMargin(const MarginAccount& account,
                      const Instrument& instrument,
                      const Ticket& ticket,
                      int64_t quantity) const;
  // What the book may take of a reducing order, behind those of higher priority.
  int64_t ReducibleBy(MarginAccount& account,
                      const Instrument& instrument,
                      const Ticket& ticket,
                      int64_t own_order_id);

  MarginOrder& NewOrder(MarginAccount& account, Instrument& instrument, Ticket ticket);
  void Submit(Instrument& instrument, MarginOrder& order, Batch& batch, bool is_told);
  void CutMakersInReach(Instrument& instrument, const MarginOrder& taker, Batch& batch);
  void Fill(Instrument& instrument,
            MarginOrder& order,
            const MatchEvent& event,
            bool is_maker,
            int64_t trade_id,
            Batch& batch);
  // Position, wallet, fee and records of one fill; the fee is at most `fee_max` when given.
  MarginTrade Book(Instrument& instrument,
                   MarginAccount& account,
                   const MarginTrade& trade,
                   std::optional<Decimal> fee_max,
                   Batch& batch);
  void MoveIsolated(const Instrument& instrument,
                    MarginAccount& account,
                    Position& position,
                    int64_t quantity_before,
                    int64_t price);
  void ApplyExpiry(Instrument& instrument, const MatchEvent& event, Batch& batch);
  void End(Instrument& instrument,
           MarginOrder& order,
           OrderStatus status,
           EndReason reason,
           Batch& batch);
  // Takes the order out of the book, wholly or to this rest.
  void CutTo(Instrument& instrument, MarginOrder& order, int64_t working, Batch& batch);
  void CutReducing(Instrument& instrument, MarginAccount& account, PositionSide side, Batch& batch);
  std::vector<MarginOrder*> ByPriority(MarginAccount& account,
                                       const Instrument& instrument,
                                       Side side,
                                       PositionSide position_side);
  void Settle(Instrument& instrument, Batch& batch);
  void Record(MarginAccount& account, Income income);

  void PayFunding(Instrument& instrument);
  void SampleFunding(Instrument& instrument);

  void CheckAccounts();
  void CheckAccount(MarginAccount& account, const std::string& asset);
  void WarnIfNear(MarginAccount& account, const MarginFigures& figures, const std::string& asset);
  void ExpireOrders(MarginAccount& account, Instrument& instrument);
  void Liquidate(MarginAccount& account, Instrument& instrument, PositionSide side, Decimal margin);
  void TakeOver(Forced& forced, Batch& batch);
  bool CanBear(const Instrument& instrument, int64_t change, int64_t price);
  void ForcedFill(Forced& forced, Origin origin, int64_t quantity, Batch& batch);
  void Deleverage(Forced& forced, Batch& batch);
  void CoverDeficit(MarginAccount& account, const std::string& asset);

  MarginOptions options_;
  std::function<int64_t()> now_ms_;
  MarginObserver& observer_;
  Instruments instruments_;
  std::vector<std::unique_ptr<MarginAccount>> accounts_;  // by id; the first is the insurance fund
  std::map<std::string, Decimal> fees_;                   // by asset
  std::map<std::string, std::optional<Decimal>> pinned_rates_;  // by symbol
  // Orders with an end, by when; and those that may only reduce and rest, by symbol.
  std::set<std::pair<int64_t, std::pair<std::string, int64_t>>> good_till_;
  std::map<std::string, std::map<int64_t, AccountId>> resting_reducing_;
  std::map<std::pair<std::string, int64_t>, AccountId> good_till_owner_;
  int64_t next_income_id_;
  int64_t next_settlement_id_ = 1;
  int64_t next_forced_id_ = 1;
};

}  // namespace colibri::venue_sim::margin
