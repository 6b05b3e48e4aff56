// Listen keys, and the few calls outside /fapi that general clients make while they load.
#include <string>

#include <nlohmann/json.hpp>

#include "tools/venue_sim/binance_perpetual/endpoints.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

const VenueError kNoListenKey{-1125, "This listenKey does not exist."};

Reply CreateKey(VenueState& state, const EndpointCall& call) {
  return Json{{"listenKey", state.privates.Create(call.user->account.id(), state.NowMs())}};
}

Reply KeepKey(VenueState& state, const EndpointCall& call) {
  const std::string key = state.privates.Keep(call.user->account.id(), state.NowMs());
  if (key.empty()) {
    return kNoListenKey;
  }
  return Json{{"listenKey", key}};
}

Reply DeleteKey(VenueState& state, const EndpointCall& call) {
  if (!state.privates.Delete(call.user->account.id())) {
    return kNoListenKey;
  }
  return Json::object();
}

Reply EmptyList(VenueState&, const EndpointCall&) {
  return Json::array();
}

constexpr Endpoint kEndpoints[] = {
    {"POST",
     "/fapi/v1/listenKey",
     "userDataStream.start",
     Security::kKey,
     "listenKey",
     Weigh<1>,
     CreateKey},
    {"PUT",
     "/fapi/v1/listenKey",
     "userDataStream.ping",
     Security::kKey,
     "listenKey",
     Weigh<1>,
     KeepKey},
    {"DELETE",
     "/fapi/v1/listenKey",
     "userDataStream.stop",
     Security::kKey,
     "listenKey",
     Weigh<1>,
     DeleteKey},
    {"GET", "/sapi/v1/capital/config/getall", "", Security::kSigned, "", Weigh<10>, EmptyList},
    {"GET",
     "/sapi/v1/margin/allPairs",
     "",
     Security::kKey,
     "timestamp recvWindow signature symbol",
     Weigh<1>,
     EmptyList},
    {"GET", "/sapi/v1/margin/isolated/allPairs", "", Security::kSigned, "", Weigh<10>, EmptyList},
};

}  // namespace

absl::Span<const Endpoint> SessionEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance_perpetual
