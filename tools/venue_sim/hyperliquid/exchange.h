// Signed actions: who signed, whether he may, and what comes of it.
//
//   Answer answer = AnswerExchange(state, publisher, request);
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tools/venue_sim/hyperliquid/answer.h"
#include "tools/venue_sim/hyperliquid/order_desk.h"
#include "tools/venue_sim/hyperliquid/publisher.h"
#include "tools/venue_sim/hyperliquid/signature.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"

namespace colibri::venue_sim::hyperliquid {

// A request to /exchange, read.
struct SignedRequest {
  std::shared_ptr<const Json> action;
  uint64_t nonce = 0;
  GivenSignature signature = {};
  Address vault = {};
  std::optional<uint64_t> expires_after = {};

  const std::string& type() const;
};

std::optional<SignedRequest> ReadSignedRequest(const Json& request);
// Nothing when it is no signature.
std::optional<Address> SignerOf(const SignedRequest& request, bool is_testnet);

class ExchangeDesk {
 public:
  ExchangeDesk(VenueState& state, Publisher& publisher, OrderDesk& orders)
      : state_(state), publisher_(publisher), orders_(orders) {}

  Answer Handle(const SignedRequest& request);
  // Without signature, nonce and limits.
  Json Execute(User& user, const Json& action);

 private:
  // Whose account is acted on, or why not.
  std::optional<std::string> Admit(const SignedRequest& request,
                                   const Address& signer,
                                   User*& user);
  std::optional<std::string> ChargeActions(User& user, int64_t count, bool is_cancel);
  Json ScheduleCancel(User& user, const Json& action);
  Json UpdateLeverage(User& user, const Json& action);
  Json UpdateIsolatedMargin(User& user, const Json& action);
  Json ExecuteUserSigned(User& user, const Json& action);
  Json SpotSend(User& user, const Json& action);
  Json ClassTransfer(User& signer, const Json& action);

  VenueState& state_;
  Publisher& publisher_;
  OrderDesk& orders_;
};

// {"status":"err","response":text}
Json ErrorJson(std::string_view text);

}  // namespace colibri::venue_sim::hyperliquid
