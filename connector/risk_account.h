// What is open, filled and won or lost on each pair, as sums that follow the events: the ground
// that RiskGate stands on.
//
//   RiskAccount account(pairs, {.counts_results = true}, clock, events);
//   account.Add(order, /*quantity=*/order.quantity);     // before its request is sent
//   account.Find(pair)->side(Side::kBuy).remaining;      // of all that is open or may be
//
// Position of a pair: what the fills made of it, less fees in base, from the start that is
// configured. Orders on their way, in doubt or being canceled are open; an order that the venue
// says is filled counts as filled though its fills were not found, at its own price, until they
// come. Fills of orders that are not ours do not count. Where the venue tells positions, those are
// it: both sides of hedge mode added up, and the fills since.
//
// Result of a day, by UTC: what the fills of this program brought and cost in quote, less fees,
// with what they left at hand valued at the mid price, against the same at the start of the day
// (valued with the last mid price of the day before). It equals the realised result by average cost
// plus the unrealised one, and needs no division. What the account held before does not count. A
// fee in a third asset is valued at the mid price of ASSET-QUOTE when that is one of the pairs, and
// else not at all.
//
// Subscribes before anybody else, so that a strategy that hears of a fill finds it counted. Nothing
// grows but with the open orders. Thread: the loop's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

#include "connector/risk_limits.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order.h"

namespace colibri {

class RiskAccount {
 public:
  struct Options {
    bool counts_results = false;  // follows every change of a best price
    bool times_books = false;     // follows every change of a book
    PositionStart position_start = PositionStart::kZero;
  };

  struct OpenSide {
    Quantity remaining;
    std::vector<Price> prices;  // of limit orders in the market, lowest first
  };

  // All pairs with one quote asset.
  struct QuoteResult {
    size_t index = 0;
    std::string asset;
    Notional day_result;
  };

  struct PairState {
    const OpenSide& side(Side side) const { return sides[static_cast<size_t>(side)]; }
    OpenSide& side(Side side) { return sides[static_cast<size_t>(side)]; }
    std::optional<Price> best_buy() const;  // of our open orders
    std::optional<Price> best_sell() const;

    size_t index = 0;
    TradingPair pair;
    Quantity position;
    int open_orders = 0;
    std::array<OpenSide, 2> sides;
    absl::Duration book_changed_at = -absl::InfiniteDuration();  // monotonic

    Quantity traded;            // the position without its start
    Notional cash;              // quote that the fills brought, less what they and the fees cost
    std::optional<Price> mark;  // the last mid price, or price of a fill
    Notional day_start_value;
    Notional day_result;
    QuoteResult* quote = nullptr;
    absl::Time position_known_since = absl::InfinitePast();  // venue's time of the start
    std::array<Quantity, 3> told_positions;                  // by PositionSide
    bool is_position_told = false;                           // by the venue
    std::string collateral;                                  // of perpetuals: as good as quote
    bool is_beyond_range = false;  // a sum left the range of Decimal: nothing above is right
  };

  // Told after each change of a result, and by how much it changed the pair's and the quote's.
  using ResultListener = std::function<void(const PairState&, Notional change)>;

  RiskAccount(const std::vector<TradingPair>& pairs,
              Options options,
              Clock& clock,
              EventBus& events,
              ResultListener on_result);
  RiskAccount(const RiskAccount&) = delete;
  RiskAccount& operator=(const RiskAccount&) = delete;

  // nullptr: not one of the pairs. The pointer is stable.
  PairState* Find(const TradingPair& pair);
  const PairState* Find(const TradingPair& pair) const;
  const std::deque<PairState>& pairs() const { return pairs_; }
  const std::deque<QuoteResult>& quotes() const { return quotes_; }
  int open_orders() const { return static_cast<int>(orders_.size()); }
  int open_orders(const TradingPair& pair) const {
    const PairState* const state = Find(pair);
    return state == nullptr ? 0 : state->open_orders;
  }
  // Zero for an order that is not open.
  Quantity RemainingOf(const ClientOrderId& id) const;

  // quantity: of the order, or what it is expected to become where it says its quote.
  void Add(const Order& order, Quantity quantity);
  // Until the venue's word the larger quantity counts, and both prices; the venues' word is of
  // quantities only, so that a new price counts beside the old one until the end.
  void NoteAmendment(const ClientOrderId& id, const OrderRequest& amended);
  // Of a perpetual, whose fees and payments are in it.
  void SetCollateral(const TradingPair& pair, std::string_view collateral);
  // An order of an earlier process, before anything else. What it filled counts, if it was last
  // heard of today, for the day's result and for a position that starts from zero.
  void Restore(const Order& order);
  // Starts a new day when it is due, by the wall clock, which is read once a minute at most while
  // it is not. Events do so by themselves.
  void KeepDay(absl::Duration monotonic);
  // Of the day that results are counted for.
  absl::Time day_end() const { return day_end_; }

  int64_t unvalued_fees() const { return unvalued_fees_; }

 private:
  struct OpenOrder {
    PairState* pair = nullptr;
    Side side = Side::kBuy;
    Quantity total;
    Quantity remaining;
    std::optional<Price> price;
    bool is_quote_order = false;
    bool is_being_amended = false;
    std::optional<Price> amended_price;
  };
  struct AssumedFill {
    ClientOrderId id;
    PairState* pair;
    Side side;
    Price price;
    Quantity quantity;
  };

  template <typename E>
  void FollowOrder(EventBus& events);
  void Sync(const Order& order, bool is_amendment_over);
  void ForgetAmendedPrice(const ClientOrderId& id);
  void SetRemaining(OpenOrder& open, Quantity remaining);
  void Remove(const ClientOrderId& id);
  void NoteFill(const OrderFilled& event);
  void AssumeFilled(const Order& order);
  void TakeBackAssumed(const Fill& fill);
  void NoteBalance(const BalanceChanged& event);
  void NotePosition(const PositionChanged& event);
  void NoteFunding(const FundingPayment& event);
  void NoteBook(const BookChanged& event);

  void Trade(PairState& pair, Side side, Price price, Quantity quantity, bool moves_position);
  void Pay(PairState& pair, const AssetAmount& fee, bool moves_position);
  void Value(PairState& pair);

  Options options_;
  Clock& clock_;
  ResultListener on_result_;
  std::deque<PairState> pairs_;
  std::deque<QuoteResult> quotes_;
  absl::flat_hash_map<TradingPair, PairState*> pairs_by_name_;
  absl::flat_hash_map<ClientOrderId, OpenOrder> orders_;
  std::deque<AssumedFill> assumed_;  // oldest first
  absl::Time day_end_ = absl::InfinitePast();
  absl::Duration next_look_ = -absl::InfiniteDuration();  // at the wall clock; monotonic
  int64_t unvalued_fees_ = 0;
  std::vector<Subscription> subscriptions_;
};

}  // namespace colibri
