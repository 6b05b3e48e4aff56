#include "connector/fill_ledger.h"

namespace colibri {

FillLedger::FillLedger(size_t parked_max, absl::Duration parked_lifetime)
    : parked_max_(parked_max), parked_lifetime_(parked_lifetime) {}

bool FillLedger::Contains(const Fill& fill) const {
  return seen_.contains(FillKey::Of(fill));
}

void FillLedger::Record(const Fill& fill) {
  Restore(fill.client_order_id, FillKey::Of(fill));
}

void FillLedger::Restore(const ClientOrderId& order, const FillKey& key) {
  if (seen_.insert(key).second || foreign_set_.erase(key) != 0) {
    keys_by_order_[order].push_back(key);
  }
}

void FillLedger::RestoreForeign(const FillKey& key) {
  if (seen_.insert(key).second) {
    RememberForeign(key);
  }
}

std::vector<TradeId> FillLedger::trade_ids(const ClientOrderId& order) const {
  std::vector<TradeId> ids;
  if (const auto it = keys_by_order_.find(order); it != keys_by_order_.end()) {
    ids.reserve(it->second.size());
    for (const FillKey& key : it->second) {
      ids.push_back(key.trade_id);
    }
  }
  return ids;
}

void FillLedger::Forget(const ClientOrderId& id) {
  const auto it = keys_by_order_.find(id);
  if (it == keys_by_order_.end()) {
    return;
  }
  for (const FillKey& key : it->second) {
    seen_.erase(key);
  }
  keys_by_order_.erase(it);
}

void FillLedger::Park(const TradeUpdate& update, absl::Time now) {
  seen_.insert(FillKey::Of(update.fill));
  parked_.push_back({update, now});
}

std::vector<TradeUpdate> FillLedger::TakeParked(const TradingPair& pair,
                                                const ExchangeOrderId& id) {
  std::vector<TradeUpdate> taken;
  std::deque<Parked> kept;
  for (Parked& parked : parked_) {
    const Fill& fill = parked.update.fill;
    if (fill.exchange_order_id == id && fill.pair == pair) {
      seen_.erase(FillKey::Of(fill));  // Record notes it again, under its order
      taken.push_back(std::move(parked.update));
    } else {
      kept.push_back(std::move(parked));
    }
  }
  parked_ = std::move(kept);
  return taken;
}

std::vector<TradeUpdate> FillLedger::TakeExpired(absl::Time now,
                                                 absl::FunctionRef<bool(const Fill&)> may_be_ours) {
  std::vector<TradeUpdate> expired;
  std::deque<Parked> kept;
  size_t too_many = parked_.size() > parked_max_ ? parked_.size() - parked_max_ : 0;
  for (Parked& parked : parked_) {
    const Fill& fill = parked.update.fill;
    const bool is_over = now - parked.since >= parked_lifetime_ && !may_be_ours(fill);
    if (is_over || too_many > 0) {
      too_many -= too_many > 0 ? 1 : 0;
      RememberForeign(FillKey::Of(fill));
      expired.push_back(std::move(parked.update));
    } else {
      kept.push_back(std::move(parked));
    }
  }
  parked_ = std::move(kept);
  return expired;
}

bool FillLedger::IsForeign(const Fill& fill) const {
  return foreign_set_.contains(FillKey::Of(fill));
}

void FillLedger::RememberForeign(FillKey key) {
  foreign_set_.insert(key);
  foreign_.push_back(std::move(key));
  if (foreign_.size() > kForeignMax) {
    if (foreign_set_.erase(foreign_.front()) != 0) {
      seen_.erase(foreign_.front());
    }
    foreign_.pop_front();
  }
}

}  // namespace colibri
