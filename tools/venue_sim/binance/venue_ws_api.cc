// The venue's WebSocket API: requests as JSON texts on the connections that also carry the user
// events.
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/gate.h"
#include "tools/venue_sim/binance/venue.h"

namespace colibri::venue_sim::binance {
Reply Venue::RefuseApi(const Refusal& refusal) const {
  Reply reply(VenueError{-1003, "", refusal.http_status});
  reply.body() = RefusalJson(refusal, state_.options.limits.request_weight_per_minute);
  reply.body()["data"] = {{"serverTime", state_.NowMs()}};
  if (refusal.retry_at_ms != 0) {
    reply.body()["data"]["retryAfter"] = refusal.retry_at_ms;
  }
  return reply;
}

void Venue::OnApiText(SessionId session, UserSession& user, std::string_view text) {
  const Json request = ParseText(text);
  const bool is_readable = request.is_object() && IsUsableId(request.value("id", Json())) &&
                           request.contains("method") && request["method"].is_string();
  const std::string method = is_readable ? request["method"].get<std::string>() : "";
  const Endpoint* endpoint = FindWsEndpoint(method);
  const OrError<Params> params = is_readable ? ParamsOf(request) : Params();
  const std::string_view logged_on =
      user.account == nullptr ? std::string_view() : std::string_view(user.account->api_key());
  CountRequest(endpoint,
               StrCat("WS ", std::string_view(method)),
               params.ok() ? params->Find("apiKey").value_or(logged_on) : logged_on,
               params);
  const RequestFate fate = faults_.requests().Decide(ClassOf(endpoint));
  const Account* account = nullptr;
  Reply reply{VenueError{-1135, "Invalid JSON Request"}};
  if (fate.answer == FaultedAnswer::kRefusal) {
    reply = RefuseApi(RefusalOf(fate, state_.NowMs()));
  } else if (fate.executes && is_readable) {
    reply = ExecuteApi(session, user, endpoint, params, account);
  }
  if (fate.answer == FaultedAnswer::kHangUp) {
    state_.users.Forget(session);
    faults_.frames().Close(session, 0, "");
    return;
  }
  if (fate.answer == FaultedAnswer::kNothing) {
    return;
  }
  if (fate.answer == FaultedAnswer::kError) {
    reply = UnknownOutcome(fate.http_status);
  }
  Json answer;
  answer["id"] = is_readable ? request.value("id", Json()) : Json();
  answer["status"] = reply.status;
  answer[reply.ok() ? "result" : "error"] = std::move(reply.body());
  bool wants_limits = user.returns_rate_limits;
  if (is_readable && request.contains("params") && request["params"].is_object()) {
    wants_limits = request["params"].value("returnRateLimits", Json(wants_limits)) != false;
  }
  if (wants_limits) {
    answer["rateLimits"] = UsedLimitsJson(state_, user.ip, account);
  }
  SendApi(session, faults_.requests().Spoil(fate.answer, Text(answer)), fate.delay);
}

Reply Venue::ExecuteApi(SessionId session,
                        UserSession& user,
                        const Endpoint* endpoint,
                        const OrError<Params>& params,
                        const Account*& account) {
  const bool is_free = endpoint != nullptr && endpoint->is_order;
  const int weight = endpoint == nullptr || !params.ok() ? 1
                     : is_free                           ? 0
                                                         : endpoint->weight(*params);
  if (const std::optional<Refusal> refusal =
          state_.limits.Charge(user.ip, weight, state_.NowMs())) {
    return RefuseApi(*refusal);
  }
  if (endpoint == nullptr) {
    return VenueError{-1020, "This operation is not supported."};
  }
  if (!params.ok()) {
    return params.status();
  }
  EndpointCall call{.params = *params, .account = user.account, .session = session};
  std::string known = StrCat(endpoint->params, " returnRateLimits");
  if (endpoint->security == Security::kSigned) {
    const OrError<Account*> admitted =
        AuthenticateWs(state_.ledger, state_.NowMs(), *params, user.account);
    if (!admitted.ok()) {
      state_.limits.ChargeLate(user.ip, is_free ? 1 : 0, state_.NowMs());
      return admitted.status();
    }
    call.account = *admitted;
    known = StrCat(std::string_view(known), " ", kSignedParams);
  }
  if (const MaybeError error = params->CheckNames(known, endpoint->security == Security::kSigned)) {
    return *error;
  }
  account = endpoint->is_order ? call.account : nullptr;
  return Execute(*endpoint, call, user.ip);
}

void Venue::SendApi(SessionId session, std::string text, absl::Duration delay) {
  const FrameKind kind{.channel = FaultSubject::kWsApi};
  if (delay <= absl::ZeroDuration()) {
    faults_.frames().Send(session, kind, std::move(text));
    return;
  }
  state_.clock.ScheduleAfter(
      delay, [this, session, kind, text = std::move(text), alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired() && state_.users.Find(session) != nullptr) {
          faults_.frames().Send(session, kind, text);
        }
      });
}

}  // namespace colibri::venue_sim::binance
