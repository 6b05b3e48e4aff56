// Builds the REST requests that only Binance Spot has (binance_common/binance_requests.h has the
// others).
//
//   const SpotRequests requests(config);
//   const VenueCall call = requests.Place(order, instrument);
//   // POST /api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=...
//
// Thread: any; constant.
#pragma once

#include <optional>
#include <string_view>

#include "connector/venue_protocol.h"
#include "exchanges/binance/binance_spec.h"

namespace colibri::binance {

class SpotRequests final : public Requests {
 public:
  explicit SpotRequests(const ExchangeConfig& config);

  // The account's own fees on one pair; binance.us tells them with the account.
  VenueCall Fees(const Instrument& instrument) const;
  VenueCall Place(const Order& order, const Instrument& instrument) const;
  // nullopt unless the amendment only lowers the quantity, to something above what is filled.
  std::optional<VenueCall> Amend(const Order& order,
                                 const OrderAmendment& amendment,
                                 const Instrument& instrument) const;
  // The new order is not tried when the old one can't be canceled.
  VenueCall Replace(const Order& old_order,
                    const Order& new_order,
                    const Instrument& instrument) const;
  VenueCall KeepListenKey(std::string_view listen_key) const;

 private:
  void AddSpotOrder(const Order& order, const Instrument& instrument, RestRequest& request) const;

  bool is_us_;
  Endpoint replace_;
};

}  // namespace colibri::binance
