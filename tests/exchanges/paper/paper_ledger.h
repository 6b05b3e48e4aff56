// An account kept apart from the exchange's, from its fill events alone: start + fills - fees.
#pragma once

#include <map>
#include <string>

#include "core/decimal.h"
#include "core/event.h"
#include "core/event_bus.h"

namespace colibri {

class PaperLedger {
 public:
  PaperLedger(std::map<std::string, Decimal> start, EventBus& events)
      : totals_(std::move(start)),
        subscription_(events.Subscribe<OrderFilled>(
            [this](const OrderFilled& filled) { Add(filled.fill); })) {}

  const std::map<std::string, Decimal>& totals() const { return totals_; }
  int fills() const { return fills_; }
  int maker_fills() const { return maker_fills_; }

 private:
  void Add(const Fill& fill) {
    ++fills_;
    maker_fills_ += fill.is_maker ? 1 : 0;
    const bool is_buy = fill.side == Side::kBuy;
    const Decimal cost = (fill.price * fill.quantity).value();
    totals_[fill.pair.base] += is_buy ? fill.quantity.value() : -fill.quantity.value();
    totals_[fill.pair.quote] += is_buy ? -cost : cost;
    for (const AssetAmount& fee : fill.fees) {
      totals_[fee.asset] -= fee.amount;
    }
  }

  std::map<std::string, Decimal> totals_;
  int fills_ = 0;
  int maker_fills_ = 0;
  Subscription subscription_;
};

}  // namespace colibri
