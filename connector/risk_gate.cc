#include "connector/risk_gate.h"

#include <algorithm>
#include <utility>

#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Thousandths of a basis point in one.
constexpr Int128 kFractionsOfOne = 10'000'000;
constexpr Int128 kUnitsOfFraction = Decimal::kOne / 1000;

template <typename T>
void Override(std::optional<T>& value, const std::optional<T>& own) {
  if (own.has_value()) {
    value = own;
  }
}

Int128 FractionsOf(const std::optional<Decimal>& bps) {
  return bps.has_value() ? bps->units() / kUnitsOfFraction : 0;
}

// price - reference > reference * fractions, for what is above zero.
bool IsBeyond(Int128 distance, Price reference, Int128 fractions) {
  Int128 left = 0;
  Int128 right = 0;
  if (__builtin_mul_overflow(distance, kFractionsOfOne, &left)) {
    return true;
  }
  return !__builtin_mul_overflow(reference.value().units(), fractions, &right) && left > right;
}

template <typename... Words>
absl::Status Refuse(std::string_view limit, const Words&... words) {
  return absl::FailedPreconditionError(StrCat("risk limit ", limit, ": ", words...));
}

template <typename Limit, typename Asked>
absl::Status RefuseSize(std::string_view name,
                        const TradingPair& pair,
                        const Limit& limit,
                        std::string_view asset,
                        const Asked& asked) {
  return absl::InvalidArgumentError(StrCat("risk limit ",
                                           name,
                                           ": an order on ",
                                           pair,
                                           " may have ",
                                           limit,
                                           " ",
                                           asset,
                                           ", this one has ",
                                           asked));
}

bool HasLossLimits(const RiskLimits& limits) {
  return limits.daily_loss_max.has_value() || limits.kill_at_daily_loss.has_value();
}

bool HasLossLimits(const RiskConfig& config) {
  return HasLossLimits(config.limits) || config.daily_loss_total_max.has_value() ||
         config.kill_at_daily_loss_total.has_value() ||
         std::any_of(config.pairs.begin(), config.pairs.end(), [](const auto& entry) {
           return HasLossLimits(entry.second);
         });
}

bool TimesBooks(const RiskConfig& config) {
  return config.limits.book_age_max.has_value() ||
         std::any_of(config.pairs.begin(), config.pairs.end(), [](const auto& entry) {
           return entry.second.book_age_max.has_value();
         });
}

}  // namespace

RiskGate::RiskGate(std::string_view venue,
                   const RiskConfig& config,
                   const std::vector<TradingPair>& pairs,
                   Clock& clock,
                   EventBus& events)
    : venue_(venue),
      clock_(clock),
      config_(config),
      has_loss_limits_(HasLossLimits(config)),
      account_(pairs,
               {.counts_results = has_loss_limits_,
                .times_books = TimesBooks(config),
                .position_start = config.position_start},
               clock,
               events,
               [this](const PairState& pair, Notional change) { NoteResult(pair, change); }) {
  for (const PairState& pair : account_.pairs()) {
    limits_.push_back(Merge(config_, pair.pair));
  }
  needs_time_ = has_loss_limits_ || TimesBooks(config) || config.order_rate.has_value();
  quotes_forgiven_.resize(account_.quotes().size());
  if (config_.order_rate.has_value()) {
    sent_at_.assign(static_cast<size_t>(config_.order_rate->orders), -absl::InfiniteDuration());
  }
}

RiskGate::PairLimits RiskGate::Merge(const RiskConfig& config, const TradingPair& pair) {
  PairLimits merged;
  RiskLimits& limits = merged.limits;
  limits = config.limits;
  if (const auto own = config.pairs.find(pair.ToString()); own != config.pairs.end()) {
    Override(limits.order_quantity_max, own->second.order_quantity_max);
    Override(limits.order_notional_max, own->second.order_notional_max);
    Override(limits.price_distance_max_bps, own->second.price_distance_max_bps);
    Override(limits.crossing_max_bps, own->second.crossing_max_bps);
    Override(limits.open_orders_max, own->second.open_orders_max);
    Override(limits.position_max, own->second.position_max);
    Override(limits.daily_loss_max, own->second.daily_loss_max);
    Override(limits.kill_at_daily_loss, own->second.kill_at_daily_loss);
    Override(limits.book_age_max, own->second.book_age_max);
    Override(limits.requires_book, own->second.requires_book);
    Override(limits.forbids_self_cross, own->second.forbids_self_cross);
  }
  merged.price_distance_max = FractionsOf(limits.price_distance_max_bps);
  merged.crossing_max = FractionsOf(limits.crossing_max_bps);
  merged.needs_book = limits.requires_book.value_or(false) || limits.book_age_max.has_value() ||
                      limits.price_distance_max_bps.has_value() ||
                      limits.crossing_max_bps.has_value();
  return merged;
}

absl::Status RiskGate::Check(const OrderRequest& request,
                             const OrderBook* book,
                             const ClientOrderId* replaced) {
  if (config_.kill_switch != nullptr && config_.kill_switch->is_engaged()) {
    return config_.kill_switch->Check();
  }
  const PairState* pair = account_.Find(request.pair);
  if (pair == nullptr) {
    return absl::NotFoundError(StrCat(venue_, " does not trade ", request.pair));
  }
  if (pair->is_beyond_range) {
    return absl::FailedPreconditionError(
        StrCat("the sums of ",
               pair->pair,
               " have left the range of numbers: what is risked is "
               "not known any more; look at the fills and start again"));
  }
  const PairLimits& own = limits_[pair->index];
  const RiskLimits& limits = own.limits;
  const absl::Duration now = needs_time_ ? clock_.monotonic() : absl::ZeroDuration();
  if (has_loss_limits_) {
    account_.KeepDay(now);
  }
  RETURN_IF_ERROR(CheckBook(*pair, own, book, now));
  ASSIGN_OR_RETURN(const Size size, SizeOf(request, book, own));
  RETURN_IF_ERROR(CheckSize(*pair, limits, size));
  if (book != nullptr && !request.trigger.has_value()) {
    RETURN_IF_ERROR(CheckPrice(request, size, *book, own));
  }
  const Quantity released = replaced == nullptr ? Quantity() : account_.RemainingOf(*replaced);
  RETURN_IF_ERROR(CheckCount(*pair, limits, replaced == nullptr ? 0 : 1));
  RETURN_IF_ERROR(CheckPosition(*pair, limits, request.side, size.quantity, released));
  RETURN_IF_ERROR(CheckLoss(*pair, limits, request.side, size.quantity, released));
  RETURN_IF_ERROR(CheckSelfCross(*pair, request.side, size));
  return CheckRate(now);
}

absl::Status RiskGate::CheckBook(const PairState& pair,
                                 const PairLimits& limits,
                                 const OrderBook* book,
                                 absl::Duration now) const {
  if (limits.needs_book && book == nullptr) {
    return Refuse("requires_book", "the book of ", pair.pair, " is not synced");
  }
  if (limits.limits.book_age_max.has_value()) {
    const absl::Duration age = now - pair.book_changed_at;
    if (age > *limits.limits.book_age_max) {
      return Refuse("book_age_max",
                    "the book of ",
                    pair.pair,
                    " may be ",
                    absl::FormatDuration(*limits.limits.book_age_max),
                    " old, and last changed ",
                    absl::FormatDuration(age),
                    " ago");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RiskGate::Size> RiskGate::SizeOf(const OrderRequest& request,
                                                const OrderBook* book,
                                                const PairLimits& limits) const {
  Size size{.quantity = request.quantity, .notional = Notional(), .reach = request.price};
  if (request.trigger.has_value()) {
    // It meets no book before its trigger, and nobody knows which one then.
    if (limits.limits.order_notional_max.has_value()) {
      const Price price = request.price.value_or(request.trigger->price);
      ASSIGN_OR_RETURN(size.notional, CheckedMultiply(price, request.quantity));
    }
    size.reach = std::nullopt;
    return size;
  }
  if (request.type != OrderType::kMarket && request.price.has_value()) {
    if (limits.limits.order_notional_max.has_value()) {
      ASSIGN_OR_RETURN(size.notional, CheckedMultiply(*request.price, request.quantity));
    }
    return size;
  }
  const bool is_quote_order = request.quote_quantity.has_value();
  const bool needs_walk = is_quote_order || limits.limits.order_notional_max.has_value() ||
                          limits.limits.crossing_max_bps.has_value() ||
                          limits.limits.forbids_self_cross.value_or(false);
  if (!needs_walk) {
    return size;
  }
  if (book == nullptr) {
    return Refuse("requires_book",
                  "what a market order comes to is not known: the book of ",
                  request.pair,
                  " is not synced");
  }
  const BookWalk walk = is_quote_order ? book->WalkNotional(request.side, *request.quote_quantity)
                                       : book->WalkQuantity(request.side, request.quantity);
  if (!walk.is_complete()) {
    return absl::FailedPreconditionError(StrCat("the book of ",
                                                request.pair,
                                                " holds less than this market order takes: what "
                                                "it comes to is not known"));
  }
  return Size{.quantity = walk.filled, .notional = walk.notional, .reach = walk.worst_price};
}

absl::Status RiskGate::CheckSize(const PairState& pair,
                                 const RiskLimits& limits,
                                 const Size& size) const {
  if (limits.order_quantity_max.has_value() && size.quantity > *limits.order_quantity_max) {
    return RefuseSize(
        "order_quantity_max", pair.pair, *limits.order_quantity_max, pair.pair.base, size.quantity);
  }
  if (limits.order_notional_max.has_value() && size.notional > *limits.order_notional_max) {
    return RefuseSize("order_notional_max",
                      pair.pair,
                      *limits.order_notional_max,
                      pair.pair.quote,
                      size.notional);
  }
  return absl::OkStatus();
}

absl::Status RiskGate::CheckPrice(const OrderRequest& request,
                                  const Size& size,
                                  const OrderBook& book,
                                  const PairLimits& limits) const {
  if (limits.limits.price_distance_max_bps.has_value() && request.price.has_value()) {
    const std::optional<Price> mid = book.mid_price();
    if (!mid.has_value()) {
      return Refuse("price_distance_max_bps", "the book of ", request.pair, " has an empty side");
    }
    const Int128 distance = Abs((request.price->value() - mid->value())).units();
    if (IsBeyond(distance, *mid, limits.price_distance_max)) {
      return Refuse("price_distance_max_bps",
                    "a price on ",
                    request.pair,
                    " may be ",
                    *limits.limits.price_distance_max_bps,
                    " basis points from the mid price ",
                    *mid,
                    ", this one is ",
                    *request.price);
    }
  }
  if (limits.limits.crossing_max_bps.has_value() && size.reach.has_value()) {
    const bool is_buy = request.side == Side::kBuy;
    const std::optional<PriceLevel> best = is_buy ? book.best_ask() : book.best_bid();
    if (best.has_value()) {
      const Int128 beyond =
          (is_buy ? *size.reach - best->price : best->price - *size.reach).value().units();
      if (beyond > 0 && IsBeyond(beyond, best->price, limits.crossing_max)) {
        return Refuse("crossing_max_bps",
                      "an order on ",
                      request.pair,
                      " may reach ",
                      *limits.limits.crossing_max_bps,
                      " basis points beyond the best price ",
                      best->price,
                      ", this one reaches to ",
                      *size.reach);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RiskGate::CheckCount(const PairState& pair,
                                  const RiskLimits& limits,
                                  int released) const {
  if (limits.open_orders_max.has_value() &&
      pair.open_orders - released >= *limits.open_orders_max) {
    return Refuse("open_orders_max",
                  pair.pair,
                  " may have ",
                  *limits.open_orders_max,
                  " open orders, and has ",
                  pair.open_orders);
  }
  if (config_.open_orders_total_max.has_value() &&
      account_.open_orders() - released >= *config_.open_orders_total_max) {
    return Refuse("open_orders_total_max",
                  "all pairs together may have ",
                  *config_.open_orders_total_max,
                  " open orders, and have ",
                  account_.open_orders());
  }
  return absl::OkStatus();
}

absl::Status RiskGate::CheckPosition(const PairState& pair,
                                     const RiskLimits& limits,
                                     Side side,
                                     Quantity quantity,
                                     Quantity released) const {
  if (!limits.position_max.has_value()) {
    return absl::OkStatus();
  }
  // The worst of it: all of this side filled, nothing of the other.
  const Quantity held = side == Side::kBuy ? pair.position : -pair.position;
  const absl::StatusOr<Quantity> open = CheckedAdd(pair.side(side).remaining - released, quantity);
  const absl::StatusOr<Quantity> worst = open.ok() ? CheckedAdd(held, *open) : open;
  if (!worst.ok() || *worst > *limits.position_max) {
    return Refuse("position_max",
                  "the position on ",
                  pair.pair,
                  " may be ",
                  *limits.position_max,
                  " ",
                  pair.pair.base,
                  " either way; it is ",
                  pair.position,
                  ", open ",
                  side == Side::kBuy ? "buys" : "sells",
                  " have ",
                  pair.side(side).remaining - released,
                  ", and this order has ",
                  quantity);
  }
  return absl::OkStatus();
}

absl::Status RiskGate::CheckLoss(const PairState& pair,
                                 const RiskLimits& limits,
                                 Side side,
                                 Quantity quantity,
                                 Quantity released) const {
  if (!has_loss_limits_) {
    return absl::OkStatus();
  }
  const bool is_pair_beyond =
      limits.daily_loss_max.has_value() && -pair.day_result > *limits.daily_loss_max;
  const bool is_quote_beyond = config_.daily_loss_total_max.has_value() &&
                               -pair.quote->day_result > *config_.daily_loss_total_max;
  if (!is_pair_beyond && !is_quote_beyond) {
    return absl::OkStatus();
  }
  const Quantity at_hand = side == Side::kBuy ? -pair.position : pair.position;
  const absl::StatusOr<Quantity> open = CheckedAdd(pair.side(side).remaining - released, quantity);
  if (open.ok() && *open <= at_hand) {
    return absl::OkStatus();  // brings the position down, and not through zero
  }
  return Refuse(is_pair_beyond ? "daily_loss_max" : "daily_loss_total_max",
                is_pair_beyond ? pair.pair.ToString() : StrCat("all pairs in ", pair.quote->asset),
                " may lose ",
                is_pair_beyond ? *limits.daily_loss_max : *config_.daily_loss_total_max,
                " ",
                pair.quote->asset,
                " a day, and lost ",
                is_pair_beyond ? -pair.day_result : -pair.quote->day_result,
                ": until midnight UTC only orders that reduce the position are taken");
}

absl::Status RiskGate::CheckRate(absl::Duration now) const {
  if (sent_at_.empty()) {
    return absl::OkStatus();
  }
  const absl::Duration since_oldest = now - sent_at_[oldest_sent_];
  if (since_oldest < config_.order_rate->period) {
    return Refuse("order_rate",
                  config_.order_rate->orders,
                  " orders within ",
                  absl::FormatDuration(config_.order_rate->period),
                  " are placed already; the next one may be in ",
                  absl::FormatDuration(config_.order_rate->period - since_oldest));
  }
  return absl::OkStatus();
}

// Post-only orders too: one of ours that is still on its way could meet them.
absl::Status RiskGate::CheckSelfCross(const PairState& pair, Side side, const Size& size) const {
  if (!limits_[pair.index].limits.forbids_self_cross.value_or(false) || !size.reach.has_value()) {
    return absl::OkStatus();
  }
  const std::optional<Price> own = side == Side::kBuy ? pair.best_sell() : pair.best_buy();
  if (!own.has_value() || (side == Side::kBuy ? *size.reach < *own : *size.reach > *own)) {
    return absl::OkStatus();
  }
  return Refuse("forbids_self_cross",
                "a ",
                ToString(side),
                " on ",
                pair.pair,
                " that reaches to ",
                *size.reach,
                " would meet our own open ",
                ToString(Opposite(side)),
                " at ",
                *own);
}

void RiskGate::Add(const Order& order, const OrderBook* book) {
  Quantity quantity = order.quantity;
  if (order.quote_quantity.has_value() && book != nullptr) {
    quantity = book->WalkNotional(order.side, *order.quote_quantity).filled;
  }
  account_.Add(order, quantity);
  NoteSent();
}

void RiskGate::NoteAmendment(const ClientOrderId& id, const OrderRequest& amended) {
  account_.NoteAmendment(id, amended);
  NoteSent();
}

void RiskGate::NoteSent() {
  if (!sent_at_.empty()) {
    sent_at_[oldest_sent_] = clock_.monotonic();
    oldest_sent_ = (oldest_sent_ + 1) % sent_at_.size();
  }
}

// Whoever resets the kill switch knows of today's loss: the next one counts from there, which is
// from before the change that is the first to be heard of.
void RiskGate::ForgiveAfterReset(const PairState& changed, Notional change) {
  const bool is_reset = config_.kill_switch->resets() != resets_seen_;
  const bool is_new_day = account_.day_end() != forgiven_until_;
  if (!is_reset && !is_new_day) {
    return;
  }
  resets_seen_ = config_.kill_switch->resets();
  forgiven_until_ = account_.day_end();
  for (const PairState& pair : account_.pairs()) {
    limits_[pair.index].result_forgiven = is_reset ? pair.day_result : Notional();
  }
  for (const RiskAccount::QuoteResult& quote : account_.quotes()) {
    quotes_forgiven_[quote.index] = is_reset ? quote.day_result : Notional();
  }
  if (is_reset) {
    limits_[changed.index].result_forgiven = changed.day_result - change;
    quotes_forgiven_[changed.quote->index] = changed.quote->day_result - change;
  }
}

void RiskGate::NoteResult(const PairState& pair, Notional change) {
  KillSwitch* kill_switch = config_.kill_switch;
  if (kill_switch == nullptr || kill_switch->is_engaged()) {
    return;
  }
  ForgiveAfterReset(pair, change);
  const auto kill_beyond = [&](const std::optional<Notional>& limit,
                               Notional result,
                               Notional forgiven,
                               std::string_view what) {
    const absl::StatusOr<Notional> loss = CheckedAdd(forgiven, -result);
    if (limit.has_value() && (!loss.ok() || *loss >= *limit)) {
      kill_switch->Engage({.by = StrCat("daily loss on ", venue_),
                           .reason = StrCat("kill_at_daily_loss: ",
                                            what,
                                            " may not lose ",
                                            *limit,
                                            " ",
                                            pair.quote->asset,
                                            " a day, and lost ",
                                            -result),
                           .at = clock_.now()});
    }
  };
  const PairLimits& own = limits_[pair.index];
  kill_beyond(
      own.limits.kill_at_daily_loss, pair.day_result, own.result_forgiven, pair.pair.ToString());
  kill_beyond(config_.kill_at_daily_loss_total,
              pair.quote->day_result,
              quotes_forgiven_[pair.quote->index],
              StrCat("all pairs in ", pair.quote->asset));
}

}  // namespace colibri
