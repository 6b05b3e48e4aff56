#include "tools/venue_sim/net/session_hub.h"

#include <utility>

namespace colibri::venue_sim {

void SessionHub::Add(SessionId id, std::shared_ptr<SocketSession> session) {
  sessions_[id] = std::move(session);
}

void SessionHub::Remove(SessionId id) {
  sessions_.erase(id);
}

void SessionHub::CutAll() {
  for (const auto& [id, session] : std::exchange(sessions_, {})) {
    session->Close(0, "");
  }
}

void SessionHub::SendText(SessionId id, std::string text) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) {
    found->second->Send(std::move(text));
  }
}

void SessionHub::SendSplit(SessionId id, std::string text) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) {
    found->second->SendSplit(std::move(text));
  }
}

void SessionHub::GoHalfOpen(SessionId id) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) {
    const std::shared_ptr<SocketSession> session = found->second;
    sessions_.erase(found);
    session->GoHalfOpen();
  }
}

void SessionHub::CloseSession(SessionId id, int code, std::string_view reason) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) {
    const std::shared_ptr<SocketSession> session = found->second;
    sessions_.erase(found);
    session->Close(code, reason);
  }
}

}  // namespace colibri::venue_sim
