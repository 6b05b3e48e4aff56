// The venue's WebSocket: subscriptions, pings, and requests as posts.
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_common/reply.h"
#include "tools/venue_sim/hyperliquid/venue.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr char kGreeting[] = "Websocket connection established.";
constexpr absl::Duration kGreetingDelay = absl::Milliseconds(1);

enum class Needs { kNothing, kCoin, kCoinAndInterval, kUser, kUserAndCoin };

std::optional<Needs> NeedsOf(std::string_view type) {
  static const auto& needs =
      *new std::map<std::string_view, Needs>{{"allMids", Needs::kNothing},
                                             {"l2Book", Needs::kCoin},
                                             {"trades", Needs::kCoin},
                                             {"bbo", Needs::kCoin},
                                             {"activeAssetCtx", Needs::kCoin},
                                             {"candle", Needs::kCoinAndInterval},
                                             {"orderUpdates", Needs::kUser},
                                             {"userFills", Needs::kUser},
                                             {"userEvents", Needs::kUser},
                                             {"userFundings", Needs::kUser},
                                             {"userNonFundingLedgerUpdates", Needs::kUser},
                                             {"openOrders", Needs::kUser},
                                             {"clearinghouseState", Needs::kUser},
                                             {"spotState", Needs::kUser},
                                             {"webData2", Needs::kUser},
                                             {"webData3", Needs::kUser},
                                             {"notification", Needs::kUser},
                                             {"activeAssetData", Needs::kUserAndCoin}};
  const auto found = needs.find(type);
  return found == needs.end() ? std::nullopt : std::optional<Needs>(found->second);
}

std::string TextOf(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<int> NumberOf(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_integer() ? std::optional<int>(found->get<int>())
                                                           : std::nullopt;
}

bool IsFlag(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && *found == true;
}

// The subscription as the venue repeats it: what was left out is filled in.
Json EchoOf(const Json& given, const Topic& topic) {
  Json echo = {{"type", topic.type}};
  if (!topic.user.empty()) {
    echo["user"] = topic.user;
  }
  if (!topic.coin.empty()) {
    echo["coin"] = topic.coin;
  }
  if (!topic.interval.empty()) {
    echo["interval"] = topic.interval;
  }
  if (topic.type == "l2Book") {
    echo["nSigFigs"] = topic.figures ? Json(*topic.figures) : Json();
    echo["mantissa"] = topic.mantissa ? Json(*topic.mantissa) : Json();
    if (topic.is_fast) {
      echo["fast"] = true;
    }
  }
  for (const char* name : {"dex", "aggregateByTime", "isPortfolioMargin"}) {
    if (given.contains(name)) {
      echo[name] = given[name];
    }
  }
  return echo;
}

// Nothing when it asks for what there is not.
std::optional<Topic> ReadTopic(VenueState& state, const Json& given) {
  if (!given.is_object()) {
    return std::nullopt;
  }
  Topic topic{.type = TextOf(given, "type")};
  const std::optional<Needs> needs = NeedsOf(topic.type);
  if (!needs.has_value() || !TextOf(given, "dex").empty()) {
    return std::nullopt;
  }
  const bool needs_user = *needs == Needs::kUser || *needs == Needs::kUserAndCoin;
  if (needs_user) {
    topic.user = absl::AsciiStrToLower(TextOf(given, "user"));
    topic.is_aggregated = IsFlag(given, "aggregateByTime");
  }
  if (*needs != Needs::kUser && *needs != Needs::kNothing) {
    topic.coin = TextOf(given, "coin");
  }
  if (*needs == Needs::kCoinAndInterval) {
    topic.interval = TextOf(given, "interval");
  }
  if (topic.type == "l2Book") {
    topic.figures = NumberOf(given, "nSigFigs");
    topic.mantissa = NumberOf(given, "mantissa");
    topic.is_fast = IsFlag(given, "fast");
  }
  const bool has_user = !needs_user || IsHex(topic.user, 40);
  const bool is_of_perpetual = *needs == Needs::kUserAndCoin;
  const bool has_coin = topic.coin.empty() ? *needs == Needs::kUser || *needs == Needs::kNothing
                        : is_of_perpetual  ? state.FindPerpetual(topic.coin) != nullptr
                                           : state.FindAsset(topic.coin) != nullptr;
  const bool has_interval =
      topic.interval.empty()
          ? *needs != Needs::kCoinAndInterval
          : state.FindAsset(topic.coin) != nullptr &&
                state.FindAsset(topic.coin)->market.candles.Find(topic.interval) != nullptr;
  const bool has_figures = topic.figures.value_or(2) >= 2 && topic.figures.value_or(5) <= 5;
  const int mantissa = topic.mantissa.value_or(1);
  const bool has_mantissa = mantissa == 1 || mantissa == 2 || mantissa == 5;
  return has_user && has_coin && has_interval && has_figures && has_mantissa
             ? std::optional<Topic>(std::move(topic))
             : std::nullopt;
}

}  // namespace

SessionId Venue::Open(std::string_view target, std::string_view remote_ip) {
  if (binance::SplitTarget(target, {"/ws"}).path != "/ws") {
    return 0;
  }
  const SessionId session = next_session_++;
  if (!state_.hub.Open(session, remote_ip, state_.NowMs())) {
    return 0;
  }
  if (state_.options.sends_greeting) {
    state_.clock.ScheduleAfter(
        kGreetingDelay, [this, session, alive = std::weak_ptr<char>(alive_)] {
          if (!alive.expired()) {
            state_.hub.Send(session, {.channel = FaultSubject::kControl}, kGreeting);
          }
        });
  }
  return session;
}

void Venue::Close(SessionId session) {
  faults_.frames().Forget(session);
  state_.hub.Forget(session);
}

void Venue::SendError(SessionId session, std::string_view words) {
  state_.hub.SendData(session, {.channel = FaultSubject::kControl}, "error", Json(words));
}

void Venue::OnText(SessionId session, std::string_view text) {
  if (!state_.hub.Has(session)) {
    return;
  }
  if (!state_.hub.CountMessage(session, state_.NowMs())) {
    state_.traffic.CountStreamOveruse();
    state_.hub.Forget(session);
    faults_.frames().Close(session, 1008, "too many messages");
    return;
  }
  const Json message = ParseText(text);
  const std::string method = message.is_object() ? TextOf(message, "method") : "";
  if (method == "ping") {
    state_.hub.Send(session, {.channel = FaultSubject::kControl}, Text(Json{{"channel", "pong"}}));
  } else if (method == "subscribe" || method == "unsubscribe") {
    OnSubscribe(session, message, method == "subscribe");
  } else if (method == "post") {
    OnPost(session, message);
  } else {
    SendError(session, StrCat("Error parsing JSON into valid websocket request: ", text));
  }
}

void Venue::OnSubscribe(SessionId session, const Json& message, bool is_new) {
  const Json given = message.value("subscription", Json());
  const std::optional<Topic> topic = ReadTopic(state_, given);
  if (!topic.has_value()) {
    return SendError(session, StrCat("Invalid subscription ", std::string_view(Text(given))));
  }
  const Json echo = EchoOf(given, *topic);
  if (is_new) {
    if (const std::optional<std::string> refused =
            state_.hub.Subscribe(session, {.topic = *topic, .text = Text(echo)})) {
      return SendError(session, *refused);
    }
  } else if (!state_.hub.Unsubscribe(session, *topic)) {
    return SendError(session, StrCat("Already unsubscribed: ", std::string_view(Text(echo))));
  }
  state_.hub.SendData(session,
                      {.channel = FaultSubject::kControl},
                      "subscriptionResponse",
                      {{"method", is_new ? "subscribe" : "unsubscribe"}, {"subscription", echo}});
  if (is_new) {
    publisher_.SendFirst(session, *topic);
  }
}

void Venue::OnPost(SessionId session, const Json& message) {
  const Json id = message.value("id", Json());
  const Json request = message.value("request", Json());
  const std::string type = request.is_object() ? TextOf(request, "type") : "";
  if (!id.is_number_integer() || (type != "action" && type != "info") ||
      !request.contains("payload")) {
    return SendError(session,
                     StrCat("Error parsing JSON into valid websocket request: ",
                            std::string_view(Text(message))));
  }
  state_.hub.NotePost(session);
  const bool is_exchange = type == "action";
  const Call call = ReadCall(is_exchange,
                             StrCat("WS ", std::string_view(type)),
                             request["payload"],
                             state_.hub.ip(session));
  CountCall(call);
  const RequestFate fate = faults_.requests().Decide(call.request_class);
  Answer answer;
  if (fate.answer == FaultedAnswer::kRefusal) {
    answer = Overused();
  } else if (fate.executes) {
    answer = AnswerCall(call);
  }
  if (fate.answer == FaultedAnswer::kHangUp) {
    state_.hub.Forget(session);
    faults_.frames().Close(session, 0, "");
    return;
  }
  if (fate.answer == FaultedAnswer::kNothing) {
    return;
  }
  if (fate.answer == FaultedAnswer::kError) {
    answer = {.status = fate.http_status, .text = "Service unavailable"};
  }
  answer.text = faults_.requests().Spoil(fate.answer, std::move(answer.text));
  Json response;
  const Json payload = Json::parse(answer.text, nullptr, false);
  if (answer.status != 200 || payload.is_discarded()) {
    response = {{"type", "error"},
                {"payload", StrCat(answer.status, " ", std::string_view(answer.text))}};
  } else if (is_exchange) {
    response = {{"type", "action"}, {"payload", payload}};
  } else {
    response = {{"type", "info"}, {"payload", {{"type", InfoType(*call.body)}, {"data", payload}}}};
  }
  SendPost(session, id, std::move(response), fate.delay);
}

void Venue::SendPost(SessionId session, const Json& id, Json response, absl::Duration delay) {
  const FrameKind kind{.channel = FaultSubject::kWsApi};
  std::string text =
      Text(Json{{"channel", "post"}, {"data", {{"id", id}, {"response", std::move(response)}}}});
  if (delay <= absl::ZeroDuration()) {
    state_.hub.Send(session, kind, std::move(text));
    return;
  }
  state_.clock.ScheduleAfter(
      delay, [this, session, kind, text = std::move(text), alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired()) {
          state_.hub.Send(session, kind, text);
        }
      });
}

}  // namespace colibri::venue_sim::hyperliquid
