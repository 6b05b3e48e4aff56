#include "tools/venue_sim/binance_perpetual/algo_desk.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/order_words.h"
#include "tools/venue_sim/binance_perpetual/venue_state.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

bool IsTrailing(const AlgoOrder& order) {
  return order.type == "TRAILING_STOP_MARKET";
}

// Whether it waits for the price to rise.
bool WaitsForRise(const AlgoOrder& order) {
  const bool is_buy = order.ticket.side == Side::kBuy;
  return order.type.starts_with("TAKE_PROFIT") ? !is_buy : is_buy;
}

struct PriceRange {
  int64_t low = 0;
  int64_t high = 0;
};

// The prices since the last look that the order watches.
PriceRange WatchedPrices(const AlgoOrder& order, const Contract& contract) {
  const margin::Instrument& instrument = contract.instrument;
  if (order.uses_mark) {
    return {.low = instrument.ToTicks(instrument.mark, Rounding::kDown),
            .high = instrument.ToTicks(instrument.mark, Rounding::kUp)};
  }
  if (contract.highest_trade == 0) {
    return {.low = instrument.last_price, .high = instrument.last_price};
  }
  return {.low = contract.lowest_trade, .high = contract.highest_trade};
}

}  // namespace

OrError<AlgoOrder> AlgoDesk::Add(User& user, AlgoOrder order) {
  CheckAll();  // what the others saw before this one came
  const margin::AccountId account = user.account.id();
  Contract& contract = state_.ContractOf(order.symbol);
  if (Select(account, "", /*only_waiting=*/true).size() >= kOpenMax) {
    return VenueError{-2025, "Reach max open order limit."};
  }
  const AlgoOrder* twin = FindByClientId(account, order.client_algo_id);
  if (twin != nullptr && twin->is_waiting()) {
    return VenueError{-4116, "ClientOrderId is duplicated."};
  }
  order.account = account;
  AlgoOrder probe = order;
  if (!IsTrailing(order) && IsDue(probe, contract)) {
    return VenueError{-2021, "Order would immediately trigger."};
  }
  order.algo_id = next_id_++;
  order.created_ms = order.updated_ms = state_.NowMs();
  AlgoOrder& kept = orders_.emplace(order.algo_id, std::move(order)).first->second;
  waiting_.insert(kept.algo_id);
  Tell(kept);
  return kept;
}

AlgoOrder* AlgoDesk::Find(margin::AccountId account, int64_t algo_id) {
  const auto found = orders_.find(algo_id);
  return found == orders_.end() || found->second.account != account ? nullptr : &found->second;
}

AlgoOrder* AlgoDesk::FindByClientId(margin::AccountId account, std::string_view client_algo_id) {
  for (auto order = orders_.rbegin(); order != orders_.rend(); ++order) {
    if (order->second.account == account && order->second.client_algo_id == client_algo_id) {
      return &order->second;
    }
  }
  return nullptr;
}

void AlgoDesk::Cancel(AlgoOrder& order) {
  SetStatus(order, "CANCELED");
  Forget();
}

std::vector<const AlgoOrder*> AlgoDesk::Select(margin::AccountId account,
                                               std::string_view symbol,
                                               bool only_waiting) const {
  std::vector<const AlgoOrder*> selected;
  for (const auto& [id, order] : orders_) {
    if (order.account == account && (symbol.empty() || order.symbol == symbol) &&
        (!only_waiting || order.is_waiting())) {
      selected.push_back(&order);
    }
  }
  return selected;
}

bool AlgoDesk::IsDue(AlgoOrder& order, const Contract& contract) const {
  const PriceRange range = WatchedPrices(order, contract);
  if (!IsTrailing(order)) {
    return WaitsForRise(order) ? range.high >= order.trigger_price
                               : range.low <= order.trigger_price;
  }
  const bool is_sell = order.ticket.side == Side::kSell;
  if (order.best_price == 0) {
    const bool is_active =
        order.activation_price == 0 ||
        (is_sell ? range.high >= order.activation_price : range.low <= order.activation_price);
    if (!is_active) {
      return false;
    }
    order.best_price = is_sell ? range.high : range.low;
  }
  order.best_price =
      is_sell ? std::max(order.best_price, range.high) : std::min(order.best_price, range.low);
  const margin::Instrument& instrument = contract.instrument;
  const Decimal best = instrument.PriceOf(order.best_price);
  const Decimal away = margin::MultiplyMoney(
      best,
      margin::DivideMoney(order.callback_percent, Decimal::FromInteger(100), Rounding::kHalfEven),
      Rounding::kHalfEven);
  const Decimal now = is_sell ? instrument.PriceOf(range.low) : instrument.PriceOf(range.high);
  return is_sell ? now <= best - away : now >= best + away;
}

void AlgoDesk::CheckAll() {
  const std::set<int64_t> waiting = waiting_;
  std::vector<int64_t> due;
  for (const int64_t id : waiting) {
    AlgoOrder& order = orders_.at(id);
    if (IsDue(order, state_.ContractOf(order.symbol))) {
      due.push_back(id);
    }
  }
  for (auto& [symbol, contract] : state_.contracts) {
    contract.lowest_trade = contract.highest_trade = 0;
  }
  for (const int64_t id : due) {
    AlgoOrder& order = orders_.at(id);
    Trigger(order, state_.ContractOf(order.symbol));
  }
  Forget();
}

void AlgoDesk::Trigger(AlgoOrder& order, Contract& contract) {
  User& user = *state_.UserOf(order.account);
  SetStatus(order, "TRIGGERING");
  order.triggered_ms = state_.NowMs();
  margin::Ticket ticket = order.ticket;
  if (order.closes_position) {
    const margin::Position* position =
        user.account.FindPosition(order.symbol, ticket.position_side);
    const bool is_there = position != nullptr && position->is_open() &&
                          (position->quantity > 0) == (ticket.side == Side::kSell);
    if (!is_there) {
      SetStatus(order, "EXPIRED");
      return;
    }
    ticket.quantity = std::abs(position->quantity);
    ticket.reduce_only = !user.account.is_two_sided;
  }
  ticket.client_order_id = state_.options.renames_triggered_orders
                               ? binance::RandomId(state_.random, 22)
                               : order.client_algo_id;
  ticket.memo = OrderMemo{.original_type = order.type,
                          .stop_price = contract.PriceText(order.trigger_price),
                          .working_type = order.uses_mark ? "MARK_PRICE" : "CONTRACT_PRICE",
                          .closes_position = order.closes_position}
                    .ToText();
  // Known before its events: an order that fills at once ends within the call.
  order.order_id = contract.instrument.next_order_id;
  by_order_id_[{order.symbol, order.order_id}] = order.algo_id;
  const margin::PlaceResult placed =
      state_.exchange.Place(user.account, contract.instrument, std::move(ticket));
  if (!placed.ok()) {
    by_order_id_.erase({order.symbol, order.order_id});
    order.order_id = 0;
    order.reject_reason = ErrorOf(placed.refusal).message;
    SetStatus(order, "REJECTED");
    return;
  }
  SetStatus(order, "TRIGGERED");
  if (!placed.order.is_open()) {
    SetStatus(order, "FINISHED");
  }
}

void AlgoDesk::OnOrderEnded(const margin::MarginOrder& order) {
  const auto found = by_order_id_.find({order.symbol, order.order_id});
  if (found == by_order_id_.end()) {
    return;
  }
  AlgoOrder& algo = orders_.at(found->second);
  by_order_id_.erase(found);
  if (algo.status == "TRIGGERED") {
    SetStatus(algo, "FINISHED");
  }
}

void AlgoDesk::SetStatus(AlgoOrder& order, std::string_view status) {
  order.status = std::string(status);
  order.updated_ms = state_.NowMs();
  waiting_.erase(order.algo_id);
  if (status == "CANCELED" || status == "EXPIRED" || status == "REJECTED" || status == "FINISHED") {
    ended_.push_back(order.algo_id);
  }
  Tell(order);
}

void AlgoDesk::Forget() {
  while (ended_.size() > kEndedKept) {
    orders_.erase(ended_.front());
    ended_.pop_front();
  }
}

Json AlgoDesk::ToJson(const AlgoOrder& order) const {
  const Contract& contract = state_.ContractOf(order.symbol);
  const margin::Ticket& ticket = order.ticket;
  return {{"algoId", order.algo_id},
          {"clientAlgoId", order.client_algo_id},
          {"algoType", "CONDITIONAL"},
          {"orderType", order.type},
          {"type", order.type},
          {"symbol", order.symbol},
          {"side", Word(ticket.side)},
          {"positionSide", Word(ticket.position_side)},
          {"timeInForce", order.time_in_force},
          {"quantity", contract.QuantityText(ticket.quantity)},
          {"algoStatus", order.status},
          {"actualOrderId", order.order_id == 0 ? "" : StrCat(order.order_id)},
          {"triggerPrice", contract.PriceText(order.trigger_price)},
          {"price", contract.PriceText(ticket.price)},
          {"icebergQuantity", nullptr},
          {"selfTradePreventionMode", Word(ticket.prevention)},
          {"workingType", order.uses_mark ? "MARK_PRICE" : "CONTRACT_PRICE"},
          {"priceMatch", "NONE"},
          {"closePosition", order.closes_position},
          {"priceProtect", order.protects_price},
          {"reduceOnly", ticket.reduce_only},
          {"activatePrice", contract.PriceText(order.activation_price)},
          {"callbackRate", order.callback_percent.ToString()},
          {"createTime", order.created_ms},
          {"updateTime", order.updated_ms},
          {"triggerTime", order.triggered_ms},
          {"goodTillDate", 0}};
}

void AlgoDesk::Tell(const AlgoOrder& order) {
  const Contract& contract = state_.ContractOf(order.symbol);
  const margin::Ticket& ticket = order.ticket;
  const int64_t now_ms = state_.NowMs();
  Json o = {{"caid", order.client_algo_id},
            {"aid", order.algo_id},
            {"at", "CONDITIONAL"},
            {"o", order.type},
            {"s", order.symbol},
            {"S", Word(ticket.side)},
            {"ps", Word(ticket.position_side)},
            {"f", order.time_in_force},
            {"q", contract.QuantityText(ticket.quantity)},
            {"X", order.status},
            {"ai", order.order_id == 0 ? "" : StrCat(order.order_id)},
            {"ap", "0.00000"},
            {"aq", "0.00000"},
            {"act", "0"},
            {"tp", contract.PriceText(order.trigger_price)},
            {"p", contract.PriceText(ticket.price)},
            {"V", Word(ticket.prevention)},
            {"wt", order.uses_mark ? "MARK_PRICE" : "CONTRACT_PRICE"},
            {"pm", "NONE"},
            {"cp", order.closes_position},
            {"pP", order.protects_price},
            {"R", ticket.reduce_only},
            {"tt", order.triggered_ms},
            {"gtd", 0},
            {"rm", order.reject_reason}};
  state_.privates.Push(
      order.account,
      "ALGO_UPDATE",
      {{"e", "ALGO_UPDATE"}, {"T", order.updated_ms}, {"E", now_ms}, {"o", std::move(o)}});
}

}  // namespace colibri::venue_sim::binance_perpetual
