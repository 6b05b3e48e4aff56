// Builds the REST requests of Binance Spot: orders, queries, balances. Pure text, no host, no time,
// no signature.
//
//   const RequestBuilder requests(config);
//   const VenueCall call = requests.Place(order, instrument);
//   // POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=...
//
// Numbers are plain decimals, without exponent and trailing zeros. Thread: any; constant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "connector/exchange_config.h"
#include "connector/venue_protocol.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {

class RequestBuilder final {
 public:
  explicit RequestBuilder(const ExchangeConfig& config);

  VenueCall ServerTime() const;
  VenueCall ExchangeInfo() const;
  VenueCall Account() const;
  // The account's own fees on one pair; binance.us tells them with the account.
  VenueCall Fees(const Instrument& instrument) const;

  VenueCall Place(const Order& order, const Instrument& instrument) const;
  VenueCall Cancel(const Order& order, const Instrument& instrument) const;
  VenueCall CancelAll(const Instrument& instrument) const;
  // nullopt unless the amendment only lowers the quantity, to something above what is filled.
  std::optional<VenueCall> Amend(const Order& order,
                                 const OrderAmendment& amendment,
                                 const Instrument& instrument) const;
  // The new order is not tried when the old one can't be canceled.
  VenueCall Replace(const Order& old_order,
                    const Order& new_order,
                    const Instrument& instrument) const;

  VenueCall QueryOrder(const Order& order, const Instrument& instrument) const;
  VenueCall OpenOrders(const Instrument& instrument) const;
  VenueCall OrderTrades(const Order& order, const Instrument& instrument) const;
  VenueCall Trades(const TradeCursor& cursor, const Instrument& instrument) const;

  // Listen keys, for domains that use them.
  VenueCall CreateListenKey() const;
  VenueCall KeepListenKey(std::string_view listen_key) const;

 private:
  VenueCall Call(HttpMethod method,
                 std::string_view path,
                 CallSecurity security,
                 CallPriority priority,
                 int64_t weight) const;
  void Finish(VenueCall& call) const;

  bool is_us_;
  const EndpointWeights& weights_;
  std::string receive_window_;         // milliseconds; empty leaves it to the venue
  std::string self_trade_prevention_;  // empty leaves it to the account's default
};

}  // namespace colibri::binance
