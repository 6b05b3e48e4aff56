#include "tools/venue_sim/binance_perpetual/order_words.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include "core/check.h"
#include "core/strings.h"

namespace colibri::venue_sim::binance_perpetual {

using margin::EndReason;
using margin::IncomeType;
using margin::OrderStatus;
using margin::PositionSide;
using margin::Refusal;

std::string_view Word(Side side) {
  return side == Side::kBuy ? "BUY" : "SELL";
}

std::string_view Word(PositionSide side) {
  return side == PositionSide::kNet ? "BOTH" : side == PositionSide::kLong ? "LONG" : "SHORT";
}

std::string_view Word(OrderStatus status) {
  switch (status) {
    case OrderStatus::kNew:
      return "NEW";
    case OrderStatus::kPartiallyFilled:
      return "PARTIALLY_FILLED";
    case OrderStatus::kFilled:
      return "FILLED";
    case OrderStatus::kCanceled:
      return "CANCELED";
    case OrderStatus::kExpired:
      return "EXPIRED";
    case OrderStatus::kExpiredInMatch:
      return "EXPIRED_IN_MATCH";
  }
  return "";
}

std::string_view Word(SelfTradePrevention mode) {
  switch (mode) {
    case SelfTradePrevention::kNone:
      return "NONE";
    case SelfTradePrevention::kExpireTaker:
      return "EXPIRE_TAKER";
    case SelfTradePrevention::kExpireMaker:
      return "EXPIRE_MAKER";
    case SelfTradePrevention::kExpireBoth:
      return "EXPIRE_BOTH";
  }
  return "";
}

std::string_view Word(IncomeType type) {
  switch (type) {
    case IncomeType::kTransfer:
      return "TRANSFER";
    case IncomeType::kRealizedProfit:
      return "REALIZED_PNL";
    case IncomeType::kCommission:
      return "COMMISSION";
    case IncomeType::kFunding:
      return "FUNDING_FEE";
    case IncomeType::kInsuranceClear:
      return "INSURANCE_CLEAR";
  }
  return "";
}

std::string_view TypeWord(const margin::Ticket& ticket) {
  return ticket.type == OrderType::kMarket ? "MARKET" : "LIMIT";
}

std::string_view TimeInForceWord(const margin::Ticket& ticket) {
  if (ticket.type == OrderType::kLimitMaker) {
    return "GTX";
  }
  if (ticket.good_till_ms != 0) {
    return "GTD";
  }
  switch (ticket.time_in_force) {
    case TimeInForce::kGtc:
      return "GTC";
    case TimeInForce::kIoc:
      return "IOC";
    case TimeInForce::kFok:
      return "FOK";
  }
  return "";
}

std::string_view ReasonWord(EndReason reason) {
  switch (reason) {
    case EndReason::kSelfTrade:
      return "1";
    case EndReason::kImmediate:
      return "2";
    case EndReason::kReduceOnly:
      return "4";
    case EndReason::kLiquidation:
      return "5";
    case EndReason::kNoLiquidity:
      return "9";
    case EndReason::kNone:
    case EndReason::kGoodTillTime:
    case EndReason::kWouldTake:
      return "0";
  }
  return "0";
}

std::optional<Side> ParseSideWord(std::string_view word) {
  if (word == "BUY") {
    return Side::kBuy;
  }
  return word == "SELL" ? std::optional(Side::kSell) : std::nullopt;
}

std::optional<PositionSide> ParsePositionSide(std::string_view word) {
  for (const PositionSide side : {PositionSide::kNet, PositionSide::kLong, PositionSide::kShort}) {
    if (word == Word(side)) {
      return side;
    }
  }
  return std::nullopt;
}

std::optional<SelfTradePrevention> ParsePrevention(std::string_view word) {
  for (const SelfTradePrevention mode : {SelfTradePrevention::kNone,
                                         SelfTradePrevention::kExpireTaker,
                                         SelfTradePrevention::kExpireMaker,
                                         SelfTradePrevention::kExpireBoth}) {
    if (word == Word(mode)) {
      return mode;
    }
  }
  return std::nullopt;
}

std::string OrderMemo::ToText() const {
  return absl::StrJoin({original_type,
                        price_match,
                        stop_price,
                        working_type,
                        std::string(closes_position ? "1" : "0")},
                       "|");
}

OrderMemo OrderMemo::FromText(std::string_view text) {
  OrderMemo memo;
  const std::vector<std::string> parts = absl::StrSplit(Abs(text), '|');
  if (parts.size() == 5) {
    memo = {.original_type = parts[0],
            .price_match = parts[1],
            .stop_price = parts[2],
            .working_type = parts[3],
            .closes_position = parts[4] == "1"};
  }
  return memo;
}

VenueError ErrorOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      break;
    case Refusal::kNotTrading:
      return {-4140, "Invalid symbol status for opening position."};
    case Refusal::kPositionSide:
      return {-4061, "Order's position side does not match user's setting."};
    case Refusal::kDuplicateClientId:
      return {-4116, "ClientOrderId is duplicated."};
    case Refusal::kReduceOnly:
      return {-2022, "ReduceOnly Order is rejected."};
    case Refusal::kMargin:
      return {-2019, "Margin is insufficient."};
    case Refusal::kPositionMax:
      return {-2027, "Exceeded the maximum allowable position at current leverage."};
    case Refusal::kWouldTake:
      return {-5022,
              "Due to the order could not be executed as maker, the Post Only order will be "
              "rejected. The order will not be recorded in the order history"};
    case Refusal::kFillOrKill:
      return {-5021,
              "Due to the order could not be filled immediately, the FOK order has been rejected. "
              "The order will not be recorded in the order history"};
    case Refusal::kNotLimit:
      return {-5025, "Only limit order is supported"};
    case Refusal::kUnchanged:
      return {-5027, "No need to modify the order"};
    case Refusal::kAmendedTooOften:
      return {-5026, "Exceed maximum modify order limit"};
    case Refusal::kLeverage:
      return {-4028, "Leverage is not valid"};
    case Refusal::kLeverageTooSmall:
      return {-2028, "Leverage is smaller than permitted: insufficient margin balance."};
    case Refusal::kHasOrders:
      return {-4067, "Position side cannot be changed if there exists open orders."};
    case Refusal::kHasPositions:
      return {-4068, "Position side cannot be changed if there exists position."};
    case Refusal::kNotIsolated:
      return {-4046, "No need to change margin type."};
  }
  CHECK(false);
}

}  // namespace colibri::venue_sim::binance_perpetual
