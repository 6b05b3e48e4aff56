// The venue put together: calls and texts come in here, pass the faults and the limits, and are
// answered.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/hyperliquid/exchange.h"
#include "tools/venue_sim/hyperliquid/info.h"
#include "tools/venue_sim/hyperliquid/order_desk.h"
#include "tools/venue_sim/hyperliquid/publisher.h"
#include "tools/venue_sim/hyperliquid/trader_accounts.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim::hyperliquid {

class Venue final : private FaultTarget {
 public:
  Venue(Clock& clock, HyperliquidSimOptions options);
  ~Venue() override;

  void Start();
  HttpReply Handle(const HttpCall& call);
  SessionId Open(std::string_view target, std::string_view remote_ip);
  void OnText(SessionId session, std::string_view text);
  void Close(SessionId session);

  // Those of the perpetuals and those of spot; none when the venue has none.
  std::vector<binance::Traders*> traders();
  Faults& faults() { return faults_; }
  VenueState& state() { return state_; }
  const VenueState& state() const { return state_; }
  OrderDesk& orders() { return orders_; }
  // An action of the account, without signature, nonce and limits.
  Json AdminAction(User& user, const Json& action);

 private:
  // A request to /info or /exchange, read as far as it is needed before the faults.
  struct Call {
    bool is_exchange = false;
    std::string ip = {};
    std::string name = {};  // for the traffic: "POST /exchange order", "WS info l2Book"
    std::shared_ptr<const Json> body = {};
    FaultSubject request_class = FaultSubject::kPublic;
  };

  std::vector<SessionId> SessionsOf(FaultSubject channel) const override;
  void ForgetSession(SessionId session) override { Close(session); }
  void ShutDownSessions(FaultSubject channel) override;
  void TerminateUserEvents() override { faults_.CutUserStreams(); }
  // Books come whole and without numbers.
  void SkipDepthIds(std::string_view /*symbol*/, int /*count*/) override {}

  Call ReadCall(bool is_exchange, std::string_view prefix, Json body, std::string_view ip) const;
  void CountCall(const Call& call);
  Answer AnswerCall(const Call& call);
  Answer AnswerSigned(const Call& call);

  void OnSubscribe(SessionId session, const Json& message, bool is_new);
  void OnPost(SessionId session, const Json& message);
  void SendError(SessionId session, std::string_view words);
  void SendPost(SessionId session, const Json& id, Json response, absl::Duration delay);

  Faults faults_;
  Publisher publisher_;
  VenueState state_;
  OrderDesk orders_;
  ExchangeDesk exchange_;
  std::unique_ptr<TraderAccounts> trader_accounts_;
  // Apart, so that the perpetuals' prices do not depend on what is listed beside them.
  std::unique_ptr<binance::Traders> traders_;
  std::unique_ptr<binance::Traders> spot_traders_;
  SessionId next_session_ = 1;
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // timers hold it weakly
};

}  // namespace colibri::venue_sim::hyperliquid
