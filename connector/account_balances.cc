#include "connector/account_balances.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

#include "core/strings.h"

namespace colibri {

AccountBalances::AccountBalances(std::string_view venue, Clock& clock, EventBus& events)
    : venue_(venue), clock_(clock), events_(events) {}

void AccountBalances::Apply(const BalanceUpdate& update) {
  Set(update.asset, update.balance, update.venue_time, update.source);
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
  if (venue_time < holding.venue_time) {
    ++stale_updates_;
    return;
  }
  holding.venue_time = venue_time;
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
  reservations_.push_back({.order = order,
                           .asset = std::string(asset),
                           .amount = amount,
                           .acknowledged = std::nullopt,
                           .grace_end = absl::InfiniteDuration()});
}

void AccountBalances::NoteAcknowledged(const ClientOrderId& order, absl::Time venue_time) {
  for (Reservation& reservation : reservations_) {
    if (reservation.order == order && !reservation.acknowledged.has_value()) {
      reservation.acknowledged =
          venue_time == absl::InfinitePast() ? absl::InfiniteFuture() : venue_time;
      reservation.grace_end = clock_.monotonic() + kReservationGrace;
    }
  }
  DropReflected();
}

void AccountBalances::Release(const ClientOrderId& order) {
  std::erase_if(reservations_,
                [&](const Reservation& reservation) { return reservation.order == order; });
}

void AccountBalances::DropReflected() {
  const absl::Duration now = clock_.monotonic();
  std::erase_if(reservations_, [&](const Reservation& reservation) {
    if (now >= reservation.grace_end) {
      return true;
    }
    const auto holding = holdings_.find(reservation.asset);
    return reservation.acknowledged.has_value() && holding != holdings_.end() &&
           holding->second.venue_time >= *reservation.acknowledged;
  });
}

Balance AccountBalances::balance(std::string_view asset) const {
  const auto found = holdings_.find(asset);
  if (found == holdings_.end()) {
    return {};
  }
  Balance balance = found->second.balance;
  const absl::Duration now = clock_.monotonic();
  for (const Reservation& reservation : reservations_) {
    if (reservation.asset == asset && now < reservation.grace_end) {
      const absl::StatusOr<Decimal> left = CheckedAdd(balance.available, -reservation.amount);
      balance.available = left.ok() ? std::max(*left, Decimal()) : Decimal();
    }
  }
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
