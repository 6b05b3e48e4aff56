#include "core/matching_engine.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace colibri {
namespace {

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

int64_t Saturate(Int128 value) {
  return static_cast<int64_t>(std::min<Int128>(value, kLargest));
}

// The base that `budget` buys at `price`, in whole steps.
int64_t Affordable(Int128 budget, int64_t price, int64_t step) {
  const int64_t quantity = Saturate(budget / price);
  return quantity - quantity % step;
}

void CheckIsValid(const MatchOrder& order) {
  const bool is_market = order.type == OrderType::kMarket;
  CHECK(is_market || order.price > 0);
  CHECK(order.quantity >= 0 && order.quote_budget >= 0 && order.quantity_step > 0);
  CHECK((order.quantity > 0) != (is_market && order.quote_budget > 0));
}

MatchEvent EventOf(const MatchOrder& order, MatchEventKind kind, MatchReason reason) {
  return {.kind = kind,
          .reason = reason,
          .order_id = order.order_id,
          .owner = order.owner,
          .side = order.side,
          .price = order.type == OrderType::kMarket ? 0 : order.price,
          .quantity = order.quantity,
          .remaining = order.quantity};
}

MatchEvent EventOf(const RestingOrder& order, MatchEventKind kind, MatchReason reason) {
  return {.kind = kind,
          .reason = reason,
          .order_id = order.order_id,
          .owner = order.owner,
          .side = order.side,
          .price = order.price,
          .quantity = order.remaining,
          .remaining = order.remaining};
}

}  // namespace

// The arriving order while it is matched.
struct MatchingEngine::Taker {
  const MatchOrder& order;
  HalfBook& makers;
  int64_t worst_key;       // of the levels that it may trade with
  int64_t remaining;       // base; of an order by quote: what the budget buys at the last price
  Int128 budget;           // quote left, of an order by quote
  size_t trade_event = 0;  // index of the last trade among the events; 0: none yet
  bool is_ended = false;   // its last event is out

  bool is_by_quote() const { return order.quote_budget > 0; }
};

absl::Span<const MatchEvent> MatchingEngine::Submit(const MatchOrder& order) {
  CheckIsValid(order);
  events_.clear();
  if (slots_by_id_.contains(order.order_id)) {
    events_.push_back(EventOf(order, MatchEventKind::kRejected, MatchReason::kDuplicateOrderId));
    return events_;
  }
  HalfBook& makers = half(Opposite(order.side));
  const int64_t worst_key = order.type == OrderType::kMarket ? kLargest : makers.ToKey(order.price);
  const bool would_take = !makers.levels.empty() && makers.levels.begin()->first <= worst_key;
  if (order.type == OrderType::kLimitMaker && would_take) {
    events_.push_back(EventOf(order, MatchEventKind::kRejected, MatchReason::kWouldTake));
    return events_;
  }
  events_.push_back(EventOf(order, MatchEventKind::kAccepted, MatchReason::kNone));
  if (order.type == OrderType::kLimit && order.time_in_force == TimeInForce::kFok &&
      !CanFillOrKill(order)) {
    events_.push_back(EventOf(order, MatchEventKind::kExpired, MatchReason::kFillOrKill));
    return events_;
  }
  Taker taker{.order = order,
              .makers = makers,
              .worst_key = worst_key,
              .remaining = order.quantity,
              .budget = order.quote_budget};
  Match(taker);
  if (!taker.is_ended) {
    Finish(taker);
  }
  return events_;
}

void MatchingEngine::Match(Taker& taker) {
  KeyedLevels& levels = taker.makers.levels;
  while (!levels.empty() && levels.begin()->first <= taker.worst_key) {
    if (!taker.is_by_quote() && taker.remaining == 0) {
      return;
    }
    const Slot slot = levels.begin()->second.oldest;
    const RestingOrder& maker = pool_[slot].order;
    int64_t affordable = taker.remaining;
    if (taker.is_by_quote()) {
      affordable = Affordable(taker.budget, maker.price, taker.order.quantity_step);
      if (affordable == 0) {
        // Even the next price is too dear: a budget that bought something is spent as far as it
        // goes.
        if (taker.trade_event != 0) {
          events_[taker.trade_event].remaining = 0;
          taker.is_ended = true;
        }
        return;
      }
    }
    if (maker.owner == taker.order.owner &&
        taker.order.self_trade_prevention != SelfTradePrevention::kNone) {
      if (!PreventSelfTrade(taker, slot)) {
        return;
      }
      continue;
    }
    Trade(taker, slot, std::min(affordable, maker.remaining));
  }
}

bool MatchingEngine::PreventSelfTrade(Taker& taker, Slot maker) {
  const SelfTradePrevention mode = taker.order.self_trade_prevention;
  if (mode != SelfTradePrevention::kExpireTaker) {
    events_.push_back(
        EventOf(pool_[maker].order, MatchEventKind::kExpired, MatchReason::kSelfTradePrevention));
    Remove(maker);
  }
  if (mode == SelfTradePrevention::kExpireMaker) {
    return true;
  }
  MatchEvent& event = events_.emplace_back(
      EventOf(taker.order, MatchEventKind::kExpired, MatchReason::kSelfTradePrevention));
  event.remaining = taker.remaining;
  taker.is_ended = true;
  return false;
}

void MatchingEngine::Trade(Taker& taker, Slot slot, int64_t quantity) {
  RestingOrder& maker = pool_[slot].order;
  maker.remaining -= quantity;
  if (taker.is_by_quote()) {
    taker.budget -= Int128{maker.price} * quantity;
    taker.remaining = Affordable(taker.budget, maker.price, taker.order.quantity_step);
  } else {
    taker.remaining -= quantity;
  }
  taker.trade_event = events_.size();
  events_.push_back({.kind = MatchEventKind::kTrade,
                     .order_id = taker.order.order_id,
                     .owner = taker.order.owner,
                     .maker_order_id = maker.order_id,
                     .maker_owner = maker.owner,
                     .side = taker.order.side,
                     .price = maker.price,
                     .quantity = quantity,
                     .remaining = taker.remaining,
                     .maker_remaining = maker.remaining});
  ChangeTotal(taker.makers, maker.price, taker.makers.levels.begin()->second, -Int128{quantity});
  if (maker.remaining == 0) {
    Remove(slot);
  }
}

void MatchingEngine::Finish(const Taker& taker) {
  if (taker.remaining == 0 && (!taker.is_by_quote() || taker.trade_event != 0)) {
    return;
  }
  MatchReason reason = MatchReason::kNone;
  if (taker.order.type == OrderType::kMarket) {
    reason = MatchReason::kNoLiquidity;
  } else if (taker.order.type == OrderType::kLimit &&
             taker.order.time_in_force != TimeInForce::kGtc) {
    CHECK(taker.order.time_in_force == TimeInForce::kIoc);  // fill-or-kill was decided before
    reason = MatchReason::kImmediateOrCancel;
  }
  if (reason == MatchReason::kNone) {
    Rest(taker);
    return;
  }
  MatchEvent& event = events_.emplace_back(EventOf(taker.order, MatchEventKind::kExpired, reason));
  event.remaining = taker.remaining;
}

void MatchingEngine::Rest(const Taker& taker) {
  const MatchOrder& order = taker.order;
  Slot slot = static_cast<Slot>(pool_.size());
  if (free_slots_.empty()) {
    CHECK(pool_.size() < kNoSlot);
    pool_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  HalfBook& own = half(order.side);
  Level& level = own.levels[own.ToKey(order.price)];
  pool_[slot] = {.order = {.order_id = order.order_id,
                           .owner = order.owner,
                           .side = order.side,
                           .price = order.price,
                           .remaining = taker.remaining},
                 .previous = level.youngest};
  (level.youngest == kNoSlot ? level.oldest : pool_[level.youngest].next) = slot;
  level.youngest = slot;
  slots_by_id_.emplace(order.order_id, slot);
  ChangeTotal(own, order.price, level, taker.remaining);

  MatchEvent& event =
      events_.emplace_back(EventOf(order, MatchEventKind::kRested, MatchReason::kNone));
  event.quantity = taker.remaining;
  event.remaining = taker.remaining;
}

// Fill-or-kill is decided before anything happens, so it must foresee self-trade prevention: an own
// order ends the walk (taker expires) or does not count (maker expires).
bool MatchingEngine::CanFillOrKill(const MatchOrder& order) const {
  if (order.self_trade_prevention == SelfTradePrevention::kNone) {
    return CanFill(order.side, order.price, order.quantity);
  }
  const HalfBook& makers = half(Opposite(order.side));
  int64_t missing = order.quantity;
  for (const auto& [key, level] : makers.levels) {
    if (key > makers.ToKey(order.price)) {
      return false;
    }
    for (Slot slot = level.oldest; slot != kNoSlot; slot = pool_[slot].next) {
      const RestingOrder& maker = pool_[slot].order;
      if (maker.owner == order.owner) {
        if (order.self_trade_prevention != SelfTradePrevention::kExpireMaker) {
          return false;
        }
        continue;
      }
      if (maker.remaining >= missing) {
        return true;
      }
      missing -= maker.remaining;
    }
  }
  return false;
}

absl::Span<const MatchEvent> MatchingEngine::Cancel(uint64_t order_id) {
  return Reduce(order_id, 0);
}

absl::Span<const MatchEvent> MatchingEngine::Reduce(uint64_t order_id, int64_t remaining) {
  CHECK(remaining >= 0);
  events_.clear();
  const auto it = slots_by_id_.find(order_id);
  if (it == slots_by_id_.end()) {
    return events_;
  }
  RestingOrder& order = pool_[it->second].order;
  if (remaining == 0) {
    events_.push_back(EventOf(order, MatchEventKind::kCanceled, MatchReason::kNone));
    Remove(it->second);
  } else if (remaining < order.remaining) {
    HalfBook& own = half(order.side);
    Level& level = own.levels.find(own.ToKey(order.price))->second;
    ChangeTotal(own, order.price, level, Int128{remaining} - order.remaining);
    order.remaining = remaining;
    events_.push_back(EventOf(order, MatchEventKind::kReduced, MatchReason::kNone));
  }
  return events_;
}

void MatchingEngine::Remove(Slot slot) {
  const Resting removed = pool_[slot];
  HalfBook& own = half(removed.order.side);
  const auto it = own.levels.find(own.ToKey(removed.order.price));
  Level& level = it->second;
  (removed.previous == kNoSlot ? level.oldest : pool_[removed.previous].next) = removed.next;
  (removed.next == kNoSlot ? level.youngest : pool_[removed.next].previous) = removed.previous;
  if (removed.order.remaining > 0) {
    ChangeTotal(own, removed.order.price, level, -Int128{removed.order.remaining});
  }
  if (level.oldest == kNoSlot) {
    own.levels.erase(it);
  }
  slots_by_id_.erase(removed.order.order_id);
  free_slots_.push_back(slot);
}

void MatchingEngine::ChangeTotal(HalfBook& half, int64_t price, Level& level, Int128 change) {
  MarkChanged(half, price, level);
  level.total += change;
}

void MatchingEngine::MarkChanged(HalfBook& half, int64_t price, Level& level) {
  if (level.is_marked_changed) {
    return;
  }
  level.is_marked_changed = true;
  // The index finds a price again whose level went away and came back.
  const auto [it, is_new] = half.changed_index_by_price.try_emplace(price, half.changed.size());
  if (is_new) {
    half.changed.push_back({.price = price, .total_before = Saturate(level.total)});
  }
}

void MatchingEngine::TakeChanges(std::vector<BookLevel>& bids, std::vector<BookLevel>& asks) {
  TakeChangesOf(bids_, bids);
  TakeChangesOf(asks_, asks);
}

void MatchingEngine::TakeChangesOf(HalfBook& half, std::vector<BookLevel>& levels) {
  levels.clear();
  for (const ChangedLevel& changed : half.changed) {
    const auto it = half.levels.find(half.ToKey(changed.price));
    int64_t total = 0;
    if (it != half.levels.end()) {
      it->second.is_marked_changed = false;
      total = Saturate(it->second.total);
    }
    if (total != changed.total_before) {
      levels.push_back({.price = changed.price, .quantity = total});
    }
  }
  half.changed.clear();
  half.changed_index_by_price.clear();
}

std::optional<RestingOrder> MatchingEngine::Find(uint64_t order_id) const {
  const auto it = slots_by_id_.find(order_id);
  if (it == slots_by_id_.end()) {
    return std::nullopt;
  }
  return pool_[it->second].order;
}

std::optional<int64_t> MatchingEngine::best_bid() const {
  if (bids_.levels.empty()) {
    return std::nullopt;
  }
  return bids_.FromKey(bids_.levels.begin()->first);
}

std::optional<int64_t> MatchingEngine::best_ask() const {
  if (asks_.levels.empty()) {
    return std::nullopt;
  }
  return asks_.FromKey(asks_.levels.begin()->first);
}

int64_t MatchingEngine::QuantityAt(Side side, int64_t price) const {
  const HalfBook& book = half(side);
  const auto it = book.levels.find(book.ToKey(price));
  return it == book.levels.end() ? 0 : Saturate(it->second.total);
}

std::vector<BookLevel> MatchingEngine::Levels(Side side, size_t depth) const {
  const HalfBook& book = half(side);
  std::vector<BookLevel> levels;
  levels.reserve(std::min(depth, book.levels.size()));
  for (const auto& [key, level] : book.levels) {
    if (levels.size() == depth) {
      break;
    }
    levels.push_back({.price = book.FromKey(key), .quantity = Saturate(level.total)});
  }
  return levels;
}

bool MatchingEngine::CanFill(Side taker_side, int64_t limit, int64_t quantity) const {
  const HalfBook& makers = half(Opposite(taker_side));
  Int128 missing = quantity;
  for (const auto& [key, level] : makers.levels) {
    if (missing <= 0 || key > makers.ToKey(limit)) {
      break;
    }
    missing -= level.total;
  }
  return missing <= 0;
}

}  // namespace colibri
