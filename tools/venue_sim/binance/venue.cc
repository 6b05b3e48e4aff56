#include "tools/venue_sim/binance/venue.h"

#include <utility>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"
#include "tools/venue_sim/binance/gate.h"
#include "tools/venue_sim/binance/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr uint64_t kTraderSeedSalt = 0x7261646572;  // apart from the seed of the rest
constexpr int64_t kFirstUpdateId = 1'000'000;

struct Target {
  std::string_view path;
  std::string_view query;
};

// A prefix before the API's own path is ignored, as clients keep the real host name there.
Target SplitTarget(std::string_view target) {
  const size_t mark = target.find('?');
  Target parts{
      .path = target.substr(0, mark),
      .query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
  for (const std::string_view root : {"/api/v3/", "/sapi/v1/", "/fapi/v1/", "/dapi/v1/"}) {
    const size_t found = parts.path.find(root);
    if (found != std::string_view::npos) {
      parts.path = parts.path.substr(found);
      break;
    }
  }
  return parts;
}

std::string HeaderOf(const HttpCall& call, std::string_view lower_name) {
  for (const auto& [name, value] : call.headers) {
    if (absl::AsciiStrToLower(name) == Abs(lower_name)) {
      return value;
    }
  }
  return "";
}

// The same words whether it was executed or not: nobody can tell.
Reply UnknownOutcome(int http_status) {
  return VenueError{
      -1000, "Unknown error, please check your request or try again later.", http_status};
}

HttpReply JsonReply(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"}},
          .body = Text(body)};
}

}  // namespace

Venue::Venue(Clock& clock, BinanceSimOptions options)
    : faults_(MakeHooks()),
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
  add({.api_key = given.api_key, .api_secret = given.api_secret, .balances = given.balances});
  for (const SimAccountOptions& account : given.accounts) {
    add(account);
  }
  state_.users.set_is_losing([this] {
    const auto& until = faults_.state().withhold_user_events_until;
    return until.has_value() && state_.clock.now() < *until;
  });
  if (given.background_traders) {
    traders_ = std::make_unique<Traders>(state_, given.seed ^ kTraderSeedSalt);
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

Faults::Hooks Venue::MakeHooks() {
  return {.now = [this] { return state_.clock.now(); },
          .cut_user_streams = [this] { state_.users.CloseAll(0, ""); },
          .cut_market_streams = [this] { state_.streams.CloseAll(0, ""); },
          .shut_down_streams = [this] { ShutDownStreams(); }};
}

void Venue::ShutDownStreams() {
  const Json event = {{"e", "serverShutdown"}, {"E", state_.NowMs()}};
  state_.streams.Broadcast("!serverShutdown", Text(event));
  state_.users.PushToAll(event);
  state_.streams.CloseAll(1001, "going away");
  state_.users.CloseAll(1001, "going away");
}

std::optional<Refusal> Venue::RefusalByFault() const {
  const FaultState& faults = faults_.state();
  const absl::Time now = state_.clock.now();
  if (faults.ban_until.has_value() && now < *faults.ban_until) {
    return Refusal{.http_status = 418,
                   .retry_at_ms = absl::ToUnixMillis(*faults.ban_until + faults.clock_skew)};
  }
  if (faults.refuse_until.has_value() && now < *faults.refuse_until) {
    return Refusal{.http_status = 429,
                   .retry_at_ms = faults.refuse_retry_after.has_value()
                                      ? state_.NowMs() + 1000 * *faults.refuse_retry_after
                                      : 0};
  }
  return std::nullopt;
}

HttpReply Venue::RefuseHttp(const Refusal& refusal, std::string_view ip) const {
  HttpReply reply = JsonReply(refusal.http_status, RefusalJson(refusal));
  reply.delay = faults_.state().answer_delay;
  if (refusal.retry_at_ms != 0) {
    const int64_t wait_ms = refusal.retry_at_ms - state_.NowMs();
    reply.headers.emplace_back("Retry-After", StrCat((wait_ms + 999) / 1000));
  }
  const int64_t used = state_.limits.used_weight(ip, state_.NowMs());
  reply.headers.emplace_back("x-mbx-used-weight-1m", StrCat(used));
  return reply;
}

HttpReply Venue::Handle(const HttpCall& call) {
  const Target target = SplitTarget(call.target);
  if (const std::optional<Refusal> refusal = RefusalByFault()) {
    return RefuseHttp(*refusal, call.remote_ip);
  }
  const Endpoint* endpoint = FindRestEndpoint(call.method, target.path);
  if (endpoint == nullptr) {
    return IsRestPath(target.path)
               ? JsonReply(405, {{"code", -1020}, {"msg", "Method not allowed."}})
               : JsonReply(404, {{"code", -1020}, {"msg", "Not found."}});
  }
  const OrError<Params> params = Params::Parse(target.query, call.body);
  const int weight = !params.ok() ? 1 : endpoint->is_order ? 0 : endpoint->weight(*params);
  if (const std::optional<Refusal> refusal =
          state_.limits.Charge(call.remote_ip, weight, state_.NowMs())) {
    return RefuseHttp(*refusal, call.remote_ip);
  }
  if (!params.ok()) {
    return ToHttp({Reply(params.status())}, call.remote_ip, nullptr);
  }
  const OrError<Account*> account = Admit(*endpoint, call, target.query, *params);
  if (!account.ok()) {
    if (endpoint->is_order) {
      state_.limits.ChargeLate(call.remote_ip, 1, state_.NowMs());
    }
    return ToHttp({Reply(account.status())}, call.remote_ip, nullptr);
  }
  Outcome outcome = Execute(*endpoint, {.params = *params, .account = *account}, call.remote_ip);
  return ToHttp(std::move(outcome), call.remote_ip, endpoint->is_order ? *account : nullptr);
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

Venue::Outcome Venue::Execute(const Endpoint& endpoint,
                              const EndpointCall& call,
                              std::string_view ip) {
  FaultState& faults = faults_.state();
  if (endpoint.places_order && !call.account->is_background() &&
      !state_.limits.HasRoomForOrder(call.account->id(), state_.NowMs())) {
    return {VenueError{-1015,
                       StrCat("Too many new orders; current limit is ",
                              state_.options.limits.orders_per_10_seconds,
                              " orders per TEN SECONDS."),
                       429}};
  }
  const bool is_failing = endpoint.is_order && faults.orders_to_fail > 0;
  if (is_failing) {
    --faults.orders_to_fail;
    if (faults.fail_when == FailWhen::kBeforeExecuting) {
      return {UnknownOutcome(faults.fail_status)};
    }
  }
  const bool is_hanging_up = endpoint.is_order && faults.replies_to_hang_up > 0;
  faults.replies_to_hang_up -= is_hanging_up ? 1 : 0;

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
  if (is_failing) {
    return {UnknownOutcome(faults.fail_status)};
  }
  return {.reply = std::move(reply), .hang_up = is_hanging_up};
}

HttpReply Venue::ToHttp(Outcome outcome, std::string_view ip, const Account* account) const {
  HttpReply reply = JsonReply(outcome.reply.status, outcome.reply.body());
  reply.hang_up = outcome.hang_up;
  reply.delay = faults_.state().answer_delay;
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
  const Target parts = SplitTarget(target);
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
  const Target parts = SplitTarget(target);
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
    state_.streams.OnText(session, text, state_.NowMs());
  }
}

void Venue::Close(SessionId session) {
  state_.users.Forget(session);
  state_.streams.Forget(session);
}

}  // namespace colibri::venue_sim::binance
