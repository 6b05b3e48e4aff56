// One side and level of a market maker: the order that stands there, and what to wait for.
//
//   QuoteSlot slot{.side = Side::kBuy};
//   if (slot.is_free() && !slot.IsSettling(now, delay)) { slot.Take(id, now); }
//   WakeAfter(slot.NoteRefusal(now, retry_delay_min, retry_delay_max));
//
// Times are the clock's monotonic ones. Reads no clock.
#pragma once

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

#include "core/ids.h"
#include "core/order.h"

namespace colibri {

struct QuoteSlot {
  Side side = Side::kBuy;
  ClientOrderId id = {};  // empty: no order
  bool is_kept = false;   // by the look under way
  absl::Duration placed_at = {};
  absl::Duration cancel_not_before = {};
  absl::Duration place_not_before = {};
  absl::Duration retry_delay = {};                 // of the last refusal; zero without
  std::optional<absl::Duration> short_since = {};  // the balance does not suffice for the quote

  bool is_free() const { return id.empty(); }

  void Take(const ClientOrderId& order_id, absl::Duration now) {
    id = order_id;
    is_kept = true;
    placed_at = now;
    cancel_not_before = absl::ZeroDuration();
  }
  void Release() {
    id = ClientOrderId();
    is_kept = false;
  }

  // A refusal makes the slot wait, each in a row twice as long as the one before. Returns how long.
  absl::Duration NoteRefusal(absl::Duration now,
                             absl::Duration retry_delay_min,
                             absl::Duration retry_delay_max) {
    retry_delay = retry_delay == absl::ZeroDuration() ? retry_delay_min
                                                      : std::min(retry_delay * 2, retry_delay_max);
    place_not_before = now + retry_delay;
    return retry_delay;
  }
  void NoteAcceptance() { retry_delay = absl::ZeroDuration(); }

  // The balance of an order that just ended may be on its way: a want of it counts when it lasts.
  // True when the want begins.
  bool NoteShortage(bool is_short, absl::Duration now) {
    const bool begins = is_short && !short_since.has_value();
    if (begins || !is_short) {
      short_since = is_short ? std::optional(now) : std::nullopt;
    }
    return begins;
  }
  bool IsSettling(absl::Duration now, absl::Duration settle_delay) const {
    return short_since.has_value() && now < *short_since + settle_delay;
  }
};

}  // namespace colibri
