// Orders and instruments that the tests of the Binance connector share.
#pragma once

#include <string_view>

#include "connector/instrument.h"
#include "core/order.h"

namespace colibri::binance {

inline Decimal D(std::string_view text) {
  return Decimal::Parse(text).value();
}

// LTC-BTC, ETH-BTC, BTC-USDT, BNB-BTC and ETH-USDT, in this order.
inline InstrumentTable SampleInstruments() {
  InstrumentTable instruments;
  instruments.Add({"LTC", "BTC"}, "LTCBTC", "ltcbtc", {8, 8});
  instruments.Add({"ETH", "BTC"}, "ETHBTC", "ethbtc", {8, 8});
  instruments.Add({"BTC", "USDT"}, "BTCUSDT", "btcusdt", {8, 8});
  instruments.Add({"BNB", "BTC"}, "BNBBTC", "bnbbtc", {8, 8});
  instruments.Add({"ETH", "USDT"}, "ETHUSDT", "ethusdt", {8, 8});
  return instruments;
}

// A limit buy of 0.5 BTC at 23416.1, not yet sent.
inline Order SampleOrder(std::string_view client_order_id = "clb-1") {
  Order order;
  order.client_order_id = ClientOrderId(client_order_id);
  order.pair = {"BTC", "USDT"};
  order.side = Side::kBuy;
  order.type = OrderType::kLimit;
  order.time_in_force = TimeInForce::kGtc;
  order.quantity = Quantity(D("0.5"));
  order.price = Price(D("23416.10"));
  order.created_at = absl::FromUnixMillis(1'700'000'000'000);
  return order;
}

}  // namespace colibri::binance
