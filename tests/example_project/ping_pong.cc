#include "ping_pong.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

using colibri::Decimal;
using colibri::Order;
using colibri::OrderBook;
using colibri::OrderType;
using colibri::Price;
using colibri::PriceLevel;
using colibri::Quantity;
using colibri::Side;

namespace {

constexpr uint64_t kLook = 1;  // our only timer

}  // namespace

PingPong::PingPong(PingPongConfig config) : Strategy("ping_pong"), config_(std::move(config)) {}

absl::Status PingPong::OnStart() {
  if (!config_.quantity.is_positive() || !config_.gain.is_positive()) {
    return absl::InvalidArgumentError("ping_pong: quantity and gain must be above zero");
  }
  Every(absl::Seconds(1), kLook);
  return absl::OkStatus();
}

void PingPong::OnTimer(uint64_t /*tag*/) {
  const absl::StatusOr<const OrderBook*> book = exchange().book(config_.pair);
  if (!book.ok()) {
    return;  // the book is stale: there is no price to act on
  }
  const std::optional<PriceLevel> best_bid = (*book)->best_bid();
  if (!best_bid.has_value()) {
    return;
  }
  const std::vector<const Order*> orders = own_orders();
  if (orders.empty()) {
    if (!Offer()) {
      Bid(best_bid->price);
    }
  } else if (orders.front()->side == Side::kBuy && orders.front()->price < best_bid->price) {
    CancelOwnOrders();  // the market has left it behind; the next look bids anew
  }
}

void PingPong::OnOrderFilled(const colibri::OrderFilled& event) {
  ++fills_;
  if (event.fill.side == Side::kBuy) {
    held_ = held_ + event.fill.quantity;
    paid_ = event.fill.price;
  } else {
    held_ = std::max(held_ - event.fill.quantity, Quantity());
  }
}

void PingPong::OnOrderEnd(const Order& order) {
  if (order.side == Side::kBuy && is_active()) {
    Offer();
  }
}

void PingPong::Bid(Price price) {
  // Post-only: refused by the venue where it would take. Prices and amounts are rounded for us.
  LogIfRefused(Buy(config_.pair, config_.quantity, price, OrderType::kLimitMaker));
}

bool PingPong::Offer() {
  // The fee may have been taken from what we bought.
  const Quantity free(exchange().balance(config_.pair.base).available);
  const absl::StatusOr<Price> price =
      colibri::Scale(paid_, Decimal::FromInteger(1) + config_.gain, colibri::Rounding::kUp);
  if (!held_.is_positive() || !price.ok()) {
    return false;
  }
  const absl::StatusOr<colibri::ClientOrderId> placed =
      Sell(config_.pair, std::min(held_, free), *price, OrderType::kLimitMaker);
  LogIfRefused(placed);  // too little to be sold alone: the next bid adds to it
  return placed.ok();
}

colibri::StrategyStatus PingPong::status() const {
  colibri::StrategyStatus status = Strategy::status();
  status.fields = {{"fills", std::to_string(fills_)}, {"held", held_.ToString()}};
  return status;
}
