// The venue put together: calls and texts come in here, pass the faults, the limits and the gate,
// and reach a handler.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/binance_perpetual/endpoints.h"
#include "tools/venue_sim/binance_perpetual/publisher.h"
#include "tools/venue_sim/binance_perpetual/trader_accounts.h"
#include "tools/venue_sim/binance_perpetual/venue_state.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim::binance_perpetual {

class Venue final : private FaultTarget {
 public:
  Venue(Clock& clock, BinancePerpetualSimOptions options);
  ~Venue() override;

  void Start();
  HttpReply Handle(const HttpCall& call);
  // Without key, signature and limits.
  HttpReply AdminCall(User& user, std::string_view method, std::string_view target);
  SessionId Open(std::string_view target, std::string_view remote_ip);
  void OnText(SessionId session, std::string_view text);
  void Close(SessionId session);

  // Null when the venue has none.
  binance::Traders* traders() { return traders_.get(); }
  Faults& faults() { return faults_; }
  Publisher& publisher() { return publisher_; }
  VenueState& state() { return state_; }
  const VenueState& state() const { return state_; }
  size_t session_count() const {
    return state_.streams.size() + state_.privates.size() + api_sessions_.size();
  }

 private:
  // A connection of the WebSocket API.
  struct ApiSession {
    std::string ip;
    int64_t connected_ms = 0;
    int64_t authorized_ms = 0;
    User* user = nullptr;  // after session.logon; null before
  };

  std::vector<SessionId> SessionsOf(FaultSubject channel) const override;
  void ForgetSession(SessionId session) override { Close(session); }
  void ShutDownSessions(FaultSubject channel) override;
  void TerminateUserEvents() override { state_.privates.ExpireAll(state_.NowMs()); }
  void SkipDepthIds(std::string_view symbol, int count) override {
    publisher_.BreakLinks(symbol, count);
  }

  void CountRequest(const Endpoint* endpoint,
                    std::string_view name,
                    std::string_view api_key,
                    const OrError<Params>& params);
  HttpReply Answer(const HttpCall& call,
                   std::string_view query,
                   const Endpoint& endpoint,
                   const OrError<Params>& params);
  OrError<User*> Admit(const Endpoint& endpoint,
                       const HttpCall& call,
                       std::string_view query,
                       const Params& params);
  Reply Execute(const Endpoint& endpoint, const EndpointCall& call);
  HttpReply ToHttp(const Reply& reply, std::string_view ip, const User* user) const;
  HttpReply RefuseHttp(const binance::Refusal& refusal, std::string_view ip) const;

  void OnApiText(SessionId session, ApiSession& api, std::string_view text);
  Reply ExecuteApi(SessionId session,
                   ApiSession& api,
                   std::string_view method,
                   const Params& params,
                   const User*& counted);
  Reply ExecuteSession(ApiSession& api, std::string_view method, const Params& params);
  OrError<User*> AdmitApi(const ApiSession& api, const Params& params);
  Reply RefuseApi(const binance::Refusal& refusal) const;
  void SendApi(SessionId session, std::string text, absl::Duration delay);

  Faults faults_;
  Publisher publisher_;
  VenueState state_;
  std::unique_ptr<TraderAccounts> trader_accounts_;
  std::unique_ptr<binance::Traders> traders_;
  std::map<SessionId, ApiSession> api_sessions_;
  SessionId next_session_ = 1;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // timers hold it weakly
};

}  // namespace colibri::venue_sim::binance_perpetual
