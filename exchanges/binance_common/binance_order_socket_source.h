// Orders over the WebSocket API of Binance's venues: the REST call's parameters as a signed frame,
// the answer's content as the REST answer would have it.
//
//   BinanceOrderSocketSource source(SpotSocketDialect());
//   source.MakeFrame(call, 7, auth, venue_now);
//   //
//   {"id":"7","method":"order.place","params":{"apiKey":"..","price":"100",...,"signature":".."}}
//
// With an Ed25519 key the connection is logged on, and frames have neither key nor signature; with
// an HMAC key, for which the venue has no logon, each is signed. Thread: the loop's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/order_socket_source.h"
#include "exchanges/binance_common/binance_frame.h"

namespace colibri::binance {

// A REST call that the WebSocket API has too.
struct SocketMethod {
  HttpMethod method;
  std::string_view path;
  std::string_view name;
};

struct OrderSocketDialect {
  std::vector<SocketMethod> methods;
  std::string_view probe_method;  // takes no parameters
  LimitCharges probe_charges;
};

class BinanceOrderSocketSource final : public OrderSocketSource {
 public:
  // The dialect outlives this.
  explicit BinanceOrderSocketSource(const OrderSocketDialect& dialect) : dialect_(dialect) {}

  bool Takes(const VenueCall& call) const override;
  absl::StatusOr<std::string> MakeFrame(const VenueCall& call,
                                        uint64_t id,
                                        const Auth& auth,
                                        absl::Time venue_now) const override;
  // session.logon, where the key allows it.
  absl::StatusOr<std::string> LoginFrame(uint64_t id,
                                         const Auth& auth,
                                         absl::Time venue_now) const override;
  OrderSocketProbe MakeProbe(uint64_t id) const override;
  absl::StatusOr<OrderSocketMessage> Parse(std::string_view frame) override;

 private:
  const SocketMethod* Find(const VenueCall& call) const;

  const OrderSocketDialect& dialect_;
  mutable FrameParameters parameters_;  // of the last frame, for their room
  mutable FrameTemplates templates_;
};

}  // namespace colibri::binance
