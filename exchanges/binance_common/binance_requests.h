// Builds the REST requests that all Binance venues have in common, from a table of endpoints. Pure
// text, no host, no time, no signature.
//
//   class SpotRequests final : public Requests { ... };      // adds what only spot has
//   const VenueCall call = requests.Cancel(order, instrument);
//   // DELETE /api/v3/order?symbol=BTCUSDT&origClientOrderId=clb-1&recvWindow=5000
//
// Numbers are plain decimals, without exponent and trailing zeros. Thread: one; what orders of a
// kind have in common is written once and kept.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

#include "connector/exchange.h"
#include "connector/exchange_config.h"
#include "connector/instrument.h"
#include "connector/trade_cursor.h"
#include "connector/venue_spec.h"
#include "core/order.h"

namespace colibri::binance {

struct Endpoint {
  std::string_view path;
  int64_t weight = 1;
};

// Paths and weights, as a venue and domain have them. Where a placement or cancel weighs 0, it
// weighs 1 when it fails: the used-weight header brings the difference in.
struct Endpoints {
  Endpoint time;
  Endpoint exchange_info;
  Endpoint balances;
  Endpoint fees;
  Endpoint place;
  Endpoint cancel;
  Endpoint cancel_all;
  Endpoint amend;
  Endpoint order;
  Endpoint open_orders;
  Endpoint order_trades;
  Endpoint trades;
  Endpoint listen_key;
  // Of conditional orders; their paths are empty where the venue takes none.
  Endpoint conditional_order = {};
  Endpoint open_conditional_orders = {};
  Endpoint cancel_all_conditional = {};
  LimitCharges each;    // charged by every request
  LimitCharges orders;  // and by one that makes an order
};

class Requests {
 public:
  // The endpoints outlive the builder.
  Requests(const ExchangeConfig& config, const Endpoints& endpoints);

  VenueCall ServerTime() const;
  // All symbols: a pair that is not there is answered with the nearest that are.
  VenueCall ExchangeInfo() const;
  // With zero balances: an asset that was sold out must be told so.
  VenueCall Balances() const;
  VenueCall Cancel(const Order& order, const Instrument& instrument) const;
  VenueCall CancelAll(const Instrument& instrument) const;
  // nullopt where the venue takes no conditional orders.
  std::optional<VenueCall> CancelAllConditional(const Instrument& instrument) const;
  std::optional<VenueCall> OpenConditionalOrders(const Instrument& instrument) const;
  VenueCall QueryOrder(const Order& order, const Instrument& instrument) const;
  VenueCall OpenOrders(const Instrument& instrument) const;
  // Without the venue's id: all trades since the order was made, of which the order's are taken.
  VenueCall OrderTrades(const Order& order, const Instrument& instrument) const;
  VenueCall Trades(const TradeCursor& cursor, const Instrument& instrument) const;
  VenueCall CreateListenKey() const;

 protected:
  using Parameters = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  VenueCall Call(HttpMethod method,
                 const Endpoint& endpoint,
                 CallSecurity security,
                 CallPriority priority) const;
  VenueCall MarketData(const Endpoint& endpoint, const Instrument& instrument) const;
  // Signed, with the receive window behind the parameters.
  VenueCall Signed(HttpMethod method,
                   const Endpoint& endpoint,
                   CallPriority priority,
                   Parameters parameters) const;
  // Symbol, side, type, time in force, amounts, trigger, id; what all venues take alike. Type and
  // time in force follow from the order's. The request has no parameters yet.
  void AddOrder(const Order& order,
                const Instrument& instrument,
                std::string_view type,
                std::string_view time_in_force,
                RestRequest& request) const;
  void AddSelfTradePrevention(RestRequest& request) const;
  void ChargeOrder(VenueCall& call) const;
  void Finish(VenueCall& call) const;

  const Endpoints& endpoints() const { return endpoints_; }

 private:
  // By side, type and time in force.
  using Kinds = std::array<std::array<std::array<std::string, 3>, 3>, 2>;

  static void AddKind(const Order& order,
                      const Instrument& instrument,
                      std::string_view type,
                      std::string_view time_in_force,
                      RestRequest& request);
  // What AddKind adds, from the first time on.
  const std::string& KindOf(const Order& order,
                            const Instrument& instrument,
                            std::string_view type,
                            std::string_view time_in_force) const;

  const Endpoints& endpoints_;
  std::string receive_window_;         // milliseconds; empty leaves it to the venue
  std::string self_trade_prevention_;  // empty leaves it to the account's default
  mutable std::deque<Kinds> kinds_;    // by instrument
};

std::string_view SideText(Side side);
std::string_view TimeInForceText(TimeInForce time_in_force);
std::string MillisecondsText(absl::Time time);
// Whether the amendment lowers the quantity, to something above what is filled, and nothing else.
bool IsLoweringOnly(const Order& order, const OrderAmendment& amendment);
// By our id; by the venue's for an order that has none of ours, or may have another since its
// trigger.
void AddOrderId(const Order& order,
                std::string_view client_name,
                std::string_view exchange_name,
                RestRequest& request);

}  // namespace colibri::binance
