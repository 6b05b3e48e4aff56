// One instrument's book by price level: 64-bit integers at the instrument's scale, cheap far from
// the top too.
//
//   OrderBook book(BookScale{2, 5});
//   book.ApplySnapshot(snapshot);
//   BookChange change = book.Apply(diff);       // change.is_best_changed
//   if (auto bid = book.best_bid()) Use(bid->price);
//
// Each side is a blocked sorted array: blocks of up to 64 levels, best first. A hot book has a
// window of ticks in front of it (BookSide): the same levels and answers, a change in a third of
// the time or less, for up to half a megabyte. An order book does not know whether it is current:
// BookSequencer does. Queries return optionals, and walks say how much depth was missing.
// Arithmetic is exact while the decimals of price and quantity add up to 18 or fewer, else
// half-even at the 18th; a level that would carry a sum out of Decimal's range ends a walk as if
// the book ended before it. Thread: the loop's. Apply allocates nothing once the blocks of the side
// are there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

#include "core/book_message.h"
#include "core/book_side.h"
#include "core/order.h"
#include "core/units.h"

namespace colibri {

struct PriceLevel {
  Price price;
  Quantity quantity;

  bool operator==(const PriceLevel&) const = default;
};

struct BookChange {
  int level_changes = 0;         // levels in the message
  bool is_best_changed = false;  // price or quantity of the best bid or ask
  bool is_crossed = false;       // best bid >= best ask after the whole message
};

// A walk from the best level of one side into the book. What is asked for counts as 0 when
// negative.
struct BookWalk {
  Quantity filled;                   // base found, at most what was asked
  Notional notional;                 // its cost
  std::optional<Price> worst_price;  // of the last level touched; nullopt when there was none
  Quantity shortfall;                // base asked for and not there (walks by base)
  Notional quote_shortfall;          // quote asked for and not there (walks by quote)

  bool is_complete() const { return shortfall.is_zero() && quote_shortfall.is_zero(); }
  // notional / filled, half-even; nullopt when nothing was found.
  std::optional<Price> vwap() const;
};

class OrderBook {
 public:
  explicit OrderBook(BookScale scale);

  // From now on hot; the levels stay. Not while ForEach walks a side.
  void MakeHot();
  bool is_hot() const { return bids_.is_hot(); }
  void Clear();
  // Replaces everything. Levels with quantity 0 are skipped.
  void ApplySnapshot(const BookSnapshot& snapshot);
  // Sets or deletes each level; deleting an absent level is normal.
  BookChange Apply(const BookDiff& diff);

  const BookScale& scale() const { return scale_; }
  int64_t last_update_id() const { return last_update_id_; }
  bool is_crossed() const;

  std::optional<PriceLevel> best_bid() const;
  std::optional<PriceLevel> best_ask() const;
  // Mean of the best bid and ask, exact (half-even at price_decimals 18); nullopt when a side is
  // empty.
  std::optional<Price> mid_price() const;
  std::optional<Price> spread() const;

  // The first `depth` levels of a side, best first.
  std::vector<PriceLevel> levels(Side side, size_t depth) const;
  // Integer access, for the hot path and for hashing: best first.
  const BookSide& bids() const { return bids_; }
  const BookSide& asks() const { return asks_; }

  // A taker's walk: kBuy walks the asks upward, kSell the bids downward.
  BookWalk WalkQuantity(Side taker_side, Quantity quantity) const;
  // `filled` is rounded down at the 18th decimal in the last level.
  BookWalk WalkNotional(Side taker_side, Notional notional) const;
  // All levels not worse than `limit` for the taker.
  BookWalk WalkToPrice(Side taker_side, Price limit) const;

  // The reference's queries; nullopt when depth does not suffice.
  std::optional<Price> PriceForQuantity(Side taker_side, Quantity quantity) const;
  std::optional<Price> PriceForNotional(Side taker_side, Notional notional) const;
  std::optional<Price> VwapForQuantity(Side taker_side, Quantity quantity) const;
  std::optional<Notional> NotionalForQuantity(Side taker_side, Quantity quantity) const;
  // Base and quote that a taker gets up to `limit`; zero when none.
  Quantity QuantityForPrice(Side taker_side, Price limit) const;
  Notional NotionalForPrice(Side taker_side, Price limit) const;

  // Quantity at exactly this price on one side; zero when there is no such level.
  Quantity QuantityAt(Side side, Price price) const;

  PriceLevel ToPriceLevel(const BookLevel& level) const;

 private:
  const BookSide& makers(Side taker_side) const { return taker_side == Side::kBuy ? asks_ : bids_; }

  BookScale scale_;
  BookSide bids_{Side::kBuy};
  BookSide asks_{Side::kSell};
  int64_t last_update_id_ = 0;
};

}  // namespace colibri
