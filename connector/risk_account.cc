#include "connector/risk_account.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "core/order_book.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Orders that were filled by the venue's word only: beyond these the oldest stay as they are.
constexpr size_t kAssumedFillsMax = 1000;
constexpr size_t kFewPairs = 4;
constexpr absl::Duration kDayLookPeriod = absl::Minutes(1);

// False, with `sum` as it was, when it would leave the range.
template <typename Amount>
bool AddTo(Amount& sum, Amount amount) {
  const absl::StatusOr<Amount> added = CheckedAdd(sum, amount);
  if (added.ok()) {
    sum = *added;
  }
  return added.ok();
}

absl::Time EndOfDay(absl::Time now) {
  const absl::CivilDay day = absl::ToCivilDay(now, absl::UTCTimeZone());
  return absl::FromCivil(day + 1, absl::UTCTimeZone());
}

void Erase(std::vector<Price>& prices, const std::optional<Price>& price) {
  if (price.has_value()) {
    prices.erase(std::lower_bound(prices.begin(), prices.end(), *price));
  }
}

void Insert(std::vector<Price>& prices, const std::optional<Price>& price) {
  if (price.has_value()) {
    prices.insert(std::lower_bound(prices.begin(), prices.end(), *price), *price);
  }
}

}  // namespace

std::optional<Price> RiskAccount::PairState::best_buy() const {
  const auto& prices = side(Side::kBuy).prices;
  return prices.empty() ? std::nullopt : std::optional<Price>(prices.back());
}

std::optional<Price> RiskAccount::PairState::best_sell() const {
  const auto& prices = side(Side::kSell).prices;
  return prices.empty() ? std::nullopt : std::optional<Price>(prices.front());
}

RiskAccount::RiskAccount(const std::vector<TradingPair>& pairs,
                         Options options,
                         Clock& clock,
                         EventBus& events,
                         ResultListener on_result)
    : options_(options), clock_(clock), on_result_(std::move(on_result)) {
  for (const TradingPair& pair : pairs) {
    auto quote = std::find_if(quotes_.begin(), quotes_.end(), [&](const QuoteResult& known) {
      return known.asset == pair.quote;
    });
    if (quote == quotes_.end()) {
      quotes_.push_back({.index = quotes_.size(), .asset = pair.quote, .day_result = Notional()});
      quote = std::prev(quotes_.end());
    }
    PairState& state = pairs_.emplace_back();
    state.index = pairs_.size() - 1;
    state.pair = pair;
    state.quote = &*quote;
    pairs_by_name_.emplace(pair, &state);
  }
  FollowOrder<OrderCreated>(events);
  FollowOrder<OrderTriggered>(events);
  FollowOrder<OrderCanceled>(events);
  FollowOrder<OrderRejected>(events);
  FollowOrder<OrderExpired>(events);
  FollowOrder<OrderCorrected>(events);
  subscriptions_.push_back(events.Subscribe<OrderAmended>(
      [this](const OrderAmended& event) { Sync(event.order, /*is_amendment_over=*/true); }));
  subscriptions_.push_back(events.Subscribe<AmendRejected>([this](const AmendRejected& event) {
    ForgetAmendedPrice(event.order.client_order_id);
    Sync(event.order, /*is_amendment_over=*/true);
  }));
  subscriptions_.push_back(
      events.Subscribe<OrderFilled>([this](const OrderFilled& event) { NoteFill(event); }));
  subscriptions_.push_back(events.Subscribe<OrderCompleted>([this](const OrderCompleted& event) {
    Sync(event.order, /*is_amendment_over=*/true);
    if (event.is_incomplete) {
      AssumeFilled(event.order);
    }
  }));
  subscriptions_.push_back(events.Subscribe<PositionChanged>(
      [this](const PositionChanged& event) { NotePosition(event); }));
  subscriptions_.push_back(events.Subscribe<FundingPayment>(
      [this](const FundingPayment& event) { NoteFunding(event); }));
  if (options_.position_start == PositionStart::kBalances) {
    subscriptions_.push_back(events.Subscribe<BalanceChanged>(
        [this](const BalanceChanged& event) { NoteBalance(event); }));
  }
  if (options_.counts_results || options_.times_books) {
    subscriptions_.push_back(
        events.Subscribe<BookChanged>([this](const BookChanged& event) { NoteBook(event); }));
  }
}

template <typename E>
void RiskAccount::FollowOrder(EventBus& events) {
  subscriptions_.push_back(events.Subscribe<E>(
      [this](const E& event) { Sync(event.order, /*is_amendment_over=*/false); }));
}

RiskAccount::PairState* RiskAccount::Find(const TradingPair& pair) {
  return const_cast<PairState*>(std::as_const(*this).Find(pair));
}

const RiskAccount::PairState* RiskAccount::Find(const TradingPair& pair) const {
  if (pairs_.size() <= kFewPairs) {  // comparing a few names is cheaper than hashing one
    const auto state = std::find_if(
        pairs_.begin(), pairs_.end(), [&](const PairState& known) { return known.pair == pair; });
    return state == pairs_.end() ? nullptr : &*state;
  }
  const auto it = pairs_by_name_.find(pair);
  return it == pairs_by_name_.end() ? nullptr : it->second;
}

Quantity RiskAccount::RemainingOf(const ClientOrderId& id) const {
  const auto it = orders_.find(id);
  return it == orders_.end() ? Quantity() : it->second.remaining;
}

void RiskAccount::Add(const Order& order, Quantity quantity) {
  PairState* pair = Find(order.pair);
  if (pair == nullptr) {
    return;
  }
  const auto [it, is_new] = orders_.try_emplace(order.client_order_id);
  if (!is_new) {
    return;
  }
  OpenOrder& open = it->second;
  open.pair = pair;
  open.side = order.side;
  open.total = quantity;
  open.price = order.is_waiting() ? std::nullopt : order.price;
  open.is_quote_order = order.quote_quantity.has_value();
  ++pair->open_orders;
  Insert(pair->side(open.side).prices, open.price);
  SetRemaining(open, quantity - order.filled);
}

void RiskAccount::SetRemaining(OpenOrder& open, Quantity remaining) {
  if (remaining.is_negative()) {
    remaining = Quantity();
  }
  OpenSide& side = open.pair->side(open.side);
  if (AddTo(side.remaining, remaining - open.remaining)) {
    open.remaining = remaining;
  } else {
    open.pair->is_beyond_range = true;
  }
}

void RiskAccount::Remove(const ClientOrderId& id) {
  const auto it = orders_.find(id);
  if (it == orders_.end()) {
    return;
  }
  OpenOrder& open = it->second;
  SetRemaining(open, Quantity());
  OpenSide& side = open.pair->side(open.side);
  Erase(side.prices, open.price);
  Erase(side.prices, open.amended_price);
  --open.pair->open_orders;
  orders_.erase(it);
}

void RiskAccount::NoteAmendment(const ClientOrderId& id, const OrderRequest& amended) {
  const auto it = orders_.find(id);
  if (it == orders_.end()) {
    return;
  }
  OpenOrder& open = it->second;
  OpenSide& side = open.pair->side(open.side);
  Erase(side.prices, open.amended_price);
  open.amended_price = amended.price == open.price ? std::nullopt : amended.price;
  Insert(side.prices, open.amended_price);
  open.is_being_amended = true;
  if (amended.quantity > open.total) {
    SetRemaining(open, open.remaining + (amended.quantity - open.total));
    open.total = amended.quantity;
  }
}

void RiskAccount::ForgetAmendedPrice(const ClientOrderId& id) {
  if (const auto it = orders_.find(id); it != orders_.end()) {
    OpenOrder& open = it->second;
    Erase(open.pair->side(open.side).prices, open.amended_price);
    open.amended_price.reset();
  }
}

// As the event has it: amounts of an order that is open, the end of one that is not.
void RiskAccount::Sync(const Order& order, bool is_amendment_over) {
  if (!order.is_open()) {
    Remove(order.client_order_id);
    return;
  }
  const auto it = orders_.find(order.client_order_id);
  if (it == orders_.end()) {
    Add(order, order.quantity);  // adopted, or back from the dead
    return;
  }
  OpenOrder& open = it->second;
  open.is_being_amended &= !is_amendment_over;
  if (order.is_triggered && !open.price.has_value()) {
    open.price = order.price;
    Insert(open.pair->side(open.side).prices, open.price);
  }
  if (!open.is_quote_order) {
    open.total = open.is_being_amended ? std::max(open.total, order.quantity) : order.quantity;
  }
  SetRemaining(open, open.total - order.filled);
}

void RiskAccount::NoteFill(const OrderFilled& event) {
  const Fill& fill = event.fill;
  if (PairState* pair = Find(event.order.pair)) {
    KeepDay(clock_.monotonic());
    if (event.is_after_terminal) {
      TakeBackAssumed(fill);
    }
    // The balances that a position started from hold what was filled before them.
    const bool moves_position =
        fill.venue_time > pair->position_known_since ||
        (!pair->is_position_told && event.order.created_at > pair->position_known_since);
    Trade(*pair, fill.side, fill.price, fill.quantity, moves_position);
    for (const AssetAmount& fee : fill.fees) {
      Pay(*pair, fee, moves_position);
    }
    Value(*pair);
  }
  Sync(event.order, /*is_amendment_over=*/false);
}

// The venue's word is that all of it was filled.
void RiskAccount::AssumeFilled(const Order& order) {
  PairState* pair = Find(order.pair);
  const Quantity missing = order.remaining();
  if (pair == nullptr || !missing.is_positive()) {
    return;
  }
  const std::optional<Price> price = order.price.has_value() ? order.price : pair->mark;
  if (assumed_.size() == kAssumedFillsMax) {
    assumed_.pop_front();
  }
  assumed_.push_back({order.client_order_id, pair, order.side, price.value_or(Price()), missing});
  KeepDay(clock_.monotonic());
  Trade(*pair, order.side, price.value_or(Price()), missing, /*moves_position=*/true);
  Value(*pair);
}

void RiskAccount::TakeBackAssumed(const Fill& fill) {
  const auto it = std::find_if(assumed_.begin(), assumed_.end(), [&](const AssumedFill& assumed) {
    return assumed.id == fill.client_order_id;
  });
  if (it == assumed_.end()) {
    return;
  }
  const Quantity known = std::min(it->quantity, fill.quantity);
  Trade(*it->pair, Opposite(it->side), it->price, known, /*moves_position=*/true);
  it->quantity -= known;
  if (it->quantity.is_zero()) {
    assumed_.erase(it);
  }
}

void RiskAccount::Restore(const Order& order) {
  PairState* pair = Find(order.pair);
  if (pair == nullptr) {
    return;
  }
  KeepDay(clock_.monotonic());
  const absl::Time today = EndOfDay(clock_.now()) - absl::Hours(24);
  const std::optional<Price> price = order.average_price();
  if (price.has_value() && order.updated_at >= today) {
    const bool is_buy = order.side == Side::kBuy;
    const bool moves_position = options_.position_start == PositionStart::kZero;
    const Quantity moved = is_buy ? order.filled : -order.filled;
    const bool fits = AddTo(pair->traded, moved) &&
                      (!moves_position || AddTo(pair->position, moved)) &&
                      AddTo(pair->cash, is_buy ? -order.filled_notional : order.filled_notional);
    pair->is_beyond_range |= !fits;
    pair->mark = pair->mark.has_value() ? pair->mark : price;
    for (const AssetAmount& fee : order.fees) {
      Pay(*pair, fee, moves_position);
    }
    Value(*pair);
  }
  if (order.is_open()) {
    Add(order, order.quantity);
  }
}

void RiskAccount::NoteBalance(const BalanceChanged& event) {
  for (PairState& pair : pairs_) {
    if (pair.pair.base == event.asset && pair.position_known_since == absl::InfinitePast()) {
      pair.position_known_since = event.header.venue_time == absl::InfinitePast()
                                      ? event.header.receive_time
                                      : event.header.venue_time;
      pair.position = Quantity(event.total);
    }
  }
}

void RiskAccount::SetCollateral(const TradingPair& pair, std::string_view collateral) {
  if (PairState* state = Find(pair)) {
    state->collateral = std::string(collateral);
  }
}

void RiskAccount::NotePosition(const PositionChanged& event) {
  const Position& position = event.position;
  PairState* pair = Find(position.pair);
  if (pair == nullptr || event.header.source == Source::kLocal) {
    return;  // an estimate: the fills that it is made of count here too
  }
  pair->told_positions[static_cast<size_t>(position.side)] = position.quantity;
  pair->is_position_told = true;
  pair->position_known_since = std::max(pair->position_known_since, position.venue_time);
  pair->position = Quantity();
  for (const Quantity& told : pair->told_positions) {
    pair->is_beyond_range |= !AddTo(pair->position, told);
  }
}

void RiskAccount::NoteFunding(const FundingPayment& event) {
  PairState* pair = Find(event.pair);
  if (pair == nullptr) {
    return;
  }
  KeepDay(clock_.monotonic());
  Pay(*pair, {.asset = event.asset, .amount = -event.amount}, /*moves_position=*/false);
  Value(*pair);
}

void RiskAccount::NoteBook(const BookChanged& event) {
  PairState* pair = Find(*event.pair);
  if (pair == nullptr || event.is_stale) {
    return;
  }
  if (options_.times_books) {
    pair->book_changed_at = clock_.monotonic();
  }
  if (!options_.counts_results || !event.is_best_changed) {
    return;
  }
  const std::optional<Price> mid = event.book->mid_price();
  if (!mid.has_value() || mid == pair->mark) {
    return;
  }
  KeepDay(clock_.monotonic());
  pair->mark = mid;
  if (!pair->traded.is_zero()) {
    Value(*pair);
  }
}

void RiskAccount::Trade(
    PairState& pair, Side side, Price price, Quantity quantity, bool moves_position) {
  const absl::StatusOr<Notional> notional = CheckedMultiply(price, quantity);
  const bool is_buy = side == Side::kBuy;
  const Quantity moved = is_buy ? quantity : -quantity;
  const bool fits = notional.ok() && AddTo(pair.traded, moved) &&
                    AddTo(pair.cash, is_buy ? -*notional : *notional) &&
                    (!moves_position || AddTo(pair.position, moved));
  pair.is_beyond_range |= !fits;
  if (!pair.mark.has_value()) {
    pair.mark = price;
  }
}

void RiskAccount::Pay(PairState& pair, const AssetAmount& fee, bool moves_position) {
  bool fits = true;
  if (fee.asset == pair.pair.quote || fee.asset == pair.collateral) {
    fits = AddTo(pair.cash, Notional(-fee.amount));
  } else if (fee.asset == pair.pair.base) {
    const Quantity paid = Quantity(-fee.amount);
    fits = AddTo(pair.traded, paid) && (!moves_position || AddTo(pair.position, paid));
  } else {
    const PairState* asset = Find({.base = fee.asset, .quote = pair.pair.quote});
    if (asset == nullptr || !asset->mark.has_value()) {
      if (unvalued_fees_++ == 0 && options_.counts_results) {
        LogWarning("fee_without_value",
                   {{"asset", fee.asset},
                    {"why",
                     StrCat("no price in ",
                            pair.pair.quote,
                            " is known: add ",
                            fee.asset,
                            "-",
                            pair.pair.quote,
                            " to the pairs")}});
      }
      return;
    }
    const absl::StatusOr<Notional> cost = CheckedMultiply(*asset->mark, Quantity(fee.amount));
    fits = cost.ok() && AddTo(pair.cash, -*cost);
  }
  pair.is_beyond_range |= !fits;
}

void RiskAccount::Value(PairState& pair) {
  if (!options_.counts_results) {
    return;
  }
  const absl::StatusOr<Notional> held = CheckedMultiply(pair.mark.value_or(Price()), pair.traded);
  Notional result = pair.cash;
  Notional change;
  const bool fits = held.ok() && AddTo(result, *held) && AddTo(result, -pair.day_start_value) &&
                    AddTo(change, result) && AddTo(change, -pair.day_result) &&
                    AddTo(pair.quote->day_result, change);
  if (!fits) {
    pair.is_beyond_range = true;
    return;
  }
  pair.day_result = result;
  if (on_result_) {
    on_result_(pair, change);
  }
}

void RiskAccount::KeepDay(absl::Duration monotonic) {
  if (!options_.counts_results || monotonic < next_look_) {
    return;
  }
  const absl::Time now = clock_.now();
  const bool is_new_day = now >= day_end_;
  day_end_ = is_new_day ? EndOfDay(now) : day_end_;
  next_look_ = monotonic + std::min(kDayLookPeriod, day_end_ - now);
  if (!is_new_day) {
    return;
  }
  for (PairState& pair : pairs_) {
    pair.is_beyond_range |= !AddTo(pair.day_start_value, pair.day_result);
    pair.day_result = Notional();
  }
  for (QuoteResult& quote : quotes_) {
    quote.day_result = Notional();
  }
}

}  // namespace colibri
