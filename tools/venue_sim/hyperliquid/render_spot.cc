#include "tools/venue_sim/hyperliquid/render_spot.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr char kSupply[] = "1000000000.0";  // of every token

Json TokenJson(const HyperliquidToken& token) {
  return {{"name", token.name},
          {"szDecimals", token.size_decimals},
          {"weiDecimals", token.wei_decimals},
          {"index", token.index},
          {"tokenId", token.id},
          {"isCanonical", token.is_canonical},
          {"evmContract", Json()},
          {"fullName", Json()},
          {"deployerTradingFeeShare", "0.0"}};
}

Json UnlistedContextJson(int index) {
  return {{"prevDayPx", "0.0"},
          {"dayNtlVlm", "0.0"},
          {"markPx", "0.0"},
          {"midPx", Json()},
          {"circulatingSupply", "0.0"},
          {"coin", StrCat("@", index)},
          {"totalSupply", "0.0"},
          {"dayBaseVlm", "0.0"}};
}

Json BalanceJson(const HyperliquidToken& token, const SpotWallet& wallet) {
  const bool is_money = token.index == SpotExchange::kMoneyToken;
  return {{"coin", token.name},
          {"token", token.index},
          {"total", NumberText(wallet.total)},
          {"hold", NumberText(wallet.hold)},
          {"entryNtl", NumberText(is_money ? Decimal() : wallet.entry_notional)}};
}

}  // namespace

Json SpotMetaJson(const VenueState& state) {
  Json tokens = Json::array();
  for (const HyperliquidToken& token : state.options.tokens) {
    tokens.push_back(TokenJson(token));
  }
  Json universe = Json::array();
  for (const Asset& asset : state.spot_assets) {
    const HyperliquidSpotPair& pair = asset.spot->pair;
    universe.push_back({{"tokens", Json::array({pair.base, pair.quote})},
                        {"name", asset.name()},
                        {"index", pair.index},
                        {"isCanonical", pair.is_canonical}});
  }
  return {{"universe", std::move(universe)}, {"tokens", std::move(tokens)}};
}

Json SpotContextJson(const VenueState& state, const Asset& asset) {
  const binance::DayStatistics day = asset.market.Statistics(state.NowMs());
  const std::optional<Decimal> middle = asset.middle();
  return {{"prevDayPx", asset.PriceText(day.open)},
          {"dayNtlVlm", NumberText(day.quote_volume)},
          {"markPx", NumberText(asset.shown_mark())},
          {"midPx", middle ? Json(NumberText(*middle)) : Json()},
          {"circulatingSupply", kSupply},
          {"coin", asset.name()},
          {"totalSupply", kSupply},
          {"dayBaseVlm", NumberText(day.volume)}};
}

Json SpotContextsJson(const VenueState& state) {
  Json contexts = Json::array();
  for (const Asset& asset : state.spot_assets) {
    const auto index = static_cast<size_t>(asset.spot->pair.index);
    while (contexts.size() <= index) {
      contexts.push_back(UnlistedContextJson(static_cast<int>(contexts.size())));
    }
    contexts[index] = SpotContextJson(state, asset);
  }
  return contexts;
}

Json SpotClearinghouseJson(const VenueState& state, const User& user) {
  const std::map<int, SpotWallet>& wallets = state.spot.WalletsOf(user.account);
  Json balances = Json::array();
  for (const HyperliquidToken& token : state.options.tokens) {
    const auto wallet = wallets.find(token.index);
    if (wallet != wallets.end() || token.index == SpotExchange::kMoneyToken) {
      balances.push_back(
          BalanceJson(token, wallet == wallets.end() ? SpotWallet() : wallet->second));
    }
  }
  return {{"balances", std::move(balances)}};
}

Json NoBalancesJson() {
  return {{"balances", Json::array()}};
}

}  // namespace colibri::venue_sim::hyperliquid
