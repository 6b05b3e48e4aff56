// One side of a book, best first: levels in a blocked sorted array, and in front of it, on the side
// of a hot book, a window of ticks around the best level.
//
//   BookSide bids(Side::kBuy);
//   bids.Set(6183763, 154698);      // set, or delete with quantity 0
//   bids.ForEach([](BookLevel level) { return true; });   // best first, until false
//   bids.MakeHot();                 // the same levels, found faster, for some more memory
//
// A level that has a cell in the window is there and nowhere else; all others (far away, or priced
// between two ticks) are in the array. So every answer is right wherever the window lies, and where
// it lies only decides how fast it comes: after each change it follows the best level. The width of
// a tick is taken from the prices themselves. Allocates nothing once warm. Beyond
// BlockedLevels::kMaxLevels in the array the levels farthest from the top are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"

#include "core/blocked_levels.h"
#include "core/book_message.h"
#include "core/tick_window.h"

namespace colibri {

enum class Side : uint8_t;

class BookSide {
 public:
  // With fewer levels the array is as fast, and the width of a tick a guess: there is no window.
  static constexpr size_t kHotLevelsMin = 64;

  explicit BookSide(Side side);

  void Clear();
  // Inserts, replaces, or with quantity 0 (or less) erases. Returns whether the best level changed
  // in price or quantity.
  bool Set(int64_t price, int64_t quantity);
  // The same for each level, in order.
  void Apply(absl::Span<const BookLevel> levels);
  // From now on with a window; it stays.
  void MakeHot();
  bool is_hot() const { return window_ != nullptr; }

  // Quantity at the price, 0 when there is none.
  int64_t QuantityAt(int64_t price) const;
  std::optional<BookLevel> best() const {
    return empty() ? std::nullopt : std::optional<BookLevel>(best_);
  }
  size_t size() const { return levels_.size() + (is_hot() ? window_->size() : 0); }
  bool empty() const { return size() == 0; }

  // Calls visit(BookLevel) -> bool best first, until it returns false.
  template <typename Visitor>
  void ForEach(Visitor&& visit) const {
    BlockedLevels::Cursor at = levels_.begin();
    if (is_hot()) {
      const bool is_through = window_->ForEach([&](KeyedLevel near) {
        for (; !at.is_end() && at.level().key < near.key; at.Next()) {
          if (!visit(FromKeyed(at.level()))) {
            return false;
          }
        }
        return static_cast<bool>(visit(FromKeyed(near)));
      });
      if (!is_through) {
        return;
      }
    }
    for (; !at.is_end(); at.Next()) {
      if (!visit(FromKeyed(at.level()))) {
        return;
      }
    }
  }

  // The width of a tick by which the window is laid; 0 without one.
  int64_t tick_width() const { return is_hot() && window_->is_placed() ? window_->step() : 0; }
  // How many levels are found by arithmetic.
  size_t window_levels() const { return is_hot() ? window_->size() : 0; }
  // CHECKs what must hold between calls: for tests and fuzzers; walks everything.
  void CheckInvariants() const;

 private:
  // Negation would overflow at the smallest integer.
  int64_t ToKey(int64_t price) const { return is_bid_ ? ~price : price; }
  BookLevel FromKeyed(KeyedLevel level) const {
    return {is_bid_ ? ~level.key : level.key, level.quantity};
  }

  void ApplyHot(absl::Span<const BookLevel> levels);
  void RefreshBest();
  // Moves the window when the best level has come near its border or left it.
  void FollowBest();
  // Lays the window anew, with the width of a tick that the levels have now; away with too few.
  void PlaceWindow();
  void TakeIntoWindow(int64_t first, int64_t last);
  int64_t FindTickWidth() const;
  int64_t WindowBaseFor(int64_t best_key, int64_t step) const;

  bool is_bid_;
  BookLevel best_;  // of a side that is not empty
  BlockedLevels levels_;
  std::unique_ptr<TickWindow> window_;  // null unless hot
  // Changes within the window's span that had no cell, and after how many the width of a tick is
  // asked for again.
  size_t misfits_ = 0;
  size_t misfits_max_ = 0;
};

}  // namespace colibri
