#include "tests/support/scripted_exchange.h"

#include <algorithm>

#include "connector/order_checks.h"
#include "core/check.h"
#include "core/strings.h"

namespace colibri {

Decimal Dec(std::string_view text) {
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  CHECK(value.ok());
  return *value;
}

ScriptedExchange::ScriptedExchange(TradingPair pair)
    : pair_(std::move(pair)),
      pairs_({pair_}),
      clock_(absl::FromUnixSeconds(1'700'000'000)),
      fee_rates_({.maker = Dec("0.001"), .taker = Dec("0.001")}),
      book_({.price_decimals = 2, .quantity_decimals = 4}) {
  rule_.pair = pair_;
  rule_.symbol = pair_.base + pair_.quote;
  rule_.price_increment = Px("0.01");
  rule_.quantity_increment = Qty("0.0001");
  rule_.quantity_min = Qty("0.0001");
  rule_.notional_min = Notional(Dec("5"));
  health_.set_listener([this](const CapabilityHealth& capability) {
    HealthChanged event;
    event.capability = capability.capability;
    event.is_healthy = capability.is_healthy;
    event.reason = capability.reason;
    Publish(event);
  });
  health_.Require("user_stream", clock_.now(), "connecting");
  health_.Set("user_stream", true, clock_.now());
  health_.Require(Health::BookCapability(pair_), clock_.now(), stale_reason_);
}

void ScriptedExchange::SetBalanceSilently(std::string_view asset, std::string_view total) {
  Balance& balance = balances_[std::string(asset)];
  const Decimal locked = balance.locked();
  balance.total = Dec(total);
  balance.available = balance.total - locked;
}

void ScriptedExchange::SetBalance(std::string_view asset, std::string_view total) {
  SetBalanceSilently(asset, total);
  PublishBalance(asset);
}

void ScriptedExchange::PublishBalance(std::string_view asset) {
  BalanceChanged event;
  event.asset = asset;
  event.total = balance(asset).total;
  event.available = balance(asset).available;
  Publish(event);
}

void ScriptedExchange::SetBook(const Levels& bids, const Levels& asks) {
  const auto scaled = [this](const Levels& levels) {
    std::vector<BookLevel> result;
    for (const auto& [price, quantity] : levels) {
      result.push_back(
          {.price = Dec(price).ToScaled(book_.scale().price_decimals).value(),
           .quantity = Dec(quantity).ToScaled(book_.scale().quantity_decimals).value()});
    }
    return result;
  };
  const std::vector<BookLevel> bid_levels = scaled(bids);
  const std::vector<BookLevel> ask_levels = scaled(asks);
  BookSnapshot snapshot;
  snapshot.last_update_id = next_update_id_++;
  snapshot.bids = bid_levels;
  snapshot.asks = ask_levels;
  book_.ApplySnapshot(snapshot);
  stale_reason_.clear();
  health_.Set(Health::BookCapability(pair_), true, clock_.now());
  BookChanged event;
  event.pair = &pair_;
  event.book = &book_;
  event.is_best_changed = true;
  Publish(event);
}

void ScriptedExchange::SetMid(std::string_view mid) {
  const Decimal tick = rule_.price_increment.value();
  SetBook({{(Dec(mid) - tick).ToString(), "1000"}}, {{(Dec(mid) + tick).ToString(), "1000"}});
}

void ScriptedExchange::MakeStale(std::string_view reason) {
  stale_reason_ = reason;
  health_.Set(Health::BookCapability(pair_), false, clock_.now(), reason);
  BookChanged event;
  event.pair = &pair_;
  event.book = &book_;
  event.is_stale = true;
  Publish(event);
}

void ScriptedExchange::SetHealth(std::string_view capability,
                                 bool is_healthy,
                                 std::string_view reason) {
  health_.Set(capability, is_healthy, clock_.now(), reason);
}

void ScriptedExchange::RejectNextOrders(int count, std::string_view reason) {
  rejections_.insert(rejections_.end(), static_cast<size_t>(count), std::string(reason));
}

Order& ScriptedExchange::Get(const ClientOrderId& id) {
  const auto order = orders_.find(id);
  CHECK(order != orders_.end());
  return order->second;
}

void ScriptedExchange::CheckAllowed(const Order& order) const {
  CHECK(stale_reason_.empty());  // no quoting blind
  const std::vector<const Order*> open = open_orders();
  CHECK(open.size() < open_orders_max_);
  const bool is_buy = order.side == Side::kBuy;
  const std::optional<PriceLevel> touch = is_buy ? book_.best_ask() : book_.best_bid();
  if (touch.has_value()) {
    CHECK(is_buy ? *order.price < touch->price : *order.price > touch->price);
  }
  for (const Order* other : open) {
    if (other->side != order.side) {
      CHECK(is_buy ? *order.price < *other->price : *order.price > *other->price);
    }
  }
}

void ScriptedExchange::Reserve(const Order& order, Quantity quantity, bool is_release) {
  const bool is_buy = order.side == Side::kBuy;
  Balance& balance = balances_[is_buy ? pair_.quote : pair_.base];
  const Decimal amount = is_buy ? (*order.price * quantity).value() : quantity.value();
  balance.available += is_release ? amount : -amount;
}

absl::StatusOr<ClientOrderId> ScriptedExchange::Place(const OrderRequest& request) {
  if (!place_refusals_.empty()) {
    absl::Status refusal = std::move(place_refusals_.front());
    place_refusals_.pop_front();
    return refusal;
  }
  if (absl::Status status = CheckOrder(rule_, request, std::nullopt); !status.ok()) {
    return status;
  }
  const Order order =
      OrderOf(request, ClientOrderId(StrCat("c", placed_.size() + 1)), clock_.now());
  CheckAllowed(order);
  Reserve(order, order.quantity, /*is_release=*/false);
  if (balance(order.side == Side::kBuy ? pair_.quote : pair_.base).available.is_negative()) {
    Reserve(order, order.quantity, /*is_release=*/true);
    return absl::FailedPreconditionError("insufficient balance");
  }
  placed_.push_back(request);
  const ClientOrderId id = order.client_order_id;
  orders_[id] = order;
  most_open_ = std::max(most_open_, open_orders().size());
  if (!rejections_.empty()) {
    const std::string reason = rejections_.front();
    rejections_.pop_front();
    Reject(id, reason);
  } else if (is_auto_ack_) {
    Ack(id);
  }
  return id;
}

void ScriptedExchange::Ack(const ClientOrderId& id) {
  Order& order = Get(id);
  order.state = OrderState::kOpen;
  order.exchange_order_id = ExchangeOrderId("X" + id.ToString());
  OrderCreated event;
  event.order = order;
  Publish(event);
}

AssetAmount ScriptedExchange::Settle(const Order& order, Quantity quantity) {
  const bool is_buy = order.side == Side::kBuy;
  const Decimal notional = (*order.price * quantity).value();
  const Decimal returned = is_buy ? quantity.value() : notional;
  const Decimal paid = is_buy ? notional : quantity.value();
  const Decimal fee = Multiply(returned, fee_rates_.maker, Rounding::kUp).value();
  Balance& in = balances_[is_buy ? pair_.base : pair_.quote];
  Balance& out = balances_[is_buy ? pair_.quote : pair_.base];
  in.total += returned - fee;
  in.available += returned - fee;
  out.total -= paid;
  out.available -= paid;
  return {is_buy ? pair_.base : pair_.quote, fee};
}

void ScriptedExchange::Fill(const ClientOrderId& id, std::string_view text) {
  Order& order = Get(id);
  const Quantity quantity = Qty(text);
  const bool is_late = !order.is_open();
  if (!is_late) {
    Reserve(order, quantity, /*is_release=*/true);
  }
  order.filled += quantity;
  order.filled_notional += *order.price * quantity;
  CHECK(!order.remaining().is_negative());
  if (!is_late) {
    order.state = order.remaining().is_zero() ? OrderState::kFilled : OrderState::kPartiallyFilled;
  }
  OrderFilled event;
  event.fill.fees = {Settle(order, quantity)};
  event.order = order;
  event.is_after_terminal = is_late;
  event.fill.trade_id = TradeId(StrCat("t", next_trade_id_++));
  event.fill.client_order_id = id;
  event.fill.exchange_order_id = order.exchange_order_id;
  event.fill.pair = order.pair;
  event.fill.side = order.side;
  event.fill.price = *order.price;
  event.fill.quantity = quantity;
  event.fill.is_maker = true;
  event.fill.venue_time = clock_.now();
  const Order filled = order;
  Publish(event);
  if (!is_late && filled.state == OrderState::kFilled) {
    OrderCompleted completed;
    completed.order = filled;
    Publish(completed);
  }
  PublishBalance(pair_.base);
  PublishBalance(pair_.quote);
}

template <typename E>
void ScriptedExchange::End(const ClientOrderId& id, OrderState state, std::string_view reason) {
  Order& order = Get(id);
  CHECK(order.is_open());
  Reserve(order, order.remaining(), /*is_release=*/true);
  order.state = state;
  order.reason = reason;
  E event;
  event.order = order;
  Publish(event);
}

void ScriptedExchange::FinishCancel(const ClientOrderId& id) {
  End<OrderCanceled>(id, OrderState::kCanceled, "");
}

void ScriptedExchange::Reject(const ClientOrderId& id, std::string_view reason) {
  End<OrderRejected>(id, OrderState::kRejected, reason);
}

void ScriptedExchange::Expire(const ClientOrderId& id, std::string_view reason) {
  End<OrderExpired>(id, OrderState::kExpired, reason);
}

void ScriptedExchange::RejectCancel(const ClientOrderId& id, std::string_view reason) {
  Order& order = Get(id);
  order.is_cancel_requested = false;
  CancelRejected event;
  event.order = order;
  event.reason = reason;
  Publish(event);
}

absl::Status ScriptedExchange::Cancel(const ClientOrderId& id) {
  if (!cancel_refusals_.empty()) {
    absl::Status refusal = std::move(cancel_refusals_.front());
    cancel_refusals_.pop_front();
    return refusal;
  }
  const auto order = orders_.find(id);
  if (order == orders_.end()) {
    return absl::NotFoundError(StrCat("no order ", id));
  }
  if (!order->second.is_open()) {
    return absl::FailedPreconditionError(StrCat("order ", id, " is over"));
  }
  canceled_.push_back(id);
  order->second.is_cancel_requested = true;
  if (is_auto_cancel_) {
    FinishCancel(id);
  }
  return absl::OkStatus();
}

absl::Status ScriptedExchange::CancelAll(std::optional<TradingPair> pair) {
  std::vector<ClientOrderId> ids;
  for (const Order* order : open_orders()) {
    if (!pair.has_value() || order->pair == *pair) {
      ids.push_back(order->client_order_id);
    }
  }
  absl::Status result;
  for (const ClientOrderId& id : ids) {
    result.Update(Cancel(id));
  }
  return result;
}

absl::StatusOr<ClientOrderId> ScriptedExchange::Amend(const ClientOrderId& /*id*/,
                                                      const OrderAmendment& /*amendment*/) {
  return absl::UnimplementedError("the scripted exchange amends nothing");
}

absl::StatusOr<const OrderBook*> ScriptedExchange::book(const TradingPair& pair) const {
  if (pair != pair_) {
    return absl::NotFoundError(StrCat("no pair ", pair));
  }
  if (!stale_reason_.empty()) {
    return absl::UnavailableError(StrCat("book ", pair, ": ", stale_reason_));
  }
  return &book_;
}

const TradingRule* ScriptedExchange::rules(const TradingPair& pair) const {
  return is_rule_known_ && pair == pair_ ? &rule_ : nullptr;
}

FeeRates ScriptedExchange::fee_rates(const TradingPair& /*pair*/) const {
  return fee_rates_;
}

Balance ScriptedExchange::balance(std::string_view asset) const {
  const auto balance = balances_.find(asset);
  return balance == balances_.end() ? Balance() : balance->second;
}

std::vector<std::pair<std::string, Balance>> ScriptedExchange::balances() const {
  return {balances_.begin(), balances_.end()};
}

std::vector<const Order*> ScriptedExchange::open_orders() const {
  std::vector<const Order*> open;
  for (const auto& [id, order] : orders_) {
    if (order.is_open()) {
      open.push_back(&order);
    }
  }
  std::sort(open.begin(), open.end(), [](const Order* a, const Order* b) {
    if (a->side != b->side) {
      return a->side == Side::kBuy;
    }
    return a->side == Side::kBuy ? *a->price > *b->price : *a->price < *b->price;
  });
  return open;
}

const Order* ScriptedExchange::FindOrder(const ClientOrderId& id) const {
  const auto order = orders_.find(id);
  return order == orders_.end() ? nullptr : &order->second;
}

std::vector<std::string> ScriptedExchange::Open() const {
  std::vector<std::string> lines;
  for (const Order* order : open_orders()) {
    lines.push_back(StrCat(ToString(order->side), " ", order->remaining(), " @ ", *order->price));
  }
  return lines;
}

ClientOrderId ScriptedExchange::open_id(Side side) const {
  const std::vector<const Order*> open = open_orders();
  const auto found = std::find_if(
      open.begin(), open.end(), [side](const Order* order) { return order->side == side; });
  CHECK(found != open.end());
  return (*found)->client_order_id;
}

}  // namespace colibri
