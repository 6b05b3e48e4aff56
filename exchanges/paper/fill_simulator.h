// Matches own orders of one pair against a market that does not know of them.
//
//   FillSimulator simulator(/*cancels_ahead=*/Decimal::FromInteger(1));
//   TakePlan plan = simulator.Plan(book, {.side = Side::kBuy, .limit = price, .quantity = q});
//   simulator.Take(book, Side::kBuy, plan);                 // the taker's part, at level prices
//   simulator.Rest(book, {.id = 1, .side = Side::kBuy, .price = price, .remaining = rest});
//   simulator.OnTrade(Side::kSell, price, quantity, fills);  // a print reaches us, or not
//
// How resting orders fill, always at their own price and as maker:
//   - a print at the price, by an opposite taker, consumes what stands ahead (QueuePosition), then
//     fills own orders in order of price, then time, up to what the print leaves;
//   - a print past the price fills up to the print;
//   - an opposite level or best quote at or past the price fills up to what it displays.
// All fills of one print add up to no more than the print; what was taken of a displayed level is
// not there twice (TakenDepth). While the book is stale nothing fills. Own orders of both sides
// never trade with each other: Plan stops there and says so. Thread: the loop's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/order.h"
#include "core/order_book.h"
#include "core/queue_position.h"
#include "exchanges/paper/taken_depth.h"

namespace colibri {

struct TakeRequest {
  Side side = Side::kBuy;
  std::optional<Price> limit;      // market order: none
  Quantity quantity;               // base; zero when by quote
  std::optional<Notional> budget;  // quote to spend, or to receive
  Quantity step;                   // lot, positive
};

struct TakePlan {
  struct Level {
    PriceLevel displayed;
    Quantity quantity;  // taken of it
  };

  std::vector<Level> levels;
  Quantity filled;
  Notional notional;
  bool is_complete = false;
  bool meets_own = false;  // an own order stands where it would go on
};

struct PaperOrder {
  uint64_t id = 0;
  Side side = Side::kBuy;
  Price price;
  Quantity remaining;
  Quantity step;  // lot, positive
};

struct PaperFill {
  uint64_t order_id = 0;
  Price price;
  Quantity quantity;
};
using PaperFills = std::vector<PaperFill>;

class FillSimulator {
 public:
  explicit FillSimulator(Decimal cancels_ahead) : cancels_ahead_(cancels_ahead) {}

  // What an arriving order would take now.
  TakePlan Plan(const OrderBook& book, const TakeRequest& request) const;
  void Take(const OrderBook& book, Side taker_side, const TakePlan& plan);
  // Joins its level behind what is displayed and behind own orders at the same price.
  void Rest(const OrderBook& book, const PaperOrder& order);
  // False when no such order rests.
  bool Remove(uint64_t order_id);

  // The market moved on; fills are appended.
  void OnBook(const OrderBook& book, PaperFills& fills);
  void OnTrade(Side taker_side, Price price, Quantity quantity, PaperFills& fills);
  // A quote that is not ahead of the book is ignored; update_id 0 never is known to be.
  void OnBestQuote(const OrderBook& book,
                   const PriceLevel& bid,
                   const PriceLevel& ask,
                   int64_t update_id,
                   PaperFills& fills);
  void OnStale() { is_stale_ = true; }
  // Also before the first book.
  bool is_stale() const { return is_stale_; }

  // nullopt when it does not rest.
  std::optional<Quantity> ahead_of(uint64_t order_id) const;
  size_t resting_count() const { return buys_.size() + sells_.size(); }

 private:
  struct Resting {
    PaperOrder order;
    QueuePosition queue;
  };
  using RestingOrders = std::vector<Resting>;  // best price first, then oldest

  RestingOrders& orders(Side side) { return side == Side::kBuy ? buys_ : sells_; }
  const RestingOrders& orders(Side side) const { return side == Side::kBuy ? buys_ : sells_; }
  TakenDepth& taken(Side side) { return side == Side::kBuy ? taken_bids_ : taken_asks_; }
  const TakenDepth& taken(Side side) const {
    return side == Side::kBuy ? taken_bids_ : taken_asks_;
  }

  // Opposite levels at or past own prices.
  void CrossBook(const OrderBook& book, Side own_side, PaperFills& fills);
  // False when no own order reaches the level.
  bool CrossLevel(Side own_side, const PriceLevel& level, int64_t update_id, PaperFills& fills);

  Decimal cancels_ahead_;
  RestingOrders buys_;
  RestingOrders sells_;
  TakenDepth taken_bids_;
  TakenDepth taken_asks_;
  bool is_stale_ = true;
};

}  // namespace colibri
