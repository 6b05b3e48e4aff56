#include "tools/venue_sim/hyperliquid/venue.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_common/reply.h"
#include "tools/venue_sim/hyperliquid/action.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr uint64_t kTraderSeedSalt = 0x7261646572;  // apart from the seed of the rest
constexpr uint64_t kSpotTraderSeedSalt = 0x73706f74;
constexpr int kBatchPerWeight = 40;

HttpReply ToHttp(const Answer& answer) {
  const bool is_json = answer.status != 422;
  return {.status = answer.status,
          .headers = {{"Content-Type", is_json ? "application/json" : "text/plain; charset=utf-8"}},
          .body = answer.text};
}

std::string_view ActionType(const Json& body) {
  const auto action = body.is_object() ? body.find("action") : body.end();
  return action == body.end() ? std::string_view() : InfoType(*action);
}

bool PlacesOrCancels(std::string_view type) {
  return type == "order" || type == "modify" || type == "batchModify" || type == "cancel" ||
         type == "cancelByCloid" || type == "scheduleCancel";
}

// The client order ids that an action names, in its order.
std::vector<std::string> CloidsOf(const Json& action) {
  std::vector<std::string> cloids;
  const auto add = [&](const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (object.is_object() && found != object.end() && found->is_string() &&
        IsHex(found->get_ref<const std::string&>(), 32)) {
      cloids.push_back(found->get<std::string>());
    }
  };
  const auto each = [&](const char* list, const auto& read) {
    const auto found = action.find(list);
    if (found != action.end() && found->is_array()) {
      for (const Json& element : *found) {
        read(element);
      }
    }
  };
  each("orders", [&](const Json& order) { add(order, "c"); });
  each("cancels", [&](const Json& cancel) { add(cancel, "cloid"); });
  each("modifies", [&](const Json& modify) {
    if (modify.is_object() && modify.contains("order")) {
      add(modify["order"], "c");
    }
  });
  if (action.contains("order")) {
    add(action["order"], "c");
  }
  return cloids;
}

}  // namespace

Venue::Venue(Clock& clock, HyperliquidSimOptions options)
    : faults_(clock, *this, options.seed),
      publisher_(state_),
      state_(clock, std::move(options), faults_, publisher_),
      orders_(state_, publisher_),
      exchange_(state_, publisher_, orders_) {
  for (const HyperliquidAccount& account : state_.options.accounts) {
    state_.AddUser(account);
  }
  publisher_.set_on_block([this] { orders_.OnBlock(); });
  if (state_.options.background_traders) {
    trader_accounts_ = std::make_unique<TraderAccounts>(state_);
    traders_ = std::make_unique<binance::Traders>(state_.clock,
                                                  state_.options.traders,
                                                  trader_accounts_->markets(),
                                                  *trader_accounts_,
                                                  state_.options.seed ^ kTraderSeedSalt);
    spot_traders_ = std::make_unique<binance::Traders>(state_.clock,
                                                       state_.options.traders,
                                                       trader_accounts_->spot_markets(),
                                                       *trader_accounts_,
                                                       state_.options.seed ^ kSpotTraderSeedSalt);
    publisher_.set_traders(traders_.get());
  }
}

Venue::~Venue() {
  publisher_.Stop();
  for (binance::Traders* traders : traders()) {
    traders->Stop();
  }
}

std::vector<binance::Traders*> Venue::traders() {
  return traders_ == nullptr ? std::vector<binance::Traders*>()
                             : std::vector<binance::Traders*>{traders_.get(), spot_traders_.get()};
}

void Venue::Start() {
  for (binance::Traders* traders : traders()) {
    traders->FillBooks();
    traders->Start();
  }
  publisher_.Start();
}

std::vector<SessionId> Venue::SessionsOf(FaultSubject channel) const {
  return state_.hub.SessionsOf(channel);
}

void Venue::ShutDownSessions(FaultSubject channel) {
  for (const SessionId session : SessionsOf(channel)) {
    state_.hub.Forget(session);
    faults_.frames().Close(session, 1001, "going away");
  }
}

Venue::Call Venue::ReadCall(bool is_exchange,
                            std::string_view prefix,
                            Json body,
                            std::string_view ip) const {
  const std::string_view type = is_exchange ? ActionType(body) : InfoType(body);
  const bool is_known = is_exchange ? IsKnownAction(type) : InfoWeight(type) != 1;
  Call call{.is_exchange = is_exchange,
            .ip = std::string(ip),
            .name = is_known ? StrCat(prefix, " ", type) : StrCat(prefix, " unknown")};
  if (is_exchange) {
    call.request_class = PlacesOrCancels(type) ? FaultSubject::kOrders : FaultSubject::kQueries;
  } else {
    call.request_class = IsPrivateInfo(type) ? FaultSubject::kQueries : FaultSubject::kPublic;
  }
  call.body = std::make_shared<const Json>(std::move(body));
  return call;
}

void Venue::CountCall(const Call& call) {
  state_.traffic.CountRequest(call.name);
  std::vector<std::string> cloids;
  if (call.is_exchange && !ActionType(*call.body).empty()) {
    cloids = CloidsOf((*call.body)["action"]);
  } else if (!call.is_exchange && InfoType(*call.body) == "orderStatus") {
    const Json oid = call.body->value("oid", Json());
    if (oid.is_string() && IsHex(oid.get_ref<const std::string&>(), 32)) {
      cloids.push_back(oid.get<std::string>());
    }
  }
  state_.traffic.KeepCall({.at = state_.clock.now(),
                           .name = call.name,
                           .client_order_id = cloids.empty() ? "" : cloids.front()});
  if (call.is_exchange && ActionType(*call.body) == "order") {
    for (const std::string& cloid : cloids) {
      state_.traffic.CountClientId("", cloid);
    }
  }
}

HttpReply Venue::Handle(const HttpCall& http) {
  const binance::Target target = binance::SplitTarget(http.target, {"/info", "/exchange"});
  if (target.path == binance::kTrafficPath) {
    return binance::TrafficReply(state_.traffic, state_.limits, target.query);
  }
  const bool is_exchange = target.path == "/exchange";
  if (!is_exchange && target.path != "/info") {
    state_.traffic.CountRequest("unknown");
    return {.status = 404};
  }
  if (http.method != "POST") {
    state_.traffic.CountRequest("unknown");
    return {.status = 405};
  }
  const Call call =
      ReadCall(is_exchange, StrCat("POST ", target.path), ParseText(http.body), http.remote_ip);
  CountCall(call);
  return binance::AnswerThroughFaults(
      faults_.requests(),
      call.request_class,
      [&] { return ToHttp(AnswerCall(call)); },
      [&](const RequestFate& fate) {
        HttpReply reply = ToHttp({.status = fate.http_status, .text = "null"});
        if (fate.retry_after.has_value()) {
          reply.headers.emplace_back("Retry-After",
                                     StrCat(absl::ToInt64Seconds(*fate.retry_after)));
        }
        return reply;
      },
      [&](const binance::VenueError& error) {
        return HttpReply{.status = error.http_status,
                         .headers = {{"Content-Type", "text/html"}},
                         .body = "<html><body>Service unavailable</body></html>"};
      });
}

Answer Venue::AnswerCall(const Call& call) {
  const int64_t now_ms = state_.NowMs();
  const std::string_view type = InfoType(*call.body);
  const int weight = call.is_exchange
                         ? (ActionType(*call.body).empty()
                                ? 1
                                : 1 + BatchSize((*call.body)["action"]) / kBatchPerWeight)
                         : InfoWeight(type);
  if (state_.limits.Charge(call.ip, weight, now_ms).has_value()) {
    return Overused();
  }
  if (call.is_exchange) {
    return AnswerSigned(call);
  }
  Answer answer = AnswerInfo(state_, *call.body);
  state_.limits.ChargeLate(call.ip, ItemsWeight(type, answer.items), now_ms);
  return answer;
}

Answer Venue::AnswerSigned(const Call& call) {
  const std::optional<SignedRequest> request = ReadSignedRequest(*call.body);
  if (!request.has_value()) {
    return Unreadable();
  }
  bool holds_events = false;
  if (state_.options.user_event_timing != UserEventTiming::kBeforeReply) {
    holds_events = state_.options.user_event_timing == UserEventTiming::kAfterReply ||
                   state_.random.Uniform(2) == 0;
  }
  if (holds_events) {
    state_.hold.Begin();
  }
  Answer answer = exchange_.Handle(*request);
  if (holds_events) {
    state_.hold.End(absl::Milliseconds(1 + state_.random.Uniform(5)));
  }
  return answer;
}

Json Venue::AdminAction(User& user, const Json& action) {
  const std::optional<Json> read = ReadAction(action);
  CHECK(read.has_value());
  return exchange_.Execute(user, *read);
}

}  // namespace colibri::venue_sim::hyperliquid
