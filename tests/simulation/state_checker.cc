#include "tests/simulation/state_checker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/strings.h"

namespace colibri::simulation {
namespace {

bool IsSame(const OrderBook& book, Side side, const BookTruth& theirs) {
  const auto& levels = side == Side::kBuy ? theirs.bids : theirs.asks;
  const std::vector<PriceLevel> ours = book.levels(side, levels.size() + 1);
  return std::equal(ours.begin(),
                    ours.end(),
                    levels.begin(),
                    levels.end(),
                    [](const PriceLevel& our, const auto& level) {
                      return our.price.value() == level.first &&
                             our.quantity.value() == level.second;
                    });
}

}  // namespace

StateChecker::StateChecker(const SimulatedVenue& venue, const TradingPair& pair, Reporter reporter)
    : venue_(venue), pair_(pair), reporter_(std::move(reporter)) {}

void StateChecker::Restart() {
  canceling_since_.clear();
  reported_.clear();
}

void StateChecker::Look(const Connector& connector, const WireChecker& wire, absl::Time now) {
  LookAtBook(connector, wire, now);
  LookAtOrders(connector, now);
}

void StateChecker::Watch(const Connector& connector, const WireChecker& wire, absl::Time now) {
  // What came in this very instant may not have been looked at yet.
  if (const WireChecker::Feed feed = wire.feed();
      !feed.is_open && feed.changed_at < now && connector.book(pair_).ok()) {
    Report("book", "reads as right, and its connection has ended");
  }
  if (wire.are_orders_unread(now) && connector.health().can_trade(pair_)) {
    Report(
        "the account",
        "may trade after the private stream had been away, and before the open orders were read");
  }
}

void StateChecker::LookAtBook(const Connector& connector, const WireChecker& wire, absl::Time now) {
  const WireChecker::Feed feed = wire.feed();
  const BookTruth theirs = venue_.book();
  venue_ids_.emplace_back(now, theirs.last_update_id);
  while (venue_ids_.size() > 1 && venue_ids_[1].first <= now - kBookAgeMax) {
    venue_ids_.pop_front();
  }
  const absl::StatusOr<const OrderBook*> book = connector.book(pair_);
  if (!book.ok()) {
    return;
  }
  const int64_t id = (*book)->last_update_id();
  if (feed.changed_at < now && feed.last_update_id > id) {
    Report("book",
           StrCat("reads as right at update ", id, ", and ", feed.last_update_id, " has come"));
  }
  if (venue_ids_.front().first <= now - kBookAgeMax && venue_ids_.front().second > id) {
    Report("book",
           StrCat("reads as right at update ",
                  id,
                  ", and the venue was beyond it ",
                  absl::FormatDuration(kBookAgeMax),
                  " ago"));
  }
  if (wire.whole_book_min().has_value()) {
    if (feed.changed_at < now) {
      CompareWhole(**book, wire);
    }
  } else if (id == theirs.last_update_id) {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      if (!IsSame(**book, side, theirs)) {
        Report("book",
               StrCat("is not the venue's at update ", id, ": the ", ToString(side), " side"));
      }
    }
  }
}

void StateChecker::CompareWhole(const OrderBook& book, const WireChecker& wire) {
  const int64_t id = book.last_update_id();
  if (id < *wire.whole_book_min()) {
    return;
  }
  const std::vector<const BookTruth*> told = wire.WholeBooksOf(id);
  const bool was_told = std::any_of(told.begin(), told.end(), [&](const BookTruth* one) {
    return IsSame(book, Side::kBuy, *one) && IsSame(book, Side::kSell, *one);
  });
  if (!was_told) {
    Report("book", StrCat("is not what the venue told at update ", id));
  }
}

void StateChecker::LookAtOrders(const Connector& connector, absl::Time now) {
  std::map<ClientOrderId, absl::Time> canceling;
  for (const Order* order : connector.open_orders()) {
    const ClientOrderId& id = order->client_order_id;
    const bool has_fills = order->filled.is_positive();
    if (has_fills && order->state != OrderState::kPartiallyFilled) {
      Report(StrCat("order ", id, ":"),
             StrCat("is ", ToString(order->state), " with ", order->filled, " filled"));
    }
    if (order->state == OrderState::kPendingCreate && !order->is_in_doubt &&
        now - order->created_at > kPendingMax) {
      Report(StrCat("order ", id, ":"), "has waited for its answer too long, and is not in doubt");
    }
    if (order->is_cancel_requested) {
      const auto since = canceling_since_.find(id);
      canceling[id] = since == canceling_since_.end() ? now : since->second;
      if (now - canceling[id] > (order->is_in_doubt ? kDoubtMax : kCancelMax)) {
        Report(StrCat("order ", id, ":"),
               StrCat("was to be canceled ",
                      absl::FormatDuration(now - canceling[id]),
                      " ago, and neither has ended nor stays"));
      }
    }
  }
  canceling_since_ = std::move(canceling);
}

void StateChecker::Report(std::string_view subject, std::string_view what) {
  if (reported_[std::string(subject)]++ == 0) {
    reporter_(StrCat(subject, " ", what));
  }
}

}  // namespace colibri::simulation
