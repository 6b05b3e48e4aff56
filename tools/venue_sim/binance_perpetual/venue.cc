#include "tools/venue_sim/binance_perpetual/venue.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance_common/signed_call.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr uint64_t kTraderSeedSalt = 0x7261646572;  // apart from the seed of the rest
constexpr std::initializer_list<std::string_view> kRoots = {
    "/fapi/v1/", "/fapi/v2/", "/fapi/v3/", "/futures/data/", "/sapi/v1/"};
constexpr std::string_view kApiPath = "/ws-fapi/v1";
constexpr int kApiConnectWeight = 5;
constexpr char kBatchPath[] = "/fapi/v1/batchOrders";

VenueError TooManyOrders(const VenueState& state) {
  return {-1015,
          StrCat("Too many new orders; current limit is ",
                 state.options.limits.orders_per_10_seconds,
                 " orders per TEN SECONDS."),
          429};
}

}  // namespace

Venue::Venue(Clock& clock, BinancePerpetualSimOptions options)
    : faults_(clock, *this, options.seed),
      publisher_(state_),
      state_(clock, std::move(options), faults_, publisher_) {
  const BinancePerpetualSimOptions& given = state_.options;
  state_.AddUser({.api_key = given.api_key,
                  .api_secret = given.api_secret,
                  .ed25519_public_key = given.ed25519_public_key,
                  .balances = given.balances});
  for (const SimAccountOptions& account : given.accounts) {
    state_.AddUser(account);
  }
  if (given.background_traders) {
    trader_accounts_ = std::make_unique<TraderAccounts>(state_);
    traders_ = std::make_unique<binance::Traders>(state_.clock,
                                                  given.traders,
                                                  trader_accounts_->markets(),
                                                  *trader_accounts_,
                                                  given.seed ^ kTraderSeedSalt);
    publisher_.set_traders(traders_.get());
  }
}

Venue::~Venue() {
  publisher_.Stop();
  if (traders_ != nullptr) {
    traders_->Stop();
  }
}

void Venue::Start() {
  if (traders_ != nullptr) {
    traders_->FillBooks();
    traders_->Start();
  }
  publisher_.Start();
}

// Private connections carry the user events. What cuts the WebSocket API cuts them too: on spot
// the two are one.
std::vector<SessionId> Venue::SessionsOf(FaultSubject channel) const {
  std::vector<SessionId> sessions;
  const bool is_all = channel == FaultSubject::kAll;
  const bool is_user = channel == FaultSubject::kUser;
  const bool is_api = channel == FaultSubject::kWsApi;
  if (!is_user && !is_api) {
    sessions = state_.streams.SessionsOf(is_all ? FaultSubject::kMarket : channel);
  }
  if (is_all || is_user || is_api) {
    const std::vector<SessionId> privates = state_.privates.Sessions();
    sessions.insert(sessions.end(), privates.begin(), privates.end());
  }
  if (is_all || is_api) {
    for (const auto& [id, api] : api_sessions_) {
      sessions.push_back(id);
    }
  }
  std::sort(sessions.begin(), sessions.end());
  return sessions;
}

// Futures announce nothing before they close.
void Venue::ShutDownSessions(FaultSubject channel) {
  const bool is_all = channel == FaultSubject::kAll;
  if (is_all || channel == FaultSubject::kMarket) {
    state_.streams.CloseAll(1001, "going away");
  }
  if (is_all || channel != FaultSubject::kMarket) {
    state_.privates.CloseAll(1001, "going away");
    const std::map<SessionId, ApiSession> closing = std::exchange(api_sessions_, {});
    for (const auto& [id, api] : closing) {
      faults_.frames().Close(id, 1001, "going away");
    }
  }
}

void Venue::CountRequest(const Endpoint* endpoint,
                         std::string_view name,
                         std::string_view api_key,
                         const OrError<Params>& params) {
  state_.traffic.CountRequest(name);
  if (endpoint == nullptr) {
    return;
  }
  const auto client_id = params.ok() ? params->Find(params->Has("clientAlgoId") ? "clientAlgoId"
                                                    : endpoint->makes_order     ? "newClientOrderId"
                                                                            : "origClientOrderId")
                                     : std::nullopt;
  state_.traffic.KeepCall({.at = state_.clock.now(),
                           .name = std::string(name),
                           .client_order_id = std::string(client_id.value_or(""))});
  if (endpoint->makes_order && client_id.has_value()) {
    state_.traffic.CountClientId(api_key, *client_id);
  }
  if (params.ok() && endpoint->path == kBatchPath && endpoint->rest_method == "POST") {
    const Json batch = binance::ParseText(params->Find("batchOrders").value_or(""));
    for (const Json& order : batch.is_array() ? batch : Json::array()) {
      if (order.is_object() && order.contains("newClientOrderId") &&
          order["newClientOrderId"].is_string()) {
        state_.traffic.CountClientId(api_key, order["newClientOrderId"].get<std::string>());
      }
    }
  }
}

HttpReply Venue::RefuseHttp(const binance::Refusal& refusal, std::string_view ip) const {
  HttpReply reply = binance::JsonReply(
      refusal.http_status,
      binance::RefusalJson(refusal, state_.options.limits.request_weight_per_minute));
  const int64_t now_ms = state_.NowMs();
  if (refusal.retry_at_ms != 0) {
    reply.headers.emplace_back("Retry-After", StrCat((refusal.retry_at_ms - now_ms + 999) / 1000));
  }
  reply.headers.emplace_back("x-mbx-used-weight-1m", StrCat(state_.limits.used_weight(ip, now_ms)));
  return reply;
}

HttpReply Venue::Handle(const HttpCall& call) {
  const binance::Target target = binance::SplitTarget(call.target, kRoots);
  if (target.path == binance::kTrafficPath) {
    return binance::TrafficReply(state_.traffic, state_.limits, target.query);
  }
  const Endpoint* endpoint = FindRestEndpoint(call.method, target.path);
  const OrError<Params> params = Params::Parse(target.query, call.body);
  CountRequest(
      endpoint,
      endpoint != nullptr ? StrCat(std::string_view(call.method), " ", target.path) : "unknown",
      binance::HeaderOf(call, "x-mbx-apikey"),
      params);
  return binance::AnswerThroughFaults(
      faults_.requests(),
      ClassOf(endpoint),
      [&] {
        return endpoint != nullptr ? Answer(call, target.query, *endpoint, params)
                                   : binance::NoSuchCall(IsRestPath(target.path));
      },
      [&](const RequestFate& fate) {
        return RefuseHttp(binance::RefusalOf(fate, state_.NowMs()), call.remote_ip);
      },
      [&](const VenueError& error) { return ToHttp(error, call.remote_ip, nullptr); });
}

HttpReply Venue::Answer(const HttpCall& call,
                        std::string_view query,
                        const Endpoint& endpoint,
                        const OrError<Params>& params) {
  const int weight = params.ok() ? endpoint.weight(*params) : 1;
  if (const std::optional<binance::Refusal> refusal =
          state_.limits.Charge(call.remote_ip, weight, state_.NowMs())) {
    return RefuseHttp(*refusal, call.remote_ip);
  }
  if (!params.ok()) {
    return ToHttp(params.status(), call.remote_ip, nullptr);
  }
  const OrError<User*> user = Admit(endpoint, call, query, *params);
  if (!user.ok()) {
    return ToHttp(user.status(), call.remote_ip, nullptr);
  }
  const Reply reply = Execute(endpoint, {.params = *params, .user = *user, .ip = call.remote_ip});
  return ToHttp(reply, call.remote_ip, endpoint.is_order ? *user : nullptr);
}

OrError<User*> Venue::Admit(const Endpoint& endpoint,
                            const HttpCall& call,
                            std::string_view query,
                            const Params& params) {
  if (endpoint.security == Security::kNone) {
    RETURN_IF_VENUE_ERROR(params.CheckNames(endpoint.params, /*is_signed=*/false));
    return nullptr;
  }
  const std::string api_key = binance::HeaderOf(call, "x-mbx-apikey");
  if (endpoint.security == Security::kSigned) {
    RETURN_IF_VENUE_ERROR(binance::CheckSignedRest(state_.keys(),
                                                   state_.NowMs(),
                                                   api_key,
                                                   query,
                                                   call.body,
                                                   params,
                                                   binance::Encoding::kFree));
    RETURN_IF_VENUE_ERROR(params.CheckNames(StrCat(endpoint.params, " ", binance::kSignedParams),
                                            /*is_signed=*/true));
  } else {
    RETURN_IF_VENUE_ERROR(binance::CheckKey(state_.keys(), api_key));
  }
  return state_.FindUser(api_key);
}

Reply Venue::Execute(const Endpoint& endpoint, const EndpointCall& call) {
  if (endpoint.order_count != OrderCount::kNone) {
    const uint64_t account = call.user->account.id();
    if (!state_.limits.HasRoomForOrder(account, state_.NowMs())) {
      state_.traffic.CountOrderOveruse();
      return TooManyOrders(state_);
    }
    state_.limits.CountOrder(
        account, state_.NowMs(), endpoint.order_count == OrderCount::kBatch ? 5 : 1);
  }
  bool holds_events = false;
  if (endpoint.is_order && state_.options.user_event_timing != UserEventTiming::kBeforeReply) {
    holds_events = state_.options.user_event_timing == UserEventTiming::kAfterReply ||
                   state_.random.Uniform(2) == 0;
  }
  if (holds_events) {
    state_.privates.BeginHold();
  }
  Reply reply = endpoint.handler(state_, call);
  state_.algos.CheckAll();
  if (holds_events) {
    state_.privates.EndHold(absl::Milliseconds(1 + state_.random.Uniform(5)));
  }
  return reply;
}

HttpReply Venue::ToHttp(const Reply& answer, std::string_view ip, const User* user) const {
  HttpReply reply = binance::JsonReply(answer.status, answer.body());
  const int64_t now_ms = state_.NowMs();
  reply.headers.emplace_back("x-mbx-used-weight-1m", StrCat(state_.limits.used_weight(ip, now_ms)));
  // A refused order does not tell its counts.
  if (user != nullptr && answer.ok()) {
    const binance::OrderCounts counts = state_.limits.order_counts(user->account.id(), now_ms);
    reply.headers.emplace_back("x-mbx-order-count-10s", StrCat(counts.in_10_seconds));
    reply.headers.emplace_back("x-mbx-order-count-1m", StrCat(counts.in_minute));
  }
  return reply;
}

HttpReply Venue::AdminCall(User& user, std::string_view method, std::string_view target) {
  const binance::Target parts = binance::SplitTarget(target, kRoots);
  const Endpoint* endpoint = FindRestEndpoint(method, parts.path);
  CHECK(endpoint != nullptr);
  const OrError<Params> params = Params::Parse(parts.query, "");
  CHECK(params.ok());
  const Reply reply = endpoint->handler(state_, {.params = *params, .user = &user});
  state_.algos.CheckAll();
  return binance::JsonReply(reply.status, reply.body());
}

SessionId Venue::Open(std::string_view target, std::string_view remote_ip) {
  const std::string_view path = target.substr(0, target.find('?'));
  const bool is_api = path.ends_with(kApiPath);
  const bool is_private = PrivateHub::IsTarget(target);
  if (!is_api && !is_private && !binance::StreamHub::IsTarget(target)) {
    return 0;
  }
  const SessionId id = next_session_++;
  if (is_api) {
    state_.limits.ChargeLate(remote_ip, kApiConnectWeight, state_.NowMs());
    api_sessions_[id] = {.ip = std::string(remote_ip), .connected_ms = state_.NowMs()};
  } else if (is_private) {
    state_.privates.Open(id, target);
  } else {
    state_.streams.Open(id, target);
  }
  return id;
}

void Venue::OnText(SessionId session, std::string_view text) {
  if (const auto api = api_sessions_.find(session); api != api_sessions_.end()) {
    OnApiText(session, api->second, text);
    return;
  }
  const bool is_within_limit = state_.privates.Has(session)
                                   ? state_.privates.OnText(session, text, state_.NowMs())
                                   : state_.streams.OnText(session, text, state_.NowMs());
  if (!is_within_limit) {
    state_.traffic.CountStreamOveruse();
  }
}

void Venue::Close(SessionId session) {
  faults_.frames().Forget(session);
  api_sessions_.erase(session);
  state_.privates.Forget(session);
  state_.streams.Forget(session);
}

}  // namespace colibri::venue_sim::binance_perpetual
