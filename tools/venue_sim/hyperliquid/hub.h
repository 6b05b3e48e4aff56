// The WebSocket connections and what each is subscribed to.
//
//   hub.Open(session, "127.0.0.1", now_ms);
//   hub.Publish(FaultSubject::kTrade, Topic{.type = "trades", .coin = "BTC"}, "trades", data);
//
// A connection to which nothing was sent for a minute is closed, as the venue does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/frame_faults.h"
#include "tools/venue_sim/hyperliquid/common.h"
#include "tools/venue_sim/hyperliquid_options.h"

namespace colibri::venue_sim::hyperliquid {

// What a subscription asks for.
struct Topic {
  std::string type = {};
  std::string coin = {};
  Address user = {};
  std::string interval = {};
  std::optional<int> figures = {};  // nSigFigs of a book
  std::optional<int> mantissa = {};
  bool is_fast = false;
  bool is_aggregated = false;

  bool operator==(const Topic&) const = default;
};

struct Subscription {
  Topic topic = {};
  std::string text = {};  // as the venue repeats it
};

class Hub {
 public:
  static constexpr int64_t kSilenceMaxMs = 60'000;

  Hub(FrameFaults& wire, const HyperliquidLimits& limits) : wire_(wire), limits_(limits) {}

  // False when the address has too many.
  bool Open(SessionId session, std::string_view ip, int64_t now_ms);
  bool Has(SessionId session) const { return sessions_.contains(session); }
  void Forget(SessionId session) { sessions_.erase(session); }
  void CloseAll(int code, std::string_view reason);
  // Those to which nothing was sent for a minute.
  void CloseSilent(int64_t now_ms);
  size_t size() const { return sessions_.size(); }

  // False when it has sent more than it may.
  bool CountMessage(SessionId session, int64_t now_ms);
  // It has sent a request: requests and their answers go over it, too.
  void NotePost(SessionId session) { sessions_.at(session).has_posted = true; }
  const std::string& ip(SessionId session) const { return sessions_.at(session).ip; }

  // Why it is refused; nothing when it is subscribed now.
  std::optional<std::string> Subscribe(SessionId session, Subscription subscription);
  // False when it was not subscribed.
  bool Unsubscribe(SessionId session, const Topic& topic);

  bool IsWanted(std::string_view type, std::string_view coin = "") const;
  std::vector<Topic> TopicsOf(std::string_view type) const;  // each once
  // The connections that carry any of it; all of them with kAll and kControl.
  std::vector<SessionId> SessionsOf(FaultSubject channel) const;

  // {"channel":...,"data":...} to every connection with a subscription that is equal.
  void Publish(const Topic& topic, std::string_view channel, const Json& data);
  void Send(SessionId session, FrameKind kind, std::string text);
  void SendData(SessionId session, FrameKind kind, std::string_view channel, const Json& data);

  // By which the silence of connections is measured.
  void set_now(std::function<int64_t()> now_ms) { now_ms_ = std::move(now_ms); }

 private:
  struct Session {
    std::string ip = {};
    std::vector<Subscription> subscriptions = {};
    int64_t last_sent_ms = 0;
    int64_t minute = 0;  // of the last message
    int messages = 0;    // in it
    bool has_posted = false;
  };

  FrameFaults& wire_;
  const HyperliquidLimits& limits_;
  std::function<int64_t()> now_ms_;
  std::map<SessionId, Session> sessions_;
};

FaultSubject ChannelOf(std::string_view type);

}  // namespace colibri::venue_sim::hyperliquid
