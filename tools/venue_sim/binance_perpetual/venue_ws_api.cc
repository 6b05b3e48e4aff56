// The venue's WebSocket API: requests as JSON texts. User events do not come here.
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_common/signed_call.h"
#include "tools/venue_sim/binance_perpetual/venue.h"

namespace colibri::venue_sim::binance_perpetual {

namespace {

// The three that are no endpoints: what they do, they do to the connection.
bool IsSession(std::string_view method) {
  return method == "session.logon" || method == "session.logout" || method == "session.status";
}

}  // namespace

Reply Venue::RefuseApi(const binance::Refusal& refusal) const {
  Reply reply(VenueError{-1003, "", refusal.http_status});
  reply.body() = binance::RefusalJson(refusal, state_.options.limits.request_weight_per_minute);
  return reply;
}

void Venue::OnApiText(SessionId session, ApiSession& api, std::string_view text) {
  const Json request = binance::ParseText(text);
  const bool is_readable = request.is_object() &&
                           binance::IsUsableId(request.value("id", Json())) &&
                           request.contains("method") && request["method"].is_string();
  const std::string method = is_readable ? request["method"].get<std::string>() : "";
  const Endpoint* endpoint = FindWsEndpoint(method);
  const OrError<Params> params = is_readable ? binance::ParamsOf(request) : Params();
  const std::string_view logged_on =
      api.user == nullptr ? std::string_view() : std::string_view(api.user->api_key);
  CountRequest(endpoint,
               endpoint != nullptr || IsSession(method) ? StrCat("WS ", std::string_view(method))
                                                        : "unknown",
               params.ok() ? params->Find("apiKey").value_or(logged_on) : logged_on,
               params);
  const RequestFate fate = faults_.requests().Decide(ClassOf(endpoint));
  const User* counted = nullptr;
  const std::string ip = api.ip;
  Reply reply{VenueError{-1135, "Invalid JSON Request"}};
  if (fate.answer == FaultedAnswer::kRefusal) {
    reply = RefuseApi(binance::RefusalOf(fate, state_.NowMs()));
  } else if (fate.executes && is_readable && !params.ok()) {
    reply = params.status();
  } else if (fate.executes && is_readable) {
    reply = ExecuteApi(session, api, method, *params, counted);
  }
  if (fate.answer == FaultedAnswer::kHangUp) {
    api_sessions_.erase(session);
    faults_.frames().Close(session, 0, "");
    return;
  }
  if (fate.answer == FaultedAnswer::kNothing) {
    return;
  }
  if (fate.answer == FaultedAnswer::kError) {
    reply = binance::UnknownOutcome(fate.http_status);
  }
  Json answer;
  answer["id"] = is_readable ? request.value("id", Json()) : Json();
  answer["status"] = reply.status;
  answer[reply.ok() ? "result" : "error"] = std::move(reply.body());
  answer["rateLimits"] = UsedLimitsJson(state_, ip, counted);
  SendApi(session, faults_.requests().Spoil(fate.answer, Text(answer)), fate.delay);
}

OrError<User*> Venue::AdmitApi(const ApiSession& api, const Params& params) {
  if (api.user != nullptr && !params.Has("apiKey")) {
    RETURN_IF_VENUE_ERROR(binance::CheckTime(params, state_.NowMs()));
    return api.user;
  }
  RETURN_IF_VENUE_ERROR(binance::CheckSignedWs(state_.keys(), state_.NowMs(), params));
  return state_.FindUser(*params.Find("apiKey"));
}

Reply Venue::ExecuteApi(SessionId session,
                        ApiSession& api,
                        std::string_view method,
                        const Params& params,
                        const User*& counted) {
  const Endpoint* endpoint = FindWsEndpoint(method);
  const bool is_session = IsSession(method);
  const int weight = is_session ? 2 : endpoint == nullptr ? 1 : endpoint->weight(params);
  if (const std::optional<binance::Refusal> refusal =
          state_.limits.Charge(api.ip, weight, state_.NowMs())) {
    return RefuseApi(*refusal);
  }
  if (is_session) {
    return ExecuteSession(api, method, params);
  }
  if (endpoint == nullptr) {
    return VenueError{-1020, "This operation is not supported."};
  }
  EndpointCall call{.params = params, .session = session, .ip = api.ip};
  std::string known = StrCat(endpoint->params, " returnRateLimits");
  if (endpoint->security == Security::kSigned) {
    ASSIGN_OR_RETURN(call.user, AdmitApi(api, params));
    known = StrCat(std::string_view(known), " ", binance::kSignedParams);
  } else if (endpoint->security == Security::kKey) {
    ASSIGN_OR_RETURN(const std::string api_key, params.Required("apiKey"));
    RETURN_IF_VENUE_ERROR(binance::CheckKey(state_.keys(), api_key));
    call.user = state_.FindUser(api_key);
    known += " apiKey";
  }
  RETURN_IF_VENUE_ERROR(
      params.CheckNames(known, /*is_signed=*/endpoint->security == Security::kSigned));
  counted = endpoint->is_order ? call.user : nullptr;
  return Execute(*endpoint, call);
}

Reply Venue::ExecuteSession(ApiSession& api, std::string_view method, const Params& params) {
  if (method == "session.logon") {
    ASSIGN_OR_RETURN(User * user, AdmitApi(api, params));
    if (user->keys.ed25519_public_key.empty()) {
      return VenueError{-4056, "HMAC_SHA256 API key is not supported."};
    }
    api.user = user;
    api.authorized_ms = state_.NowMs();
  } else if (method == "session.logout") {
    api.user = nullptr;
  }
  const bool is_logged_on = api.user != nullptr;
  return Json{{"apiKey", is_logged_on ? Json(api.user->api_key) : Json()},
              {"authorizedSince", is_logged_on ? Json(api.authorized_ms) : Json()},
              {"connectedSince", api.connected_ms},
              {"returnRateLimits", true},
              {"serverTime", state_.NowMs()}};
}

void Venue::SendApi(SessionId session, std::string text, absl::Duration delay) {
  const FrameKind kind{.channel = FaultSubject::kWsApi};
  if (delay <= absl::ZeroDuration()) {
    faults_.frames().Send(session, kind, std::move(text));
    return;
  }
  state_.clock.ScheduleAfter(
      delay, [this, session, kind, text = std::move(text), alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired() && api_sessions_.contains(session)) {
          faults_.frames().Send(session, kind, text);
        }
      });
}

}  // namespace colibri::venue_sim::binance_perpetual
