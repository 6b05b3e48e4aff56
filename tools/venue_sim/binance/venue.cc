#include "tools/venue_sim/binance/venue.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/gate.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr uint64_t kTraderSeedSalt = 0x7261646572;  // apart from the seed of the rest
constexpr int64_t kFirstUpdateId = 1'000'000;
constexpr std::initializer_list<std::string_view> kRoots = {
    "/api/v3/", "/sapi/v1/", "/fapi/v1/", "/dapi/v1/"};

}  // namespace

Venue::Venue(Clock& clock, BinanceSimOptions options)
    : faults_(clock, *this, options.seed),
      publisher_(state_),
      state_(clock, std::move(options), faults_, publisher_) {
  const BinanceSimOptions& given = state_.options;
  std::map<std::string, Decimal> no_balances;
  int64_t update_id = kFirstUpdateId;
  for (const SimSymbol& symbol : given.symbols) {
    state_.markets.emplace(std::piecewise_construct,
                           std::forward_as_tuple(symbol.symbol),
                           std::forward_as_tuple(symbol, update_id, state_.NowMs()));
    update_id += kFirstUpdateId;
    no_balances[symbol.base_asset];
    no_balances[symbol.quote_asset];
  }
  const auto add = [&](SimAccountOptions account) {
    account.balances.insert(no_balances.begin(), no_balances.end());
    state_.ledger.Add(account, /*is_background=*/false);
  };
  add({.api_key = given.api_key,
       .api_secret = given.api_secret,
       .ed25519_public_key = given.ed25519_public_key,
       .balances = given.balances});
  for (const SimAccountOptions& account : given.accounts) {
    add(account);
  }
  if (given.background_traders) {
    trader_accounts_ = std::make_unique<TraderAccounts>(state_);
    traders_ = std::make_unique<Traders>(state_.clock,
                                         given.traders,
                                         trader_accounts_->markets(),
                                         *trader_accounts_,
                                         given.seed ^ kTraderSeedSalt);
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

// Connections of the WebSocket API carry the user events, the others market data.
std::vector<SessionId> Venue::SessionsOf(FaultSubject channel) const {
  std::vector<SessionId> sessions;
  if (channel != FaultSubject::kUser && channel != FaultSubject::kWsApi) {
    sessions =
        state_.streams.SessionsOf(channel == FaultSubject::kAll ? FaultSubject::kMarket : channel);
  }
  if (!Covers(FaultSubject::kMarket, channel) && channel != FaultSubject::kMarket) {
    const std::vector<SessionId> users =
        state_.users.SessionsOf(channel == FaultSubject::kAll ? FaultSubject::kWsApi : channel);
    sessions.insert(sessions.end(), users.begin(), users.end());
  }
  std::sort(sessions.begin(), sessions.end());
  return sessions;
}

void Venue::ShutDownSessions(FaultSubject channel) {
  const Json event = {{"e", "serverShutdown"}, {"E", state_.NowMs()}};
  const bool is_all = channel == FaultSubject::kAll;
  if (is_all || channel == FaultSubject::kMarket) {
    state_.streams.Broadcast("!serverShutdown", Text(event));
    state_.streams.CloseAll(1001, "going away");
  }
  if (is_all || channel != FaultSubject::kMarket) {
    state_.users.PushToAll(event);
    state_.users.CloseAll(1001, "going away");
  }
}

void Venue::SkipDepthIds(std::string_view symbol, int count) {
  for (auto& [name, market] : state_.markets) {
    if (symbol.empty() || name == symbol) {
      market.SkipUpdateIds(count);
    }
  }
}

void Venue::CountRequest(const Endpoint* endpoint,
                         std::string_view name,
                         std::string_view api_key,
                         const OrError<Params>& params) {
  state_.traffic.CountRequest(endpoint == nullptr ? std::string_view("unknown") : name);
  if (endpoint == nullptr) {
    return;
  }
  const auto client_id =
      params.ok() ? params->Find(endpoint->makes_order ? "newClientOrderId" : "origClientOrderId")
                  : std::nullopt;
  state_.traffic.KeepCall({.at = state_.clock.now(),
                           .name = std::string(name),
                           .client_order_id = std::string(client_id.value_or(""))});
  if (endpoint->makes_order && client_id.has_value()) {
    state_.traffic.CountClientId(api_key, *client_id);
  }
}

HttpReply Venue::RefuseHttp(const Refusal& refusal, std::string_view ip) const {
  HttpReply reply = JsonReply(
      refusal.http_status, RefusalJson(refusal, state_.options.limits.request_weight_per_minute));
  if (refusal.retry_at_ms != 0) {
    const int64_t wait_ms = refusal.retry_at_ms - state_.NowMs();
    reply.headers.emplace_back("Retry-After", StrCat((wait_ms + 999) / 1000));
  }
  const int64_t used = state_.limits.used_weight(ip, state_.NowMs());
  reply.headers.emplace_back("x-mbx-used-weight-1m", StrCat(used));
  return reply;
}

HttpReply Venue::Handle(const HttpCall& call) {
  const Target target = SplitTarget(call.target, kRoots);
  if (target.path == kTrafficPath) {
    return TrafficReply(state_.traffic, state_.limits, target.query);
  }
  const Endpoint* endpoint = FindRestEndpoint(call.method, target.path);
  const OrError<Params> params = Params::Parse(target.query, call.body);
  CountRequest(endpoint,
               StrCat(std::string_view(call.method), " ", target.path),
               HeaderOf(call, "x-mbx-apikey"),
               params);
  return AnswerThroughFaults(
      faults_.requests(),
      ClassOf(endpoint),
      [&] {
        return endpoint != nullptr ? Answer(call, target.query, *endpoint, params)
                                   : NoSuchCall(IsRestPath(target.path));
      },
      [&](const RequestFate& fate) {
        return RefuseHttp(RefusalOf(fate, state_.NowMs()), call.remote_ip);
      },
      [&](const VenueError& error) { return ToHttp(error, call.remote_ip, nullptr); });
}

HttpReply Venue::Answer(const HttpCall& call,
                        std::string_view query,
                        const Endpoint& endpoint,
                        const OrError<Params>& params) {
  const int weight = !params.ok() ? 1 : endpoint.is_order ? 0 : endpoint.weight(*params);
  if (const std::optional<Refusal> refusal =
          state_.limits.Charge(call.remote_ip, weight, state_.NowMs())) {
    return RefuseHttp(*refusal, call.remote_ip);
  }
  if (!params.ok()) {
    return ToHttp(params.status(), call.remote_ip, nullptr);
  }
  const OrError<Account*> account = Admit(endpoint, call, query, *params);
  if (!account.ok()) {
    if (endpoint.is_order) {
      state_.limits.ChargeLate(call.remote_ip, 1, state_.NowMs());
    }
    return ToHttp(account.status(), call.remote_ip, nullptr);
  }
  const Reply reply = Execute(endpoint, {.params = *params, .account = *account}, call.remote_ip);
  return ToHttp(reply, call.remote_ip, endpoint.is_order ? *account : nullptr);
}

OrError<Account*> Venue::Admit(const Endpoint& endpoint,
                               const HttpCall& call,
                               std::string_view query,
                               const Params& params) {
  Account* account = nullptr;
  if (endpoint.security == Security::kSigned) {
    ASSIGN_OR_RETURN(account,
                     AuthenticateRest(state_.ledger,
                                      state_.NowMs(),
                                      HeaderOf(call, "x-mbx-apikey"),
                                      query,
                                      call.body,
                                      params));
    RETURN_IF_VENUE_ERROR(
        params.CheckNames(StrCat(endpoint.params, " ", kSignedParams), /*is_signed=*/true));
  } else {
    RETURN_IF_VENUE_ERROR(params.CheckNames(endpoint.params, /*is_signed=*/false));
  }
  return account;
}

Reply Venue::Execute(const Endpoint& endpoint, const EndpointCall& call, std::string_view ip) {
  if (endpoint.places_order && !call.account->is_background() &&
      !state_.limits.HasRoomForOrder(call.account->id(), state_.NowMs())) {
    state_.traffic.CountOrderOveruse();
    return VenueError{-1015,
                      StrCat("Too many new orders; current limit is ",
                             state_.options.limits.orders_per_10_seconds,
                             " orders per TEN SECONDS."),
                      429};
  }
  bool holds_events = false;
  if (endpoint.is_order && state_.options.user_event_timing != UserEventTiming::kBeforeReply) {
    holds_events = state_.options.user_event_timing == UserEventTiming::kAfterReply ||
                   state_.random.Uniform(2) == 0;
  }
  if (holds_events) {
    state_.users.BeginHold();
  }
  Reply reply = endpoint.handler(state_, call);
  if (holds_events) {
    state_.users.EndHold(absl::Milliseconds(1 + state_.random.Uniform(5)));
  }
  if (endpoint.is_order && !reply.ok()) {
    state_.limits.ChargeLate(ip, 1, state_.NowMs());
  }
  return reply;
}

HttpReply Venue::ToHttp(const Reply& answer, std::string_view ip, const Account* account) const {
  HttpReply reply = JsonReply(answer.status, answer.body());
  const int64_t now_ms = state_.NowMs();
  const std::string used = StrCat(state_.limits.used_weight(ip, now_ms));
  reply.headers.emplace_back("x-mbx-used-weight", used);
  reply.headers.emplace_back("x-mbx-used-weight-1m", used);
  if (account != nullptr) {
    const OrderCounts counts = state_.limits.order_counts(account->id(), now_ms);
    reply.headers.emplace_back("x-mbx-order-count-10s", StrCat(counts.in_10_seconds));
    reply.headers.emplace_back("x-mbx-order-count-1d", StrCat(counts.in_day));
  }
  return reply;
}

HttpReply Venue::AdminCall(Account& account, std::string_view method, std::string_view target) {
  const Target parts = SplitTarget(target, kRoots);
  const Endpoint* endpoint = FindRestEndpoint(method, parts.path);
  CHECK(endpoint != nullptr);
  const OrError<Params> params = Params::Parse(parts.query, "");
  CHECK(params.ok());
  const Reply reply = endpoint->handler(state_, {.params = *params, .account = &account});
  return JsonReply(reply.status, reply.body());
}

bool Venue::Deposit(std::string_view api_key, const std::string& asset, Decimal amount) {
  Account* account = state_.ledger.FindByKey(api_key);
  if (account == nullptr || (account->free(asset) + amount).is_negative()) {
    return false;
  }
  account->AddFree(asset, amount);
  account->balance_update_time_ms = state_.NowMs();
  state_.users.Push(*account,
                    {{"e", "balanceUpdate"},
                     {"E", state_.NowMs()},
                     {"a", asset},
                     {"d", Fixed8(amount)},
                     {"T", state_.NowMs()}});
  publisher_.OnBalances(*account, account->TakeTouched());
  return true;
}

SessionId Venue::Open(std::string_view target, std::string_view remote_ip) {
  const Target parts = SplitTarget(target, kRoots);
  constexpr std::string_view kApi = "/ws-api/v3";
  const bool is_api = parts.path.size() >= kApi.size() &&
                      parts.path.substr(parts.path.size() - kApi.size()) == kApi;
  if (!is_api && !StreamHub::IsTarget(target)) {
    return 0;
  }
  const SessionId id = next_session_++;
  if (is_api) {
    constexpr int kConnectWeight = 2;
    state_.limits.ChargeLate(remote_ip, kConnectWeight, state_.NowMs());
    const OrError<Params> params = Params::Parse(parts.query, "");
    const bool returns_limits = !params.ok() || params->Find("returnRateLimits") != "false";
    state_.users.Open(id,
                      {.ip = std::string(remote_ip),
                       .connected_since_ms = state_.NowMs(),
                       .returns_rate_limits = returns_limits});
  } else {
    state_.streams.Open(id, target);
  }
  return id;
}

void Venue::OnText(SessionId session, std::string_view text) {
  if (UserSession* user = state_.users.Find(session)) {
    OnApiText(session, *user, text);
  } else {
    const bool is_within_limit = state_.streams.OnText(session, text, state_.NowMs());
    if (!is_within_limit) {
      state_.traffic.CountStreamOveruse();
    }
  }
}

void Venue::Close(SessionId session) {
  faults_.frames().Forget(session);
  state_.users.Forget(session);
  state_.streams.Forget(session);
}

}  // namespace colibri::venue_sim::binance
