#include "core/book_side.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/check.h"
#include "core/decimal.h"
#include "core/order.h"

namespace colibri {
namespace {

// Blocks of the window on the better side of the best level: room for the price to move before the
// window must. The rest reaches into the depth, where most changes are. Between the bounds the
// window stays, so that a price that swings does not drag it along.
constexpr int64_t kBlocksAhead = 128;
constexpr int64_t kBlocksAheadMin = 64;
constexpr int64_t kBlocksAheadMax = 192;
// The levels nearest the top that the width of a tick is taken from.
constexpr size_t kSampledPrices = 256;
constexpr size_t kMisfitsMin = 256;
constexpr size_t kMisfitsMax = size_t{1} << 40;

Int128 FloorDivide(Int128 value, Int128 divisor) {
  const Int128 quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

// All but a sixteenth: a level that rests since before the tick became wider is no reason to give
// up.
bool AreMostlyMultiples(absl::Span<const int64_t> prices, int64_t width) {
  const auto multiples = std::count_if(
      prices.begin(), prices.end(), [width](int64_t price) { return price % width == 0; });
  return static_cast<size_t>(multiples) * 16 >= prices.size() * 15;
}

}  // namespace

BookSide::BookSide(Side side) : is_bid_(side == Side::kBuy) {}

void BookSide::Clear() {
  levels_.Clear();
  if (is_hot()) {
    window_->Clear();
  }
}

bool BookSide::Set(int64_t price, int64_t quantity) {
  const std::optional<BookLevel> before = best();
  const BookLevel level = {price, quantity};
  Apply(absl::MakeConstSpan(&level, 1));
  return best() != before;
}

void BookSide::Apply(absl::Span<const BookLevel> levels) {
  if (is_hot()) {
    ApplyHot(levels);
    return;
  }
  for (const BookLevel& level : levels) {
    levels_.Set(ToKey(level.price), level.quantity);
  }
  RefreshBest();
}

void BookSide::ApplyHot(absl::Span<const BookLevel> levels) {
  TickWindow& window = *window_;
  for (const BookLevel& level : levels) {
    const int64_t key = ToKey(level.price);
    const uint64_t tick = window.TickOf(key);
    if (tick < TickWindow::kTicks) [[likely]] {
      window.Set(tick, level.quantity);
    } else {
      levels_.Set(key, level.quantity);
      misfits_ += window.Spans(key) ? 1 : 0;
    }
  }
  RefreshBest();
  FollowBest();
}

void BookSide::RefreshBest() {
  if (is_hot() && !window_->empty()) {
    const KeyedLevel near = window_->first();
    const bool is_near = levels_.empty() || near.key < levels_.first().key;
    best_ = FromKeyed(is_near ? near : levels_.first());
  } else if (!levels_.empty()) {
    best_ = FromKeyed(levels_.first());
  }
}

void BookSide::MakeHot() {
  if (!is_hot()) {
    window_ = std::make_unique<TickWindow>();
    FollowBest();
    levels_.FreeSpareBlocks();
  }
}

void BookSide::FollowBest() {
  TickWindow& window = *window_;
  if (!window.is_placed()) {
    if (levels_.size() >= kHotLevelsMin) {
      PlaceWindow();
    }
    return;
  }
  if (misfits_ > misfits_max_) [[unlikely]] {
    const int64_t width = window.step();
    const size_t doubled = std::min(misfits_max_ * 2, kMisfitsMax);
    PlaceWindow();
    // The prices are as they are: the same answer is not asked for as soon again.
    misfits_max_ = window.is_placed() && window.step() == width ? doubled : kMisfitsMin;
    return;
  }
  constexpr auto kTicksAheadMin = static_cast<uint64_t>(kBlocksAheadMin) * TickWindow::kBlockTicks;
  constexpr auto kTicksAheadMax = static_cast<uint64_t>(kBlocksAheadMax) * TickWindow::kBlockTicks;
  const int64_t best_key = ToKey(best_.price);
  const uint64_t tick = window.TickOf(best_key);
  if (empty() || (tick >= kTicksAheadMin && tick < kTicksAheadMax)) [[likely]] {
    return;
  }
  const Int128 block_width = Int128{window.step()} * TickWindow::kBlockTicks;
  const Int128 distance = Int128{WindowBaseFor(best_key, window.step())} - window.base();
  const Int128 blocks = FloorDivide(distance, block_width);
  if (blocks >= Int128{TickWindow::kBlocks} || -blocks >= Int128{TickWindow::kBlocks}) {
    PlaceWindow();
    return;
  }
  // A best level without a cell may stand where the window need not move.
  if (blocks <= kBlocksAheadMin - kBlocksAhead || blocks >= kBlocksAheadMax - kBlocksAhead) {
    const int64_t last_before = window.last_key();
    const int64_t first_before = window.base();
    window.Shift(static_cast<int64_t>(blocks),
                 [this](KeyedLevel level) { levels_.Set(level.key, level.quantity); });
    blocks < 0 ? TakeIntoWindow(window.base(), first_before)
               : TakeIntoWindow(last_before, window.last_key());
  }
}

void BookSide::PlaceWindow() {
  window_->ForEach([this](KeyedLevel level) {
    levels_.Set(level.key, level.quantity);
    return true;
  });
  window_->Clear();
  misfits_ = 0;
  misfits_max_ = kMisfitsMin;
  if (levels_.size() < kHotLevelsMin) {
    return;
  }
  const int64_t step = FindTickWidth();
  window_->Place(WindowBaseFor(levels_.first().key, step), step);
  TakeIntoWindow(window_->base(), window_->last_key());
}

void BookSide::TakeIntoWindow(int64_t first, int64_t last) {
  levels_.TakeIf(first, last, [this](KeyedLevel level) {
    const uint64_t tick = window_->TickOf(level.key);
    if (tick >= TickWindow::kTicks) {
      return false;
    }
    window_->Set(tick, level.quantity);
    return true;
  });
}

// The widest tick of which the prices are multiples, by tens, then by fives and twos: 25 cents are
// found as well as a dollar.
int64_t BookSide::FindTickWidth() const {
  std::array<int64_t, kSampledPrices> sample;
  size_t count = 0;
  for (auto at = levels_.begin(); !at.is_end() && count < kSampledPrices; at.Next()) {
    sample[count++] = FromKeyed(at.level()).price;
  }
  const absl::Span<const int64_t> prices(sample.data(), count);
  int64_t width = 1;
  for (const int64_t factor : {10, 5, 2}) {
    while (width <= TickWindow::kStepMax / factor && AreMostlyMultiples(prices, width * factor)) {
      width *= factor;
    }
  }
  return width;
}

// On a multiple of the step, and so far from the ends of the integers that the window fits.
int64_t BookSide::WindowBaseFor(int64_t best_key, int64_t step) const {
  const Int128 price = FloorDivide(FromKeyed({best_key, 0}).price, step) * step;
  const Int128 span = Int128{step} * TickWindow::kTicks;
  constexpr Int128 kMin = std::numeric_limits<int64_t>::min();
  const Int128 base_max = std::numeric_limits<int64_t>::max() - span;
  Int128 base =
      (is_bid_ ? -1 - price : price) - Int128{step} * kBlocksAhead * TickWindow::kBlockTicks;
  if (base < kMin) {
    base -= FloorDivide(base - kMin, step) * step;
  } else if (base > base_max) {
    base += FloorDivide(base_max - base, step) * step;
  }
  return static_cast<int64_t>(base);
}

int64_t BookSide::QuantityAt(int64_t price) const {
  const int64_t key = ToKey(price);
  if (is_hot()) {
    const uint64_t tick = window_->TickOf(key);
    if (tick < TickWindow::kTicks) {
      return window_->QuantityAt(tick);
    }
  }
  return levels_.QuantityAt(key);
}

void BookSide::CheckInvariants() const {
  levels_.CheckInvariants();
  if (is_hot()) {
    window_->CheckInvariants();
    for (auto at = levels_.begin(); !at.is_end(); at.Next()) {
      CHECK(window_->TickOf(at.level().key) == TickWindow::kTicks);
    }
  }
  size_t count = 0;
  ForEach([&](BookLevel level) {
    CHECK(count > 0 || level == best_);
    ++count;
    return true;
  });
  CHECK(count == size());
}

}  // namespace colibri
