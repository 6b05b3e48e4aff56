// The slow and obvious twin of MatchingEngine: all resting orders in one list by arrival, scanned
// for the best at every step; fill-or-kill is tried out on a copy. The oracle of its tests and
// fuzzer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/matching_engine.h"

namespace colibri {

// One event as a line: "trade 2 with 1: 5 @ 101, left 3 and 0".
inline std::string ToText(const MatchEvent& event) {
  static constexpr const char* kKinds[] = {
      "rejected", "accepted", "trade", "rested", "canceled", "expired", "reduced"};
  static constexpr const char* kReasons[] = {
      "", " would take", " duplicate id", " ioc", " fok", " no liquidity", " self trade"};
  const std::string start = std::string(kKinds[static_cast<int>(event.kind)]) +
                            kReasons[static_cast<int>(event.reason)] + " " +
                            std::to_string(event.order_id);
  if (event.kind == MatchEventKind::kTrade) {
    return start + " with " + std::to_string(event.maker_order_id) + ": " +
           std::to_string(event.quantity) + " @ " + std::to_string(event.price) + ", left " +
           std::to_string(event.remaining) + " and " + std::to_string(event.maker_remaining);
  }
  if (event.kind == MatchEventKind::kAccepted || event.kind == MatchEventKind::kRejected) {
    return start;
  }
  return start + ": " + std::to_string(event.remaining);
}

class NaiveMatchingEngine {
 public:
  std::vector<MatchEvent> Submit(MatchOrder order) {
    events_.clear();
    left_ = order.quantity;
    budget_ = order.quote_budget;
    if (Position(order.order_id) != resting_.size()) {
      Emit(order, MatchEventKind::kRejected, MatchReason::kDuplicateOrderId);
      return events_;
    }
    if (order.type == OrderType::kLimitMaker && BestMaker(order) != resting_.size()) {
      Emit(order, MatchEventKind::kRejected, MatchReason::kWouldTake);
      return events_;
    }
    Emit(order, MatchEventKind::kAccepted);
    const bool is_limit = order.type == OrderType::kLimit;
    if (is_limit && order.time_in_force == TimeInForce::kFok) {
      order.time_in_force = TimeInForce::kIoc;
      NaiveMatchingEngine copy = *this;
      int64_t traded = 0;
      for (const MatchEvent& event : copy.Submit(order)) {
        traded += event.kind == MatchEventKind::kTrade ? event.quantity : 0;
      }
      if (traded < order.quantity) {
        Emit(order, MatchEventKind::kExpired, MatchReason::kFillOrKill);
        return events_;
      }
    }
    if (!TakeAll(order)) {
      return events_;
    }
    if (order.type == OrderType::kMarket) {
      Emit(order, MatchEventKind::kExpired, MatchReason::kNoLiquidity);
    } else if (is_limit && order.time_in_force == TimeInForce::kIoc) {
      Emit(order, MatchEventKind::kExpired, MatchReason::kImmediateOrCancel);
    } else {
      resting_.push_back({order.order_id, order.owner, order.side, order.price, left_});
      Emit(order, MatchEventKind::kRested);
    }
    return events_;
  }

  std::vector<MatchEvent> Reduce(uint64_t order_id, int64_t remaining) {
    events_.clear();
    const size_t position = Position(order_id);
    if (position == resting_.size() || remaining >= resting_[position].remaining) {
      return events_;
    }
    MatchEvent event{.kind = MatchEventKind::kReduced, .order_id = order_id};
    event.remaining = remaining;
    if (remaining == 0) {
      event.kind = MatchEventKind::kCanceled;
      event.remaining = resting_[position].remaining;
      Erase(position);
    } else {
      resting_[position].remaining = remaining;
    }
    events_.push_back(event);
    return events_;
  }

  std::vector<MatchEvent> Cancel(uint64_t order_id) { return Reduce(order_id, 0); }

  std::vector<BookLevel> Levels(Side side) const {
    std::map<int64_t, int64_t> totals;
    for (const RestingOrder& order : resting_) {
      if (order.side == side) {
        totals[order.price] += order.remaining;
      }
    }
    std::vector<BookLevel> levels;
    for (const auto& [price, total] : totals) {
      levels.push_back({price, total});
    }
    return side == Side::kBuy ? std::vector<BookLevel>(levels.rbegin(), levels.rend()) : levels;
  }

  const std::vector<RestingOrder>& resting() const { return resting_; }

 private:
  size_t Position(uint64_t order_id) const {
    size_t position = 0;
    while (position < resting_.size() && resting_[position].order_id != order_id) {
      ++position;
    }
    return position;
  }

  void Erase(size_t position) {
    resting_.erase(resting_.begin() + static_cast<std::ptrdiff_t>(position));
  }

  // The position of the order that trades first with this one; resting_.size() when none can.
  size_t BestMaker(const MatchOrder& taker) const {
    size_t best = resting_.size();
    for (size_t i = 0; i < resting_.size(); ++i) {
      const RestingOrder& maker = resting_[i];
      const bool is_buy = taker.side == Side::kBuy;
      const bool is_in_limit = taker.type == OrderType::kMarket ||
                               (is_buy ? maker.price <= taker.price : maker.price >= taker.price);
      if (maker.side == taker.side || !is_in_limit) {
        continue;
      }
      if (best == resting_.size() ||
          (is_buy ? maker.price < resting_[best].price : maker.price > resting_[best].price)) {
        best = i;
      }
    }
    return best;
  }

  static int64_t Affordable(Int128 budget, int64_t price, int64_t step) {
    const Int128 steps = budget / price / step;
    return static_cast<int64_t>(std::min<Int128>(steps * step, INT64_MAX / step * step));
  }

  // Whether something is left to expire or to rest.
  bool TakeAll(const MatchOrder& order) {
    const bool is_by_quote = order.quote_budget > 0;
    bool has_traded = false;
    for (size_t best = BestMaker(order); best != resting_.size(); best = BestMaker(order)) {
      RestingOrder& maker = resting_[best];
      const int64_t wanted =
          is_by_quote ? Affordable(budget_, maker.price, order.quantity_step) : left_;
      if (wanted == 0) {
        break;
      }
      if (maker.owner == order.owner && order.self_trade_prevention != SelfTradePrevention::kNone) {
        const bool maker_goes = order.self_trade_prevention != SelfTradePrevention::kExpireTaker;
        const bool taker_goes = order.self_trade_prevention != SelfTradePrevention::kExpireMaker;
        if (maker_goes) {
          MatchEvent event{.kind = MatchEventKind::kExpired, .order_id = maker.order_id};
          event.reason = MatchReason::kSelfTradePrevention;
          event.remaining = maker.remaining;
          events_.push_back(event);
          Erase(best);
        }
        if (taker_goes) {
          Emit(order, MatchEventKind::kExpired, MatchReason::kSelfTradePrevention);
          return false;
        }
        continue;
      }
      const int64_t quantity = std::min(wanted, maker.remaining);
      const int64_t price = maker.price;
      budget_ -= Int128{price} * quantity;
      left_ = is_by_quote ? Affordable(budget_, price, order.quantity_step) : left_ - quantity;
      maker.remaining -= quantity;
      has_traded = true;
      Emit(order, MatchEventKind::kTrade);
      events_.back().maker_order_id = maker.order_id;
      events_.back().maker_remaining = maker.remaining;
      events_.back().price = price;
      events_.back().quantity = quantity;
      if (maker.remaining == 0) {
        Erase(best);
      }
    }
    return is_by_quote ? !IsBudgetSpent(order, has_traded) : left_ > 0;
  }

  // Spent: it bought something, and the rest buys no step at the next price, or, in an empty book,
  // at the last one.
  bool IsBudgetSpent(const MatchOrder& order, bool has_traded) {
    if (!has_traded || (BestMaker(order) == resting_.size() && left_ > 0)) {
      return false;
    }
    for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
      if (event->kind == MatchEventKind::kTrade) {
        event->remaining = 0;
        break;
      }
    }
    return true;
  }

  void Emit(const MatchOrder& order, MatchEventKind kind, MatchReason reason = MatchReason::kNone) {
    MatchEvent event{.kind = kind, .reason = reason, .order_id = order.order_id};
    event.remaining = left_;
    events_.push_back(event);
  }

  std::vector<RestingOrder> resting_;
  std::vector<MatchEvent> events_;
  int64_t left_ = 0;
  Int128 budget_ = 0;
};

}  // namespace colibri
