// Orders, cancels and modifications of actions that have been admitted.
//
//   Json answer = desk.Execute(user, action);   // {"status":"ok","response":{...statuses...}}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/publisher.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// An order as it was asked for.
struct OrderAsk {
  uint64_t asset_id = 0;
  Asset* asset = nullptr;  // null when there is none
  Side side = Side::kBuy;
  Decimal price = {};
  Decimal size = {};
  bool is_reduce_only = false;
  std::string tif = {};  // empty with a trigger
  std::optional<Trigger> trigger = {};
  std::string cloid = {};
};

class OrderDesk {
 public:
  OrderDesk(VenueState& state, Publisher& publisher) : state_(state), publisher_(publisher) {}

  // Of the types order, cancel, cancelByCloid, modify and batchModify.
  Json Execute(User& user, const Json& action);
  // With every block: scheduled cancels that are due, triggers that the mark price has met.
  void OnBlock();
  void CancelAll(User& user, std::string_view status);

 private:
  Json PlaceAll(User& user, const Json& action);
  Json CancelEach(User& user, const Json& action);
  Json ModifyEach(User& user, const Json& modifies);

  // Why it is refused before anything is placed; nothing when it is an order.
  std::optional<std::string> Check(const User& user, const OrderAsk& ask) const;
  Json Place(User& user, const OrderAsk& ask);
  Json PlaceTrigger(User& user, const OrderAsk& ask);
  Json Refuse(User& user, const OrderAsk& ask, std::string_view status, std::string_view text);
  // Of an ask that the margin exchange has taken.
  Json StatusOf(User& user, const OrderAsk& ask, const margin::MarginOrder& order);
  Json RefusedBy(User& user, const OrderAsk& ask, margin::Refusal refusal);
  margin::Ticket TicketOf(const OrderAsk& ask) const;
  OrderRecord* FindOpen(User& user, const Json& order_id);
  void Cancel(User& user, OrderRecord& record, std::string_view status);
  void Fire(User& user, OrderRecord& record);

  VenueState& state_;
  Publisher& publisher_;
};

}  // namespace colibri::venue_sim::hyperliquid
