#include "connector/account_positions.h"

#include <algorithm>
#include <set>

#include "core/status_macros.h"

namespace colibri {
namespace {

// Quantity-weighted, of a position that a fill made larger.
Price MeanEntry(const Position& position, const Fill& fill, Quantity change) {
  const auto mean = [&]() -> absl::StatusOr<Price> {
    ASSIGN_OR_RETURN(const Notional held, CheckedMultiply(position.entry_price, position.quantity));
    ASSIGN_OR_RETURN(const Notional added, CheckedMultiply(fill.price, change));
    ASSIGN_OR_RETURN(const Notional all, CheckedAdd(held, added));
    ASSIGN_OR_RETURN(const Quantity quantity, CheckedAdd(position.quantity, change));
    return Divide(all, quantity, Rounding::kHalfEven);
  };
  return mean().value_or(position.entry_price);
}

}  // namespace

AccountPositions::AccountPositions(std::string_view venue,
                                   const std::vector<TradingPair>& pairs,
                                   Clock& clock,
                                   EventBus& events)
    : venue_(venue), pairs_(pairs), clock_(clock), events_(events) {}

AccountPositions::~AccountPositions() {
  clock_.CancelTimer(look_timer_);
}

bool AccountPositions::is_ours(const TradingPair& pair) const {
  return std::find(pairs_.begin(), pairs_.end(), pair) != pairs_.end();
}

void AccountPositions::Apply(const Position& told, Source source) {
  if (is_ours(told.pair)) {
    Set(told, source);
  }
}

void AccountPositions::ApplySnapshot(const std::vector<Position>& told,
                                     absl::Time asked_at,
                                     Source source) {
  std::set<Key> named;
  for (const Position& position : told) {
    if (!is_ours(position.pair)) {
      continue;
    }
    named.emplace(position.pair, position.side);
    Position dated = position;
    if (dated.venue_time == absl::InfinitePast()) {
      dated.venue_time = asked_at;
    }
    Set(dated, source);
  }
  std::vector<Key> missing;
  for (const TradingPair& pair : pairs_) {
    for (const PositionSide side :
         {PositionSide::kNet, PositionSide::kLong, PositionSide::kShort}) {
      if (!named.contains({pair, side})) {
        missing.emplace_back(pair, side);
      }
    }
  }
  for (const Key& key : missing) {
    Set({.pair = key.first, .side = key.second, .venue_time = asked_at}, source);
  }
}

void AccountPositions::Set(const Position& told, Source source) {
  Holding& holding = holdings_[{told.pair, told.side}];
  const absl::Duration now = clock_.monotonic();
  const bool is_news_old = source == Source::kRest && now - holding.told_at > kNewsLifetime;
  if (told.venue_time < holding.position.venue_time && !is_news_old) {
    ++stale_updates_;
    return;
  }
  const Position previous = holding.position;
  holding.position = told;
  holding.told_at = now;
  if (holding.counted_since == absl::InfiniteFuture()) {
    holding.counted_since = told.venue_time;
    holding.expected = told.quantity;
  }
  Compare(holding);
  if (previous.quantity != told.quantity || previous.entry_price != told.entry_price) {
    Publish(told, previous.quantity, source);
  }
}

void AccountPositions::NoteFill(const Fill& fill) {
  const auto found = holdings_.find({fill.pair, fill.position_side});
  if (found == holdings_.end()) {
    return;  // the first word of the venue has it
  }
  Holding& holding = found->second;
  const Quantity change = fill.side == Side::kBuy ? fill.quantity : -fill.quantity;
  const bool is_counted = fill.venue_time >= holding.counted_since;
  if (is_counted) {
    Quantity& sum = fill.venue_time == holding.counted_since ? holding.undated : holding.expected;
    sum = CheckedAdd(sum, change).value_or(sum);
  }
  if (fill.venue_time > holding.counted_since) {
    holding.recent.emplace_back(fill.venue_time, change);
    if (holding.recent.size() > kRecentMax) {
      holding.recent.pop_front();
    }
  }
  if (is_estimating_ && fill.venue_time > holding.position.venue_time) {
    Estimate(holding, fill, change);
  }
  if (is_counted) {
    Compare(holding);
  }
}

void AccountPositions::Estimate(Holding& holding, const Fill& fill, Quantity change) {
  Position& position = holding.position;
  const Quantity before = position.quantity;
  const absl::StatusOr<Quantity> after = CheckedAdd(before, change);
  if (!after.ok()) {
    return;
  }
  const bool is_larger = before.is_zero() || before.is_negative() == change.is_negative();
  const bool is_turned = !before.is_zero() && before.is_negative() != after->is_negative();
  if (after->is_zero()) {
    position.entry_price = Price();
  } else if (is_larger) {
    position.entry_price = MeanEntry(position, fill, change);
  } else if (is_turned) {
    position.entry_price = fill.price;
  }
  position.quantity = *after;
  position.unrealised_profit = std::nullopt;
  Publish(position, before, Source::kLocal);
}

void AccountPositions::Publish(const Position& position, Quantity previous, Source source) {
  events_.Publish(PositionChanged{.header = {.venue = venue_,
                                             .venue_time = position.venue_time,
                                             .receive_time = clock_.now(),
                                             .source = source},
                                  .position = position,
                                  .previous_quantity = previous});
}

bool AccountPositions::Agrees(const Holding& holding) {
  const Quantity told = holding.position.quantity;
  if (holding.expected == told) {
    return true;
  }
  // While trading goes on the two are seldom equal at one moment: each is ahead by turns.
  absl::StatusOr<Quantity> sum = holding.expected;
  for (const auto& [time, change] : holding.recent) {
    sum = sum.ok() ? CheckedAdd(*sum, -change) : sum;
  }
  for (const auto& [time, change] : holding.recent) {
    if (!sum.ok() || *sum == told || time > holding.position.venue_time) {
      break;
    }
    sum = CheckedAdd(*sum, change);
  }
  return sum.ok() && *sum == told;
}

void AccountPositions::Compare(Holding& holding) {
  const absl::StatusOr<Quantity> with_undated = CheckedAdd(holding.expected, holding.undated);
  if (with_undated.ok() && *with_undated == holding.position.quantity) {
    holding.expected = *with_undated;
    holding.undated = Quantity();
  }
  std::erase_if(holding.recent,
                [&holding](const auto& fill) { return fill.first < holding.position.venue_time; });
  if (Agrees(holding)) {
    holding.differs_since = absl::InfiniteDuration();
    return;
  }
  if (holding.differs_since == absl::InfiniteDuration()) {
    holding.differs_since = clock_.monotonic();
  }
  if (look_timer_ == 0) {
    look_timer_ = clock_.ScheduleAfter(kSettleTime, [this] {
      look_timer_ = 0;
      LookAtDifferences();
    });
  }
}

void AccountPositions::LookAtDifferences() {
  const absl::Duration now = clock_.monotonic();
  absl::Duration next = absl::InfiniteDuration();
  std::vector<PositionMismatch> found;
  for (auto& [key, holding] : holdings_) {
    if (holding.differs_since == absl::InfiniteDuration()) {
      continue;
    }
    if (now - holding.differs_since < kSettleTime) {
      next = std::min(next, holding.differs_since + kSettleTime - now);
      continue;
    }
    found.push_back({.header = {.venue = venue_,
                                .venue_time = holding.position.venue_time,
                                .receive_time = clock_.now(),
                                .source = Source::kLocal},
                     .position = holding.position,
                     .expected = holding.expected});
    // What was filled after the word is still to come in the next one.
    std::erase_if(holding.recent, [&holding](const auto& fill) {
      return fill.first <= holding.position.venue_time;
    });
    holding.expected = holding.position.quantity;
    for (const auto& [time, change] : holding.recent) {
      holding.expected = CheckedAdd(holding.expected, change).value_or(holding.expected);
    }
    holding.undated = Quantity();
    holding.counted_since = holding.position.venue_time;
    holding.differs_since = absl::InfiniteDuration();
  }
  if (next != absl::InfiniteDuration()) {
    look_timer_ = clock_.ScheduleAfter(next, [this] {
      look_timer_ = 0;
      LookAtDifferences();
    });
  }
  for (PositionMismatch& mismatch : found) {
    ++mismatches_;
    events_.Publish(std::move(mismatch));
  }
}

Position AccountPositions::position(const TradingPair& pair, PositionSide side) const {
  const auto found = holdings_.find({pair, side});
  return found == holdings_.end() ? Position{.pair = pair, .side = side} : found->second.position;
}

std::vector<Position> AccountPositions::positions() const {
  std::vector<Position> open;
  for (const auto& [key, holding] : holdings_) {
    if (!holding.position.is_flat()) {
      open.push_back(holding.position);
    }
  }
  return open;
}

}  // namespace colibri
