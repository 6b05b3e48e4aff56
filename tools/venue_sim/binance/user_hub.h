// The WebSocket API connections, their logons, and the user events that flow on them.
//
//   OrError<int64_t> subscription = hub.Subscribe(session, account);
//   hub.Push(account, ExecutionReportJson(...));        // to every subscription of the account
//
// Events of a call may be held back until after its reply: between BeginHold and EndHold they
// queue, and leave a few milliseconds later, in order.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "tools/venue_sim/binance/ledger.h"
#include "tools/venue_sim/binance_common/error.h"
#include "tools/venue_sim/binance_common/event_hold.h"
#include "tools/venue_sim/binance_common/json.h"
#include "tools/venue_sim/binance_common/stream_hub.h"

namespace colibri::venue_sim::binance {

struct UserSession {
  std::string ip;
  int64_t connected_since_ms = 0;
  bool returns_rate_limits = true;
  Account* account = nullptr;  // after session.logon; null before
  int64_t authorized_since_ms = 0;
  std::map<int64_t, AccountId> subscriptions = {};  // by subscription id
  int64_t next_subscription_id = 0;
};

class UserHub {
 public:
  UserHub(FrameFaults& wire, Clock& clock) : wire_(wire), hold_(clock) {}
  UserHub(const UserHub&) = delete;
  UserHub& operator=(const UserHub&) = delete;

  void Open(SessionId id, UserSession session) { sessions_[id] = std::move(session); }
  // Null when unknown.
  UserSession* Find(SessionId id);
  void Forget(SessionId id) { sessions_.erase(id); }
  void CloseAll(int code, std::string_view reason);
  size_t size() const { return sessions_.size(); }

  // -2035 when the account has a subscription on this connection.
  OrError<int64_t> Subscribe(SessionId id, const Account& account);
  // -2036 when there is none; without an id, all of them.
  MaybeError Unsubscribe(SessionId id, std::optional<int64_t> subscription_id);

  void Push(const Account& account, const Json& event);
  // To every subscription of every account.
  void PushToAll(const Json& event);
  // Every subscription ends, with an eventStreamTerminated of its own. Connections stay.
  void TerminateSubscriptions(int64_t now_ms);
  // The connections with a subscription (kUser), or all (kWsApi).
  std::vector<SessionId> SessionsOf(FaultSubject channel) const;

  void BeginHold() { hold_.Begin(); }
  void EndHold(absl::Duration delay) { hold_.End(delay); }

 private:
  void SendNow(AccountId account, const std::string& event);

  FrameFaults& wire_;
  std::map<SessionId, UserSession> sessions_;
  EventHold hold_;
};

}  // namespace colibri::venue_sim::binance
