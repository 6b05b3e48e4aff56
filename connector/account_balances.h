// What the account holds, from the stream and from REST, less what our orders on the way will lock.
//
//   balances.Apply(update);                               // stream: one asset
//   balances.ApplySnapshot(updates, asked_at);            // REST: the whole account
//   balances.Reserve(order_id, "USDT", cost);             // before the order is sent
//   balances.balance("USDT").available;                   // venue's word, less reservations
//
// Knowledge never goes back in time: an update older, by the venue's clock, than what is known of
// the asset is dropped. A reservation holds until the venue's numbers contain the order: a balance
// at or after the acknowledgement's venue time, or, for venues that are not so precise, a few
// seconds after it. Publishes BalanceChanged when the venue's numbers change. Thread: the loop's.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

#include "connector/user_stream_data_source.h"
#include "core/balance.h"
#include "core/clock.h"
#include "core/event_bus.h"
#include "core/ids.h"
#include "core/order.h"
#include "core/strings.h"

namespace colibri {

class AccountBalances {
 public:
  static constexpr absl::Duration kReservationGrace = absl::Seconds(5);
  // An answer that comes so long after the last news is newer, whatever time it states: the venue's
  // clock may have been set back.
  static constexpr absl::Duration kNewsLifetime = absl::Seconds(30);

  // The venue's name outlives this.
  AccountBalances(std::string_view venue, Clock& clock, EventBus& events);

  void Apply(const BalanceUpdate& update);
  // asked_at: the venue's time when the request was sent; it dates updates that carry no time.
  // Assets that are not in the answer are gone.
  void ApplySnapshot(const std::vector<BalanceUpdate>& updates, absl::Time asked_at);

  void Reserve(const ClientOrderId& order, std::string_view asset, Decimal amount);
  // The venue has the order since then. InfinitePast: it did not say since when.
  void NoteAcknowledged(const ClientOrderId& order, absl::Time venue_time);
  // The order locks nothing: it never came to be, or ended without a fill.
  void Release(const ClientOrderId& order);

  // For venues that send no balances of their own accord: fills and ends of our orders change what
  // is held, on top of the last answer, and reservations last until an answer contains them.
  void set_is_estimating(bool is_estimating) { is_estimating_ = is_estimating; }
  // What the fill moved and what it cost, unless an answer has it already.
  void EstimateFill(const Fill& fill);
  // Gives back what the order still locked.
  void EstimateEnd(const Order& order);

  // Zero for an asset that the account does not hold. Available is never negative.
  Balance balance(std::string_view asset) const;
  std::vector<std::pair<std::string, Balance>> all() const;
  int64_t stale_updates() const { return stale_updates_; }

 private:
  struct Holding {
    Balance balance;
    absl::Time venue_time = absl::InfinitePast();
    absl::Duration told_at = -absl::InfiniteDuration();  // monotonic
  };
  struct Reservation {
    std::string asset;
    Decimal amount;
    std::optional<absl::Time> acknowledged;               // venue time
    absl::Duration grace_end = absl::InfiniteDuration();  // monotonic
  };

  using Reservations = absl::flat_hash_map<ClientOrderId, Reservation>;

  void Set(const std::string& asset, const Balance& balance, absl::Time venue_time, Source source);
  // Whether the venue's numbers contain the order.
  bool IsReflected(const Reservation& reservation) const;
  void DropReflected();
  void DropExpired();
  void Drop(Reservations::iterator reservation);
  Reservation* FindReservation(const ClientOrderId& order, std::string_view asset);
  // Adds to what is held of an asset, unless an answer of `venue_time` or later has it already.
  void Estimate(const std::string& asset,
                Decimal total_change,
                Decimal available_change,
                absl::Time venue_time);

  std::string_view venue_;
  Clock& clock_;
  EventBus& events_;
  std::map<std::string, Holding, std::less<>> holdings_;
  Reservations reservations_;
  StringMap<Decimal> reserved_;                                // sums of the above, by asset
  std::deque<std::pair<absl::Duration, ClientOrderId>> ends_;  // of their grace, the next first
  int64_t stale_updates_ = 0;
  bool is_estimating_ = false;
};

}  // namespace colibri
