// The positions of an account, as the venue tells them, compared with what the fills made of them.
//
//   positions.Apply(position, Source::kStream);               // one
//   positions.ApplySnapshot(told, asked_at);                  // all there are: others are flat
//   positions.NoteFill(fill);                                 // ours or not: each moves it
//   positions.position(pair, PositionSide::kNet).quantity;
//
// The venue's word counts, and never goes back in time: what is older, by the venue's clock, than
// what is known is dropped. The sum of the fills since the first word is kept beside it: where the
// two differ for kSettleTime, something was missed or somebody else trades, and PositionMismatch
// tells; from then on the sum starts from the venue's word. Where a venue tells positions only when
// asked (set_is_estimating), fills move what position() says until the next answer.
// Publishes PositionChanged when quantity or entry price change. Thread: the loop's.
#pragma once

#include <deque>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "core/clock.h"
#include "core/event_bus.h"
#include "core/order.h"
#include "core/order_update.h"
#include "core/position.h"

namespace colibri {

class AccountPositions {
 public:
  // How much later the one may come than the other: the venue's word, and the fill that it is of.
  static constexpr absl::Duration kSettleTime = absl::Seconds(5);
  // An answer that comes so long after the last news is newer, whatever time it states: the venue's
  // clock may have been set back.
  static constexpr absl::Duration kNewsLifetime = absl::Seconds(30);

  // Positions on other pairs are none of ours. The venue's name outlives this.
  AccountPositions(std::string_view venue,
                   const std::vector<TradingPair>& pairs,
                   Clock& clock,
                   EventBus& events);
  ~AccountPositions();
  AccountPositions(const AccountPositions&) = delete;
  AccountPositions& operator=(const AccountPositions&) = delete;

  // Fills that are newer than the last word, at most; the oldest go.
  static constexpr size_t kRecentMax = 256;

  void set_is_estimating(bool is_estimating) { is_estimating_ = is_estimating; }

  void Apply(const Position& told, Source source);
  // asked_at: the venue's time when the request was sent, or of the message; it dates what carries
  // no time.
  void ApplySnapshot(const std::vector<Position>& told, absl::Time asked_at, Source source);
  void NoteFill(const Fill& fill);

  Position position(const TradingPair& pair, PositionSide side) const;  // flat where there is none
  std::vector<Position> positions() const;                              // those that are not flat
  int64_t mismatches() const { return mismatches_; }
  int64_t stale_updates() const { return stale_updates_; }

 private:
  using Key = std::pair<TradingPair, PositionSide>;
  struct Holding {
    Position position;                                   // as told, or estimated on top of it
    absl::Duration told_at = -absl::InfiniteDuration();  // monotonic
    absl::Time counted_since = absl::InfiniteFuture();   // the venue's time; fills from then on
    Quantity undated;   // by fills of the very time that counting began at: in the word, or not
    Quantity expected;  // by the fills
    absl::Duration differs_since = absl::InfiniteDuration();  // monotonic
    // Counted fills that the last word may not have yet, oldest first.
    std::deque<std::pair<absl::Time, Quantity>> recent;
  };

  bool is_ours(const TradingPair& pair) const;
  void Set(const Position& told, Source source);
  void Estimate(Holding& holding, const Fill& fill, Quantity change);
  void Publish(const Position& position, Quantity previous_quantity, Source source);
  void Compare(Holding& holding);
  // By the fills up to the time of the word; of those at that very time, any first part.
  static bool Agrees(const Holding& holding);
  void LookAtDifferences();

  std::string_view venue_;
  std::vector<TradingPair> pairs_;
  Clock& clock_;
  EventBus& events_;
  std::map<Key, Holding> holdings_;
  bool is_estimating_ = false;
  TimerId look_timer_ = 0;
  int64_t mismatches_ = 0;
  int64_t stale_updates_ = 0;
};

}  // namespace colibri
