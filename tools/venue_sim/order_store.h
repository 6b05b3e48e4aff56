// An account's orders and trades on one instrument, of any simulated venue. Closed orders and
// trades are remembered up to a bound, oldest out.
//
//   OrderStore<VenueOrder, VenueTrade> store;
//   VenueOrder& order = store.Insert({.order_id = 7, ...});
//   store.Close(order, store.kClosedKept);                    // once it has ended
//
// An Order has order_id, ticket.client_order_id and is_open(), a Trade has trade_id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/strings.h"

namespace colibri::venue_sim {

template <typename Order, typename Trade>
struct OrderStore {
  static constexpr size_t kClosedKept = 50'000;
  static constexpr size_t kTradesKept = 100'000;

  std::map<int64_t, Order> orders;               // by order id
  std::set<int64_t> open;                        // order ids
  StringMap<int64_t> latest_by_client_id;        // order id
  std::deque<int64_t> closed;                    // order ids, oldest first
  std::map<int64_t, std::vector<Trade>> trades;  // by trade id; two when both sides are ours

  // Null when there is none.
  Order* Find(int64_t order_id) {
    const auto found = orders.find(order_id);
    return found == orders.end() ? nullptr : &found->second;
  }
  Order* FindByClientId(std::string_view client_order_id) {
    const auto found = latest_by_client_id.find(client_order_id);
    return found == latest_by_client_id.end() ? nullptr : Find(found->second);
  }

  Order& Insert(Order order) {
    const int64_t id = order.order_id;
    if (!order.ticket.client_order_id.empty()) {
      latest_by_client_id[order.ticket.client_order_id] = id;
    }
    open.insert(id);
    return orders.emplace(id, std::move(order)).first->second;
  }

  // Moves an order that has ended out of the open ones, and forgets the oldest closed beyond
  // `kept`.
  void Close(const Order& order, size_t kept) {
    CHECK(!order.is_open());
    if (open.erase(order.order_id) == 0) {
      return;
    }
    closed.push_back(order.order_id);
    while (closed.size() > kept) {
      const auto oldest = orders.find(closed.front());
      const auto by_client = latest_by_client_id.find(oldest->second.ticket.client_order_id);
      if (by_client != latest_by_client_id.end() && by_client->second == oldest->first) {
        latest_by_client_id.erase(by_client);
      }
      orders.erase(oldest);
      closed.pop_front();
    }
  }

  void AddTrade(Trade trade) {
    trades[trade.trade_id].push_back(std::move(trade));
    while (trades.size() > kTradesKept) {
      trades.erase(trades.begin());
    }
  }
};

}  // namespace colibri::venue_sim
