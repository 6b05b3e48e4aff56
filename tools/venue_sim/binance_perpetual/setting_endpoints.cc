// Leverage, margin and position modes, isolated margin, brackets, fees.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/order_request.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

using margin::Refusal;

Json Success() {
  return {{"code", 200}, {"msg", "success"}};
}

void TellConfig(VenueState& state, const User& user, const char* member, Json content) {
  const int64_t now_ms = state.NowMs();
  state.privates.Push(
      user.account.id(),
      "ACCOUNT_CONFIG_UPDATE",
      {{"e", "ACCOUNT_CONFIG_UPDATE"}, {"E", now_ms}, {"T", now_ms}, {member, std::move(content)}});
}

Reply SetLeverage(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::string text, call.params.Required("leverage"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> leverage, call.params.Integer("leverage"));
  const int wanted = static_cast<int>(std::min<int64_t>(*leverage, 1000));
  const Refusal refusal =
      state.exchange.SetLeverage(call.user->account, contract->instrument, wanted);
  if (refusal == Refusal::kLeverage) {
    return VenueError{-4028, StrCat("Leverage ", std::string_view(text), " is not valid")};
  }
  if (refusal != Refusal::kNone) {
    return ErrorOf(refusal);
  }
  TellConfig(state, *call.user, "ac", {{"s", contract->symbol()}, {"l", wanted}});
  return Json{{"symbol", contract->symbol()},
              {"leverage", wanted},
              {"maxNotionalValue", contract->instrument.NotionalMax(wanted).ToString()}};
}

Reply SetMarginType(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const std::string type, call.params.Required("marginType"));
  if (type != "ISOLATED" && type != "CROSSED") {
    return VenueError{-1130, "Data sent for parameter 'marginType' is not valid."};
  }
  switch (
      state.exchange.SetIsolated(call.user->account, contract->instrument, type == "ISOLATED")) {
    case Refusal::kNone:
      return Success();
    case Refusal::kUnchanged:
      return VenueError{-4046, "No need to change margin type."};
    case Refusal::kHasOrders:
      return VenueError{-4047, "Margin type cannot be changed if there exists open orders."};
    default:
      return VenueError{-4048, "Margin type cannot be changed if there exists position."};
  }
}

Reply SetPositionMode(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string text, call.params.Required("dualSidePosition"));
  ASSIGN_OR_RETURN(const bool is_dual, call.params.Flag("dualSidePosition", false));
  const Refusal refusal = state.exchange.SetTwoSided(call.user->account, is_dual);
  if (refusal == Refusal::kUnchanged) {
    return VenueError{-4059, "No need to change position side."};
  }
  if (refusal != Refusal::kNone) {
    return ErrorOf(refusal);
  }
  return Success();
}

Reply PositionMode(VenueState&, const EndpointCall& call) {
  return Json{{"dualSidePosition", call.user->account.is_two_sided}};
}

Reply SetMultiAssets(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::string text, call.params.Required("multiAssetsMargin"));
  ASSIGN_OR_RETURN(const bool wanted, call.params.Flag("multiAssetsMargin", false));
  if (call.user->has_multi_assets == wanted) {
    return VenueError{-4171, "No need to change multi-assets mode."};
  }
  call.user->has_multi_assets = wanted;
  TellConfig(state, *call.user, "ai", {{"j", wanted}});
  return Success();
}

Reply MultiAssets(VenueState&, const EndpointCall& call) {
  return Json{{"multiAssetsMargin", call.user->has_multi_assets}};
}

Reply MovePositionMargin(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(Contract * contract, state.RequiredContract(call.params));
  ASSIGN_OR_RETURN(const margin::PositionSide side, ParseSideOfPosition(*call.user, call.params));
  ASSIGN_OR_RETURN(const Decimal amount, RequiredAmount(call.params, "amount"));
  ASSIGN_OR_RETURN(const std::string text, call.params.Required("type"));
  ASSIGN_OR_RETURN(const int64_t type, call.params.IntegerOr("type", 1, 1, 2));
  if (!amount.is_positive()) {
    return VenueError{-4052, "Amount must be positive."};
  }
  const Refusal refusal = state.exchange.MoveMargin(
      call.user->account, contract->instrument, side, type == 1 ? amount : -amount);
  if (refusal == Refusal::kNotIsolated) {
    return VenueError{-4054, "Cannot add position margin: position is 0."};
  }
  if (refusal != Refusal::kNone) {
    return ErrorOf(refusal);
  }
  return Json{{"code", 200},
              {"msg", "Successfully modify position margin."},
              {"amount", amount.ToString()},
              {"type", type}};
}

Json BracketJson(const Contract& contract) {
  Json brackets = Json::array();
  int number = 1;
  for (const margin::MarginTier& tier : contract.instrument.spec().tiers) {
    // The venue writes these as numbers.
    brackets.push_back({{"bracket", number++},
                        {"initialLeverage", tier.leverage_max},
                        {"notionalCap", binance::ParseText(tier.cap.ToString())},
                        {"notionalFloor", binance::ParseText(tier.floor.ToString())},
                        {"maintMarginRatio", binance::ParseText(tier.maintenance_rate.ToString())},
                        {"cum", binance::ParseText(tier.deduction.ToString())}});
  }
  return {{"symbol", contract.symbol()}, {"notionalCoef", 1.0}, {"brackets", std::move(brackets)}};
}

Reply Brackets(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    list.push_back(BracketJson(*contract));
  }
  return list;
}

Reply Commission(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const Contract* contract, state.RequiredContract(call.params));
  return Json{{"symbol", contract->symbol()},
              {"makerCommissionRate", call.user->account.maker_fee.ToFixed(6)},
              {"takerCommissionRate", call.user->account.taker_fee.ToFixed(6)}};
}

constexpr Endpoint kEndpoints[] = {
    {"POST", "/fapi/v1/leverage", "", Security::kSigned, "symbol leverage", Weigh<1>, SetLeverage},
    {"POST",
     "/fapi/v1/marginType",
     "",
     Security::kSigned,
     "symbol marginType",
     Weigh<1>,
     SetMarginType},
    {"POST",
     "/fapi/v1/positionSide/dual",
     "",
     Security::kSigned,
     "dualSidePosition",
     Weigh<1>,
     SetPositionMode},
    {"GET", "/fapi/v1/positionSide/dual", "", Security::kSigned, "", Weigh<30>, PositionMode},
    {"POST",
     "/fapi/v1/multiAssetsMargin",
     "",
     Security::kSigned,
     "multiAssetsMargin",
     Weigh<1>,
     SetMultiAssets},
    {"GET", "/fapi/v1/multiAssetsMargin", "", Security::kSigned, "", Weigh<30>, MultiAssets},
    {"POST",
     "/fapi/v1/positionMargin",
     "",
     Security::kSigned,
     "symbol positionSide amount type",
     Weigh<1>,
     MovePositionMargin},
    {"GET", "/fapi/v1/leverageBracket", "", Security::kSigned, "symbol", Weigh<1>, Brackets},
    {"GET", "/fapi/v1/commissionRate", "", Security::kSigned, "symbol", Weigh<20>, Commission},
};

}  // namespace

absl::Span<const Endpoint> SettingEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
