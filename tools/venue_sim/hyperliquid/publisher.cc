#include "tools/venue_sim/hyperliquid/publisher.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/hyperliquid/render.h"
#include "tools/venue_sim/hyperliquid/render_market.h"
#include "tools/venue_sim/hyperliquid/render_spot.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr size_t kBookDepth = 20;
constexpr size_t kFastBookDepth = 5;
constexpr size_t kFillsShown = 2000;
constexpr int64_t kPriceBlocks = 10;
constexpr int64_t kStateBlocks = 50;  // of accounts in which nothing happened

Json Fills(const std::vector<Fill>& fills) {
  Json list = Json::array();
  for (const Fill& fill : fills) {
    list.push_back(FillJson(fill));
  }
  return list;
}

// Spot is told of in a channel of its own, though the subscription has the same name.
const char* ContextChannelOf(const Asset& asset) {
  return asset.is_spot() ? "activeSpotAssetCtx" : "activeAssetCtx";
}

Json ActiveContextJson(const VenueState& state, const Asset& asset) {
  return {{"coin", asset.name()},
          {"ctx", asset.is_spot() ? SpotContextJson(state, asset) : ContextJson(state, asset)}};
}

}  // namespace

void Publisher::Start() {
  timer_ = state_.clock.ScheduleAfter(state_.options.block_time, [this] { OnBlock(); });
}

void Publisher::Stop() {
  state_.clock.CancelTimer(std::exchange(timer_, 0));
}

void Publisher::OnBlock() {
  timer_ = state_.clock.ScheduleAfter(state_.options.block_time, [this] { OnBlock(); });
  if (++block_ % kPriceBlocks == 0) {
    UpdatePrices();
  }
  state_.exchange.OnTime();
  if (on_block_) {
    on_block_();
  }
  FlushAll();
  for (std::deque<Asset>* assets : {&state_.assets, &state_.spot_assets}) {
    for (Asset& asset : *assets) {
      PublishMarket(asset);
    }
  }
  const int64_t book_blocks =
      std::max<int64_t>(1, state_.options.book_interval / state_.options.block_time);
  if (block_ % book_blocks == 0) {
    PublishSlow();
  }
  PublishStates(block_ % kStateBlocks == 0);
  state_.hub.CloseSilent(state_.NowMs());
}

// A spot pair has no index: its mark is the middle of its book.
void Publisher::UpdatePrices() {
  for (Asset& asset : state_.assets) {
    if (traders_ != nullptr && !asset.has_pinned_prices && asset.instrument.is_trading) {
      state_.exchange.UpdatePrices(asset.instrument,
                                   asset.instrument.PriceOf(traders_->FairPrice(asset.market)));
    }
  }
  for (Asset& asset : state_.spot_assets) {
    if (!asset.has_pinned_prices) {
      asset.instrument.mark = asset.middle().value_or(asset.instrument.mark);
    }
  }
}

// What comes with each block in which it changed.
void Publisher::PublishMarket(Asset& asset) {
  if (!asset.untold.empty()) {
    if (state_.hub.IsWanted("trades", asset.name())) {
      Json trades = Json::array();
      for (const Tape& trade : asset.untold) {
        trades.push_back(TradeJson(state_, asset, trade));
      }
      state_.hub.Publish({.type = "trades", .coin = asset.name()}, "trades", trades);
    }
    asset.untold.clear();
  }
  if (std::exchange(asset.has_new_top, false) && state_.hub.IsWanted("bbo", asset.name())) {
    state_.hub.Publish({.type = "bbo", .coin = asset.name()}, "bbo", TopJson(state_, asset));
  }
}

void Publisher::PublishSlow() {
  for (const Topic& topic : state_.hub.TopicsOf("l2Book")) {
    const Asset& asset = *state_.FindAsset(topic.coin);
    state_.hub.Publish(topic,
                       "l2Book",
                       BookJson(state_,
                                asset,
                                topic.figures,
                                topic.mantissa,
                                topic.is_fast ? kFastBookDepth : kBookDepth));
  }
  for (const Topic& topic : state_.hub.TopicsOf("activeAssetCtx")) {
    const Asset& asset = *state_.FindAsset(topic.coin);
    state_.hub.Publish(topic, ContextChannelOf(asset), ActiveContextJson(state_, asset));
  }
  for (const Topic& topic : state_.hub.TopicsOf("allMids")) {
    state_.hub.Publish(topic, "allMids", Json{{"mids", MidsJson(state_)}});
  }
  for (const Topic& topic : state_.hub.TopicsOf("candle")) {
    Asset& asset = *state_.FindAsset(topic.coin);
    asset.market.candles.RollTo(state_.BlockMs());
    const Candle& candle = asset.market.candles.Find(topic.interval)->back();
    int64_t& told = told_candles_[StrCat(std::string_view(topic.coin), " ", topic.interval)];
    const int64_t mark = candle.open_time_ms + candle.trade_count;
    if (told != mark) {
      told = mark;
      state_.hub.Publish(topic, "candle", CandleJson(asset, topic.interval, candle));
    }
  }
}

void Publisher::PublishStates(bool is_all) {
  for (const auto& user : state_.users) {
    const bool is_new = std::exchange(user->has_new_state, false);
    if (!is_new && !is_all) {
      continue;
    }
    const Topic topic{.user = user->address};
    const auto publish = [&](const char* type, const char* member, const auto& render) {
      Topic wanted = topic;
      wanted.type = type;
      for (const Topic& one : state_.hub.TopicsOf(type)) {
        if (one.user == user->address) {
          Json data = {{"user", user->address}};
          if (one.type != "spotState") {
            data["dex"] = "";
          }
          data[member] = render();
          state_.hub.Publish(one, type, data);
        }
      }
    };
    publish("clearinghouseState", "clearinghouseState", [&] {
      return ClearinghouseJson(state_, *user);
    });
    publish("spotState", "spotState", [&] { return SpotClearinghouseJson(state_, *user); });
    if (is_new) {
      publish("openOrders", "orders", [&] { return OpenOrdersJson(*user, /*is_full=*/true); });
    }
    for (const Topic& one : state_.hub.TopicsOf("activeAssetData")) {
      if (one.user == user->address) {
        state_.hub.Publish(
            one, "activeAssetData", ActiveAssetJson(state_, *user, *state_.FindAsset(one.coin)));
      }
    }
  }
}

void Publisher::SendFirst(SessionId session, const Topic& topic) {
  Asset* asset = state_.FindAsset(topic.coin);
  User* user = state_.FindUser(topic.user);
  const FrameKind kind{.channel = ChannelOf(topic.type), .symbol = topic.coin};
  const auto send = [&](const char* channel, const Json& data) {
    state_.hub.SendData(session, kind, channel, data);
  };
  if (topic.type == "l2Book") {
    const size_t depth = topic.is_fast ? kFastBookDepth : kBookDepth;
    send("l2Book", BookJson(state_, *asset, topic.figures, topic.mantissa, depth));
  } else if (topic.type == "bbo") {
    send("bbo", TopJson(state_, *asset));
  } else if (topic.type == "activeAssetCtx") {
    send(ContextChannelOf(*asset), ActiveContextJson(state_, *asset));
  } else if (topic.type == "userFills") {
    const Json fills =
        user == nullptr ? Json::array() : FillsJson(user->fills, kFillsShown, topic.is_aggregated);
    send("userFills", {{"user", topic.user}, {"isSnapshot", true}, {"fills", fills}});
  } else if (topic.type == "userFundings") {
    Json fundings = Json::array();
    for (const FundingRow& row : user == nullptr ? std::deque<FundingRow>() : user->fundings) {
      fundings.push_back(FundingEventJson(row));
    }
    send("userFundings", {{"user", topic.user}, {"isSnapshot", true}, {"fundings", fundings}});
  } else if (topic.type == "userNonFundingLedgerUpdates") {
    Json rows = Json::array();
    for (const LedgerRow& row : user == nullptr ? std::deque<LedgerRow>() : user->ledger) {
      rows.push_back(LedgerJson(row));
    }
    send("userNonFundingLedgerUpdates",
         {{"user", topic.user}, {"isSnapshot", true}, {"nonFundingLedgerUpdates", rows}});
  } else if (topic.type == "spotState") {
    send(
        "spotState",
        {{"user", topic.user},
         {"spotState", user == nullptr ? NoBalancesJson() : SpotClearinghouseJson(state_, *user)}});
  } else if (topic.type == "activeAssetData" && user != nullptr) {
    send("activeAssetData", ActiveAssetJson(state_, *user, *asset));
  } else if (topic.type == "clearinghouseState" && user != nullptr) {
    send("clearinghouseState",
         {{"dex", ""},
          {"user", topic.user},
          {"clearinghouseState", ClearinghouseJson(state_, *user)}});
  } else if (topic.type == "openOrders" && user != nullptr) {
    send("openOrders",
         {{"dex", ""}, {"user", topic.user}, {"orders", OpenOrdersJson(*user, /*is_full=*/true)}});
  }
}

void Publisher::TellUser(User& user, std::string_view type, std::string_view channel, Json data) {
  state_.hold.Push(user.account.id(),
                   [this,
                    address = user.address,
                    type = std::string(type),
                    channel = std::string(channel),
                    data = std::move(data)] {
                     for (const Topic& topic : state_.hub.TopicsOf(type)) {
                       if (topic.user == address) {
                         state_.hub.Publish(topic, channel, data);
                       }
                     }
                   });
}

void Publisher::Flush(User& user) {
  if (state_.defers_events) {
    return;
  }
  const std::vector<OrderRecord> orders = std::exchange(user.order_updates, {});
  const std::vector<Fill> fills = std::exchange(user.new_fills, {});
  const std::vector<OrderRecord> taken = std::exchange(user.taken_away, {});
  const auto tell_orders = [&] {
    if (orders.empty()) {
      return;
    }
    Json updates = Json::array();
    for (const OrderRecord& record : orders) {
      updates.push_back(WithStatus(record, OrderJson(record)));
    }
    TellUser(user, "orderUpdates", "orderUpdates", std::move(updates));
  };
  const auto tell_fills = [&] {
    if (!fills.empty()) {
      TellUser(user, "userFills", "userFills", {{"user", user.address}, {"fills", Fills(fills)}});
    }
  };
  // Nothing says which of the two comes first.
  if (!orders.empty() && !fills.empty() && state_.random.Uniform(2) == 0) {
    tell_fills();
    tell_orders();
  } else {
    tell_orders();
    tell_fills();
  }
  if (!fills.empty()) {
    TellUser(user, "userEvents", "user", Json{{"fills", Fills(fills)}});
  }
  if (!taken.empty()) {
    Json list = Json::array();
    for (const OrderRecord& record : taken) {
      list.push_back({{"coin", record.coin}, {"oid", record.oid}});
    }
    TellUser(user, "userEvents", "user", Json{{"nonUserCancel", std::move(list)}});
  }
}

void Publisher::FlushAll() {
  for (const auto& user : state_.users) {
    Flush(*user);
  }
}

void Publisher::NoteOrder(User& user, const OrderRecord& record) {
  user.has_new_state = true;
  // What has not been told yet is told as it is now.
  if (!user.order_updates.empty()) {
    OrderRecord& last = user.order_updates.back();
    if (last.oid == record.oid && last.status == "open" && record.status == "open") {
      last = record;
      return;
    }
  }
  user.order_updates.push_back(record);
}

void Publisher::OnTrades(const margin::Instrument& instrument,
                         absl::Span<const margin::TapeTrade> trades) {
  Asset& asset = state_.AssetOf(instrument);
  std::vector<PublicTrade> told;
  for (const margin::TapeTrade& trade : trades) {
    const auto owner_of = [&](Side side) {
      const auto owner = asset.owners.find({trade.id, side});
      return owner == asset.owners.end() ? state_.BackgroundAddress(side == trade.taker_side)
                                         : owner->second;
    };
    asset.tape.push_back({.id = trade.id,
                          .price = trade.price,
                          .size = trade.quantity,
                          .taker_side = trade.taker_side,
                          .time_ms = trade.time_ms,
                          .buyer = owner_of(Side::kBuy),
                          .seller = owner_of(Side::kSell)});
    asset.untold.push_back(asset.tape.back());
    told.push_back({.id = trade.id,
                    .price = trade.price,
                    .quantity = trade.quantity,
                    .base = instrument.QuantityOf(trade.quantity),
                    .quote = instrument.NotionalOf(trade.price, trade.quantity),
                    .time_ms = trade.time_ms,
                    .is_buyer_maker = trade.taker_side == Side::kSell});
  }
  asset.owners.clear();
  while (asset.tape.size() > Asset::kTapeKept) {
    asset.tape.pop_front();
  }
  asset.market.RecordTrades(told);
}

void Publisher::OnBookChanged(margin::Instrument& instrument) {
  Asset& asset = state_.AssetOf(instrument);
  if (asset.market.AbsorbChanges() && asset.market.TakeTopChange()) {
    asset.has_new_top = true;
  }
  FlushAll();
}

}  // namespace colibri::venue_sim::hyperliquid
