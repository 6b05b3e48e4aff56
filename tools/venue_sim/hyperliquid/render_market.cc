#include "tools/venue_sim/hyperliquid/render_market.h"

#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int kRateDecimals = 10;

struct Level {
  Decimal price = {};
  Decimal size = {};
  int count = 0;
};

Json LevelJson(const Level& level) {
  return {{"px", NumberText(level.price)}, {"sz", NumberText(level.size)}, {"n", level.count}};
}

// How many orders stand at each price of a side.
std::map<int64_t, int> CountsOf(const VenueState& state, const Asset& asset, Side side) {
  std::map<int64_t, int> counts;
  for (const auto& account : state.exchange.accounts()) {
    const auto orders = account->all_orders().find(asset.name());
    if (orders == account->all_orders().end()) {
      continue;
    }
    for (const int64_t id : orders->second.open) {
      const margin::MarginOrder& order = orders->second.orders.at(id);
      if (order.ticket.side == side && order.working > 0) {
        ++counts[order.ticket.price];
      }
    }
  }
  return counts;
}

Decimal Grouped(Decimal price, Side side, int figures, std::optional<int> mantissa) {
  const Rounding away = side == Side::kBuy ? Rounding::kDown : Rounding::kUp;
  const Int128 unit = FigureUnit(price, figures).units() * mantissa.value_or(1);
  return price.RoundToMultiple(Decimal::FromUnits(unit), away);
}

std::vector<Level> LevelsOf(const VenueState& state,
                            const Asset& asset,
                            Side side,
                            std::optional<int> figures,
                            std::optional<int> mantissa,
                            size_t depth) {
  std::map<int64_t, int> counts = CountsOf(state, asset, side);
  std::vector<Level> levels;
  for (const BookLevel& one : asset.instrument.book.Levels(side, figures ? SIZE_MAX : depth)) {
    const Decimal exact = asset.instrument.PriceOf(one.price);
    const Level level{.price = figures ? Grouped(exact, side, *figures, mantissa) : exact,
                      .size = asset.instrument.QuantityOf(one.quantity),
                      .count = counts[one.price]};
    if (!levels.empty() && levels.back().price == level.price) {
      levels.back().size += level.size;
      levels.back().count += level.count;
      continue;
    }
    if (levels.size() == depth) {
      break;
    }
    levels.push_back(level);
  }
  return levels;
}

Json LevelsJson(const std::vector<Level>& levels) {
  Json list = Json::array();
  for (const Level& level : levels) {
    list.push_back(LevelJson(level));
  }
  return list;
}

Decimal OpenInterest(const VenueState& state, const Asset& asset) {
  int64_t total = 0;
  for (const auto& account : state.exchange.accounts()) {
    const margin::Position* position =
        account->FindPosition(asset.name(), margin::PositionSide::kNet);
    if (position != nullptr && position->quantity > 0) {
      total += position->quantity;
    }
  }
  return asset.instrument.QuantityOf(total);
}

}  // namespace

Json MetaJson(const VenueState& state) {
  Json universe = Json::array();
  Json tables = Json::array();
  for (const Asset& asset : state.assets) {
    const int leverage = asset.coin.leverage_max;
    Json coin = {{"szDecimals", asset.coin.size_decimals},
                 {"name", asset.name()},
                 {"maxLeverage", leverage},
                 {"marginTableId", leverage}};
    if (asset.coin.is_only_isolated) {
      coin["onlyIsolated"] = true;
    }
    if (asset.coin.is_delisted) {
      coin["isDelisted"] = true;
    }
    universe.push_back(std::move(coin));
    Json tiers = Json::array();
    tiers.push_back({{"lowerBound", "0.0"}, {"maxLeverage", leverage}});
    tables.push_back(
        Json::array({leverage, {{"description", ""}, {"marginTiers", std::move(tiers)}}}));
  }
  return {{"universe", std::move(universe)},
          {"marginTables", std::move(tables)},
          {"collateralToken", 0}};
}

Json ContextJson(const VenueState& state, const Asset& asset) {
  const binance::DayStatistics day = asset.market.Statistics(state.NowMs());
  const std::optional<Decimal> middle = asset.middle();
  const TopOfBook top = TopOf(asset.market);
  return {{"funding", NumberText(asset.instrument.funding_rate, kRateDecimals)},
          {"openInterest", NumberText(OpenInterest(state, asset))},
          {"prevDayPx", asset.PriceText(day.open)},
          {"dayNtlVlm", NumberText(day.quote_volume)},
          {"premium", middle ? Json(NumberText(asset.premium(), kRateDecimals)) : Json()},
          {"oraclePx", NumberText(asset.RoundPrice(asset.instrument.index, Rounding::kHalfEven))},
          {"markPx", NumberText(asset.shown_mark())},
          {"midPx", middle ? Json(NumberText(*middle)) : Json()},
          {"impactPxs",
           middle ? Json::array({asset.PriceText(top.bid.price), asset.PriceText(top.ask.price)})
                  : Json()},
          {"dayBaseVlm", NumberText(day.volume)}};
}

Json ContextsJson(const VenueState& state) {
  Json contexts = Json::array();
  for (const Asset& asset : state.assets) {
    contexts.push_back(ContextJson(state, asset));
  }
  return contexts;
}

Json MidsJson(const VenueState& state) {
  Json mids = Json::object();
  for (const Asset& asset : state.assets) {
    if (!asset.coin.is_delisted) {
      mids[asset.name()] = NumberText(asset.middle().value_or(asset.shown_mark()));
    }
  }
  for (const Asset& asset : state.spot_assets) {
    mids[asset.name()] = NumberText(asset.middle().value_or(asset.shown_mark()));
  }
  return mids;
}

Json BookJson(const VenueState& state,
              const Asset& asset,
              std::optional<int> figures,
              std::optional<int> mantissa,
              size_t depth) {
  Json levels = Json::array();
  for (const Side side : {Side::kBuy, Side::kSell}) {
    levels.push_back(LevelsJson(LevelsOf(state, asset, side, figures, mantissa, depth)));
  }
  return {{"coin", asset.name()}, {"time", state.BlockMs()}, {"levels", std::move(levels)}};
}

Json TopJson(const VenueState& state, const Asset& asset) {
  Json top = Json::array();
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const std::vector<Level> levels =
        LevelsOf(state, asset, side, std::nullopt, std::nullopt, /*depth=*/1);
    top.push_back(levels.empty() ? Json() : LevelJson(levels.front()));
  }
  return {{"coin", asset.name()}, {"time", state.BlockMs()}, {"bbo", std::move(top)}};
}

Json TradeJson(const VenueState& state, const Asset& asset, const Tape& trade) {
  return {{"coin", asset.name()},
          {"side", trade.taker_side == Side::kBuy ? "B" : "A"},
          {"px", asset.PriceText(trade.price)},
          {"sz", asset.SizeText(trade.size)},
          {"time", trade.time_ms},
          {"hash", state.HashOf(static_cast<uint64_t>(trade.id))},
          {"tid", trade.id},
          {"users", Json::array({trade.buyer, trade.seller})}};
}

Json CandleJson(const Asset& asset, std::string_view interval, const Candle& candle) {
  return {{"t", candle.open_time_ms},
          {"T", candle.close_time_ms},
          {"s", asset.name()},
          {"i", interval},
          {"o", asset.PriceText(candle.open)},
          {"c", asset.PriceText(candle.close)},
          {"h", asset.PriceText(candle.high)},
          {"l", asset.PriceText(candle.low)},
          {"v", NumberText(candle.volume)},
          {"n", candle.trade_count}};
}

}  // namespace colibri::venue_sim::hyperliquid
