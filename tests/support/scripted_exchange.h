// An exchange for unit tests of strategies: does what the test tells it, at once.
//
//   ScriptedExchange exchange(pair);                      // healthy, tick 0.01, step 0.0001
//   exchange.SetBalance("USDT", "1000");
//   exchange.SetBook({{"99.99", "1"}}, {{"100.01", "2"}});
//   exchange.RefuseNextPlace(absl::FailedPreconditionError("no balance"));
//   exchange.Fill(exchange.open_id(Side::kBuy), "0.1");   // at its own price, fee of what returns
//   EXPECT_THAT(exchange.Open(), ElementsAre("buy 0.1 @ 99.9"));
//
// By default orders are acknowledged and cancels done within the call, their events published
// there and then; set_auto_ack(false) and set_auto_cancel(false) leave both to the test. Balances
// are reserved at Place as a real connector does. CHECKs what no strategy may do: more open orders
// than allowed (set_open_orders_max), crossing the book, or crossing its own orders.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/exchange.h"
#include "core/simulated_clock.h"

namespace colibri {

class ScriptedExchange final : public Exchange {
 public:
  using Levels = std::vector<std::pair<std::string, std::string>>;  // price, quantity

  explicit ScriptedExchange(TradingPair pair);

  // What the test does.
  void SetBalance(std::string_view asset, std::string_view total);
  // The same without an event, as when it is late.
  void SetBalanceSilently(std::string_view asset, std::string_view total);
  // Replaces the book and publishes the change.
  void SetBook(const Levels& bids, const Levels& asks);
  // SetMid("100") is a bid of 99.99 and an ask of 100.01.
  void SetMid(std::string_view mid);
  void MakeStale(std::string_view reason);
  void SetHealth(std::string_view capability, bool is_healthy, std::string_view reason = "");
  TradingRule& rule() { return rule_; }
  void set_rules_known(bool known) { is_rule_known_ = known; }
  void set_fee_rates(FeeRates rates) { fee_rates_ = rates; }
  void set_auto_ack(bool on) { is_auto_ack_ = on; }
  void set_auto_cancel(bool on) { is_auto_cancel_ = on; }
  void set_open_orders_max(size_t max) { open_orders_max_ = max; }
  void RefuseNextPlace(absl::Status status) { place_refusals_.push_back(std::move(status)); }
  void RefuseNextCancel(absl::Status status) { cancel_refusals_.push_back(std::move(status)); }
  // The next orders are rejected by the venue, after Place accepted them.
  void RejectNextOrders(int count, std::string_view reason);

  void Ack(const ClientOrderId& id);
  // At the order's price, as maker. A fill of a terminal order is late.
  void Fill(const ClientOrderId& id, std::string_view quantity);
  void FinishCancel(const ClientOrderId& id);
  void RejectCancel(const ClientOrderId& id, std::string_view reason);
  void Reject(const ClientOrderId& id, std::string_view reason);
  void Expire(const ClientOrderId& id, std::string_view reason);
  void PublishBalance(std::string_view asset);
  template <typename E>
  void Publish(E event) {
    event.header.venue = name();
    event.header.receive_time = clock_.now();
    event.header.venue_time = clock_.now();
    bus_.Publish(std::move(event));
  }

  // What the test sees.
  // "buy 0.1 @ 99.9", buys first, best first; remaining quantities.
  std::vector<std::string> Open() const;
  // Of the best open order of a side; CHECKs that there is one.
  ClientOrderId open_id(Side side) const;
  const std::vector<OrderRequest>& placed() const { return placed_; }
  const std::vector<ClientOrderId>& canceled() const { return canceled_; }
  size_t requests() const { return placed_.size() + canceled_.size(); }
  size_t most_open() const { return most_open_; }
  SimulatedClock& simulated_clock() { return clock_; }

  std::string_view name() const override { return "scripted"; }
  const std::vector<TradingPair>& pairs() const override { return pairs_; }
  absl::StatusOr<ClientOrderId> Place(const OrderRequest& request) override;
  absl::Status Cancel(const ClientOrderId& id) override;
  absl::Status CancelAll(std::optional<TradingPair> pair) override;
  absl::StatusOr<ClientOrderId> Amend(const ClientOrderId& id,
                                      const OrderAmendment& amendment) override;
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const override;
  const TradingRule* rules(const TradingPair& pair) const override;
  FeeRates fee_rates(const TradingPair& pair) const override;
  Balance balance(std::string_view asset) const override;
  std::vector<std::pair<std::string, Balance>> balances() const override;
  std::vector<const Order*> open_orders() const override;
  const Order* FindOrder(const ClientOrderId& id) const override;
  const Health& health() const override { return health_; }
  EventBus& events() override { return bus_; }
  Clock& clock() override { return clock_; }

 private:
  Order& Get(const ClientOrderId& id);
  void CheckAllowed(const Order& order) const;
  // What an open order holds back of its asset.
  void Reserve(const Order& order, Quantity quantity, bool is_release);
  // What a fill moves; returns the fee.
  AssetAmount Settle(const Order& order, Quantity quantity);
  template <typename E>
  void End(const ClientOrderId& id, OrderState state, std::string_view reason);

  TradingPair pair_;
  std::vector<TradingPair> pairs_;
  SimulatedClock clock_;
  EventBus bus_;
  Health health_;
  TradingRule rule_;
  bool is_rule_known_ = true;
  FeeRates fee_rates_;
  OrderBook book_;
  std::string stale_reason_ = "no snapshot yet";  // empty: synced
  std::map<std::string, Balance, std::less<>> balances_;
  std::map<ClientOrderId, Order> orders_;
  std::vector<OrderRequest> placed_;
  std::vector<ClientOrderId> canceled_;
  std::deque<absl::Status> place_refusals_;
  std::deque<absl::Status> cancel_refusals_;
  std::deque<std::string> rejections_;
  bool is_auto_ack_ = true;
  bool is_auto_cancel_ = true;
  size_t open_orders_max_ = 1000;
  size_t most_open_ = 0;
  int64_t next_trade_id_ = 1;
  int64_t next_update_id_ = 1;
};

// CHECK the text: for literals.
Decimal Dec(std::string_view text);
inline Price Px(std::string_view text) {
  return Price(Dec(text));
}
inline Quantity Qty(std::string_view text) {
  return Quantity(Dec(text));
}

}  // namespace colibri
