#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_exchange.h"

#include <algorithm>
#include <utility>

#include "exchanges/hyperliquid_common/hyperliquid_answers.h"
#include "exchanges/hyperliquid_common/hyperliquid_errors.h"
#include "exchanges/hyperliquid_common/hyperliquid_market_data.h"
#include "exchanges/hyperliquid_common/hyperliquid_user_stream.h"
#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_spec.h"

namespace colibri::hyperliquid::perpetual {
namespace {

// The venue's clock and ours may differ by a little.
constexpr absl::Duration kOrderTimeMargin = absl::Minutes(1);
// The venue takes no dead man's switch that is nearer.
constexpr absl::Duration kCountdownMin = absl::Seconds(6);

}  // namespace

HyperliquidPerpetualExchange::HyperliquidPerpetualExchange(Environment& environment,
                                                           ExchangeConfig config,
                                                           std::unique_ptr<Auth> auth,
                                                           std::string account)
    : PerpetualBase(environment, HyperliquidPerpetualSpec(), std::move(config), std::move(auth)),
      requests_(std::move(account)) {}

std::unique_ptr<OrderBookDataSource> HyperliquidPerpetualExchange::MakeOrderBookDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<HyperliquidMarketData>(hosts(), config(), instruments);
}

std::unique_ptr<UserStreamDataSource> HyperliquidPerpetualExchange::MakeUserStreamDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<HyperliquidUserStream>(hosts(), requests_.account(), instruments);
}

std::string HyperliquidPerpetualExchange::StreamSymbol(std::string_view symbol) const {
  return std::string(symbol);
}

VenueCall HyperliquidPerpetualExchange::ServerTimeCall() const {
  return requests_.ServerTime();
}

absl::StatusOr<absl::Time> HyperliquidPerpetualExchange::ParseServerTime(
    std::string_view body) const {
  return hyperliquid::ParseServerTime(body);
}

VenueCall HyperliquidPerpetualExchange::RulesCall() const {
  return requests_.Rules();
}

absl::StatusOr<VenueRules> HyperliquidPerpetualExchange::ParseRules(std::string_view body) const {
  return hyperliquid::ParseRules(body);
}

VenueCall HyperliquidPerpetualExchange::BalancesCall() const {
  return requests_.AccountState();
}

absl::StatusOr<std::vector<BalanceUpdate>> HyperliquidPerpetualExchange::ParseBalances(
    std::string_view body) const {
  return hyperliquid::ParseBalances(body, instruments());
}

std::optional<VenueCall> HyperliquidPerpetualExchange::FeesCall(const Instrument&) const {
  return requests_.Fees();
}

absl::StatusOr<FeeRates> HyperliquidPerpetualExchange::ParseFees(std::string_view body) const {
  return hyperliquid::ParseFees(body);
}

VenueCall HyperliquidPerpetualExchange::PlaceCall(const Order& order,
                                                  const Instrument& instrument) const {
  return requests_.Place(order, instrument);
}

absl::StatusOr<PlaceAnswer> HyperliquidPerpetualExchange::ParsePlaced(std::string_view body,
                                                                      const Order& order) const {
  return hyperliquid::ParsePlaced(body, order);
}

VenueCall HyperliquidPerpetualExchange::CancelCall(const Order& order,
                                                   const Instrument& instrument) const {
  return requests_.Cancel(order, instrument);
}

absl::StatusOr<OrderUpdate> HyperliquidPerpetualExchange::ParseCanceled(std::string_view body,
                                                                        const Order& order) const {
  return hyperliquid::ParseCanceled(body, order);
}

std::optional<VenueCall> HyperliquidPerpetualExchange::ReplaceCall(
    const Order& old_order, const Order& new_order, const Instrument& instrument) const {
  return requests_.Replace(old_order, new_order, instrument);
}

absl::StatusOr<ReplaceAnswer> HyperliquidPerpetualExchange::ParseReplaced(
    const HttpResponse& response, const Order& old_order, const Order& new_order) const {
  return hyperliquid::ParseReplaced(response, old_order, new_order);
}

VenueCall HyperliquidPerpetualExchange::OrderCall(const Order& order, const Instrument&) const {
  return requests_.Order(order);
}

absl::StatusOr<OrderUpdate> HyperliquidPerpetualExchange::ParseOrder(std::string_view body) const {
  return hyperliquid::ParseOrder(body, instruments());
}

VenueCall HyperliquidPerpetualExchange::OpenOrdersCall(const Instrument&) const {
  return requests_.OpenOrders();
}

absl::StatusOr<std::vector<OrderUpdate>> HyperliquidPerpetualExchange::ParseOpenOrders(
    std::string_view body) const {
  return hyperliquid::ParseOpenOrders(body, instruments());
}

// Fills can be asked for by time alone.
VenueCall HyperliquidPerpetualExchange::OrderTradesCall(const Order& order,
                                                        const Instrument&) const {
  return requests_.Fills(order.created_at - kOrderTimeMargin);
}

VenueCall HyperliquidPerpetualExchange::TradesCall(const TradeCursor& cursor,
                                                   const Instrument&) const {
  return requests_.Fills(cursor.since);
}

absl::StatusOr<std::vector<TradeUpdate>> HyperliquidPerpetualExchange::ParseTrades(
    std::string_view body) const {
  return hyperliquid::ParseTrades(body, instruments());
}

VenueError HyperliquidPerpetualExchange::ClassifyError(const HttpResponse& response) const {
  return hyperliquid::ClassifyError(response);
}

std::optional<VenueError> HyperliquidPerpetualExchange::FindError(
    const HttpResponse& response) const {
  return hyperliquid::FindError(response);
}

VenueCall HyperliquidPerpetualExchange::LeverageCall(const Instrument& instrument) const {
  return requests_.Leverage(instrument);
}

absl::StatusOr<LeverageSetting> HyperliquidPerpetualExchange::ParseLeverage(
    std::string_view body, const Instrument&) const {
  return hyperliquid::ParseLeverage(body);
}

std::vector<VenueCall> HyperliquidPerpetualExchange::SetLeverageCalls(
    const Instrument& instrument, const LeverageSetting&, const LeverageSetting& wanted) const {
  return {requests_.SetLeverage(instrument, wanted)};
}

VenueCall HyperliquidPerpetualExchange::PositionsCall() const {
  return requests_.AccountState();
}

absl::StatusOr<std::vector<Position>> HyperliquidPerpetualExchange::ParsePositions(
    std::string_view body) const {
  return hyperliquid::ParsePositions(body, instruments());
}

VenueCall HyperliquidPerpetualExchange::FundingInfoCall(const Instrument&) const {
  return requests_.Contexts();
}

absl::StatusOr<FundingInfo> HyperliquidPerpetualExchange::ParseFundingInfo(
    std::string_view body, const Instrument& instrument) const {
  return hyperliquid::ParseFundingInfo(body, instrument);
}

VenueCall HyperliquidPerpetualExchange::FundingPaymentsCall(absl::Time since) const {
  return requests_.FundingPayments(since);
}

absl::StatusOr<std::vector<FundingPaymentUpdate>>
HyperliquidPerpetualExchange::ParseFundingPayments(std::string_view body) const {
  return hyperliquid::ParseFundingPayments(body, instruments());
}

std::vector<VenueCall> HyperliquidPerpetualExchange::DeadMansSwitchCalls(
    const InstrumentTable&, absl::Time venue_now, absl::Duration countdown) const {
  if (countdown <= absl::ZeroDuration()) {
    return {requests_.ScheduleCancel(std::nullopt)};
  }
  return {requests_.ScheduleCancel(venue_now + std::max(countdown, kCountdownMin))};
}

}  // namespace colibri::hyperliquid::perpetual
