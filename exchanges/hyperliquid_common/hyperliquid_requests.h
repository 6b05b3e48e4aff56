// Builds the requests that Hyperliquid's venues have in common: reads (POST /info) and signed
// actions (POST /exchange). Pure text, no host, no nonce, no signature.
//
//   class SpotRequests final : public Requests { ... };      // adds what only spot has
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

namespace colibri::hyperliquid {

// In quotes, escaped.
std::string JsonText(std::string_view text);
// `more` continues the subscription's fields: ",\"coin\":\"BTC\"".
std::string SubscribeFrame(std::string_view type, std::string_view more);
// Of /info; lists cost one more for each 20 of their entries, of which a few are allowed for.
inline constexpr int64_t kLightWeight = 2;
inline constexpr int64_t kWeight = 20;
inline constexpr int64_t kListWeight = 25;
VenueCall InfoCall(std::string body,
                   int64_t weight,
                   CallPriority priority = CallPriority::kReconcile);
VenueCall ActionCall(std::string action, CallPriority priority);
int64_t Milliseconds(absl::Time time);  // since the epoch, and not before it

class Requests {
 public:
  // The account's address, or the vault's that is traded for; empty without keys.
  explicit Requests(std::string account) : account_(std::move(account)) {}

  const std::string& account() const { return account_; }

  VenueCall ServerTime() const;
  VenueCall Fees() const;

  VenueCall Order(const colibri::Order& order) const;
  VenueCall OpenOrders() const;
  // Of all coins, oldest of them first; without a time the newest.
  VenueCall Fills(std::optional<absl::Time> since) const;

  VenueCall Place(const colibri::Order& order, const Instrument& instrument) const;
  VenueCall Cancel(const colibri::Order& order, const Instrument& instrument) const;
  VenueCall Replace(const colibri::Order& old_order,
                    const colibri::Order& new_order,
                    const Instrument& instrument) const;

 protected:
  // {"type":..,"user":..} and what follows.
  std::string OfAccount(std::string_view type, std::string_view more = "") const;

 private:
  std::string account_;
};

}  // namespace colibri::hyperliquid
