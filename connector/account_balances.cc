#include "connector/account_balances.h"

#include <algorithm>

#include "core/strings.h"

namespace colibri {

AccountBalances::AccountBalances(std::string_view venue, Clock& clock, EventBus& events)
    : venue_(venue), clock_(clock), events_(events) {}

void AccountBalances::Apply(const BalanceUpdate& update) {
  Balance told = update.balance;
  if (update.is_total_only) {
    const Balance& known = holdings_[update.asset].balance;
    const absl::StatusOr<Decimal> available = CheckedAdd(known.available, told.total - known.total);
    told.available = std::max(available.value_or(known.available), Decimal());
  }
  Set(update.asset, told, update.venue_time, update.source);
  DropReflected();
}

void AccountBalances::ApplySnapshot(const std::vector<BalanceUpdate>& updates,
                                    absl::Time asked_at) {
  StringSet named;
  absl::Time as_of = asked_at;
  for (const BalanceUpdate& update : updates) {
    const bool is_dated = update.venue_time != absl::InfinitePast();
    as_of = is_dated ? std::min(as_of, update.venue_time) : as_of;
    named.insert(update.asset);
    Set(update.asset, update.balance, is_dated ? update.venue_time : asked_at, Source::kRest);
  }
  std::vector<std::string> gone;
  for (const auto& [asset, holding] : holdings_) {
    if (!named.contains(asset) && holding.venue_time <= as_of) {
      gone.push_back(asset);
    }
  }
  for (const std::string& asset : gone) {
    Set(asset, Balance{}, as_of, Source::kRest);
    holdings_.erase(asset);
  }
  DropReflected();
}

void AccountBalances::Set(const std::string& asset,
                          const Balance& balance,
                          absl::Time venue_time,
                          Source source) {
  Holding& holding = holdings_[asset];
  const bool is_news_old =
      source == Source::kRest && clock_.monotonic() - holding.told_at > kNewsLifetime;
  if (venue_time < holding.venue_time && !is_news_old) {
    ++stale_updates_;
    return;
  }
  holding.venue_time = venue_time;
  holding.told_at = clock_.monotonic();
  if (holding.balance == balance) {
    return;
  }
  holding.balance = balance;
  events_.Publish(BalanceChanged{.header = {.venue = venue_,
                                            .venue_time = venue_time,
                                            .receive_time = clock_.now(),
                                            .source = source},
                                 .asset = asset,
                                 .total = balance.total,
                                 .available = balance.available});
}

void AccountBalances::Reserve(const ClientOrderId& order, std::string_view asset, Decimal amount) {
  Release(order);
  Decimal& sum = reserved_.try_emplace(std::string(asset)).first->second;
  absl::StatusOr<Decimal> more = CheckedAdd(sum, amount);
  if (!more.ok()) {
    // More than can be told: all that there is.
    const auto holding = holdings_.find(asset);
    amount = holding == holdings_.end() ? Decimal() : holding->second.balance.available;
    more = CheckedAdd(sum, amount);
  }
  if (!more.ok()) {
    return;  // nothing is available any more
  }
  sum = *more;
  reservations_.emplace(order,
                        Reservation{.asset = std::string(asset),
                                    .amount = amount,
                                    .acknowledged = std::nullopt,
                                    .grace_end = absl::InfiniteDuration()});
}

void AccountBalances::NoteAcknowledged(const ClientOrderId& order, absl::Time venue_time) {
  DropExpired();
  const auto found = reservations_.find(order);
  if (found == reservations_.end()) {
    return;
  }
  Reservation& reservation = found->second;
  if (!reservation.acknowledged.has_value()) {
    reservation.acknowledged =
        venue_time == absl::InfinitePast() ? absl::InfiniteFuture() : venue_time;
    if (!is_estimating_) {
      reservation.grace_end = clock_.monotonic() + kReservationGrace;
      ends_.emplace_back(reservation.grace_end, order);
    }
  }
  if (IsReflected(reservation)) {
    Drop(found);
  }
}

void AccountBalances::Release(const ClientOrderId& order) {
  if (const auto found = reservations_.find(order); found != reservations_.end()) {
    Drop(found);
  }
}

void AccountBalances::Drop(Reservations::iterator reservation) {
  Decimal& sum = reserved_.find(reservation->second.asset)->second;
  sum = sum - reservation->second.amount;
  reservations_.erase(reservation);
}

bool AccountBalances::IsReflected(const Reservation& reservation) const {
  if (!reservation.acknowledged.has_value()) {
    return false;
  }
  const auto holding = holdings_.find(reservation.asset);
  return holding != holdings_.end() && holding->second.venue_time >= *reservation.acknowledged;
}

void AccountBalances::DropReflected() {
  DropExpired();
  for (auto it = reservations_.begin(); it != reservations_.end();) {
    const auto at = it++;  // erasing leaves the others where they are
    if (IsReflected(at->second)) {
      Drop(at);
    }
  }
}

void AccountBalances::DropExpired() {
  const absl::Duration now = clock_.monotonic();
  for (; !ends_.empty() && ends_.front().first <= now; ends_.pop_front()) {
    const auto found = reservations_.find(ends_.front().second);
    if (found != reservations_.end() && found->second.grace_end <= now) {
      Drop(found);
    }
  }
}

AccountBalances::Reservation* AccountBalances::FindReservation(const ClientOrderId& order,
                                                               std::string_view asset) {
  const auto found = reservations_.find(order);
  return found == reservations_.end() || found->second.asset != asset ? nullptr : &found->second;
}

void AccountBalances::Estimate(const std::string& asset,
                               Decimal total_change,
                               Decimal available_change,
                               absl::Time venue_time) {
  Holding& holding = holdings_[asset];
  if (venue_time <= holding.venue_time) {
    return;
  }
  const absl::StatusOr<Decimal> total = CheckedAdd(holding.balance.total, total_change);
  const absl::StatusOr<Decimal> available = CheckedAdd(holding.balance.available, available_change);
  if (!total.ok() || !available.ok()) {
    return;
  }
  const Balance estimated{.total = *total, .available = std::max(*available, Decimal())};
  Set(asset, estimated, holding.venue_time, Source::kLocal);
}

void AccountBalances::EstimateFill(const Fill& fill) {
  const bool is_buy = fill.side == Side::kBuy;
  const Decimal notional = (fill.price * fill.quantity).value();
  const std::string& spent_asset = is_buy ? fill.pair.quote : fill.pair.base;
  const std::string& received_asset = is_buy ? fill.pair.base : fill.pair.quote;
  const Decimal spent = is_buy ? notional : fill.quantity.value();
  const Decimal received = is_buy ? fill.quantity.value() : notional;
  // What an answer has locked is not available already; what we only reserve is.
  Decimal from_available;
  if (Reservation* reservation = FindReservation(fill.client_order_id, spent_asset)) {
    from_available = spent;
    const Decimal freed = std::min(spent, reservation->amount);
    reservation->amount -= freed;
    reserved_.find(spent_asset)->second -= freed;
  }
  Estimate(spent_asset, -spent, -from_available, fill.venue_time);
  Estimate(received_asset, received, received, fill.venue_time);
  for (const AssetAmount& fee : fill.fees) {
    Estimate(fee.asset, -fee.amount, -fee.amount, fill.venue_time);
  }
}

void AccountBalances::EstimateEnd(const Order& order) {
  const std::string& asset = order.side == Side::kBuy ? order.pair.quote : order.pair.base;
  if (FindReservation(order.client_order_id, asset) != nullptr) {
    Release(order.client_order_id);
    return;
  }
  const Quantity left = order.remaining();
  if (!left.is_positive() || (order.side == Side::kBuy && !order.price.has_value())) {
    return;
  }
  const Decimal locked = order.side == Side::kBuy ? (*order.price * left).value() : left.value();
  Estimate(asset, Decimal(), locked, order.updated_at);
}

Balance AccountBalances::balance(std::string_view asset) const {
  const auto found = holdings_.find(asset);
  if (found == holdings_.end()) {
    return {};
  }
  Balance balance = found->second.balance;
  const auto sum = reserved_.find(asset);
  Decimal reserved = sum == reserved_.end() ? Decimal() : sum->second;
  // What has expired, and nothing has happened since that dropped it.
  const absl::Duration now = clock_.monotonic();
  for (auto it = ends_.begin(); it != ends_.end() && it->first <= now; ++it) {
    const auto expired = reservations_.find(it->second);
    if (expired != reservations_.end() && expired->second.asset == asset &&
        expired->second.grace_end <= now) {
      reserved -= expired->second.amount;
    }
  }
  const absl::StatusOr<Decimal> left = CheckedAdd(balance.available, -reserved);
  balance.available = left.ok() ? std::max(*left, Decimal()) : Decimal();
  return balance;
}

std::vector<std::pair<std::string, Balance>> AccountBalances::all() const {
  std::vector<std::pair<std::string, Balance>> balances;
  balances.reserve(holdings_.size());
  for (const auto& [asset, holding] : holdings_) {
    balances.emplace_back(asset, balance(asset));
  }
  return balances;
}

}  // namespace colibri
