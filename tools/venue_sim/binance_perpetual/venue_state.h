// What the endpoints of the venue work on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "tools/venue_sim/binance_common/rate_limits.h"
#include "tools/venue_sim/binance_common/request_auth.h"
#include "tools/venue_sim/binance_common/signed_call.h"
#include "tools/venue_sim/binance_common/stream_hub.h"
#include "tools/venue_sim/binance_common/traffic.h"
#include "tools/venue_sim/binance_perpetual/algo_desk.h"
#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/binance_perpetual/contract.h"
#include "tools/venue_sim/binance_perpetual/private_hub.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/margin/margin_exchange.h"
#include "tools/venue_sim/perpetual_options.h"

namespace colibri::venue_sim::binance_perpetual {

// Somebody who has keys.
struct User {
  margin::MarginAccount& account;
  std::string api_key = {};
  binance::AccountKeys keys = {};
  bool has_multi_assets = false;  // told and kept; margin is of each asset alone
};

struct VenueState {
  VenueState(Clock& clock,
             BinancePerpetualSimOptions options,
             Faults& faults,
             margin::MarginObserver& observer);
  VenueState(const VenueState&) = delete;
  VenueState& operator=(const VenueState&) = delete;
  ~VenueState();

  // The venue's own time, with its skew.
  int64_t NowMs() const;

  User& AddUser(const SimAccountOptions& options);
  // Null when unknown.
  User* FindUser(std::string_view api_key) const;
  User* UserOf(margin::AccountId account) const;
  binance::KeyRing keys() const;

  Contract& ContractOf(const std::string& symbol) { return contracts.find(symbol)->second; }
  // -1102 without a symbol, -1121 when unknown or not traded here.
  OrError<Contract*> RequiredContract(const Params& params);
  // By `symbol`, or all of them.
  OrError<std::vector<Contract*>> SelectContracts(const Params& params);
  // With the symbols that are only told of, when all are asked for.
  bool WantsListed(const Params& params) const { return !params.Has("symbol"); }

  // Arms, or with zero disarms, the cancel of all orders on a symbol.
  void SetCountdown(User& user, Contract& contract, int64_t countdown_ms);
  void CancelAll(User& user, Contract& contract);

  Clock& clock;
  BinancePerpetualSimOptions options;
  Faults& faults;
  Random random;
  margin::MarginExchange exchange;
  Contracts contracts;
  std::vector<std::unique_ptr<User>> users;
  binance::RateLimits limits;
  binance::RateLimits funding_limits;  // of the funding history, by address
  binance::RateLimits data_limits;     // of /futures/data
  binance::Traffic traffic;
  binance::StreamHub streams;
  PrivateHub privates;
  AlgoDesk algos;

 private:
  std::map<std::pair<margin::AccountId, std::string>, TimerId> countdowns_;
};

}  // namespace colibri::venue_sim::binance_perpetual
