// A gate on virtual time, with two books and the order events of a venue that does what it is told.
//
//   RiskBench bench({.limits = {.order_quantity_max = Q("1")}});
//   EXPECT_THAT(bench.Check(bench.Buy("100", "1")), IsOk());
//   const Order order = bench.Place(bench.Buy("100", "1"));
//   bench.Fill(order, "0.4");
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connector/order_checks.h"
#include "connector/risk_gate.h"
#include "core/simulated_clock.h"

namespace colibri {

inline Price P(std::string_view text) {
  return *Price::Parse(text);
}
inline Quantity Q(std::string_view text) {
  return *Quantity::Parse(text);
}
inline Notional N(std::string_view text) {
  return *Notional::Parse(text);
}
inline Decimal D(std::string_view text) {
  return *Decimal::Parse(text);
}

class RiskBench {
 public:
  const TradingPair btc{.base = "BTC", .quote = "USDT"};
  const TradingPair bnb{.base = "BNB", .quote = "USDT"};

  explicit RiskBench(RiskConfig config)
      : gate("fake", config, {btc, bnb}, clock, events), book(BookScale{2, 3}) {
    SetBook(btc, 9'900, 10'100);
  }

  // One level of 100 on each side and one of 100 ten further, prices in hundredths; told as event.
  void SetBook(const TradingPair& pair, int64_t bid, int64_t ask) {
    const BookLevel bids[] = {{bid, 100'000}, {bid - 1'000, 100'000}};
    const BookLevel asks[] = {{ask, 100'000}, {ask + 1'000, 100'000}};
    OrderBook& changed = pair == btc ? book : bnb_book_;
    changed.ApplySnapshot({.last_update_id = 1, .bids = bids, .asks = asks});
    events.Publish(BookChanged{.header = Header(),
                               .pair = &pair,
                               .book = &changed,
                               .is_best_changed = true,
                               .is_stale = false});
  }

  OrderRequest Request(Side side, std::string_view price, std::string_view quantity) const {
    return {.pair = btc,
            .side = side,
            .type = OrderType::kLimit,
            .time_in_force = TimeInForce::kGtc,
            .quantity = Q(quantity),
            .price = P(price),
            .quote_quantity = std::nullopt,
            .client_order_id = std::nullopt};
  }
  OrderRequest Buy(std::string_view price, std::string_view quantity) const {
    return Request(Side::kBuy, price, quantity);
  }
  OrderRequest Sell(std::string_view price, std::string_view quantity) const {
    return Request(Side::kSell, price, quantity);
  }
  OrderRequest Market(Side side, std::string_view quantity) const {
    OrderRequest request = Request(side, "1", quantity);
    request.type = OrderType::kMarket;
    request.price.reset();
    return request;
  }

  absl::Status Check(const OrderRequest& request) { return gate.Check(request, &book); }

  // On its way; nothing has been heard of it.
  Order Place(const OrderRequest& request) {
    const Order order =
        OrderOf(request, ClientOrderId("o" + std::to_string(++placed_)), clock.now());
    gate.Add(order, &book);
    return order;
  }
  Order Open(const OrderRequest& request) {
    Order order = Place(request);
    order.state = OrderState::kOpen;
    events.Publish(OrderCreated{Header(), order});
    return order;
  }
  // At the order's price, or at `price`; the end comes with the last of it.
  void Fill(Order& order,
            std::string_view quantity,
            std::string_view price = "",
            FeeAmounts fees = {}) {
    Fill(order, Q(quantity), price.empty() ? *order.price : P(price), std::move(fees));
  }
  void Fill(Order& order, Quantity quantity, Price price, FeeAmounts fees) {
    const bool was_open = order.is_open();
    order.filled += quantity;
    order.filled_notional += CheckedMultiply(price, quantity).value_or(Notional());
    order.state = was_open ? OrderState::kPartiallyFilled : order.state;
    struct Fill fill{};
    fill.client_order_id = order.client_order_id;
    fill.pair = order.pair;
    fill.side = order.side;
    fill.price = price;
    fill.quantity = quantity;
    fill.fees = std::move(fees);
    fill.venue_time = clock.now();
    events.Publish(OrderFilled{Header(), order, fill, /*is_after_terminal=*/!was_open});
    if (was_open && order.remaining().is_zero()) {
      order.state = OrderState::kFilled;
      events.Publish(OrderCompleted{Header(), order, /*is_incomplete=*/false});
    }
  }
  void CompleteWithoutFills(Order& order) {
    order.state = OrderState::kFilled;
    events.Publish(OrderCompleted{Header(), order, /*is_incomplete=*/true});
  }
  void Cancel(Order& order) {
    order.state = OrderState::kCanceled;
    events.Publish(OrderCanceled{Header(), order});
  }
  // Bought and sold at once.
  void Trade(Side side, std::string_view price, std::string_view quantity, FeeAmounts fees = {}) {
    Order order = Open(Request(side, price, quantity));
    Fill(order, quantity, price, std::move(fees));
  }

  EventHeader Header() const {
    return {.venue = "fake",
            .venue_time = clock.now(),
            .receive_time = clock.now(),
            .source = Source::kStream};
  }
  const RiskAccount::PairState& state() const { return *gate.account().Find(btc); }

  SimulatedClock clock{absl::FromUnixSeconds(1'700'000'000)};  // 2023-11-14T22:13:20Z
  EventBus events;
  RiskGate gate;
  OrderBook book;

 private:
  OrderBook bnb_book_{BookScale{2, 3}};
  int placed_ = 0;
};

}  // namespace colibri
