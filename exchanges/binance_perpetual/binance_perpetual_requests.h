// Builds the REST requests that only Binance USD-M futures have (binance_common/binance_requests.h
// has the others).
//
//   const PerpetualRequests requests(config);
//   const VenueCall call = requests.Place(order, instrument);
//   // POST /fapi/v1/order?symbol=BTCUSDT&side=BUY&positionSide=LONG&type=LIMIT&timeInForce=GTX&...
//
// Thread: any; constant.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"

#include "connector/venue_protocol.h"
#include "core/position.h"
#include "exchanges/binance_common/binance_requests.h"

namespace colibri::binance::perpetual {

class PerpetualRequests final : public Requests {
 public:
  explicit PerpetualRequests(const ExchangeConfig& config);

  // Answered by an acknowledgement: the venue's result would run ahead of its own fills, which come
  // by the stream, and it comes later.
  VenueCall Place(const Order& order, const Instrument& instrument) const;
  // nullopt unless the amendment only lowers the quantity, to something above what is filled: the
  // venue would cancel the order otherwise, or change a price that updates do not carry.
  std::optional<VenueCall> Amend(const Order& order,
                                 const OrderAmendment& amendment,
                                 const Instrument& instrument) const;
  VenueCall Fees(const Instrument& instrument) const;
  // The venue knows whose key it is.
  VenueCall KeepListenKey() const;

  VenueCall PositionMode() const;
  VenueCall SetPositionMode(colibri::PositionMode mode) const;
  VenueCall Leverage(const Instrument& instrument) const;
  // The margin mode first: it is refused with an open position, and then nothing was changed.
  std::vector<VenueCall> SetLeverage(const Instrument& instrument,
                                     const LeverageSetting& current,
                                     const LeverageSetting& wanted) const;
  VenueCall Positions() const;
  VenueCall FundingInfo(const Instrument& instrument) const;
  VenueCall OpenInterest(const Instrument& instrument) const;
  VenueCall FundingPayments(absl::Time since) const;
  VenueCall CancelAllAfter(const Instrument& instrument, absl::Duration countdown) const;
};

}  // namespace colibri::binance::perpetual
