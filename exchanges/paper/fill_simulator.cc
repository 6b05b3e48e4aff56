#include "exchanges/paper/fill_simulator.h"

#include <algorithm>

#include "core/check.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

Quantity FloorToStep(Quantity quantity, Quantity step) {
  return Quantity(quantity.value().RoundToMultiple(step.value(), Rounding::kDown));
}

// Whether an order at `price` trades with an opposite one at `opposite`.
bool Reaches(Side side, Price price, Price opposite) {
  return side == Side::kBuy ? price >= opposite : price <= opposite;
}

// Whether `a` stands before `b` on this side.
bool IsBetter(Side side, Price a, Price b) {
  return side == Side::kBuy ? a > b : a < b;
}

// How much of a level the rest of the request takes, in lots.
Quantity Wanted(const TakeRequest& request, const TakePlan& plan, Price price) {
  if (!request.budget.has_value()) {
    return request.quantity - plan.filled;
  }
  const absl::StatusOr<Decimal> affordable =
      Divide((*request.budget - plan.notional).value(), price.value(), Rounding::kDown);
  // Beyond the range: more than any level has.
  return affordable.ok() ? FloorToStep(Quantity(*affordable), request.step)
                         : Quantity(Decimal::FromInteger(INT64_MAX));
}

// Adds what is wanted of the level. False when the plan ends here.
bool AddLevel(const TakeRequest& request,
              const PriceLevel& level,
              Quantity available,
              TakePlan& plan) {
  const Quantity wanted = Wanted(request, plan, level.price);
  const Quantity quantity = std::min(wanted, FloorToStep(available, request.step));
  if (wanted.is_positive() && quantity.is_zero()) {
    return true;  // all of the level is taken already
  }
  const absl::StatusOr<Notional> cost = CheckedMultiply(level.price, quantity);
  const absl::StatusOr<Decimal> sum =
      cost.ok() ? CheckedAdd(plan.notional.value(), cost->value()) : cost.status();
  if (!sum.ok()) {
    return false;  // as if the book ended before it
  }
  if (quantity.is_positive()) {
    plan.levels.push_back({level, quantity});
    plan.filled += quantity;
    plan.notional = Notional(*sum);
  }
  plan.is_complete = quantity == wanted;
  return !plan.is_complete;
}

}  // namespace

TakePlan FillSimulator::Plan(const OrderBook& book, const TakeRequest& request) const {
  CHECK(request.step.is_positive());
  const Side maker_side = Opposite(request.side);
  const RestingOrders& own = orders(maker_side);
  const bool reaches_own =
      !own.empty() && (!request.limit.has_value() ||
                       Reaches(request.side, *request.limit, own.front().order.price));
  TakePlan plan;
  const BookSide& makers = maker_side == Side::kBuy ? book.bids() : book.asks();
  makers.ForEach([&](BookLevel raw) {
    const PriceLevel level = book.ToPriceLevel(raw);
    if (request.limit.has_value() && !Reaches(request.side, *request.limit, level.price)) {
      return false;
    }
    if (reaches_own && !IsBetter(maker_side, level.price, own.front().order.price)) {
      return false;
    }
    return AddLevel(
        request, level, taken(maker_side).Available(level, book.last_update_id()), plan);
  });
  plan.meets_own = reaches_own && !plan.is_complete;
  return plan;
}

void FillSimulator::Take(const OrderBook& book, Side taker_side, const TakePlan& plan) {
  for (const TakePlan::Level& level : plan.levels) {
    taken(Opposite(taker_side)).Take(level.displayed, level.quantity, book.last_update_id());
  }
}

void FillSimulator::Rest(const OrderBook& book, const PaperOrder& order) {
  CHECK(order.remaining.is_positive() && order.step.is_positive());
  RestingOrders& side = orders(order.side);
  const auto place = std::find_if(side.begin(), side.end(), [&](const Resting& other) {
    return IsBetter(order.side, order.price, other.order.price);
  });
  const Quantity displayed = book.QuantityAt(order.side, order.price);
  side.insert(place, {order, QueuePosition(displayed, order.step, cancels_ahead_)});
}

bool FillSimulator::Remove(uint64_t order_id) {
  const auto is_it = [order_id](const Resting& resting) { return resting.order.id == order_id; };
  return std::erase_if(buys_, is_it) + std::erase_if(sells_, is_it) != 0;
}

void FillSimulator::OnBook(const OrderBook& book, PaperFills& fills) {
  const bool was_stale = is_stale_;
  is_stale_ = false;
  for (const Side side : {Side::kBuy, Side::kSell}) {
    for (Resting& resting : orders(side)) {
      const Quantity displayed = book.QuantityAt(side, resting.order.price);
      if (was_stale) {
        resting.queue.OnResync(displayed);
      } else {
        resting.queue.OnLevel(displayed);
      }
    }
    taken(side).Forget(side, book);
  }
  CrossBook(book, Side::kBuy, fills);
  CrossBook(book, Side::kSell, fills);
}

void FillSimulator::CrossBook(const OrderBook& book, Side own_side, PaperFills& fills) {
  if (orders(own_side).empty()) {
    return;
  }
  const BookSide& opposite = own_side == Side::kBuy ? book.asks() : book.bids();
  opposite.ForEach([&](BookLevel level) {
    return CrossLevel(own_side, book.ToPriceLevel(level), book.last_update_id(), fills);
  });
}

bool FillSimulator::CrossLevel(Side own_side,
                               const PriceLevel& level,
                               int64_t update_id,
                               PaperFills& fills) {
  RestingOrders& own = orders(own_side);
  if (own.empty() || !Reaches(own_side, own.front().order.price, level.price)) {
    return false;
  }
  TakenDepth& depth = taken(Opposite(own_side));
  for (Resting& resting : own) {
    PaperOrder& order = resting.order;
    if (!Reaches(own_side, order.price, level.price)) {
      break;
    }
    resting.queue.OnTradeThrough();
    const Quantity quantity =
        FloorToStep(std::min(order.remaining, depth.Available(level, update_id)), order.step);
    if (quantity.is_positive()) {
      depth.Take(level, quantity, update_id);
      order.remaining -= quantity;
      fills.push_back({order.id, order.price, quantity});
    }
  }
  std::erase_if(own, [](const Resting& resting) { return resting.order.remaining.is_zero(); });
  return true;
}

void FillSimulator::OnTrade(Side taker_side, Price price, Quantity quantity, PaperFills& fills) {
  if (is_stale_ || !quantity.is_positive()) {
    return;
  }
  const Side own_side = Opposite(taker_side);
  RestingOrders& own = orders(own_side);
  Quantity own_filled;
  for (Resting& resting : own) {
    PaperOrder& order = resting.order;
    if (IsBetter(own_side, price, order.price)) {
      break;
    }
    Quantity left = quantity - own_filled;
    if (order.price == price) {
      left = resting.queue.OnTrade(quantity, own_filled);
    } else {
      resting.queue.OnTradeThrough();
    }
    const Quantity filled = FloorToStep(std::min(order.remaining, left), order.step);
    if (filled.is_positive()) {
      order.remaining -= filled;
      own_filled += filled;
      fills.push_back({order.id, order.price, filled});
    }
  }
  std::erase_if(own, [](const Resting& resting) { return resting.order.remaining.is_zero(); });
}

void FillSimulator::OnBestQuote(const OrderBook& book,
                                const PriceLevel& bid,
                                const PriceLevel& ask,
                                int64_t update_id,
                                PaperFills& fills) {
  if (is_stale_ || update_id <= book.last_update_id()) {
    return;
  }
  CrossLevel(Side::kBuy, ask, update_id, fills);
  CrossLevel(Side::kSell, bid, update_id, fills);
}

std::optional<Quantity> FillSimulator::ahead_of(uint64_t order_id) const {
  for (const RestingOrders* side : {&buys_, &sells_}) {
    for (const Resting& resting : *side) {
      if (resting.order.id == order_id) {
        return resting.queue.ahead();
      }
    }
  }
  return std::nullopt;
}

}  // namespace colibri
