// The market stream connections and what each is subscribed to.
//
//   hub.Open(session, "/stream?streams=btcusdt@trade");
//   if (hub.HasSubscribers("btcusdt@trade")) { hub.Publish("btcusdt@trade", payload); }
//
// Raw connections get the payload, combined ones {"stream":name,"data":payload}; a client may
// switch with SET_PROPERTY. Any name is accepted, as the venue does; a name that nothing publishes
// stays silent, as does one that the connection's route does not carry.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/venue_sim/frame_faults.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim::binance {

// The channel of a stream by its name: "btcusdt@depth@100ms".
FrameKind KindOfStream(std::string_view stream);

class StreamHub {
 public:
  static constexpr size_t kStreamsMax = 1024;  // on a connection

  // Whether a connection that was opened at the path is sent the stream.
  using Route = bool (*)(std::string_view path, std::string_view stream);

  // Without a route every connection is sent what it asks for.
  StreamHub(FrameFaults& wire, int messages_per_second, Route route = nullptr)
      : wire_(wire), messages_per_second_(messages_per_second), route_(route) {}

  // Whether the target is a market stream endpoint: a path with /ws or /stream in it.
  static bool IsTarget(std::string_view target);

  void Open(SessionId session, std::string_view target);
  bool Has(SessionId session) const { return sessions_.contains(session); }
  // False when the client has been disconnected for sending too much.
  bool OnText(SessionId session, std::string_view text, int64_t now_ms);
  // The connection has gone.
  void Forget(SessionId session);
  // Ends every connection; code 0 cuts it.
  void CloseAll(int code, std::string_view reason);
  // The connections that are subscribed to any of the channel; all of them with kMarket, kControl.
  std::vector<SessionId> SessionsOf(FaultSubject channel) const;

  bool HasSubscribers(std::string_view stream) const;
  // The payload is JSON. Connections know the stream as `shown_as` when that is not empty.
  void Publish(std::string_view stream, std::string_view payload);
  void PublishAs(std::string_view stream,
                 std::string_view shown_as,
                 FaultSubject channel,
                 std::string_view payload);
  // Subscribes a session that has been opened.
  void Add(SessionId session, std::string stream);
  // Nobody is subscribed to it any more.
  void Drop(const std::string& stream);
  std::vector<SessionId> SubscribersOf(std::string_view stream) const;
  void set_is_combined(SessionId session, bool is_combined);
  // To every connection, whatever it is subscribed to; named `stream` on combined ones.
  void Broadcast(std::string_view stream, std::string_view payload);
  size_t size() const { return sessions_.size(); }

 private:
  struct Session {
    std::string path = {};  // where it was opened
    bool is_combined = false;
    std::set<std::string, std::less<>> streams;
    int64_t second = 0;  // of the last message
    int messages = 0;    // in that second
  };

  void SendTo(SessionId id,
              const Session& session,
              FrameKind kind,
              std::string_view stream,
              std::string_view payload);
  std::string Answer(SessionId id, Session& session, std::string_view text);
  void Subscribe(SessionId id, Session& session, std::string stream);
  void Unsubscribe(SessionId id, Session& session, const std::string& stream);

  FrameFaults& wire_;
  int messages_per_second_;
  Route route_;
  std::map<SessionId, Session> sessions_;
  std::map<std::string, std::set<SessionId>, std::less<>> subscribers_;  // by stream
};

}  // namespace colibri::venue_sim::binance
