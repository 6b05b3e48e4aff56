#include "exchanges/hyperliquid/hyperliquid_exchange.h"

#include <algorithm>
#include <utility>

#include "exchanges/hyperliquid/hyperliquid_answers.h"
#include "exchanges/hyperliquid/hyperliquid_errors.h"
#include "exchanges/hyperliquid/hyperliquid_market_data.h"
#include "exchanges/hyperliquid/hyperliquid_spec.h"
#include "exchanges/hyperliquid/hyperliquid_user_stream.h"

namespace colibri::hyperliquid {
namespace {

// The venue's clock and ours may differ by a little.
constexpr absl::Duration kOrderTimeMargin = absl::Minutes(1);
// The venue takes no dead man's switch that is nearer.
constexpr absl::Duration kCountdownMin = absl::Seconds(6);

}  // namespace

HyperliquidExchange::HyperliquidExchange(Environment& environment,
                                         ExchangeConfig config,
                                         std::unique_ptr<Auth> auth,
                                         std::string account)
    : PerpetualBase(environment, HyperliquidSpec(), std::move(config), std::move(auth)),
      requests_(std::move(account)) {}

std::unique_ptr<OrderBookDataSource> HyperliquidExchange::MakeOrderBookDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<HyperliquidMarketData>(hosts(), config(), instruments);
}

std::unique_ptr<UserStreamDataSource> HyperliquidExchange::MakeUserStreamDataSource(
    const InstrumentTable& instruments) {
  return std::make_unique<HyperliquidUserStream>(hosts(), requests_.account(), instruments);
}

std::string HyperliquidExchange::StreamSymbol(std::string_view symbol) const {
  return std::string(symbol);
}

VenueCall HyperliquidExchange::ServerTimeCall() const {
  return requests_.ServerTime();
}

absl::StatusOr<absl::Time> HyperliquidExchange::ParseServerTime(std::string_view body) const {
  return hyperliquid::ParseServerTime(body);
}

VenueCall HyperliquidExchange::RulesCall() const {
  return requests_.Rules();
}

absl::StatusOr<VenueRules> HyperliquidExchange::ParseRules(std::string_view body) const {
  return hyperliquid::ParseRules(body);
}

VenueCall HyperliquidExchange::BalancesCall() const {
  return requests_.AccountState();
}

absl::StatusOr<std::vector<BalanceUpdate>> HyperliquidExchange::ParseBalances(
    std::string_view body) const {
  return hyperliquid::ParseBalances(body, instruments());
}

std::optional<VenueCall> HyperliquidExchange::FeesCall(const Instrument&) const {
  return requests_.Fees();
}

absl::StatusOr<FeeRates> HyperliquidExchange::ParseFees(std::string_view body) const {
  return hyperliquid::ParseFees(body);
}

VenueCall HyperliquidExchange::PlaceCall(const Order& order, const Instrument& instrument) const {
  return requests_.Place(order, instrument);
}

absl::StatusOr<PlaceAnswer> HyperliquidExchange::ParsePlaced(std::string_view body,
                                                             const Order& order) const {
  return hyperliquid::ParsePlaced(body, order);
}

VenueCall HyperliquidExchange::CancelCall(const Order& order, const Instrument& instrument) const {
  return requests_.Cancel(order, instrument);
}

absl::StatusOr<OrderUpdate> HyperliquidExchange::ParseCanceled(std::string_view body,
                                                               const Order& order) const {
  return hyperliquid::ParseCanceled(body, order);
}

std::optional<VenueCall> HyperliquidExchange::ReplaceCall(const Order& old_order,
                                                          const Order& new_order,
                                                          const Instrument& instrument) const {
  return requests_.Replace(old_order, new_order, instrument);
}

absl::StatusOr<ReplaceAnswer> HyperliquidExchange::ParseReplaced(const HttpResponse& response,
                                                                 const Order& old_order,
                                                                 const Order& new_order) const {
  return hyperliquid::ParseReplaced(response, old_order, new_order);
}

VenueCall HyperliquidExchange::OrderCall(const Order& order, const Instrument&) const {
  return requests_.Order(order);
}

absl::StatusOr<OrderUpdate> HyperliquidExchange::ParseOrder(std::string_view body) const {
  return hyperliquid::ParseOrder(body, instruments());
}

VenueCall HyperliquidExchange::OpenOrdersCall(const Instrument&) const {
  return requests_.OpenOrders();
}

absl::StatusOr<std::vector<OrderUpdate>> HyperliquidExchange::ParseOpenOrders(
    std::string_view body) const {
  return hyperliquid::ParseOpenOrders(body, instruments());
}

// Fills can be asked for by time alone.
VenueCall HyperliquidExchange::OrderTradesCall(const Order& order, const Instrument&) const {
  return requests_.Fills(order.created_at - kOrderTimeMargin);
}

VenueCall HyperliquidExchange::TradesCall(const TradeCursor& cursor, const Instrument&) const {
  return requests_.Fills(cursor.since);
}

absl::StatusOr<std::vector<TradeUpdate>> HyperliquidExchange::ParseTrades(
    std::string_view body) const {
  return hyperliquid::ParseTrades(body, instruments());
}

VenueError HyperliquidExchange::ClassifyError(const HttpResponse& response) const {
  return hyperliquid::ClassifyError(response);
}

std::optional<VenueError> HyperliquidExchange::FindError(const HttpResponse& response) const {
  return hyperliquid::FindError(response);
}

VenueCall HyperliquidExchange::LeverageCall(const Instrument& instrument) const {
  return requests_.Leverage(instrument);
}

absl::StatusOr<LeverageSetting> HyperliquidExchange::ParseLeverage(std::string_view body,
                                                                   const Instrument&) const {
  return hyperliquid::ParseLeverage(body);
}

std::vector<VenueCall> HyperliquidExchange::SetLeverageCalls(const Instrument& instrument,
                                                             const LeverageSetting&,
                                                             const LeverageSetting& wanted) const {
  return {requests_.SetLeverage(instrument, wanted)};
}

VenueCall HyperliquidExchange::PositionsCall() const {
  return requests_.AccountState();
}

absl::StatusOr<std::vector<Position>> HyperliquidExchange::ParsePositions(
    std::string_view body) const {
  return hyperliquid::ParsePositions(body, instruments());
}

VenueCall HyperliquidExchange::FundingInfoCall(const Instrument&) const {
  return requests_.Contexts();
}

absl::StatusOr<FundingInfo> HyperliquidExchange::ParseFundingInfo(
    std::string_view body, const Instrument& instrument) const {
  return hyperliquid::ParseFundingInfo(body, instrument);
}

VenueCall HyperliquidExchange::FundingPaymentsCall(absl::Time since) const {
  return requests_.FundingPayments(since);
}

absl::StatusOr<std::vector<FundingPaymentUpdate>> HyperliquidExchange::ParseFundingPayments(
    std::string_view body) const {
  return hyperliquid::ParseFundingPayments(body, instruments());
}

std::vector<VenueCall> HyperliquidExchange::DeadMansSwitchCalls(const InstrumentTable&,
                                                                absl::Time venue_now,
                                                                absl::Duration countdown) const {
  if (countdown <= absl::ZeroDuration()) {
    return {requests_.ScheduleCancel(std::nullopt)};
  }
  return {requests_.ScheduleCancel(venue_now + std::max(countdown, kCountdownMin))};
}

}  // namespace colibri::hyperliquid
