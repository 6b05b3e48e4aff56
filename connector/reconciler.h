// Compares what we know of our orders with what the venue says, and brings the difference in.
//
//   Reconciler reconciler(state, inquiry);
//   tasks.Spawn("reconcile", reconciler.Run());
//   reconciler.Trigger("private stream connected");
//
// A cycle, per pair and each pair by itself: the open orders in one call; the trades since a
// cursor; single queries for orders of ours that the list lacks. It runs when triggered, every 30 s
// +- 20 % with open orders, else every 120 s. Orders in doubt are OrderInquiry's. Thread: the
// loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

#include "connector/async_event.h"
#include "connector/exchange_state.h"
#include "connector/order_inquiry.h"
#include "connector/reconnect_policy.h"
#include "connector/task.h"

namespace colibri {

class Reconciler {
 public:
  static constexpr absl::Duration kPeriodWithOrders = absl::Seconds(30);
  static constexpr absl::Duration kPeriodIdle = absl::Seconds(120);
  static constexpr double kJitter = 0.2;
  // A venue with more trades than this since the last cycle is read on in the next one.
  static constexpr int kTradePagesMax = 20;
  // An answer of at least so many trades may not be all.
  static constexpr size_t kTradePageMin = 100;
  // How much later than a fill the private stream may tell it.
  static constexpr absl::Duration kStreamLagMax = absl::Seconds(5);

  Reconciler(ExchangeState& state, OrderInquiry& inquiry);

  // Soon, and Health says until then that orders are not reconciled.
  void Trigger(std::string_view reason);
  // Soon; trading goes on.
  void TriggerQuietly();
  // Told when a cycle finds a fill that the private stream should have told long before: it may be
  // dead and not know it (S41).
  void set_on_mismatch(std::function<void(std::string_view reason)> on_mismatch) {
    on_mismatch_ = std::move(on_mismatch);
  }
  // Until canceled.
  Task<void> Run();
  // One cycle now.
  Task<absl::Status> Cycle();
  // What the venue listed when last asked; empty before.
  const std::vector<OrderUpdate>& open_at_venue(InstrumentIndex instrument) const;

  int64_t cycles() const { return cycles_; }
  // Of the cycles that Run made, one at least saw everything.
  bool has_succeeded() const { return has_succeeded_; }

 private:
  Task<absl::Status> ReconcilePair(InstrumentIndex instrument);
  Task<absl::Status> ReadTrades(InstrumentIndex instrument);
  void NoteCursor(InstrumentIndex index);
  void NoteMismatch(const Fill& fill);
  Task<void> WaitForTurn();
  absl::Duration Jittered(absl::Duration period);

  ExchangeState& state_;
  OrderInquiry& inquiry_;
  ReconnectPolicy backoff_;
  AsyncEvent triggered_;
  std::vector<TradeCursor> cursors_;                     // by instrument
  std::vector<std::vector<OrderUpdate>> open_at_venue_;  // by instrument
  std::function<void(std::string_view)> on_mismatch_;
  absl::Time stream_began_at_ = absl::InfiniteFuture();  // the venue's time
  absl::Time started_at_;                                // the venue's time
  int64_t cycles_ = 0;
  int64_t triggers_ = 0;
  bool has_succeeded_ = false;
};

}  // namespace colibri
