// Balances, positions, the account.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

// What has collateral here, and what the account holds beside.
std::set<std::string> AssetsOf(const VenueState& state, const User& user) {
  std::set<std::string> assets;
  for (const auto& [symbol, contract] : state.contracts) {
    assets.insert(contract.spec.margin_asset);
  }
  for (const auto& [asset, amount] : user.account.wallets()) {
    assets.insert(asset);
  }
  return assets;
}

bool HasSomething(const User& user, const Contract& contract, margin::PositionSide side) {
  const margin::Position* position = user.account.FindPosition(contract.symbol(), side);
  if (position != nullptr && position->is_open()) {
    return true;
  }
  for (const int64_t id : user.account.orders(contract.symbol()).open) {
    if (user.account.orders(contract.symbol()).Find(id)->ticket.position_side == side) {
      return true;
    }
  }
  return false;
}

std::string NotionalMaxText(const VenueState& /*state*/,
                            const User& user,
                            const Contract& contract) {
  return contract.instrument.NotionalMax(user.account.settings(contract.instrument).leverage)
      .ToString();
}

Json BalancesJson(VenueState& state, const User& user) {
  Json list = Json::array();
  for (const std::string& asset : AssetsOf(state, user)) {
    const margin::MarginFigures figures = state.exchange.Figures(user.account, asset);
    list.push_back({{"accountAlias", "SgsR"},
                    {"asset", asset},
                    {"balance", Money(figures.wallet)},
                    {"crossWalletBalance", Money(figures.cross_wallet)},
                    {"crossUnPnl", Money(figures.cross_profit)},
                    {"availableBalance", Money(figures.available())},
                    {"maxWithdrawAmount", Money(std::min(figures.available(), figures.wallet))},
                    {"marginAvailable", true},
                    {"updateTime", user.account.update_time_ms}});
  }
  return list;
}

Reply Balance(VenueState& state, const EndpointCall& call) {
  return BalancesJson(state, *call.user);
}

// One row of v3.
Json PositionJson(VenueState& state,
                  const User& user,
                  const Contract& contract,
                  margin::PositionSide side) {
  const margin::Instrument& instrument = contract.instrument;
  const margin::Position* held = user.account.FindPosition(contract.symbol(), side);
  const margin::Position position = held == nullptr ? margin::Position() : *held;
  const margin::PositionFigures figures = margin::FiguresOf(user.account, instrument, side);
  const Decimal liquidation =
      margin::LiquidationPrice(user.account, state.exchange.instruments(), instrument, side);
  return {{"symbol", contract.symbol()},
          {"positionSide", Word(side)},
          {"positionAmt", contract.QuantityText(position.quantity)},
          {"entryPrice", margin::EntryPrice(instrument, position).ToString()},
          {"breakEvenPrice", margin::BreakEvenPrice(instrument, position).ToString()},
          {"markPrice", Money(instrument.mark)},
          {"unRealizedProfit", Money(figures.profit)},
          {"liquidationPrice", liquidation.ToString()},
          {"isolatedMargin",
           figures.is_isolated ? Money(position.isolated_wallet + figures.profit) : "0"},
          {"notional", Money(figures.exposure.position)},
          {"marginAsset", contract.spec.margin_asset},
          {"isolatedWallet", Money(position.isolated_wallet)},
          {"initialMargin", Money(figures.initial_margin)},
          {"maintMargin", Money(figures.maintenance)},
          {"positionInitialMargin", Money(figures.position_margin)},
          {"openOrderInitialMargin", Money(figures.order_margin)},
          {"adl", state.exchange.DeleverageRank(user.account, instrument, side)},
          {"bidNotional", Money(figures.exposure.bids)},
          {"askNotional", Money(figures.exposure.asks)},
          {"updateTime", position.update_time_ms}};
}

// Only symbols with a position or open orders.
Reply Positions(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    for (const margin::PositionSide side : margin::SidesOf(call.user->account)) {
      if (HasSomething(*call.user, *contract, side)) {
        list.push_back(PositionJson(state, *call.user, *contract, side));
      }
    }
  }
  return list;
}

// v2 has every symbol, with leverage and margin type.
Reply PositionsOfOld(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  const margin::MarginAccount& account = call.user->account;
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    const margin::InstrumentSettings settings = account.settings(contract->instrument);
    for (const margin::PositionSide side : margin::SidesOf(account)) {
      Json row = PositionJson(state, *call.user, *contract, side);
      row["leverage"] = StrCat(settings.leverage);
      row["maxNotionalValue"] = NotionalMaxText(state, *call.user, *contract);
      row["marginType"] = settings.is_isolated ? "isolated" : "cross";
      row["isAutoAddMargin"] = "false";
      list.push_back(std::move(row));
    }
  }
  return list;
}

// The sums of an account are over USDT, USDC and their like, at par.
Json AccountJson(VenueState& state, const User& user) {
  margin::MarginFigures sum;
  Decimal available;
  Json assets = Json::array();
  for (const std::string& asset : AssetsOf(state, user)) {
    const margin::MarginFigures figures = state.exchange.Figures(user.account, asset);
    sum.wallet += figures.wallet;
    sum.profit += figures.profit;
    sum.cross_wallet += figures.cross_wallet;
    sum.cross_profit += figures.cross_profit;
    sum.position_margin += figures.position_margin;
    sum.order_margin += figures.order_margin;
    sum.maintenance += figures.maintenance;
    available += figures.available();
    assets.push_back({{"asset", asset},
                      {"walletBalance", Money(figures.wallet)},
                      {"unrealizedProfit", Money(figures.profit)},
                      {"marginBalance", Money(figures.wallet + figures.profit)},
                      {"maintMargin", Money(figures.maintenance)},
                      {"initialMargin", Money(figures.position_margin + figures.order_margin)},
                      {"positionInitialMargin", Money(figures.position_margin)},
                      {"openOrderInitialMargin", Money(figures.order_margin)},
                      {"crossWalletBalance", Money(figures.cross_wallet)},
                      {"crossUnPnl", Money(figures.cross_profit)},
                      {"availableBalance", Money(figures.available())},
                      {"maxWithdrawAmount", Money(std::min(figures.available(), figures.wallet))},
                      {"marginAvailable", true},
                      {"updateTime", user.account.update_time_ms}});
  }
  return {{"totalInitialMargin", Money(sum.position_margin + sum.order_margin)},
          {"totalMaintMargin", Money(sum.maintenance)},
          {"totalWalletBalance", Money(sum.wallet)},
          {"totalUnrealizedProfit", Money(sum.profit)},
          {"totalMarginBalance", Money(sum.wallet + sum.profit)},
          {"totalPositionInitialMargin", Money(sum.position_margin)},
          {"totalOpenOrderInitialMargin", Money(sum.order_margin)},
          {"totalCrossWalletBalance", Money(sum.cross_wallet)},
          {"totalCrossUnPnl", Money(sum.cross_profit)},
          {"availableBalance", Money(available)},
          {"maxWithdrawAmount", Money(available)},
          {"assets", std::move(assets)}};
}

Reply Account(VenueState& state, const EndpointCall& call) {
  Json json = AccountJson(state, *call.user);
  Json positions = Json::array();
  for (const auto& [symbol, contract] : state.contracts) {
    for (const margin::PositionSide side : margin::SidesOf(call.user->account)) {
      if (!HasSomething(*call.user, contract, side)) {
        continue;
      }
      const Json row = PositionJson(state, *call.user, contract, side);
      positions.push_back({{"symbol", symbol},
                           {"positionSide", row["positionSide"]},
                           {"positionAmt", row["positionAmt"]},
                           {"unrealizedProfit", row["unRealizedProfit"]},
                           {"isolatedMargin", row["isolatedMargin"]},
                           {"notional", row["notional"]},
                           {"isolatedWallet", row["isolatedWallet"]},
                           {"initialMargin", row["initialMargin"]},
                           {"maintMargin", row["maintMargin"]},
                           {"updateTime", row["updateTime"]}});
    }
  }
  json["positions"] = std::move(positions);
  return json;
}

Json FlagsJson(const User& user) {
  return {{"feeTier", 0},
          {"canTrade", true},
          {"canDeposit", true},
          {"canWithdraw", true},
          {"dualSidePosition", user.account.is_two_sided},
          {"updateTime", 0},
          {"multiAssetsMargin", user.has_multi_assets},
          {"tradeGroupId", -1}};
}

Reply AccountOfOld(VenueState& state, const EndpointCall& call) {
  Json json = FlagsJson(*call.user);
  json.erase("dualSidePosition");
  json.update(AccountJson(state, *call.user));
  Json positions = Json::array();
  for (const auto& [symbol, contract] : state.contracts) {
    const margin::InstrumentSettings settings = call.user->account.settings(contract.instrument);
    for (const margin::PositionSide side : margin::SidesOf(call.user->account)) {
      const Json row = PositionJson(state, *call.user, contract, side);
      positions.push_back({{"symbol", symbol},
                           {"initialMargin", row["initialMargin"]},
                           {"maintMargin", row["maintMargin"]},
                           {"unrealizedProfit", row["unRealizedProfit"]},
                           {"positionInitialMargin", row["positionInitialMargin"]},
                           {"openOrderInitialMargin", row["openOrderInitialMargin"]},
                           {"leverage", StrCat(settings.leverage)},
                           {"isolated", settings.is_isolated},
                           {"entryPrice", row["entryPrice"]},
                           {"breakEvenPrice", row["breakEvenPrice"]},
                           {"maxNotional", NotionalMaxText(state, *call.user, contract)},
                           {"bidNotional", row["bidNotional"]},
                           {"askNotional", row["askNotional"]},
                           {"positionSide", row["positionSide"]},
                           {"positionAmt", row["positionAmt"]},
                           {"notional", row["notional"]},
                           {"isolatedWallet", row["isolatedWallet"]},
                           {"updateTime", row["updateTime"]}});
    }
  }
  json["positions"] = std::move(positions);
  return json;
}

Reply AccountConfig(VenueState&, const EndpointCall& call) {
  return FlagsJson(*call.user);
}

Reply SymbolConfig(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    const margin::InstrumentSettings settings = call.user->account.settings(contract->instrument);
    list.push_back({{"symbol", contract->symbol()},
                    {"marginType", settings.is_isolated ? "ISOLATED" : "CROSSED"},
                    {"isAutoAddMargin", false},
                    {"leverage", settings.leverage},
                    {"maxNotionalValue", NotionalMaxText(state, *call.user, *contract)}});
  }
  return list;
}

Reply DeleverageQuantile(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::vector<Contract*> contracts, state.SelectContracts(call.params));
  Json list = Json::array();
  for (const Contract* contract : contracts) {
    Json quantiles = Json::object();
    for (const margin::PositionSide side : margin::SidesOf(call.user->account)) {
      const margin::Position* position = call.user->account.FindPosition(contract->symbol(), side);
      if (position != nullptr && position->is_open()) {
        quantiles[std::string(Word(side))] =
            state.exchange.DeleverageRank(call.user->account, contract->instrument, side);
      }
    }
    if (!quantiles.empty()) {
      list.push_back({{"symbol", contract->symbol()}, {"adlQuantile", std::move(quantiles)}});
    }
  }
  return list;
}

Reply OrderLimits(VenueState& state, const EndpointCall& call) {
  Json list = UsedLimitsJson(state, call.ip, call.user);
  list.erase(list.begin());
  return list;
}

constexpr Endpoint kEndpoints[] = {
    {"GET", "/fapi/v2/balance", "", Security::kSigned, "", Weigh<5>, Balance},
    {"GET", "/fapi/v3/balance", "v2/account.balance", Security::kSigned, "", Weigh<5>, Balance},
    {"GET", "/fapi/v2/positionRisk", "", Security::kSigned, "symbol", Weigh<5>, PositionsOfOld},
    {"GET",
     "/fapi/v3/positionRisk",
     "v2/account.position",
     Security::kSigned,
     "symbol",
     Weigh<5>,
     Positions},
    {"GET", "/fapi/v2/account", "", Security::kSigned, "", Weigh<5>, AccountOfOld},
    {"GET", "/fapi/v3/account", "v2/account.status", Security::kSigned, "", Weigh<5>, Account},
    {"GET", "/fapi/v1/accountConfig", "", Security::kSigned, "", Weigh<5>, AccountConfig},
    {"GET", "/fapi/v1/symbolConfig", "", Security::kSigned, "symbol", Weigh<5>, SymbolConfig},
    {"GET", "/fapi/v1/adlQuantile", "", Security::kSigned, "symbol", Weigh<5>, DeleverageQuantile},
    {"GET", "/fapi/v1/rateLimit/order", "", Security::kSigned, "", Weigh<1>, OrderLimits},
};

}  // namespace

absl::Span<const Endpoint> AccountEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
