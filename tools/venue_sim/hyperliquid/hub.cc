#include "tools/venue_sim/hyperliquid/hub.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"

namespace colibri::venue_sim::hyperliquid {
namespace {

constexpr int64_t kMinuteMs = 60'000;

}  // namespace

FaultSubject ChannelOf(std::string_view type) {
  static const auto& channels =
      *new std::map<std::string_view, FaultSubject>{{"l2Book", FaultSubject::kDepth},
                                                    {"trades", FaultSubject::kTrade},
                                                    {"bbo", FaultSubject::kBookTicker},
                                                    {"candle", FaultSubject::kKline},
                                                    {"activeAssetCtx", FaultSubject::kTicker},
                                                    {"allMids", FaultSubject::kTicker}};
  const auto found = channels.find(type);
  return found == channels.end() ? FaultSubject::kUser : found->second;
}

bool Hub::Open(SessionId session, std::string_view ip, int64_t now_ms) {
  const auto count = std::count_if(
      sessions_.begin(), sessions_.end(), [&](const auto& entry) { return entry.second.ip == ip; });
  if (count >= limits_.connections) {
    return false;
  }
  sessions_[session] = {.ip = std::string(ip), .last_sent_ms = now_ms};
  return true;
}

void Hub::CloseAll(int code, std::string_view reason) {
  const std::map<SessionId, Session> closing = std::exchange(sessions_, {});
  for (const auto& [id, session] : closing) {
    wire_.Close(id, code, reason);
  }
}

void Hub::CloseSilent(int64_t now_ms) {
  std::vector<SessionId> silent;
  for (const auto& [id, session] : sessions_) {
    if (now_ms - session.last_sent_ms >= kSilenceMaxMs) {
      silent.push_back(id);
    }
  }
  for (const SessionId id : silent) {
    sessions_.erase(id);
    wire_.Close(id, 1000, "Inactive");
  }
}

bool Hub::CountMessage(SessionId id, int64_t now_ms) {
  Session& session = sessions_.at(id);
  const int64_t minute = now_ms / kMinuteMs;
  if (session.minute != minute) {
    session.minute = minute;
    session.messages = 0;
  }
  return ++session.messages <= limits_.messages_per_minute;
}

std::optional<std::string> Hub::Subscribe(SessionId id, Subscription subscription) {
  Session& session = sessions_.at(id);
  size_t count = 0;
  std::set<Address> users;
  for (const auto& [other_id, other] : sessions_) {
    if (other.ip != session.ip) {
      continue;
    }
    count += other.subscriptions.size();
    for (const Subscription& one : other.subscriptions) {
      users.insert(one.topic.user);
    }
  }
  for (const Subscription& one : session.subscriptions) {
    if (one.topic == subscription.topic) {
      return StrCat("Already subscribed: ", std::string_view(subscription.text));
    }
  }
  users.insert(subscription.topic.user);
  users.erase("");
  if (count >= static_cast<size_t>(limits_.subscriptions)) {
    return StrCat("Cannot track more than ", limits_.subscriptions, " subscriptions.");
  }
  if (users.size() > static_cast<size_t>(limits_.users)) {
    return StrCat("Cannot track more than ", limits_.users, " total users.");
  }
  session.subscriptions.push_back(std::move(subscription));
  return std::nullopt;
}

bool Hub::Unsubscribe(SessionId id, const Topic& topic) {
  return std::erase_if(sessions_.at(id).subscriptions,
                       [&](const Subscription& one) { return one.topic == topic; }) != 0;
}

bool Hub::IsWanted(std::string_view type, std::string_view coin) const {
  for (const auto& [id, session] : sessions_) {
    for (const Subscription& one : session.subscriptions) {
      if (one.topic.type == type && (coin.empty() || one.topic.coin == coin)) {
        return true;
      }
    }
  }
  return false;
}

std::vector<Topic> Hub::TopicsOf(std::string_view type) const {
  std::vector<Topic> topics;
  for (const auto& [id, session] : sessions_) {
    for (const Subscription& one : session.subscriptions) {
      if (one.topic.type == type &&
          std::find(topics.begin(), topics.end(), one.topic) == topics.end()) {
        topics.push_back(one.topic);
      }
    }
  }
  return topics;
}

// What cuts the requests cuts the events of users, too: elsewhere the two are one connection.
std::vector<SessionId> Hub::SessionsOf(FaultSubject channel) const {
  const FaultSubject carried = channel == FaultSubject::kWsApi ? FaultSubject::kUser : channel;
  const bool is_any = channel == FaultSubject::kAll || channel == FaultSubject::kControl;
  std::vector<SessionId> found;
  for (const auto& [id, session] : sessions_) {
    const bool carries = std::any_of(
        session.subscriptions.begin(), session.subscriptions.end(), [&](const Subscription& one) {
          return Covers(carried, ChannelOf(one.topic.type));
        });
    const bool posts = channel == FaultSubject::kWsApi && session.has_posted;
    if (is_any || carries || posts) {
      found.push_back(id);
    }
  }
  return found;
}

void Hub::Publish(const Topic& topic, std::string_view channel, const Json& data) {
  std::string text;
  for (const auto& [id, session] : sessions_) {
    const bool is_subscribed = std::any_of(
        session.subscriptions.begin(), session.subscriptions.end(), [&](const Subscription& one) {
          return one.topic == topic;
        });
    if (!is_subscribed) {
      continue;
    }
    if (text.empty()) {
      text = StrCat(R"({"channel":")", channel, R"(","data":)", std::string_view(Text(data)), "}");
    }
    Send(id, {.channel = ChannelOf(topic.type), .symbol = topic.coin}, text);
  }
}

void Hub::SendData(SessionId session, FrameKind kind, std::string_view channel, const Json& data) {
  Send(session, kind, Text(Json{{"channel", channel}, {"data", data}}));
}

void Hub::Send(SessionId id, FrameKind kind, std::string text) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) {
    return;
  }
  session->second.last_sent_ms = now_ms_();
  wire_.Send(id, kind, std::move(text));
}

}  // namespace colibri::venue_sim::hyperliquid
