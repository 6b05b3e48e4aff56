// Actions as posts over the WebSocket, and their answers as the REST interface has them.
//
//   HyperliquidOrderSocketSource source;
//   source.MakeFrame(call, 7, auth, venue_now);
//   // {"method":"post","id":7,"request":{"type":"action","payload":{"action":...,"nonce":...}}}
//
// The venue takes 2,000 messages a minute of an address: calls are charged to the pool of REST's
// 1,200, which is less. Thread: the loop's.
#pragma once

#include <string>
#include <string_view>

#include "connector/order_socket_source.h"

namespace colibri::hyperliquid {

class HyperliquidOrderSocketSource final : public OrderSocketSource {
 public:
  // Signed actions; what is only read goes by REST.
  bool Takes(const VenueCall& call) const override;
  absl::StatusOr<std::string> MakeFrame(const VenueCall& call,
                                        uint64_t id,
                                        const Auth& auth,
                                        absl::Time venue_now) const override;
  OrderSocketProbe MakeProbe(uint64_t id) const override;
  // The venue takes 100 of an address, whose other programs may want some.
  size_t in_flight_max() const override { return 50; }
  absl::StatusOr<OrderSocketMessage> Parse(std::string_view frame) override;
};

}  // namespace colibri::hyperliquid
