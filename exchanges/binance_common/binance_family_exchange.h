// The half of a connector that is the same on all venues of Binance: what to ask by the table of
// endpoints, and what their common answers mean.
//
//   class BinanceExchange final : public FamilyExchange<ExchangeBase, SpotRequests> { ... };
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
#include "exchanges/binance_common/binance_error_table.h"
#include "exchanges/binance_common/binance_family.h"
#include "exchanges/binance_common/binance_order_answers.h"
#include "exchanges/binance_common/binance_requests.h"

namespace colibri::binance {

// Base: ExchangeBase or what derives from it. VenueRequests: Requests and what the venue adds.
template <class Base, class VenueRequests>
class FamilyExchange : public Base {
 protected:
  // Spec and errors outlive this.
  FamilyExchange(Environment& environment,
                 const VenueSpec& spec,
                 const ErrorTable& errors,
                 ExchangeConfig config,
                 std::unique_ptr<Auth> auth)
      : Base(environment, spec, std::move(config), std::move(auth)),
        errors_(errors),
        requests_(this->config()) {}

  const VenueRequests& requests() const { return requests_; }

  std::string StreamSymbol(std::string_view symbol) const override { return LowerAscii(symbol); }

  VenueCall ServerTimeCall() const override { return requests_.ServerTime(); }
  absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) const override {
    return binance::ParseServerTime(body);
  }
  VenueCall RulesCall() const override { return requests_.ExchangeInfo(); }
  VenueCall BalancesCall() const override { return requests_.Balances(); }
  std::optional<VenueCall> FeesCall(const Instrument& instrument) const override {
    return requests_.Fees(instrument);
  }

  VenueCall PlaceCall(const Order& order, const Instrument& instrument) const override {
    return requests_.Place(order, instrument);
  }
  VenueCall CancelCall(const Order& order, const Instrument& instrument) const override {
    return requests_.Cancel(order, instrument);
  }
  std::optional<VenueCall> CancelAllCall(const Instrument& instrument) const override {
    return requests_.CancelAll(instrument);
  }
  std::optional<VenueCall> CancelAllConditionalCall(const Instrument& instrument) const override {
    return requests_.CancelAllConditional(instrument);
  }
  std::optional<VenueCall> OpenConditionalOrdersCall(const Instrument& instrument) const override {
    return requests_.OpenConditionalOrders(instrument);
  }
  std::optional<VenueCall> AmendCall(const Order& order,
                                     const OrderAmendment& amendment,
                                     const Instrument& instrument) const override {
    return requests_.Amend(order, amendment, instrument);
  }

  VenueCall OrderCall(const Order& order, const Instrument& instrument) const override {
    return requests_.QueryOrder(order, instrument);
  }
  absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body) const override {
    return binance::ParseOrder(body, this->instruments());
  }
  VenueCall OpenOrdersCall(const Instrument& instrument) const override {
    return requests_.OpenOrders(instrument);
  }
  absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body) const override {
    return binance::ParseOpenOrders(body, this->instruments());
  }
  VenueCall OrderTradesCall(const Order& order, const Instrument& instrument) const override {
    return requests_.OrderTrades(order, instrument);
  }
  VenueCall TradesCall(const TradeCursor& cursor, const Instrument& instrument) const override {
    return requests_.Trades(cursor, instrument);
  }
  absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body) const override {
    return binance::ParseTrades(body, this->instruments());
  }

  VenueError ClassifyError(const HttpResponse& response) const override {
    return binance::ClassifyError(errors_, response);
  }

 private:
  const ErrorTable& errors_;
  const VenueRequests requests_;
};

}  // namespace colibri::binance
