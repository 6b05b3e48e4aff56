#include "exchanges/binance/binance_spec.h"

#include <string>

namespace colibri::binance {
namespace {

constexpr int64_t kWeightPerMinute = 6000;

std::vector<DomainSpec> SpotDomains() {
  return {
      {.name = "live",
       .hosts = {.rest_url = "https://api.binance.com",
                 .market_stream_url = "wss://stream.binance.com:9443/stream",
                 .private_stream_url = "wss://ws-api.binance.com:443/ws-api/v3",
                 .order_socket_url = "wss://ws-api.binance.com:443/ws-api/v3"}},
      {.name = "testnet",
       .hosts = {.rest_url = "https://testnet.binance.vision",
                 .market_stream_url = "wss://stream.testnet.binance.vision:9443/stream",
                 .private_stream_url = "wss://ws-api.testnet.binance.vision/ws-api/v3",
                 .order_socket_url = "wss://ws-api.testnet.binance.vision/ws-api/v3"}},
      {.name = std::string(kUsDomain),
       .hosts = {.rest_url = "https://api.binance.us",
                 .market_stream_url = "wss://stream.binance.us:9443/stream",
                 .private_stream_url = "wss://stream.binance.us:9443/ws"},
       .uses_listen_key = true},
      {.name = "local",
       .hosts = {.rest_url = "http://127.0.0.1:8080",
                 .market_stream_url = "ws://127.0.0.1:8080/stream",
                 .private_stream_url = "ws://127.0.0.1:8080/ws-api/v3",
                 .order_socket_url = "ws://127.0.0.1:8080/ws-api/v3"}},
  };
}

VenueSpec MakeSpotSpec() {
  VenueSpec spec = FamilySpec("binance", "Binance Spot");
  spec.domains = SpotDomains();
  spec.capabilities = {.can_trade = true,
                       .can_query_by_client_order_id = true,
                       .can_cancel_by_client_order_id = true,
                       .can_cancel_all_on_pair = true,
                       .can_amend = true,
                       .has_best_quote_stream = true,
                       .has_candles = true,
                       .has_balance_events = true,
                       .is_cancel_answer_final = true};
  spec.gap_rule = GapRule::kContiguousIds;
  // In force until the venue's own exchange information is read.
  spec.limits = {WeightPool(kWeightPerMinute),
                 OrderPool(kOrdersPool, 50, absl::Seconds(10), "10s"),
                 OrderPool(kOrdersPerDayPool, 160'000, absl::Hours(24), "1d"),
                 {.name = std::string(kRawRequestsPool),
                  .limit = 300'000,
                  .interval = absl::Minutes(5),
                  .window = LimitWindow::kFixed,
                  .used_header = ""}};
  spec.fees = PercentFees(10, 10, FeeCharge::kDeductedFromReturns);
  return spec;
}

Endpoints LiveEndpoints() {
  return {.time = {"/api/v3/time", 1},
          .exchange_info = {"/api/v3/exchangeInfo", 20},
          .balances = {"/api/v3/account", 20},
          .fees = {"/api/v3/account/commission", 20},
          .place = {"/api/v3/order", 0},
          .cancel = {"/api/v3/order", 0},
          .cancel_all = {"/api/v3/openOrders", 0},
          .amend = {"/api/v3/order/amend/keepPriority", 4},
          .order = {"/api/v3/order", 4},
          .open_orders = {"/api/v3/openOrders", 6},
          .order_trades = {"/api/v3/myTrades", 5},
          .trades = {"/api/v3/myTrades", 20},
          .listen_key = {"/api/v3/userDataStream", 2},
          .each = {{kRawRequestsPool, 1}},
          .orders = {{kOrdersPool, 1}, {kOrdersPerDayPool, 1}}};
}

// Of binance.us, from its documentation; its answers tell the limits.
Endpoints UsEndpoints() {
  Endpoints us = LiveEndpoints();
  us.exchange_info.weight = 10;
  us.balances.weight = 10;
  us.fees = us.balances;  // told with the account
  us.place.weight = 1;
  us.cancel.weight = 1;
  us.cancel_all.weight = 1;
  us.order.weight = 2;
  us.open_orders.weight = 3;
  us.order_trades.weight = 10;
  us.trades.weight = 10;
  us.listen_key.weight = 1;
  return us;
}

}  // namespace

const VenueSpec& BinanceSpec() {
  static const VenueSpec spec = MakeSpotSpec();
  return spec;
}

const Endpoints& SpotEndpoints(std::string_view domain) {
  static const Endpoints live = LiveEndpoints();
  static const Endpoints us = UsEndpoints();
  return domain == kUsDomain ? us : live;
}

MarketDialect SpotDialect(std::string_view domain) {
  return {.kinds = {"@depth@100ms", "@trade", "@bookTicker"},
          .has_candles = true,
          .snapshot_path = "/api/v3/depth",
          .depths = domain == kUsDomain
                        ? std::vector<DepthWeight>{{100, 1}, {500, 5}, {1000, 10}, {5000, 50}}
                        : std::vector<DepthWeight>{{100, 5}, {500, 25}, {1000, 50}, {5000, 250}},
          .takes_any_depth = true,
          .each = {{kRawRequestsPool, 1}},
          .weight_per_minute = kWeightPerMinute,
          .socket_streams_max = 1024};
}

const OrderSocketDialect& SpotSocketDialect() {
  static const OrderSocketDialect dialect = {
      .methods = {{HttpMethod::kPost, "/api/v3/order", "order.place"},
                  {HttpMethod::kDelete, "/api/v3/order", "order.cancel"},
                  {HttpMethod::kPost, "/api/v3/order/cancelReplace", "order.cancelReplace"},
                  {HttpMethod::kPut,
                   "/api/v3/order/amend/keepPriority",
                   "order.amend.keepPriority"},
                  {HttpMethod::kDelete, "/api/v3/openOrders", "openOrders.cancelAll"}},
      .probe_method = "ping",
      .probe_charges = {{kRequestWeightPool, 1}, {kRawRequestsPool, 1}}};
  return dialect;
}

}  // namespace colibri::binance
