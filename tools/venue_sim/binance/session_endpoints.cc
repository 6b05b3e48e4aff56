// The WebSocket API's own methods: logon, and the subscription to user events.
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "tools/venue_sim/binance/endpoints.h"

namespace colibri::venue_sim::binance {
namespace {

Json StatusJson(VenueState& state, const UserSession& session) {
  const bool is_logged_on = session.account != nullptr;
  return {{"apiKey", is_logged_on ? Json(session.account->api_key()) : Json()},
          {"authorizedSince", is_logged_on ? Json(session.authorized_since_ms) : Json()},
          {"connectedSince", session.connected_since_ms},
          {"returnRateLimits", session.returns_rate_limits},
          {"serverTime", state.NowMs()},
          {"userDataStream", !session.subscriptions.empty()}};
}

Reply Logon(VenueState& state, const EndpointCall& call) {
  if (call.account->keys().ed25519_public_key.empty()) {
    return VenueError{-4056, "HMAC_SHA256 API key is not supported."};
  }
  UserSession& session = *state.users.Find(call.session);
  session.account = call.account;
  session.authorized_since_ms = state.NowMs();
  return StatusJson(state, session);
}

Reply Logout(VenueState& state, const EndpointCall& call) {
  UserSession& session = *state.users.Find(call.session);
  session.account = nullptr;
  return StatusJson(state, session);
}

Reply SessionStatus(VenueState& state, const EndpointCall& call) {
  return StatusJson(state, *state.users.Find(call.session));
}

Reply Subscriptions(VenueState& state, const EndpointCall& call) {
  Json list = Json::array();
  for (const auto& [id, account] : state.users.Find(call.session)->subscriptions) {
    list.push_back({{"subscriptionId", id}});
  }
  return list;
}

Reply Subscribe(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const int64_t id, state.users.Subscribe(call.session, *call.account));
  return Json{{"subscriptionId", id}};
}

// After session.logon, for its account.
Reply SubscribeLoggedOn(VenueState& state, const EndpointCall& call) {
  const UserSession& session = *state.users.Find(call.session);
  if (session.account == nullptr) {
    return VenueError{-2015, "Invalid API-key, IP, or permissions for action.", 401};
  }
  ASSIGN_OR_RETURN(const int64_t id, state.users.Subscribe(call.session, *session.account));
  return Json{{"subscriptionId", id}};
}

Reply Unsubscribe(VenueState& state, const EndpointCall& call) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> id, call.params.Integer("subscriptionId"));
  RETURN_IF_VENUE_ERROR(state.users.Unsubscribe(call.session, id));
  return Json::object();
}

constexpr Endpoint kEndpoints[] = {
    {"", "", "session.logon", Security::kSigned, "", Weigh<2>, false, false, Logon},
    {"", "", "session.logout", Security::kSession, "", Weigh<2>, false, false, Logout},
    {"", "", "session.status", Security::kSession, "", Weigh<2>, false, false, SessionStatus},
    {"",
     "",
     "session.subscriptions",
     Security::kSession,
     "",
     Weigh<2>,
     false,
     false,
     Subscriptions},
    {"",
     "",
     "userDataStream.subscribe.signature",
     Security::kSigned,
     "",
     Weigh<2>,
     false,
     false,
     Subscribe},
    {"",
     "",
     "userDataStream.subscribe",
     Security::kSession,
     "",
     Weigh<2>,
     false,
     false,
     SubscribeLoggedOn},
    {"",
     "",
     "userDataStream.unsubscribe",
     Security::kSession,
     "subscriptionId",
     Weigh<2>,
     false,
     false,
     Unsubscribe},
};

}  // namespace

absl::Span<const Endpoint> SessionEndpoints() {
  return kEndpoints;
}

}  // namespace colibri::venue_sim::binance
