// A matching engine for one instrument: price-time priority, integers at the instrument's scale.
//
//   MatchingEngine engine;
//   for (const MatchEvent& event : engine.Submit({.order_id = 1, .owner = 7, .side = Side::kBuy,
//   ...})) { ... }
//
// Used by the simulated venues. Deterministic: the same calls give the same events. The span
// returned by a call is valid until the next one. Prices and quantities are positive (CHECKed),
// totals saturate at the largest int64. Thread: one at a time; reads no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
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
  uint64_t order_id = 0;  // unique, chosen by the caller
  uint64_t owner = 0;     // account
  Side side = Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;  // of limit orders; ignored for the other types
  int64_t price = 0;                              // ignored for market orders
  int64_t quantity = 0;                           // base; for market orders either this ...
  Int128 quote_budget = 0;  // ... or this: quote at scale price_decimals + quantity_decimals
  // Fills of a quote_budget order are multiples of it, as long as the resting quantities are. Such
  // an order is complete when the rest of its budget buys less than a step at the next price.
  int64_t quantity_step = 1;
  SelfTradePrevention self_trade_prevention = SelfTradePrevention::kNone;
};

enum class MatchEventKind : uint8_t {
  kRejected,  // post-only that would take (nothing else happens), or a duplicate order id
  kAccepted,  // first event of an order that was taken
  kTrade,     // maker and taker
  kRested,    // the rest now stands in the book
  kCanceled,  // by request; remaining tells the quantity taken out
  kExpired,   // by the engine: IOC and FOK rest, market rest, self-trade prevention
  kReduced,   // quantity lowered, priority kept
};

enum class MatchReason : uint8_t {
  kNone,
  kWouldTake,
  kDuplicateOrderId,
  kImmediateOrCancel,
  kFillOrKill,
  kNoLiquidity,  // a market order's rest
  kSelfTradePrevention,
};

struct MatchEvent {
  MatchEventKind kind = MatchEventKind::kAccepted;
  MatchReason reason = MatchReason::kNone;
  uint64_t order_id = 0;  // the order this is about; of a trade: the taker
  uint64_t owner = 0;
  uint64_t maker_order_id = 0;  // trades
  uint64_t maker_owner = 0;     // trades
  Side side = Side::kBuy;       // of order_id
  int64_t price = 0;            // of a trade: the maker's price
  int64_t quantity = 0;         // traded, rested, or reduced-to
  // Of order_id after this event; of a cancel or expiry: what was taken out. Of a quote_budget
  // order: what the rest of the budget buys at the last price; 0 in its last trade says that it is
  // complete.
  int64_t remaining = 0;
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
  // Lowers the remaining quantity to `remaining`, keeping priority; 0 cancels. Empty when the order
  // does not rest here or `remaining` is not lower.
  absl::Span<const MatchEvent> Reduce(uint64_t order_id, int64_t remaining);

  std::optional<RestingOrder> Find(uint64_t order_id) const;
  std::optional<int64_t> best_bid() const;
  std::optional<int64_t> best_ask() const;
  int64_t QuantityAt(Side side, int64_t price) const;
  // Aggregated levels, best first.
  std::vector<BookLevel> Levels(Side side, size_t depth) const;
  // Whether a taker with this limit could fill `quantity` at once (self-trades counted as
  // liquidity).
  bool CanFill(Side taker_side, int64_t limit, int64_t quantity) const;
  size_t resting_count() const { return slots_by_id_.size(); }

  // Levels whose total differs from that at the last call, with their new totals (0: gone), in
  // order of first change; for diff streams. Bids and asks apart. What is remembered in between
  // grows with the number of distinct prices touched: call it regularly.
  void TakeChanges(std::vector<BookLevel>& bids, std::vector<BookLevel>& asks);

 private:
  // Orders stand in a pool and are linked by slot number: a warm engine allocates only for the
  // btree.
  using Slot = uint32_t;
  static constexpr Slot kNoSlot = UINT32_MAX;

  struct Resting {
    RestingOrder order;
    Slot previous = kNoSlot;  // older at the same price
    Slot next = kNoSlot;      // younger at the same price
  };
  struct Level {
    Int128 total = 0;
    Slot oldest = kNoSlot;
    Slot youngest = kNoSlot;
    bool is_marked_changed = false;
  };
  struct ChangedLevel {
    int64_t price = 0;
    int64_t total_before = 0;
  };
  // Keys ascend from the best level: an ask's price, a bid's price complemented.
  using KeyedLevels = absl::btree_map<int64_t, Level>;
  struct HalfBook {
    explicit HalfBook(bool is_bid_side) : is_bid(is_bid_side) {}

    bool is_bid;
    KeyedLevels levels;
    absl::flat_hash_map<int64_t, size_t> changed_index_by_price;
    std::vector<ChangedLevel> changed;

    int64_t ToKey(int64_t price) const { return is_bid ? ~price : price; }
    int64_t FromKey(int64_t key) const { return is_bid ? ~key : key; }
  };
  struct Taker;

  HalfBook& half(Side side) { return side == Side::kBuy ? bids_ : asks_; }
  const HalfBook& half(Side side) const { return side == Side::kBuy ? bids_ : asks_; }

  void Match(Taker& taker);
  // False when the arriving order ends here.
  bool PreventSelfTrade(Taker& taker, Slot maker);
  void Trade(Taker& taker, Slot maker, int64_t quantity);
  void Finish(const Taker& taker);
  void Rest(const Taker& taker);
  bool CanFillOrKill(const MatchOrder& order) const;

  void ChangeTotal(HalfBook& half, int64_t price, Level& level, Int128 change);
  void MarkChanged(HalfBook& half, int64_t price, Level& level);
  // Takes the order out of its level, the index and the pool.
  void Remove(Slot slot);
  void TakeChangesOf(HalfBook& half, std::vector<BookLevel>& levels);

  HalfBook bids_{true};
  HalfBook asks_{false};
  absl::flat_hash_map<uint64_t, Slot> slots_by_id_;
  std::vector<Resting> pool_;
  std::vector<Slot> free_slots_;
  std::vector<MatchEvent> events_;
};

}  // namespace colibri
