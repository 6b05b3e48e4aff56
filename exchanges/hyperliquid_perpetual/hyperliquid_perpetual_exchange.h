// The connector of Hyperliquid's perpetuals: tells PerpetualBase how this venue wants its requests
// and what its answers mean.
//
//   auto exchange = std::make_unique<HyperliquidPerpetualExchange>(environment, config,
//   std::move(auth), user); CO_RETURN_IF_ERROR(co_await exchange->Start(absl::Seconds(30)));
//
// Thread: the loop's. Domains: live, testnet, local (hyperliquid_spec.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/perpetual_base.h"
#include "exchanges/hyperliquid_common/hyperliquid_requests.h"

namespace colibri::hyperliquid::perpetual {

class HyperliquidPerpetualExchange final : public PerpetualBase {
 public:
  // The configured domain exists; auth is null, and account empty, for market data only.
  HyperliquidPerpetualExchange(Environment& environment,
                               ExchangeConfig config,
                               std::unique_ptr<Auth> auth,
                               std::string account);

 protected:
  std::unique_ptr<OrderBookDataSource> MakeOrderBookDataSource(
      const InstrumentTable& instruments) override;
  std::unique_ptr<UserStreamDataSource> MakeUserStreamDataSource(
      const InstrumentTable& instruments) override;
  std::string StreamSymbol(std::string_view symbol) const override;

  VenueCall ServerTimeCall() const override;
  absl::StatusOr<absl::Time> ParseServerTime(std::string_view body) const override;
  VenueCall RulesCall() const override;
  absl::StatusOr<VenueRules> ParseRules(std::string_view body) const override;
  VenueCall BalancesCall() const override;
  absl::StatusOr<std::vector<BalanceUpdate>> ParseBalances(std::string_view body) const override;
  std::optional<VenueCall> FeesCall(const Instrument& instrument) const override;
  absl::StatusOr<FeeRates> ParseFees(std::string_view body) const override;

  VenueCall PlaceCall(const Order& order, const Instrument& instrument) const override;
  absl::StatusOr<PlaceAnswer> ParsePlaced(std::string_view body, const Order& order) const override;
  VenueCall CancelCall(const Order& order, const Instrument& instrument) const override;
  absl::StatusOr<OrderUpdate> ParseCanceled(std::string_view body,
                                            const Order& order) const override;
  // Never in place: every modification makes a new order.
  std::optional<VenueCall> ReplaceCall(const Order& old_order,
                                       const Order& new_order,
                                       const Instrument& instrument) const override;
  absl::StatusOr<ReplaceAnswer> ParseReplaced(const HttpResponse& response,
                                              const Order& old_order,
                                              const Order& new_order) const override;

  VenueCall OrderCall(const Order& order, const Instrument& instrument) const override;
  absl::StatusOr<OrderUpdate> ParseOrder(std::string_view body) const override;
  VenueCall OpenOrdersCall(const Instrument& instrument) const override;
  absl::StatusOr<std::vector<OrderUpdate>> ParseOpenOrders(std::string_view body) const override;
  VenueCall OrderTradesCall(const Order& order, const Instrument& instrument) const override;
  VenueCall TradesCall(const TradeCursor& cursor, const Instrument& instrument) const override;
  absl::StatusOr<std::vector<TradeUpdate>> ParseTrades(std::string_view body) const override;
  VenueError ClassifyError(const HttpResponse& response) const override;
  std::optional<VenueError> FindError(const HttpResponse& response) const override;

  VenueCall LeverageCall(const Instrument& instrument) const override;
  absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body,
                                                const Instrument& instrument) const override;
  std::vector<VenueCall> SetLeverageCalls(const Instrument& instrument,
                                          const LeverageSetting& current,
                                          const LeverageSetting& wanted) const override;
  VenueCall PositionsCall() const override;
  absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body) const override;
  VenueCall FundingInfoCall(const Instrument& instrument) const override;
  absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body,
                                               const Instrument& instrument) const override;
  VenueCall FundingPaymentsCall(absl::Time since) const override;
  absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
      std::string_view body) const override;
  std::vector<VenueCall> DeadMansSwitchCalls(const InstrumentTable& instruments,
                                             absl::Time venue_now,
                                             absl::Duration countdown) const override;

 private:
  Requests requests_;
};

}  // namespace colibri::hyperliquid::perpetual
