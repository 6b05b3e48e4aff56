#include "tools/venue_sim/hyperliquid/order_desk.h"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int64_t kDayMs = 24 * 3600 * 1000;
constexpr int kOpenOrdersHardMax = 5000;
const Decimal kMinNotional = Decimal::FromInteger(10);
const Decimal kVolumeOfAnOrder = Decimal::FromInteger(5'000'000);
// How far from the reference price an order may be.
const Decimal kFarBelow = Decimal::FromScaled(5, 2);
const Decimal kFarAbove = Decimal::FromScaled(195, 2);
constexpr char kMissing[] = "Order was never placed, already canceled, or filled.";

Json Error(std::string_view text) {
  return {{"error", text}};
}

std::string OfAsset(std::string_view text, uint64_t asset_id) {
  return StrCat(text, " asset=", asset_id);
}

Json Ok(std::string_view type, Json statuses) {
  return {{"status", "ok"},
          {"response", {{"type", type}, {"data", {{"statuses", std::move(statuses)}}}}}};
}

Decimal AmountOf(const Json& json) {
  return *Decimal::Parse(json.get_ref<const std::string&>());
}

OrderAsk ReadOrder(VenueState& state, const Json& order) {
  OrderAsk ask{.asset_id = order["a"].get<uint64_t>(),
               .side = order["b"].get<bool>() ? Side::kBuy : Side::kSell,
               .price = AmountOf(order["p"]),
               .size = AmountOf(order["s"]),
               .is_reduce_only = order["r"].get<bool>(),
               .cloid = order.value("c", "")};
  ask.asset = state.AssetAt(ask.asset_id);
  const Json& type = order["t"];
  if (const auto limit = type.find("limit"); limit != type.end()) {
    ask.tif = (*limit)["tif"].get<std::string>();
  } else if (const auto trigger = type.find("trigger"); trigger != type.end()) {
    ask.trigger = Trigger{.price = AmountOf((*trigger)["triggerPx"]),
                          .is_market = (*trigger)["isMarket"].get<bool>(),
                          .is_stop_loss = (*trigger)["tpsl"] == "sl"};
  }
  return ask;
}

bool IsKnownType(const OrderAsk& ask) {
  return ask.trigger.has_value() || ask.tif == "Gtc" || ask.tif == "Ioc" || ask.tif == "Alo" ||
         ask.tif == "FrontendMarket";
}

Json WithCloid(Json status, const std::string& cloid) {
  if (!cloid.empty()) {
    status["cloid"] = cloid;
  }
  return status;
}

}  // namespace

Json OrderDesk::Execute(User& user, const Json& action) {
  const std::string& type = action["type"].get_ref<const std::string&>();
  if (type == "order") {
    return PlaceAll(user, action);
  }
  if (type == "modify") {
    return ModifyEach(user, Json::array({action}));
  }
  if (type == "batchModify") {
    return ModifyEach(user, action["modifies"]);
  }
  return CancelEach(user, action);
}

Json OrderDesk::PlaceAll(User& user, const Json& action) {
  if (const auto builder = action.find("builder"); builder != action.end()) {
    return {{"status", "err"}, {"response", "Builder fee has not been approved."}};
  }
  std::vector<OrderAsk> asks;
  for (const Json& order : action["orders"]) {
    asks.push_back(ReadOrder(state_, order));
    // One order that cannot be is the refusal of all, and told once.
    if (const std::optional<std::string> refused = Check(user, asks.back())) {
      return Ok("order", Json::array({Error(*refused)}));
    }
  }
  Json statuses = Json::array();
  for (const OrderAsk& ask : asks) {
    statuses.push_back(Place(user, ask));
  }
  return Ok("order", std::move(statuses));
}

std::optional<std::string> OrderDesk::Check(const User& user, const OrderAsk& ask) const {
  if (ask.asset == nullptr || !IsKnownType(ask)) {
    return OfAsset("Order has invalid asset or type.", ask.asset_id);
  }
  const Asset& asset = *ask.asset;
  if (!ask.price.is_positive()) {
    return "Order has invalid price.";
  }
  if (!asset.IsPrice(ask.price)) {
    return OfAsset("Price must be divisible by tick size.", ask.asset_id);
  }
  if (!ask.size.is_positive() || ask.size.decimals() > asset.coin.size_decimals ||
      !ask.size.ToScaled(asset.coin.size_decimals).ok()) {
    return "Order has invalid size.";
  }
  const absl::StatusOr<Decimal> notional = Multiply(ask.price, ask.size, Rounding::kDown);
  if (!notional.ok() || *notional > asset.instrument.NotionalMax(1)) {
    return "Order has invalid size.";
  }
  const margin::Position* position =
      user.account.FindPosition(asset.name(), margin::PositionSide::kNet);
  const bool closes_all = ask.is_reduce_only && position != nullptr &&
                          Abs(asset.instrument.QuantityOf(position->quantity)) == ask.size;
  if (*notional < kMinNotional && !closes_all) {
    return OfAsset(asset.is_spot() ? StrCat("Order must have minimum value of 10 ",
                                            std::string_view(asset.spot->quote.name),
                                            ".")
                                   : "Order must have minimum value of $10.",
                   ask.asset_id);
  }
  if (ask.trigger.has_value() && !asset.IsPrice(ask.trigger->price)) {
    return "Invalid TP/SL price.";
  }
  return std::nullopt;
}

margin::Ticket OrderDesk::TicketOf(const OrderAsk& ask) const {
  const margin::Instrument& instrument = ask.asset->instrument;
  const bool is_immediate = ask.tif == "Ioc" || ask.tif == "FrontendMarket";
  return {.side = ask.side,
          .type = ask.tif == "Alo" ? OrderType::kLimitMaker : OrderType::kLimit,
          .time_in_force = is_immediate ? TimeInForce::kIoc : TimeInForce::kGtc,
          .price = *ask.price.ToScaled(instrument.price_decimals()),
          .quantity = *ask.size.ToScaled(instrument.quantity_decimals()),
          .reduce_only = ask.is_reduce_only,
          .prevention = SelfTradePrevention::kExpireMaker,
          .client_order_id = ask.cloid,
          .memo = ask.tif};
}

Json OrderDesk::Refuse(User& user,
                       const OrderAsk& ask,
                       std::string_view status,
                       std::string_view text) {
  const int64_t now_ms = state_.BlockMs();
  const OrderRecord& record = user.orders.Add({.asset = ask.asset->id,
                                               .coin = ask.asset->name(),
                                               .oid = state_.FreeOid(*ask.asset),
                                               .cloid = ask.cloid,
                                               .side = ask.side,
                                               .price = ask.price,
                                               .size = ask.size,
                                               .full_size = ask.size,
                                               .tif = ask.tif,
                                               .is_reduce_only = ask.is_reduce_only,
                                               .trigger = ask.trigger,
                                               .placed_ms = now_ms,
                                               .status = std::string(status),
                                               .status_ms = now_ms});
  publisher_.NoteOrder(user, record);
  return Error(OfAsset(text, ask.asset_id));
}

Json OrderDesk::Place(User& user, const OrderAsk& ask) {
  Asset& asset = *ask.asset;
  // An open order keeps its id: the refused one has no record that could be taken for it.
  if (const OrderRecord* twin = ask.cloid.empty() ? nullptr : user.orders.FindByCloid(ask.cloid);
      twin != nullptr && twin->is_open()) {
    return Error(OfAsset("Cloid is already in use by an open order.", ask.asset_id));
  }
  const absl::StatusOr<Decimal> more = Divide(user.volume, kVolumeOfAnOrder, Rounding::kDown);
  const Decimal open_max =
      std::min(Decimal::FromInteger(state_.options.limits.open_orders) + more.value_or(Decimal()),
               Decimal::FromInteger(kOpenOrdersHardMax));
  const bool is_many = Decimal::FromInteger(static_cast<int64_t>(user.orders.open().size())) >=
                       Decimal::FromInteger(state_.options.limits.open_orders);
  const bool is_full =
      Decimal::FromInteger(static_cast<int64_t>(user.orders.open().size()) + 1) > open_max;
  if (is_full || (is_many && (ask.is_reduce_only || ask.trigger.has_value()))) {
    return Refuse(user, ask, "tooManyOpenOrdersRejected", "Too many open orders.");
  }
  const Decimal mark = asset.instrument.mark;
  if (ask.price < *Multiply(mark, kFarBelow, Rounding::kDown) ||
      (ask.side == Side::kSell ? Decimal() : ask.price) >
          *Multiply(mark, kFarAbove, Rounding::kUp)) {
    return Refuse(user,
                  ask,
                  "oracleRejected",
                  "Order price cannot be more than 95% away from the reference price.");
  }
  if (asset.is_spot() && ask.is_reduce_only) {
    return RefusedBy(user, ask, margin::Refusal::kReduceOnly);
  }
  if (ask.trigger.has_value()) {
    return PlaceTrigger(user, ask);
  }
  const margin::PlaceResult placed = state_.Place(user.account, asset, TicketOf(ask));
  return placed.ok() ? StatusOf(user, ask, placed.order) : RefusedBy(user, ask, placed.refusal);
}

Json OrderDesk::RefusedBy(User& user, const OrderAsk& ask, margin::Refusal refusal) {
  switch (refusal) {
    case margin::Refusal::kReduceOnly:
      return Refuse(user, ask, "reduceOnlyRejected", "Reduce only order would increase position.");
    case margin::Refusal::kMargin:
      if (ask.asset->is_spot()) {
        return Refuse(user, ask, "insufficientSpotBalanceRejected", "Insufficient spot balance");
      }
      return Refuse(user, ask, "perpMarginRejected", "Insufficient margin to place order.");
    case margin::Refusal::kPositionMax:
      return Refuse(user,
                    ask,
                    "perpMaxPositionRejected",
                    "Order would exceed the margin tier limit for current leverage.");
    case margin::Refusal::kWouldTake: {
      const TopOfBook top = TopOf(ask.asset->market);
      return Refuse(user,
                    ask,
                    "badAloPxRejected",
                    StrCat("Post only order would have immediately matched, bbo was ",
                           ask.asset->instrument.PriceOf(top.bid.price),
                           "@",
                           ask.asset->instrument.PriceOf(top.ask.price),
                           "."));
    }
    default:
      return Error(OfAsset("Trading is halted.", ask.asset_id));
  }
}

Json OrderDesk::StatusOf(User& user, const OrderAsk& ask, const margin::MarginOrder& order) {
  if (order.is_open()) {
    return Json{{"resting", WithCloid(Json{{"oid", order.order_id}}, ask.cloid)}};
  }
  if (order.executed > 0) {
    const Decimal size = ask.asset->instrument.QuantityOf(order.executed);
    const Decimal average = margin::DivideMoney(order.executed_quote, size, Rounding::kHalfEven);
    return Json{{"filled",
                 WithCloid({{"totalSz", NumberText(size)},
                            {"avgPx", NumberText(average)},
                            {"oid", order.order_id}},
                           ask.cloid)}};
  }
  const OrderRecord* record = user.orders.Find(order.order_id);
  return Error(OfAsset(record != nullptr && record->status == "reduceOnlyCanceled"
                           ? "Reduce only order would increase position."
                           : "Order could not immediately match against any resting orders.",
                       ask.asset_id));
}

OrderRecord* OrderDesk::FindOpen(User& user, const Json& order_id) {
  OrderRecord* record = order_id.is_string()
                            ? user.orders.FindByCloid(order_id.get_ref<const std::string&>())
                            : user.orders.Find(static_cast<int64_t>(order_id.get<uint64_t>()));
  return record != nullptr && record->is_open() ? record : nullptr;
}

Json OrderDesk::CancelEach(User& user, const Json& action) {
  const bool is_by_cloid = action["type"] == "cancelByCloid";
  Json statuses = Json::array();
  for (const Json& cancel : action["cancels"]) {
    const auto asset_id = cancel[is_by_cloid ? "asset" : "a"].get<uint64_t>();
    OrderRecord* record = FindOpen(user, cancel[is_by_cloid ? "cloid" : "o"]);
    if (record == nullptr || static_cast<uint64_t>(record->asset) != asset_id) {
      statuses.push_back(Error(OfAsset(kMissing, asset_id)));
      continue;
    }
    Cancel(user, *record, "canceled");
    statuses.push_back("success");
  }
  return Ok("cancel", std::move(statuses));
}

// The new order has an id of its own. When it is refused for what the account or the book are, the
// old one is gone; when it is no order at all, the old one stays.
Json OrderDesk::ModifyEach(User& user, const Json& modifies) {
  Json statuses = Json::array();
  for (const Json& modify : modifies) {
    OrderRecord* record = FindOpen(user, modify["oid"]);
    OrderAsk ask = ReadOrder(state_, modify["order"]);
    if (record == nullptr || static_cast<uint64_t>(record->asset) != ask.asset_id) {
      statuses.push_back(Error("Cannot modify canceled or filled order"));
      continue;
    }
    if (const std::optional<std::string> refused = Check(user, ask)) {
      statuses.push_back(Error(*refused));
      continue;
    }
    if (ask.cloid.empty()) {
      ask.cloid = record->cloid;
    }
    const size_t first = user.order_updates.size();
    Cancel(user, *record, "canceled");
    statuses.push_back(Place(user, ask));
    // The end of the old order and the beginning of the new one come in either order.
    if (user.order_updates.size() == first + 2 && state_.random.Uniform(2) == 0) {
      std::swap(user.order_updates[first], user.order_updates[first + 1]);
    }
  }
  return Ok("order", std::move(statuses));
}

void OrderDesk::Cancel(User& user, OrderRecord& record, std::string_view status) {
  Asset& asset = *state_.AssetAt(static_cast<uint64_t>(record.asset));
  margin::MarginOrder* order = user.account.orders(asset.name()).Find(record.oid);
  if (order != nullptr && order->is_open()) {
    user.end_words[record.oid] = std::string(status);
    state_.Cancel(user.account, asset, *order);
    return;
  }
  record.status = std::string(status);
  record.status_ms = state_.BlockMs();
  publisher_.NoteOrder(user, record);
  user.orders.Close(record);
}

void OrderDesk::CancelAll(User& user, std::string_view status) {
  const std::set<int64_t> open = user.orders.open();
  for (const int64_t oid : open) {
    OrderRecord* record = user.orders.Find(oid);
    if (record != nullptr && record->is_open()) {
      Cancel(user, *record, status);
    }
  }
}

Json OrderDesk::PlaceTrigger(User& user, const OrderAsk& ask) {
  const int64_t now_ms = state_.BlockMs();
  const OrderRecord& record = user.orders.Add({.asset = ask.asset->id,
                                               .coin = ask.asset->name(),
                                               .oid = state_.FreeOid(*ask.asset),
                                               .cloid = ask.cloid,
                                               .side = ask.side,
                                               .price = ask.price,
                                               .size = ask.size,
                                               .full_size = ask.size,
                                               .is_reduce_only = ask.is_reduce_only,
                                               .trigger = ask.trigger,
                                               .placed_ms = now_ms,
                                               .status = "open",
                                               .status_ms = now_ms});
  publisher_.NoteOrder(user, record);
  return Json{{"resting", WithCloid(Json{{"oid", record.oid}}, ask.cloid)}};
}

// The order that a trigger makes has the id of the trigger.
void OrderDesk::Fire(User& user, OrderRecord& record) {
  Asset& asset = *state_.AssetAt(static_cast<uint64_t>(record.asset));
  record.status = "triggered";
  record.status_ms = state_.BlockMs();
  record.tif = record.trigger->is_market ? "Ioc" : "Gtc";
  publisher_.NoteOrder(user, record);
  const OrderAsk ask{.asset_id = static_cast<uint64_t>(record.asset),
                     .asset = &asset,
                     .side = record.side,
                     .price = record.price,
                     .size = record.size,
                     .is_reduce_only = record.is_reduce_only,
                     .tif = record.tif,
                     .cloid = record.cloid};
  const int64_t next_oid = std::exchange(asset.instrument.next_order_id, record.oid);
  const margin::PlaceResult placed = state_.Place(user.account, asset, TicketOf(ask));
  asset.instrument.next_order_id = next_oid;
  if (!placed.ok()) {
    record.status = placed.refusal == margin::Refusal::kReduceOnly ? "reduceOnlyCanceled"
                    : asset.is_spot() ? "insufficientSpotBalanceRejected"
                                      : "perpMarginRejected";
    publisher_.NoteOrder(user, record);
    user.orders.Close(record);
  }
}

void OrderDesk::OnBlock() {
  const int64_t now_ms = state_.NowMs();
  for (const auto& user : state_.users) {
    if (user->schedule_cancel_ms != 0 && now_ms >= user->schedule_cancel_ms) {
      user->schedule_cancel_ms = 0;
      if (user->schedule_cancel_day != now_ms / kDayMs) {
        user->schedule_cancel_day = now_ms / kDayMs;
        user->schedule_cancel_triggers = 0;
      }
      ++user->schedule_cancel_triggers;
      CancelAll(*user, "scheduledCancel");
    }
    const std::set<int64_t> open = user->orders.open();
    for (const int64_t oid : open) {
      OrderRecord* record = user->orders.Find(oid);
      if (record == nullptr || !record->trigger.has_value() || record->status != "open" ||
          !record->tif.empty()) {
        continue;
      }
      const Decimal mark = state_.AssetAt(static_cast<uint64_t>(record->asset))->instrument.mark;
      const bool is_above = record->trigger->is_stop_loss == (record->side == Side::kBuy);
      if (is_above ? mark >= record->trigger->price : mark <= record->trigger->price) {
        Fire(*user, *record);
      }
    }
  }
}

}  // namespace colibri::venue_sim::hyperliquid
