#include "connector/order_journal.h"

#include <algorithm>
#include <utility>

#include "connector/log.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

OrderJournal::OrderJournal(ExchangeState& state) : state_(state) {
  Subscribe();
}

OrderJournal::~OrderJournal() {
  state_.clock.CancelTimer(retry_timer_);
  state_.clock.CancelTimer(rotate_timer_);
}

absl::Status OrderJournal::Open() {
  const std::string& directory = state_.config.state_directory;
  if (directory.empty()) {
    return absl::OkStatus();
  }
  JournalOptions options = state_.config.journal;
  options.path = StrCat(directory, "/", state_.spec.name, "-", state_.domain.name, ".journal");
  ASSIGN_OR_RETURN(
      OpenedJournal opened,
      Journal::Open(state_.environment, options, state_.spec.name, state_.domain.name));
  if (!opened.warning.empty()) {
    LogWarning("journal_repaired", {{"venue", state_.spec.name}, {"why", opened.warning}});
  }
  journal_ = std::move(opened.journal);
  earlier_ = std::move(opened.state);
  nonce_mark_ = earlier_.nonce_mark();
  earlier_until_ = earlier_.last_time();
  journal_->set_listener([this](const absl::Status& status) { NoteTrouble(status); });
  state_.SetHealth(kJournalHealth, absl::OkStatus());
  return absl::OkStatus();
}

std::vector<ClientOrderId> OrderJournal::Restore() {
  std::vector<ClientOrderId> open;
  const absl::Time oldest = state_.clock.now() - ClientOrderTracker::kTerminalOrderLifetime;
  for (const RememberedOrder& remembered : earlier_.orders()) {
    const ClientOrderId& id = remembered.order.client_order_id;
    if (remembered.ended_at < oldest || state_.tracker->Find(id) != nullptr) {
      continue;
    }
    state_.tracker->Restore(remembered);
    state_.risk.Restore(remembered.order);
    if (!remembered.has_ended()) {
      open.push_back(id);
    }
  }
  for (const FillKey& key : earlier_.foreign_fills()) {
    state_.tracker->RestoreForeignFill(key);
    foreign_fills_.push_back(key);
  }
  cursors_ = earlier_.cursors();
  funding_ = earlier_.funding();
  if (!earlier_.orders().empty()) {
    LogInfo("journal_restored",
            {{"venue", state_.spec.name},
             {"orders", StrCat(earlier_.orders().size())},
             {"open", StrCat(open.size())}});
  }
  earlier_ = JournalState();
  return open;
}

std::optional<TradeCursor> OrderJournal::cursor(const TradingPair& pair) const {
  const auto it = cursors_.find(pair);
  return it == cursors_.end() ? std::nullopt : std::optional(it->second);
}

FundingCursor OrderJournal::funding_cursor(absl::Time now) {
  if (funding_.since == absl::InfinitePast()) {
    NoteFundingCursor(now);
  }
  return funding_;
}

void OrderJournal::NoteFundingCursor(absl::Time since) {
  if (since <= funding_.since) {
    return;
  }
  funding_.MoveTo(since);
  Append(JournalFundingCursor{since});
}

void OrderJournal::NoteNonces(absl::Time until) {
  nonce_mark_ = until;
  Append(JournalNonceMark{until});
}

absl::Status OrderJournal::NoteIntent(const Order& order) {
  if (journal_ == nullptr) {
    return absl::OkStatus();
  }
  if (is_incomplete_ || journal_->wants_rotation()) {
    RotateSoon();
  }
  const absl::Status status = journal_->AppendIntent(JournalIntent{order});
  if (!status.ok()) {
    return absl::FailedPreconditionError(
        StrCat("the journal can't be written, so no order is placed: ", Std(status.message())));
  }
  return absl::OkStatus();
}

void OrderJournal::NoteCancel(const ClientOrderId& id) {
  Append(JournalCancelIntent{id, state_.clock.now()});
}

void OrderJournal::NoteAmend(const ClientOrderId& id, const OrderAmendment& amendment) {
  Append(JournalAmendIntent{id, amendment.price, amendment.quantity, state_.clock.now()});
}

void OrderJournal::NoteCursor(const TradingPair& pair, const TradeCursor& cursor) {
  cursors_[pair] = cursor;
  Append(JournalCursor{pair, cursor.after, cursor.since});
}

void OrderJournal::Close() {
  subscriptions_.clear();
  state_.clock.CancelTimer(std::exchange(retry_timer_, 0));
  state_.clock.CancelTimer(std::exchange(rotate_timer_, 0));
  journal_.reset();
}

void OrderJournal::Subscribe() {
  EventBus& events = state_.events;
  subscriptions_.push_back(events.Subscribe<OrderCreated>([this](const OrderCreated& e) {
    Append(JournalCreated{e.order.client_order_id, e.order.exchange_order_id, state_.clock.now()});
  }));
  subscriptions_.push_back(events.Subscribe<OrderFilled>(
      [this](const OrderFilled& e) { Append(JournalFill{e.fill, state_.clock.now()}); }));
  subscriptions_.push_back(events.Subscribe<OrderAmended>([this](const OrderAmended& e) {
    Append(JournalAmended{e.order.client_order_id, e.order.quantity, state_.clock.now()});
  }));
  subscriptions_.push_back(events.Subscribe<OrderTriggered>([this](const OrderTriggered& e) {
    Append(
        JournalTriggered{e.order.client_order_id, e.order.exchange_order_id, state_.clock.now()});
  }));
  subscriptions_.push_back(events.Subscribe<OrderInDoubt>([this](const OrderInDoubt& e) {
    Append(JournalInDoubt{e.order.client_order_id, e.reason, state_.clock.now()});
  }));
  subscriptions_.push_back(events.Subscribe<OrderCompleted>(
      [this](const OrderCompleted& e) { NoteEnd(e.order, e.is_incomplete); }));
  subscriptions_.push_back(
      events.Subscribe<OrderCanceled>([this](const OrderCanceled& e) { NoteEnd(e.order, false); }));
  subscriptions_.push_back(
      events.Subscribe<OrderRejected>([this](const OrderRejected& e) { NoteEnd(e.order, false); }));
  subscriptions_.push_back(
      events.Subscribe<OrderExpired>([this](const OrderExpired& e) { NoteEnd(e.order, false); }));
  subscriptions_.push_back(events.Subscribe<OrderCorrected>(
      [this](const OrderCorrected& e) { NoteEnd(e.order, false); }));
  subscriptions_.push_back(events.Subscribe<FundingPayment>([this](const FundingPayment& e) {
    funding_.told.insert({e.header.venue_time, e.pair, e.payment_id});
    Append(JournalFundingPayment{e.pair, e.header.venue_time, e.payment_id});
  }));
  subscriptions_.push_back(events.Subscribe<ForeignFill>([this](const ForeignFill& e) {
    foreign_fills_.push_back(FillKey::Of(e.fill));
    if (foreign_fills_.size() > kForeignFillsMax) {
      foreign_fills_.pop_front();
    }
    Append(JournalForeignFill{FillKey::Of(e.fill), state_.clock.now()});
  }));
}

void OrderJournal::NoteEnd(const Order& order, bool is_incomplete) {
  Append(JournalEnded{order.client_order_id,
                      order.exchange_order_id,
                      order.state,
                      is_incomplete,
                      order.reason,
                      state_.clock.now()});
}

void OrderJournal::Append(const JournalRecord& record) {
  if (journal_ != nullptr && !journal_->Append(record).ok()) {
    is_incomplete_ = true;
  }
}

// On the loop's next turn: an order may be placed by a strategy that hears of a fill, and then what
// the order of that fill became is known and not yet said.
void OrderJournal::RotateSoon() {
  if (rotate_timer_ != 0) {
    return;
  }
  rotate_timer_ = state_.clock.ScheduleAfter(absl::ZeroDuration(), [this] {
    rotate_timer_ = 0;
    const absl::Status status = journal_->Rotate(AllThatIsKnown());
    if (status.ok()) {
      is_incomplete_ = false;
    } else {
      LogWarning("journal_not_rotated", {{"why", status.ToString()}});
    }
  });
}

std::vector<JournalRecord> OrderJournal::AllThatIsKnown() const {
  std::vector<JournalRecord> records;
  for (RememberedOrder& remembered : state_.tracker->remembered_orders()) {
    records.emplace_back(JournalOrder{std::move(remembered)});
  }
  for (const auto& [pair, cursor] : cursors_) {
    records.emplace_back(JournalCursor{pair, cursor.after, cursor.since});
  }
  if (funding_.since != absl::InfinitePast()) {
    records.emplace_back(JournalFundingCursor{funding_.since});
  }
  for (const FundingKey& key : funding_.told) {
    records.emplace_back(JournalFundingPayment{key.pair, key.paid_at, key.payment_id});
  }
  if (nonce_mark_ != absl::InfinitePast()) {
    records.emplace_back(JournalNonceMark{nonce_mark_});
  }
  for (const FillKey& key : foreign_fills_) {
    records.emplace_back(JournalForeignFill{key, state_.clock.now()});
  }
  return records;
}

void OrderJournal::NoteTrouble(const absl::Status& status) {
  if (status.ok()) {
    if (!is_incomplete_) {
      state_.SetHealth(kJournalHealth, absl::OkStatus());
    }
    return;
  }
  if (state_.health.is_healthy(kJournalHealth)) {
    LogError("journal_failed",
             {{"venue", state_.spec.name},
              {"why", status.ToString()},
              {"effect", "no new orders; cancels go out"}});
  }
  state_.SetHealth(kJournalHealth, status);
  is_incomplete_ = true;
  if (retry_timer_ == 0) {
    retry_timer_ = state_.clock.ScheduleAfter(kRetryPeriod, [this] { Retry(); });
  }
}

void OrderJournal::Retry() {
  retry_timer_ = 0;
  const absl::Status status = journal_->Rotate(AllThatIsKnown());
  if (status.ok()) {
    is_incomplete_ = false;
    LogInfo("journal_works_again", {{"venue", state_.spec.name}});
  }
  NoteTrouble(status);
}

}  // namespace colibri
