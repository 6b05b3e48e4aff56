#include "exchanges/binance_perpetual/binance_perpetual_spec.h"

#include <string>
#include <vector>

namespace colibri::binance::perpetual {
namespace {

constexpr int64_t kWeightPerMinute = 2400;

// The testnet has one address without paths; a configuration with trade_stream_url splits it.
std::vector<DomainSpec> Domains() {
  return {
      {.name = "live",
       .hosts = {.rest_url = "https://fapi.binance.com",
                 .market_stream_url = "wss://fstream.binance.com/public/stream",
                 .trade_stream_url = "wss://fstream.binance.com/market/stream",
                 .private_stream_url = "wss://fstream.binance.com/private/ws",
                 .order_socket_url = "wss://ws-fapi.binance.com/ws-fapi/v1"},
       .uses_listen_key = true},
      {.name = "testnet",
       .hosts = {.rest_url = "https://demo-fapi.binance.com",
                 .market_stream_url = "wss://fstream.binancefuture.com/stream",
                 .private_stream_url = "wss://fstream.binancefuture.com/ws",
                 .order_socket_url = "wss://testnet.binancefuture.com/ws-fapi/v1"},
       .uses_listen_key = true},
      {.name = "local",
       .hosts = {.rest_url = "http://127.0.0.1:8080",
                 .market_stream_url = "ws://127.0.0.1:8080/public/stream",
                 .trade_stream_url = "ws://127.0.0.1:8080/market/stream",
                 .private_stream_url = "ws://127.0.0.1:8080/private/ws",
                 .order_socket_url = "ws://127.0.0.1:8080/ws-fapi/v1"},
       .uses_listen_key = true},
  };
}

VenueSpec MakeSpec() {
  VenueSpec spec = FamilySpec("binance_perpetual", "Binance USD-M Futures");
  spec.domains = Domains();
  spec.capabilities = {.can_trade = true,
                       .can_query_by_client_order_id = true,
                       .can_cancel_by_client_order_id = true,
                       .can_cancel_all_on_pair = true,
                       .can_amend = true,
                       .has_best_quote_stream = true,
                       .has_candles = true,
                       .has_balance_events = true,
                       .is_cancel_answer_final = true,
                       .has_position_events = true,
                       .has_dead_mans_switch = true,
                       .keeps_conditional_orders_apart = true,
                       .has_open_interest_call = true};
  spec.gap_rule = GapRule::kPreviousIdLink;
  // In force until the venue's own exchange information is read.
  spec.limits = {WeightPool(kWeightPerMinute),
                 OrderPool(kOrdersPool, 300, absl::Seconds(10), "10s"),
                 OrderPool(kOrdersPerMinutePool, 1200, absl::Minutes(1), "1m")};
  // In the collateral, which is the quote of nearly every contract, on both sides.
  spec.fees = PercentFees(2, 5, FeeCharge::kAddedToCost);
  spec.position_modes = {PositionMode::kOneWay, PositionMode::kHedge};
  spec.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
  spec.trigger_kinds = {TriggerKind::kStop, TriggerKind::kTakeProfit};
  spec.trigger_sources = {TriggerSource::kLast, TriggerSource::kMark};
  return spec;
}

MarketDialect Dialect(std::vector<std::string_view> kinds, bool has_candles) {
  return {.kinds = std::move(kinds),
          .has_candles = has_candles,
          .snapshot_path = "/fapi/v1/depth",
          .depths = {{5, 2}, {10, 2}, {20, 2}, {50, 2}, {100, 5}, {500, 10}, {1000, 20}},
          .weight_per_minute = kWeightPerMinute,
          // 1,024 by the newest documentation, 200 by the one before: what both take.
          .socket_streams_max = 200};
}

}  // namespace

const VenueSpec& PerpetualSpec() {
  static const VenueSpec spec = MakeSpec();
  return spec;
}

const Endpoints& PerpetualEndpoints() {
  static const Endpoints endpoints = {
      .time = {"/fapi/v1/time", 1},
      .exchange_info = {"/fapi/v1/exchangeInfo", 1},
      .balances = {"/fapi/v3/balance", 5},
      .fees = {"/fapi/v1/commissionRate", 20},
      .place = {"/fapi/v1/order", 0},
      .cancel = {"/fapi/v1/order", 1},
      .cancel_all = {"/fapi/v1/allOpenOrders", 1},
      .amend = {"/fapi/v1/order", 1},
      .order = {"/fapi/v1/order", 1},
      .open_orders = {"/fapi/v1/openOrders", 1},
      .order_trades = {"/fapi/v1/userTrades", 5},
      .trades = {"/fapi/v1/userTrades", 5},
      .listen_key = {"/fapi/v1/listenKey", 1},
      .conditional_order = {"/fapi/v1/algoOrder", 1},
      .open_conditional_orders = {"/fapi/v1/openAlgoOrders", 1},
      .cancel_all_conditional = {"/fapi/v1/algoOpenOrders", 1},
      .each = {},
      .orders = {{kOrdersPool, 1}, {kOrdersPerMinutePool, 1}},
  };
  return endpoints;
}

MarketDialect BookDialect() {
  return Dialect({"@depth@100ms", "@bookTicker"}, /*has_candles=*/false);
}

MarketDialect TradeDialect() {
  return Dialect({"@aggTrade", "@markPrice@1s", "@forceOrder"}, /*has_candles=*/true);
}

MarketDialect WholeDialect() {
  return Dialect({"@depth@100ms", "@bookTicker", "@aggTrade", "@markPrice@1s", "@forceOrder"},
                 /*has_candles=*/true);
}

// Of the methods without parameters that are written down this is the lightest.
const OrderSocketDialect& SocketDialect() {
  static const OrderSocketDialect dialect = {
      .methods = {{HttpMethod::kPost, "/fapi/v1/order", "order.place"},
                  {HttpMethod::kPut, "/fapi/v1/order", "order.modify"},
                  {HttpMethod::kDelete, "/fapi/v1/order", "order.cancel"}},
      .probe_method = "session.status",
      .probe_charges = {{kRequestWeightPool, 2}}};
  return dialect;
}

}  // namespace colibri::binance::perpetual
