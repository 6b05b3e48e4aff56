// A venue without its sockets: HTTP calls and WebSocket texts in, replies and texts out.
//
// A server, or an in-memory transport on virtual time, stands between it and a client. Thread: one
// at a time, the one that also runs the venue's Clock; the sink is called on it, from inside any
// call to the venue, and must not call the venue back from there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace colibri::venue_sim {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpCall {
  std::string method = {};  // upper case
  std::string target = {};  // path and query as they were on the wire
  HeaderList headers = {};
  std::string body = {};
  std::string remote_ip = {};
};

struct HttpReply {
  int status = 200;
  HeaderList headers = {};  // beside Content-Length, which the transport adds
  std::string body = {};
  absl::Duration delay = absl::ZeroDuration();  // wait this long before sending
  bool hang_up = false;                         // send nothing and close the connection
  bool is_swallowed = false;                    // send nothing, ever, and do not close
};

using SessionId = uint64_t;  // 0 is none

class SessionSink {
 public:
  virtual ~SessionSink() = default;
  virtual void SendText(SessionId session, std::string text) = 0;
  // code 0: the connection is cut without a close frame. The venue has forgotten the session.
  virtual void CloseSession(SessionId session, int code, std::string_view reason) = 0;
  // As fragments of one message, where the transport has them.
  virtual void SendSplit(SessionId session, std::string text) {
    SendText(session, std::move(text));
  }
  // The connection stays open but dead: from now on nothing is read, answered, not even a ping, or
  // closed. The venue has forgotten the session, so a transport without pings has nothing to do.
  virtual void GoHalfOpen(SessionId /*session*/) {}
};

class SimVenue {
 public:
  virtual ~SimVenue() = default;

  // Must outlive the venue, or be replaced by nullptr.
  virtual void set_sink(SessionSink* sink) = 0;

  virtual HttpReply Handle(const HttpCall& call) = 0;

  // 0 when the target is no WebSocket endpoint of the venue.
  virtual SessionId Open(std::string_view target, std::string_view remote_ip) = 0;
  virtual void OnText(SessionId session, std::string_view text) = 0;
  // The client has gone. Unknown sessions are ignored.
  virtual void Close(SessionId session) = 0;
};

}  // namespace colibri::venue_sim
