// The open WebSockets of a simulated venue, whatever each runs over, and the venue they talk to.
//
// Thread: the loop's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

class SocketSession {
 public:
  virtual ~SocketSession() = default;
  virtual void Send(std::string text) = 0;
  virtual void SendSplit(std::string text) = 0;
  // code 0 cuts the connection.
  virtual void Close(int code, std::string_view reason) = 0;
  // The connection is read into the void until the client closes it; nothing is written any more.
  virtual void GoHalfOpen() = 0;
};

class SessionHub final : public SessionSink {
 public:
  explicit SessionHub(SimVenue& venue) : venue_(venue) {}

  SimVenue& venue() { return venue_; }

  void Add(SessionId id, std::shared_ptr<SocketSession> session);
  void Remove(SessionId id);
  void CutAll();

  void SendText(SessionId id, std::string text) override;
  void SendSplit(SessionId id, std::string text) override;
  void CloseSession(SessionId id, int code, std::string_view reason) override;
  void GoHalfOpen(SessionId id) override;

 private:
  SimVenue& venue_;
  std::map<SessionId, std::shared_ptr<SocketSession>> sessions_;
};

}  // namespace colibri::venue_sim
