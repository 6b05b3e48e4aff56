#include "exchanges/binance_perpetual/binance_perpetual_requests.h"

#include <algorithm>
#include <string_view>

#include "core/strings.h"
#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

namespace colibri::binance::perpetual {
namespace {

constexpr Endpoint kPositionMode = {"/fapi/v1/positionSide/dual", 30};
constexpr Endpoint kSetPositionMode = {"/fapi/v1/positionSide/dual", 1};
constexpr Endpoint kSymbolConfig = {"/fapi/v1/symbolConfig", 5};
constexpr Endpoint kMarginType = {"/fapi/v1/marginType", 1};
constexpr Endpoint kLeverage = {"/fapi/v1/leverage", 1};
constexpr Endpoint kPositions = {"/fapi/v3/positionRisk", 5};
constexpr Endpoint kPremiumIndex = {"/fapi/v1/premiumIndex", 1};
constexpr Endpoint kOpenInterest = {"/fapi/v1/openInterest", 1};
constexpr Endpoint kIncome = {"/fapi/v1/income", 30};
constexpr Endpoint kCountdown = {"/fapi/v1/countdownCancelAll", 10};

constexpr std::string_view kIncomeMax = "1000";

// GTX is post-only.
std::string_view TimeInForceOf(const Order& order) {
  switch (order.type) {
    case OrderType::kLimit:
      return TimeInForceText(order.time_in_force);
    case OrderType::kLimitMaker:
      return "GTX";
    case OrderType::kMarket:
      return "";
  }
  return "";
}

}  // namespace

PerpetualRequests::PerpetualRequests(const ExchangeConfig& config)
    : Requests(config, PerpetualEndpoints()) {}

VenueCall PerpetualRequests::Place(const Order& order, const Instrument& instrument) const {
  const bool is_close = order.position_action == PositionAction::kClose;
  VenueCall call =
      Call(HttpMethod::kPost,
           order.trigger.has_value() ? endpoints().conditional_order : endpoints().place,
           CallSecurity::kSigned,
           is_close ? CallPriority::kReduceOnly : CallPriority::kCreate);
  ChargeOrder(call);
  AddOrder(order,
           instrument,
           order.type == OrderType::kMarket ? "MARKET" : "LIMIT",
           TimeInForceOf(order),
           call.request);
  // In hedge mode the side says which position is closed, and reduceOnly is refused; in one-way
  // mode it is the other way round.
  if (order.position_side != PositionSide::kNet) {
    call.request.AddParameter("positionSide",
                              order.position_side == PositionSide::kLong ? "LONG" : "SHORT");
  } else if (is_close) {
    call.request.AddParameter("reduceOnly", "true");
  }
  if (!order.trigger.has_value()) {
    call.request.AddParameter("newOrderRespType", "ACK");
  }
  AddSelfTradePrevention(call.request);
  Finish(call);
  return call;
}

std::optional<VenueCall> PerpetualRequests::Amend(const Order& order,
                                                  const OrderAmendment& amendment,
                                                  const Instrument& instrument) const {
  if (!IsLoweringOnly(order, amendment) || !order.price.has_value()) {
    return std::nullopt;
  }
  VenueCall call =
      Call(HttpMethod::kPut, endpoints().amend, CallSecurity::kSigned, CallPriority::kReduceOnly);
  ChargeOrder(call);
  call.request.AddParameter("symbol", instrument.symbol);
  AddOrderId(order, "origClientOrderId", "orderId", call.request);
  call.request.AddParameter("side", SideText(order.side));
  // The venue wants both, also where one stays.
  call.request.AddParameter("quantity", amendment.quantity->value());
  call.request.AddParameter("price", order.price->value());
  Finish(call);
  return call;
}

VenueCall PerpetualRequests::Fees(const Instrument& instrument) const {
  return Signed(HttpMethod::kGet,
                endpoints().fees,
                CallPriority::kReconcile,
                {{"symbol", instrument.symbol}});
}

VenueCall PerpetualRequests::KeepListenKey() const {
  return Call(
      HttpMethod::kPut, endpoints().listen_key, CallSecurity::kKey, CallPriority::kReconcile);
}

VenueCall PerpetualRequests::PositionMode() const {
  return Signed(HttpMethod::kGet, kPositionMode, CallPriority::kReconcile, {});
}

VenueCall PerpetualRequests::SetPositionMode(colibri::PositionMode mode) const {
  return Signed(HttpMethod::kPost,
                kSetPositionMode,
                CallPriority::kReconcile,
                {{"dualSidePosition", mode == colibri::PositionMode::kHedge ? "true" : "false"}});
}

VenueCall PerpetualRequests::Leverage(const Instrument& instrument) const {
  return Signed(
      HttpMethod::kGet, kSymbolConfig, CallPriority::kReconcile, {{"symbol", instrument.symbol}});
}

std::vector<VenueCall> PerpetualRequests::SetLeverage(const Instrument& instrument,
                                                      const LeverageSetting& current,
                                                      const LeverageSetting& wanted) const {
  std::vector<VenueCall> calls;
  if (wanted.margin_mode != current.margin_mode || current.leverage == 0) {
    calls.push_back(Signed(
        HttpMethod::kPost,
        kMarginType,
        CallPriority::kReconcile,
        {{"symbol", instrument.symbol},
         {"marginType", wanted.margin_mode == MarginMode::kIsolated ? "ISOLATED" : "CROSSED"}}));
  }
  if (wanted.leverage != current.leverage && wanted.leverage > 0) {
    calls.push_back(Signed(HttpMethod::kPost,
                           kLeverage,
                           CallPriority::kReconcile,
                           {{"symbol", instrument.symbol}, {"leverage", StrCat(wanted.leverage)}}));
  }
  return calls;
}

VenueCall PerpetualRequests::Positions() const {
  return Signed(HttpMethod::kGet, kPositions, CallPriority::kReconcile, {});
}

VenueCall PerpetualRequests::FundingInfo(const Instrument& instrument) const {
  return MarketData(kPremiumIndex, instrument);
}

VenueCall PerpetualRequests::OpenInterest(const Instrument& instrument) const {
  return MarketData(kOpenInterest, instrument);
}

VenueCall PerpetualRequests::FundingPayments(absl::Time since) const {
  return Signed(HttpMethod::kGet,
                kIncome,
                CallPriority::kReconcile,
                {{"incomeType", "FUNDING_FEE"},
                 {"startTime", MillisecondsText(since)},
                 {"limit", kIncomeMax}});
}

VenueCall PerpetualRequests::CancelAllAfter(const Instrument& instrument,
                                            absl::Duration countdown) const {
  const int64_t countdown_ms = std::max<int64_t>(absl::ToInt64Milliseconds(countdown), 0);
  return Signed(HttpMethod::kPost,
                kCountdown,
                CallPriority::kReduceOnly,
                {{"symbol", instrument.symbol}, {"countdownTime", StrCat(countdown_ms)}});
}

}  // namespace colibri::binance::perpetual
