// A matching engine for one instrument: price-time priority, integers at the instrument's scale.
//
//   MatchingEngine engine;
//   for (const MatchEvent& event : engine.Submit({.order_id = 1, .owner = 7, .side = Side::kBuy, ...})) { ... }
//
// Used by the simulated venues. Deterministic: the same calls give the same events. The span returned by a call is
// valid until the next one. Thread: one at a time; reads no clock.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "core/book_message.h"
#include "core/order.h"

namespace colibri {

// What happens when an order would trade with another of the same owner.
enum class SelfTradePrevention : uint8_t {
  kNone,         // they trade
  kExpireTaker,  // the arriving order's rest expires
  kExpireMaker,  // the resting order expires, the arriving one goes on
  kExpireBoth,
};

struct MatchOrder {
  uint64_t order_id = 0;   // unique, chosen by the caller
  uint64_t owner = 0;      // account
  Side side = Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  int64_t price = 0;       // ignored for market orders
  int64_t quantity = 0;    // base; for market orders either this ...
  Int128 quote_budget = 0; // ... or this: quote at scale price_decimals + quantity_decimals
  int64_t quantity_step = 1;  // fills of a quote_budget order are multiples of it
  SelfTradePrevention self_trade_prevention = SelfTradePrevention::kNone;
};

enum class MatchEventKind : uint8_t {
  kRejected,   // post-only that would take (nothing else happens), or a duplicate order id
  kAccepted,   // first event of an order that was taken
  kTrade,      // maker and taker
  kRested,     // the rest now stands in the book
  kCanceled,   // by request; remaining tells the quantity taken out
  kExpired,    // by the engine: IOC and FOK rest, market rest, self-trade prevention
  kReduced,    // quantity lowered, priority kept
};

enum class MatchReason : uint8_t {
  kNone,
  kWouldTake,
  kDuplicateOrderId,
  kImmediateOrCancel,
  kFillOrKill,
  kNoLiquidity,          // a market order's rest
  kSelfTradePrevention,
};

struct MatchEvent {
  MatchEventKind kind = MatchEventKind::kAccepted;
  MatchReason reason = MatchReason::kNone;
  uint64_t order_id = 0;        // the order this is about; of a trade: the taker
  uint64_t owner = 0;
  uint64_t maker_order_id = 0;  // trades
  uint64_t maker_owner = 0;     // trades
  Side side = Side::kBuy;       // of order_id
  int64_t price = 0;            // of a trade: the maker's price
  int64_t quantity = 0;         // traded, rested, or reduced-to
  int64_t remaining = 0;        // of order_id after this event; of a cancel or expiry: what was taken out
  int64_t maker_remaining = 0;  // trades
};

struct RestingOrder {
  uint64_t order_id = 0;
  uint64_t owner = 0;
  Side side = Side::kBuy;
  int64_t price = 0;
  int64_t remaining = 0;
};

class MatchingEngine {
 public:
  absl::Span<const MatchEvent> Submit(const MatchOrder& order);
  // Empty when the order does not rest here.
  absl::Span<const MatchEvent> Cancel(uint64_t order_id);
  // Lowers the remaining quantity to `remaining`, keeping priority; 0 cancels. Empty when the order does not rest here
  // or `remaining` is not lower.
  absl::Span<const MatchEvent> Reduce(uint64_t order_id, int64_t remaining);

  std::optional<RestingOrder> Find(uint64_t order_id) const;
  std::optional<int64_t> best_bid() const;
  std::optional<int64_t> best_ask() const;
  int64_t QuantityAt(Side side, int64_t price) const;
  // Aggregated levels, best first.
  std::vector<BookLevel> Levels(Side side, size_t depth) const;
  // Whether a taker with this limit could fill `quantity` at once (self-trades counted as liquidity).
  bool CanFill(Side taker_side, int64_t limit, int64_t quantity) const;
  size_t resting_count() const { return orders_.size(); }

  // Levels whose total changed since the last call, with their new totals (0: gone), in order of first change; for
  // diff streams. Bids and asks apart.
  void TakeChanges(std::vector<BookLevel>& bids, std::vector<BookLevel>& asks);

 private:
  struct Resting;
  struct Level;
  // An implementation is free to choose its own members; these are the observable contract's minimum.
  struct Resting {
    RestingOrder order;
  };
  struct Level {
    int64_t total = 0;
    std::list<Resting> queue;  // oldest first
  };
  using BidLevels = std::map<int64_t, Level, std::greater<int64_t>>;
  using AskLevels = std::map<int64_t, Level>;

  BidLevels bids_;
  AskLevels asks_;
  absl::flat_hash_map<uint64_t, std::list<Resting>::iterator> orders_;
  std::vector<MatchEvent> events_;
  absl::flat_hash_map<int64_t, size_t> changed_bids_, changed_asks_;
  std::vector<int64_t> changed_bid_prices_, changed_ask_prices_;
};

}  // namespace colibri
