// Conditional orders: they wait for a price, then become orders of the margin exchange.
//
//   OrError<int64_t> id = desk.Add(user, order);
//   desk.CheckAll();           // after prices have moved: triggers what is due
//
// A stop waits for the price to go against the position that its side closes, a take-profit for the
// opposite; a trailing stop follows the best price since its activation. The last price is taken at
// its extremes since the last look. Ended ones are remembered up to a bound, oldest out.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/venue_sim/binance_perpetual/common.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::binance_perpetual {

struct Contract;
struct User;
struct VenueState;

struct AlgoOrder {
  int64_t algo_id = 0;
  margin::AccountId account = 0;
  std::string symbol = {};
  std::string client_algo_id = {};
  std::string type = {};  // "STOP_MARKET"
  std::string status = "NEW";
  margin::Ticket ticket = {};  // what it will place; its price is 0 for market types
  std::string time_in_force = "GTC";
  bool uses_mark = false;  // else the last price
  bool closes_position = false;
  bool protects_price = false;
  int64_t trigger_price = 0;
  int64_t activation_price = 0;   // of a trailing stop; 0: at once
  Decimal callback_percent = {};  // of a trailing stop
  int64_t best_price = 0;         // of a trailing stop, once it is active
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  int64_t triggered_ms = 0;
  int64_t order_id = 0;  // of the order that it placed
  std::string reject_reason = {};

  bool is_waiting() const { return status == "NEW"; }
};

class AlgoDesk {
 public:
  static constexpr size_t kOpenMax = 200;  // of an account
  static constexpr size_t kEndedKept = 10'000;

  explicit AlgoDesk(VenueState& state) : state_(state) {}

  // -2021 when it would trigger at once, -2025 beyond kOpenMax, -4116 for an id that waits already.
  OrError<AlgoOrder> Add(User& user, AlgoOrder order);
  // Null when there is none of the account.
  AlgoOrder* Find(margin::AccountId account, int64_t algo_id);
  AlgoOrder* FindByClientId(margin::AccountId account, std::string_view client_algo_id);
  void Cancel(AlgoOrder& order);
  // Waiting ones, or all; of one symbol when given.
  std::vector<const AlgoOrder*> Select(margin::AccountId account,
                                       std::string_view symbol,
                                       bool only_waiting) const;
  void CheckAll();
  // An order that a trigger placed has ended.
  void OnOrderEnded(const margin::MarginOrder& order);

  Json ToJson(const AlgoOrder& order) const;

 private:
  bool IsDue(AlgoOrder& order, const Contract& contract) const;
  void Trigger(AlgoOrder& order, Contract& contract);
  void SetStatus(AlgoOrder& order, std::string_view status);
  void Tell(const AlgoOrder& order);
  void Forget();

  VenueState& state_;
  std::map<int64_t, AlgoOrder> orders_;  // by algo id
  std::set<int64_t> waiting_;
  std::deque<int64_t> ended_;                                       // oldest first
  std::map<std::pair<std::string, int64_t>, int64_t> by_order_id_;  // open orders that they placed
  int64_t next_id_ = 1'000'001;
};

}  // namespace colibri::venue_sim::binance_perpetual
