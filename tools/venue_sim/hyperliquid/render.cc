#include "tools/venue_sim/hyperliquid/render.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace colibri::venue_sim::hyperliquid {
namespace {

using margin::DivideMoney;
using margin::MultiplyMoney;

constexpr int kMoneyShown = margin::kMoneyDecimals;

std::string Money(Decimal value) {
  return NumberText(value, kMoneyShown);
}

const char* SideLetter(Side side) {
  return side == Side::kBuy ? "B" : "A";
}

std::string OrderTypeOf(const OrderRecord& record) {
  if (!record.trigger.has_value()) {
    return record.tif == "FrontendMarket" ? "Market" : "Limit";
  }
  std::string type = record.trigger->is_stop_loss ? "Stop " : "Take Profit ";
  return type + (record.trigger->is_market ? "Market" : "Limit");
}

std::string ConditionOf(const OrderRecord& record) {
  if (!record.trigger.has_value()) {
    return "N/A";
  }
  const bool is_above = record.trigger->is_stop_loss == (record.side == Side::kBuy);
  return (is_above ? "Price above " : "Price below ") + record.trigger->price.ToString();
}

// What the positions of an account come to.
struct Summary {
  Decimal value = {};
  Decimal notional = {};
  Decimal signed_notional = {};
  Decimal margin_used = {};

  Json ToJson() const {
    return {{"accountValue", Money(value)},
            {"totalNtlPos", Money(notional)},
            {"totalRawUsd", Money(value - signed_notional)},
            {"totalMarginUsed", Money(margin_used)}};
  }
};

Json LeverageJson(const margin::InstrumentSettings& settings,
                  Decimal margin_used,
                  Decimal signed_notional) {
  Json leverage = {{"type", settings.is_isolated ? "isolated" : "cross"},
                   {"value", settings.leverage}};
  if (settings.is_isolated) {
    leverage["rawUsd"] = Money(margin_used - signed_notional);
  }
  return leverage;
}

Json PositionJson(VenueState& state,
                  const User& user,
                  const Asset& asset,
                  const margin::Position& position,
                  Decimal margin_used) {
  const margin::Instrument& instrument = asset.instrument;
  const margin::InstrumentSettings settings = user.account.settings(instrument);
  const Decimal notional = instrument.NotionalAtMark(position.quantity);
  const Decimal profit = margin::UnrealizedProfit(instrument, position);
  const Decimal invested =
      DivideMoney(Abs(position.cost), Decimal::FromInteger(settings.leverage), Rounding::kHalfEven);
  const Decimal liquidation = margin::LiquidationPrice(
      user.account, state.exchange.instruments(), instrument, margin::PositionSide::kNet);
  const auto sums = user.funding_sums.find(asset.name());
  const FundingSums funding = sums == user.funding_sums.end() ? FundingSums() : sums->second;
  Json json = {
      {"coin", asset.name()},
      {"szi", NumberText(instrument.QuantityOf(position.quantity))},
      {"leverage", LeverageJson(settings, margin_used, notional)},
      {"entryPx", NumberText(margin::EntryPrice(instrument, position), kMoneyShown)},
      {"positionValue", Money(Abs(notional))},
      {"unrealizedPnl", Money(profit)},
      {"returnOnEquity",
       NumberText(invested.is_zero() ? Decimal()
                                     : DivideMoney(profit, invested, Rounding::kHalfEven))},
      {"liquidationPx", liquidation.is_zero() ? Json() : Json(NumberText(liquidation, 8))},
      {"marginUsed", Money(margin_used)},
      {"maxLeverage", asset.coin.leverage_max},
      {"cumFunding",
       {{"allTime", Money(funding.all_time)},
        {"sinceOpen", Money(funding.since_open)},
        {"sinceChange", Money(funding.since_change)}}}};
  return {{"type", "oneWay"}, {"position", std::move(json)}};
}

}  // namespace

Json OrderJson(const OrderRecord& record) {
  Json json = {{"coin", record.coin},
               {"side", SideLetter(record.side)},
               {"limitPx", NumberText(record.price)},
               {"sz", NumberText(record.size)},
               {"oid", record.oid},
               {"timestamp", record.placed_ms},
               {"origSz", NumberText(record.full_size)}};
  if (!record.cloid.empty()) {
    json["cloid"] = record.cloid;
  }
  if (record.is_reduce_only) {
    json["reduceOnly"] = true;
  }
  return json;
}

Json FullOrderJson(const OrderRecord& record) {
  return {{"coin", record.coin},
          {"side", SideLetter(record.side)},
          {"limitPx", NumberText(record.price)},
          {"sz", NumberText(record.size)},
          {"oid", record.oid},
          {"timestamp", record.placed_ms},
          {"triggerCondition", ConditionOf(record)},
          {"isTrigger", record.trigger.has_value()},
          {"triggerPx", NumberText(record.trigger.value_or(Trigger()).price)},
          {"children", Json::array()},
          {"isPositionTpsl", false},
          {"reduceOnly", record.is_reduce_only},
          {"orderType", OrderTypeOf(record)},
          {"origSz", NumberText(record.full_size)},
          {"tif", record.tif.empty() ? Json() : Json(record.tif)},
          {"cloid", record.cloid.empty() ? Json() : Json(record.cloid)}};
}

Json WithStatus(const OrderRecord& record, Json order) {
  return {{"order", std::move(order)},
          {"status", record.status},
          {"statusTimestamp", record.status_ms}};
}

Json OpenOrdersJson(const User& user, bool is_full) {
  Json list = Json::array();
  for (const int64_t oid : user.orders.open()) {
    const OrderRecord& record = user.orders.all().at(oid);
    list.push_back(is_full ? FullOrderJson(record) : OrderJson(record));
  }
  return list;
}

Json FillJson(const Fill& fill) {
  Json json = {{"coin", fill.coin},
               {"px", NumberText(fill.price)},
               {"sz", NumberText(fill.size)},
               {"side", SideLetter(fill.side)},
               {"time", fill.time_ms},
               {"startPosition", NumberText(fill.start_position)},
               {"dir", fill.direction},
               {"closedPnl", NumberText(fill.closed_profit)},
               {"hash", fill.hash},
               {"oid", fill.oid},
               {"crossed", fill.is_taker},
               {"fee", NumberText(fill.fee)},
               {"tid", fill.tid}};
  if (!fill.cloid.empty()) {
    json["cloid"] = fill.cloid;
  }
  if (!fill.liquidated.empty()) {
    json["liquidation"] = {{"liquidatedUser", fill.liquidated},
                           {"markPx", NumberText(fill.mark)},
                           {"method", "market"}};
  }
  json["feeToken"] = fill.fee_token;
  json["twapId"] = Json();
  return json;
}

Json FillsJson(const std::deque<Fill>& fills, size_t count_max, bool is_aggregated) {
  Json list = Json::array();
  const Fill* last = nullptr;
  for (auto fill = fills.rbegin(); fill != fills.rend(); ++fill) {
    const bool is_same = is_aggregated && last != nullptr && last->oid == fill->oid &&
                         last->price == fill->price && last->time_ms == fill->time_ms;
    if (is_same) {
      const auto add = [&](const char* name, Decimal value) {
        const Decimal sum = *Decimal::Parse(list.back()[name].get<std::string>()) + value;
        list.back()[name] = NumberText(sum);
      };
      add("sz", fill->size);
      add("closedPnl", fill->closed_profit);
      add("fee", fill->fee);
      list.back()["startPosition"] = NumberText(fill->start_position);
      continue;
    }
    if (list.size() >= count_max) {
      break;
    }
    list.push_back(FillJson(*fill));
    last = &*fill;
  }
  return list;
}

Json FundingJson(const FundingRow& row) {
  return {{"time", row.time_ms},
          {"hash", row.hash},
          {"delta",
           {{"type", "funding"},
            {"coin", row.coin},
            {"usdc", NumberText(row.amount)},
            {"szi", NumberText(row.position)},
            {"fundingRate", NumberText(row.rate)},
            {"nSamples", Json()}}}};
}

Json FundingEventJson(const FundingRow& row) {
  return {{"time", row.time_ms},
          {"coin", row.coin},
          {"usdc", NumberText(row.amount)},
          {"szi", NumberText(row.position)},
          {"fundingRate", NumberText(row.rate)},
          {"nSamples", Json()}};
}

Json LedgerJson(const LedgerRow& row) {
  return {{"time", row.time_ms}, {"hash", row.hash}, {"delta", ParseText(row.delta)}};
}

Json ClearinghouseJson(VenueState& state, const User& user) {
  const margin::MarginFigures figures = state.exchange.Figures(user.account, kCollateral);
  Summary all{.value = figures.wallet + figures.profit};
  Summary cross{.value = figures.cross_balance()};
  Json positions = Json::array();
  for (const Asset& asset : state.assets) {
    const margin::Position* position =
        user.account.FindPosition(asset.name(), margin::PositionSide::kNet);
    if (position == nullptr || !position->is_open()) {
      continue;
    }
    const margin::PositionFigures one =
        margin::FiguresOf(user.account, asset.instrument, margin::PositionSide::kNet);
    const Decimal notional = asset.instrument.NotionalAtMark(position->quantity);
    const Decimal used =
        one.is_isolated ? position->isolated_wallet + one.profit : one.position_margin;
    all.notional += Abs(notional);
    all.signed_notional += notional;
    all.margin_used += used;
    if (!one.is_isolated) {
      cross.notional += Abs(notional);
      cross.signed_notional += notional;
      cross.margin_used += used;
    }
    positions.push_back(PositionJson(state, user, asset, *position, used));
  }
  return {{"marginSummary", all.ToJson()},
          {"crossMarginSummary", cross.ToJson()},
          {"crossMaintenanceMarginUsed", Money(figures.cross_maintenance)},
          {"withdrawable", Money(figures.available())},
          {"assetPositions", std::move(positions)},
          {"time", state.BlockMs()}};
}

Json ActiveAssetJson(VenueState& state, const User& user, const Asset& asset) {
  const margin::InstrumentSettings settings = user.account.settings(asset.instrument);
  const Decimal available = state.exchange.Figures(user.account, kCollateral).available();
  const margin::Position* position =
      user.account.FindPosition(asset.name(), margin::PositionSide::kNet);
  const Decimal held =
      position == nullptr ? Decimal() : asset.instrument.QuantityOf(position->quantity);
  const Decimal bought = DivideMoney(
      MultiplyMoney(available, Decimal::FromInteger(settings.leverage), Rounding::kDown),
      asset.instrument.mark,
      Rounding::kDown);
  const Decimal twice_held = Abs(held) + Abs(held);
  const auto size = [&](bool is_buy) {
    const bool closes = is_buy ? held.is_negative() : held.is_positive();
    return NumberText(
        (bought + (closes ? twice_held : Decimal()))
            .RoundToMultiple(Decimal::FromScaled(1, asset.coin.size_decimals), Rounding::kDown));
  };
  return {{"user", user.address},
          {"coin", asset.name()},
          {"leverage", LeverageJson(settings, Decimal(), Decimal())},
          {"maxTradeSzs", Json::array({size(true), size(false)})},
          {"availableToTrade", Json::array({Money(available), Money(available)})},
          {"markPx", NumberText(asset.shown_mark())}};
}

int64_t ActionsMax(const VenueState& state, const User& user) {
  const absl::StatusOr<int64_t> traded =
      user.volume.RoundToMultiple(Decimal::FromInteger(1), Rounding::kDown).ToScaled(0);
  return state.options.limits.initial_actions + traded.value_or(0);
}

Json RateLimitJson(const VenueState& state, const User& user) {
  return {{"cumVlm", NumberText(user.volume)},
          {"nRequestsUsed", user.actions_used},
          {"nRequestsCap", ActionsMax(state, user)}};
}

Json FeesJson(const VenueState& state) {
  const std::string cross = NumberText(state.options.taker_fee);
  const std::string add = NumberText(state.options.maker_fee);
  const std::string spot_cross = NumberText(state.options.spot_taker_fee);
  const std::string spot_add = NumberText(state.options.spot_maker_fee);
  return {{"dailyUserVlm", Json::array()},
          {"feeSchedule",
           {{"cross", cross},
            {"add", add},
            {"spotCross", spot_cross},
            {"spotAdd", spot_add},
            {"tiers", {{"vip", Json::array()}, {"mm", Json::array()}}},
            {"referralDiscount", "0.04"}}},
          {"userCrossRate", cross},
          {"userAddRate", add},
          {"userSpotCrossRate", spot_cross},
          {"userSpotAddRate", spot_add},
          {"activeReferralDiscount", "0.0"}};
}

}  // namespace colibri::venue_sim::hyperliquid
