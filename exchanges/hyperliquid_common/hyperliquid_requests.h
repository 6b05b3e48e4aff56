// Builds the requests of Hyperliquid: reads (POST /info) and signed actions (POST /exchange). Pure
// text, no host, no nonce, no signature.
//
//   const Requests requests("0x14791697...");
//   const VenueCall call = requests.Place(order, instrument);
//
// Instruments name their asset by Instrument::venue_id and their coin by symbol. Thread: any;
// constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "connector/venue_protocol.h"
#include "core/position.h"

namespace colibri::hyperliquid {

// In quotes, escaped.
std::string JsonText(std::string_view text);
// `more` continues the subscription's fields: ",\"coin\":\"BTC\"".
std::string SubscribeFrame(std::string_view type, std::string_view more);
VenueCall InfoCall(std::string body,
                   int64_t weight,
                   CallPriority priority = CallPriority::kReconcile);

class Requests final {
 public:
  // The account's address, or the vault's that is traded for; empty without keys.
  explicit Requests(std::string account) : account_(std::move(account)) {}

  const std::string& account() const { return account_; }

  VenueCall ServerTime() const;
  VenueCall Rules() const;
  VenueCall Contexts() const;  // rules and prices: funding, mark and oracle prices
  VenueCall Fees() const;
  VenueCall AccountState() const;  // balances and positions
  VenueCall Leverage(const Instrument& instrument) const;
  VenueCall FundingPayments(absl::Time since) const;

  VenueCall Order(const colibri::Order& order) const;
  VenueCall OpenOrders() const;
  // Of all coins, oldest of them first; without a time the newest.
  VenueCall Fills(std::optional<absl::Time> since) const;

  VenueCall Place(const colibri::Order& order, const Instrument& instrument) const;
  VenueCall Cancel(const colibri::Order& order, const Instrument& instrument) const;
  VenueCall Replace(const colibri::Order& old_order,
                    const colibri::Order& new_order,
                    const Instrument& instrument) const;
  VenueCall SetLeverage(const Instrument& instrument, const LeverageSetting& wanted) const;
  // Everything is canceled at that time, unless called again; without one: never.
  VenueCall ScheduleCancel(std::optional<absl::Time> time) const;

 private:
  // {"type":..,"user":..} and what follows.
  std::string OfAccount(std::string_view type, std::string_view more = "") const;

  std::string account_;
};

}  // namespace colibri::hyperliquid
