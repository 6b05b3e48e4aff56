// The venue put together: calls and texts come in here, pass the faults, the limits and the gate,
// and reach a handler.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/venue_sim/binance/endpoints.h"
#include "tools/venue_sim/binance/publisher.h"
#include "tools/venue_sim/binance/trader_accounts.h"
#include "tools/venue_sim/binance/venue_state.h"
#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim::binance {

class Venue final : private FaultTarget {
 public:
  Venue(Clock& clock, BinanceSimOptions options);
  ~Venue() override;

  void Start();
  HttpReply Handle(const HttpCall& call);
  // Without key, signature and limits.
  HttpReply AdminCall(Account& account, std::string_view method, std::string_view target);
  // Credits or debits with the events of a transfer. False when the account is unknown or has too
  // little.
  bool Deposit(std::string_view api_key, const std::string& asset, Decimal amount);
  SessionId Open(std::string_view target, std::string_view remote_ip);
  void OnText(SessionId session, std::string_view text);
  void Close(SessionId session);

  // Null when the venue has none.
  Traders* traders() { return traders_.get(); }
  Faults& faults() { return faults_; }
  VenueState& state() { return state_; }
  const VenueState& state() const { return state_; }

 private:
  std::vector<SessionId> SessionsOf(FaultSubject channel) const override;
  void ForgetSession(SessionId session) override { Close(session); }
  void ShutDownSessions(FaultSubject channel) override;
  void TerminateUserEvents() override { state_.users.TerminateSubscriptions(state_.NowMs()); }
  void SkipDepthIds(std::string_view symbol, int count) override;

  void CountRequest(const Endpoint* endpoint,
                    std::string_view name,
                    std::string_view api_key,
                    const OrError<Params>& params);
  HttpReply Answer(const HttpCall& call,
                   std::string_view query,
                   const Endpoint& endpoint,
                   const OrError<Params>& params);
  Reply Execute(const Endpoint& endpoint, const EndpointCall& call, std::string_view ip);
  OrError<Account*> Admit(const Endpoint& endpoint,
                          const HttpCall& call,
                          std::string_view query,
                          const Params& params);
  HttpReply ToHttp(const Reply& reply, std::string_view ip, const Account* account) const;
  HttpReply RefuseHttp(const Refusal& refusal, std::string_view ip) const;

  void OnApiText(SessionId session, UserSession& user, std::string_view text);
  Reply ExecuteApi(SessionId session,
                   UserSession& user,
                   const Endpoint* endpoint,
                   const OrError<Params>& params,
                   const Account*& account);
  Reply RefuseApi(const Refusal& refusal) const;
  void SendApi(SessionId session, std::string text, absl::Duration delay);

  Faults faults_;
  Publisher publisher_;
  VenueState state_;
  std::unique_ptr<TraderAccounts> trader_accounts_;
  std::unique_ptr<Traders> traders_;
  SessionId next_session_ = 1;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // timers hold it weakly
};

}  // namespace colibri::venue_sim::binance
