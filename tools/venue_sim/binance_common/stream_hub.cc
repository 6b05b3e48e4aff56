#include "tools/venue_sim/binance_common/stream_hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/params.h"
#include "tools/venue_sim/binance_common/reply.h"

namespace colibri::venue_sim::binance {
namespace {

std::string_view PathOf(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view QueryOf(std::string_view target) {
  const size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

bool IsStreamName(std::string_view segment) {
  return segment.find('@') != std::string_view::npos || segment.substr(0, 1) == "!";
}

std::string ErrorText(int code, std::string_view message, const Json& id) {
  return Text(Json{{"error", {{"code", code}, {"msg", message}}}, {"id", id}});
}

}  // namespace

FrameKind KindOfStream(std::string_view stream) {
  const size_t at = stream.find('@');
  if (at == std::string_view::npos) {
    return {.channel = FaultSubject::kControl};
  }
  constexpr std::pair<std::string_view, FaultSubject> kChannels[] = {
      {"depth", FaultSubject::kDepth},
      {"trade", FaultSubject::kTrade},
      {"aggTrade", FaultSubject::kTrade},
      {"bookTicker", FaultSubject::kBookTicker},
      {"kline", FaultSubject::kKline},
  };
  FrameKind kind{.channel = FaultSubject::kTicker, .symbol = stream.substr(0, at)};
  for (const auto& [prefix, channel] : kChannels) {
    if (stream.substr(at + 1).starts_with(prefix)) {
      kind.channel = channel;
    }
  }
  return kind;
}

bool StreamHub::IsTarget(std::string_view target) {
  for (const absl::string_view segment : absl::StrSplit(Abs(PathOf(target)), '/')) {
    if (segment == "ws" || segment == "stream") {
      return true;
    }
  }
  return false;
}

void StreamHub::Open(SessionId id, std::string_view target) {
  Session& session = sessions_[id];
  session.path = std::string(PathOf(target));
  const std::vector<absl::string_view> segments = absl::StrSplit(Abs(PathOf(target)), '/');
  session.is_combined = !segments.empty() && segments.back() == "stream";
  for (const absl::string_view segment : segments) {
    const std::string name = PercentDecode(Std(segment));
    if (IsStreamName(name)) {
      Subscribe(id, session, name);
    }
  }
  for (const absl::string_view field : absl::StrSplit(Abs(QueryOf(target)), '&')) {
    constexpr std::string_view kStreams = "streams=";
    if (Std(field).substr(0, kStreams.size()) != kStreams) {
      continue;
    }
    session.is_combined = true;
    const std::string names = PercentDecode(Std(field).substr(kStreams.size()));
    for (const absl::string_view name : absl::StrSplit(names, '/', absl::SkipEmpty())) {
      Subscribe(id, session, std::string(name));
    }
  }
}

bool StreamHub::OnText(SessionId id, std::string_view text, int64_t now_ms) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    return true;
  }
  Session& session = found->second;
  if (session.second != now_ms / 1000) {
    session.second = now_ms / 1000;
    session.messages = 0;
  }
  if (++session.messages > messages_per_second_) {
    Forget(id);
    wire_.Close(id, 1008, "Too many requests");
    return false;
  }
  std::string answer = Answer(id, session, text);
  wire_.Send(id, {.channel = FaultSubject::kControl}, std::move(answer));
  return true;
}

std::string StreamHub::Answer(SessionId id, Session& session, std::string_view text) {
  const Json request = ParseText(text);
  if (request.is_discarded()) {
    return ErrorText(3, "Invalid JSON: expected value at line 1 column 1", nullptr);
  }
  const Json request_id = request.is_object() ? request.value("id", Json()) : Json();
  if (!request.is_object() || !request.contains("method") || !request["method"].is_string() ||
      !IsUsableId(request_id)) {
    return ErrorText(2, "Invalid request: method or id is missing or malformed", nullptr);
  }
  const std::string method = request["method"].get<std::string>();
  const Json params = request.value("params", Json::array());
  if (method == "LIST_SUBSCRIPTIONS") {
    Json list = Json::array();
    for (const std::string& stream : session.streams) {
      list.push_back(stream);
    }
    return Text(Json{{"result", std::move(list)}, {"id", request_id}});
  }
  const bool is_property = method == "SET_PROPERTY" || method == "GET_PROPERTY";
  if (is_property) {
    if (!params.is_array() || params.empty() || params[0] != "combined") {
      return ErrorText(0, "Unknown property", request_id);
    }
    if (method == "GET_PROPERTY") {
      return Text(Json{{"result", session.is_combined}, {"id", request_id}});
    }
    if (params.size() != 2 || !params[1].is_boolean()) {
      return ErrorText(1, "Invalid value type: expected Boolean", request_id);
    }
    session.is_combined = params[1].get<bool>();
    return Text(Json{{"result", nullptr}, {"id", request_id}});
  }
  if (method != "SUBSCRIBE" && method != "UNSUBSCRIBE") {
    return ErrorText(
        2, StrCat("Invalid request: unknown variant `", std::string_view(method), "`"), request_id);
  }
  if (!params.is_array()) {
    return ErrorText(2, "Invalid request: params must be an array", request_id);
  }
  for (const Json& stream : params) {
    if (!stream.is_string()) {
      return ErrorText(2, "Invalid request: a stream must be a string", request_id);
    }
  }
  if (method == "SUBSCRIBE" && session.streams.size() + params.size() > kStreamsMax) {
    return ErrorText(2, "Invalid request: too many streams on this connection", request_id);
  }
  for (const Json& stream : params) {
    if (method == "SUBSCRIBE") {
      Subscribe(id, session, stream.get<std::string>());
    } else {
      Unsubscribe(id, session, stream.get<std::string>());
    }
  }
  return Text(Json{{"result", nullptr}, {"id", request_id}});
}

void StreamHub::Subscribe(SessionId id, Session& session, std::string stream) {
  if (session.streams.size() < kStreamsMax) {
    if (route_ == nullptr || route_(session.path, stream)) {
      subscribers_[stream].insert(id);
    }
    session.streams.insert(std::move(stream));
  }
}

void StreamHub::Unsubscribe(SessionId id, Session& session, const std::string& stream) {
  session.streams.erase(stream);
  const auto found = subscribers_.find(stream);
  if (found != subscribers_.end()) {
    found->second.erase(id);
    if (found->second.empty()) {
      subscribers_.erase(found);
    }
  }
}

void StreamHub::Forget(SessionId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    return;
  }
  const std::set<std::string, std::less<>> streams = found->second.streams;
  for (const std::string& stream : streams) {
    Unsubscribe(id, found->second, stream);
  }
  sessions_.erase(found);
}

void StreamHub::CloseAll(int code, std::string_view reason) {
  std::map<SessionId, Session> closing;
  closing.swap(sessions_);
  subscribers_.clear();
  for (const auto& [id, session] : closing) {
    wire_.Close(id, code, reason);
  }
}

std::vector<SessionId> StreamHub::SessionsOf(FaultSubject channel) const {
  std::vector<SessionId> found;
  for (const auto& [id, session] : sessions_) {
    const bool carries =
        channel == FaultSubject::kMarket || channel == FaultSubject::kControl ||
        std::any_of(session.streams.begin(), session.streams.end(), [&](const std::string& stream) {
          return KindOfStream(stream).channel == channel;
        });
    if (carries) {
      found.push_back(id);
    }
  }
  return found;
}

bool StreamHub::HasSubscribers(std::string_view stream) const {
  return subscribers_.find(stream) != subscribers_.end();
}

void StreamHub::SendTo(SessionId id,
                       const Session& session,
                       FrameKind kind,
                       std::string_view stream,
                       std::string_view payload) {
  wire_.Send(id,
             kind,
             session.is_combined ? StrCat("{\"stream\":\"", stream, "\",\"data\":", payload, "}")
                                 : std::string(payload));
}

void StreamHub::Publish(std::string_view stream, std::string_view payload) {
  const auto found = subscribers_.find(stream);
  if (found == subscribers_.end()) {
    return;
  }
  for (const SessionId id : found->second) {
    SendTo(id, sessions_.at(id), KindOfStream(stream), stream, payload);
  }
}

void StreamHub::PublishAs(std::string_view stream,
                          std::string_view shown_as,
                          FaultSubject channel,
                          std::string_view payload) {
  for (const SessionId id : SubscribersOf(stream)) {
    SendTo(id, sessions_.at(id), {.channel = channel}, shown_as, payload);
  }
}

void StreamHub::Add(SessionId id, std::string stream) {
  Subscribe(id, sessions_.at(id), std::move(stream));
}

void StreamHub::Drop(const std::string& stream) {
  for (const SessionId id : SubscribersOf(stream)) {
    Unsubscribe(id, sessions_.at(id), stream);
  }
}

std::vector<SessionId> StreamHub::SubscribersOf(std::string_view stream) const {
  const auto found = subscribers_.find(stream);
  return found == subscribers_.end()
             ? std::vector<SessionId>()
             : std::vector<SessionId>(found->second.begin(), found->second.end());
}

void StreamHub::set_is_combined(SessionId id, bool is_combined) {
  sessions_.at(id).is_combined = is_combined;
}

void StreamHub::Broadcast(std::string_view stream, std::string_view payload) {
  for (const auto& [id, session] : sessions_) {
    SendTo(id, session, KindOfStream(stream), stream, payload);
  }
}

}  // namespace colibri::venue_sim::binance
