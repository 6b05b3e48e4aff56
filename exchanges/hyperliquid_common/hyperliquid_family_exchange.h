// The half of a connector that is the same on all of Hyperliquid's venues: what to ask about orders
// and fills, and what the answers mean.
//
//   class HyperliquidExchange final : public FamilyExchange<ExchangeBase, SpotRequests> { ... };
//
// For the .cc file of a venue's connector. Thread: the loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connector/exchange_base.h"
#include "exchanges/hyperliquid_common/hyperliquid_errors.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_answers.h"
#include "exchanges/hyperliquid_common/hyperliquid_order_socket_source.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid {

// Base: ExchangeBase or what derives from it. VenueRequests: Requests and what the venue adds.
template <class Base, class VenueRequests>
class FamilyExchange : public Base {
 protected:
  // The spec outlives this. `auth` is null, and `account` empty, for market data only.
  FamilyExchange(Environment& environment,
                 const VenueSpec& spec,
                 ExchangeConfig config,
                 std::unique_ptr<Auth> auth,
                 std::string account)
      : Base(environment, spec, std::move(config), std::move(auth)),
        spec_(spec),
        requests_(std::move(account)) {}

  const VenueRequests& requests() const { return requests_; }

  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override {
    return std::make_unique<HyperliquidMarketData>(
        this->hosts(), this->config(), instruments, spec_.is_perpetual());
  }
  std::unique_ptr<OrderSocketSource> MakeOrderSocketSource() override {
    return std::make_unique<HyperliquidOrderSocketSource>();
  }
  std::string StreamSymbol(std::string_view symbol) const override { return std::string(symbol); }

  VenueCall ServerTimeCall() const override { return requests_.ServerTime(); }
  absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) const override {
    return hyperliquid::ParseServerTime(body);
  }
  VenueCall RulesCall() const override { return requests_.Rules(); }
  VenueCall BalancesCall() const override { return requests_.Balances(); }
  std::optional<VenueCall> FeesCall(const Instrument&) const override { return requests_.Fees(); }

  VenueCall PlaceCall(const Order& order, const Instrument& instrument) const override {
    return requests_.Place(order, instrument);
  }
  absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body,
                                          const Order& order) const override {
    return hyperliquid::ParsePlaced(body, order);
  }
  VenueCall CancelCall(const Order& order, const Instrument& instrument) const override {
    return requests_.Cancel(order, instrument);
  }
  absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body,
                                            const Order& order) const override {
    return hyperliquid::ParseCanceled(body, order);
  }
  // Never in place: every modification makes a new order.
  std::optional<VenueCall> ReplaceCall(const Order& old_order,
                                       const Order& new_order,
                                       const Instrument& instrument) const override {
    return requests_.Replace(old_order, new_order, instrument);
  }
  absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                              const Order& old_order,
                                              const Order& new_order) const override {
    return hyperliquid::ParseReplaced(response, old_order, new_order);
  }

  VenueCall OrderCall(const Order& order, const Instrument&) const override {
    return requests_.Order(order);
  }
  absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body) const override {
    return hyperliquid::ParseOrder(body, this->instruments());
  }
  VenueCall OpenOrdersCall(const Instrument&) const override { return requests_.OpenOrders(); }
  absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body) const override {
    return hyperliquid::ParseOpenOrders(body, this->instruments());
  }
  // Fills can be asked for by time alone.
  VenueCall OrderTradesCall(const Order& order, const Instrument&) const override {
    constexpr absl::Duration kMargin = absl::Minutes(1);  // the venue's clock and ours may differ
    return requests_.Fills(order.created_at - kMargin);
  }
  VenueCall TradesCall(const TradeCursor& cursor, const Instrument&) const override {
    return requests_.Fills(cursor.since);
  }
  absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body) const override {
    return hyperliquid::ParseTrades(body, this->instruments());
  }

  VenueError ClassifyError(const HttpResponse& response) const override {
    return hyperliquid::ClassifyError(response);
  }
  std::optional<VenueError> FindError(const HttpResponse& response) const override {
    return hyperliquid::FindError(response);
  }

 private:
  const VenueSpec& spec_;
  const VenueRequests requests_;
};

}  // namespace colibri::hyperliquid
