#include "connector/order_book_tracker.h"

#include <string>
#include <utility>

#include "connector/log.h"
#include "core/check.h"
#include "core/strings.h"

namespace colibri {
namespace {

constexpr std::string_view kNoSnapshot = "no snapshot yet";

EventHeader MakeHeader(std::string_view venue,
                       int64_t venue_time_ms,
                       int64_t receive_time_ns,
                       Source source) {
  return {
      .venue = venue,
      .venue_time = venue_time_ms == 0 ? absl::InfinitePast() : absl::FromUnixMillis(venue_time_ms),
      .receive_time = absl::FromUnixNanos(receive_time_ns),
      .source = source};
}

// A venue's trade id that is too long for us identifies nothing.
TradeId ToTradeId(std::string_view text) {
  return text.size() <= TradeId::kMaxLength ? TradeId(text) : TradeId();
}

}  // namespace

OrderBookTracker::OrderBookTracker(std::string_view venue,
                                   const InstrumentTable& instruments,
                                   GapRule rule,
                                   Clock& clock,
                                   EventBus& events,
                                   Health* health,
                                   SnapshotRequester request_snapshot)
    : venue_(venue),
      instruments_(instruments),
      rule_(rule),
      clock_(clock),
      events_(events),
      health_(health),
      request_snapshot_(std::move(request_snapshot)),
      funding_(venue, clock, events) {
  for (const Instrument& instrument : instruments_) {
    at(instrument.index);
    if (health_ != nullptr) {
      health_->Require(Health::BookCapability(instrument.pair), clock_.now(), kNoSnapshot);
    }
  }
}

OrderBookTracker::TrackedBook& OrderBookTracker::at(InstrumentIndex instrument) {
  CHECK(instrument < instruments_.size());
  while (books_.size() <= instrument) {
    const auto index = static_cast<InstrumentIndex>(books_.size());
    books_.push_back(std::make_unique<TrackedBook>(TrackedBook{
        .book = OrderBook(instruments_.at(index).scale), .sequencer = BookSequencer(rule_)}));
  }
  TrackedBook& tracked = *books_[instrument];
  const BookScale& scale = instruments_.at(instrument).scale;
  if (!(tracked.book.scale() == scale)) [[unlikely]] {
    // New trading rules: the old integers mean other prices.
    const bool was_hot = tracked.book.is_hot();
    tracked.book = OrderBook(scale);
    if (was_hot) {
      tracked.book.MakeHot();
    }
    BecomeStale(instrument, tracked, "the instrument's scale changed");
  }
  return tracked;
}

void OrderBookTracker::SetKind(InstrumentIndex instrument, BookKind kind) {
  TrackedBook& tracked = at(instrument);
  tracked.kind = kind;
  if (kind == BookKind::kHot) {
    tracked.book.MakeHot();
  }
}

void OrderBookTracker::Heat(InstrumentIndex instrument, TrackedBook& tracked) {
  if (tracked.kind != BookKind::kAuto || tracked.book.is_hot() ||
      heated_books_ >= kHeatedBooksMax) {
    return;
  }
  ++heated_books_;
  tracked.book.MakeHot();
  LogInfo("book_hot",
          {{"venue", std::string(venue_)}, {"pair", instruments_.at(instrument).pair.ToString()}});
}

void OrderBookTracker::OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) {
  TrackedBook& tracked = at(instrument);
  switch (tracked.sequencer.Accept(diff)) {
    case SequenceStep::kDrop:
      return;
    case SequenceStep::kBuffer:
      RequestSnapshot(instrument);
      return;
    case SequenceStep::kGap:
      NoteStale(instrument, tracked);
      RequestSnapshot(instrument);
      return;
    case SequenceStep::kApply:
      break;
  }
  const auto level_changes = static_cast<int64_t>(diff.bids.size() + diff.asks.size());
  if (tracked.heat.Note(diff.receive_time_ns, level_changes)) [[unlikely]] {
    Heat(instrument, tracked);
  }
  const BookChange change = tracked.book.Apply(diff);
  ++diffs_applied_;
  level_changes_ += change.level_changes;
  if (change.is_crossed || diff.checksum.has_value()) [[unlikely]] {
    if (const std::string fault = FindFault(tracked.book, diff.checksum); !fault.empty()) {
      BecomeStale(instrument, tracked, fault);
      RequestSnapshot(instrument);
      return;
    }
  }
  events_.Publish(BookChanged{
      .header = MakeHeader(venue_, diff.venue_time_ms, diff.receive_time_ns, Source::kStream),
      .pair = &instruments_.at(instrument).pair,
      .book = &tracked.book,
      .is_best_changed = change.is_best_changed});
}

void OrderBookTracker::OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) {
  TrackedBook& tracked = at(instrument);
  const bool was_stale = !tracked.sequencer.is_synced();
  std::optional<uint32_t> checksum = snapshot.checksum;
  const SnapshotStep step = tracked.sequencer.AcceptSnapshot(
      snapshot,
      [&](const BookSnapshot& accepted) { tracked.book.ApplySnapshot(accepted); },
      [&](const BookDiff& diff) {
        level_changes_ += tracked.book.Apply(diff).level_changes;
        ++diffs_applied_;
        checksum = diff.checksum;
      });
  if (step == SnapshotStep::kTooOld) {
    if (!tracked.sequencer.is_synced()) {
      RequestSnapshot(instrument);
    }
    return;
  }
  if (const std::string fault = FindFault(tracked.book, checksum); !fault.empty()) [[unlikely]] {
    if (was_stale) {
      tracked.sequencer.MarkStale(fault);
    } else {
      BecomeStale(instrument, tracked, fault);
    }
    RequestSnapshot(instrument);
    return;
  }
  ++snapshots_applied_;
  const TradingPair& pair = instruments_.at(instrument).pair;
  if (was_stale) {
    resyncs_ += tracked.was_synced ? 1 : 0;
    tracked.was_synced = true;
    if (health_ != nullptr) {
      health_->Set(Health::BookCapability(pair), true, clock_.now());
    }
  }
  events_.Publish(BookChanged{
      .header = MakeHeader(venue_, snapshot.venue_time_ms, snapshot.receive_time_ns, Source::kRest),
      .pair = &pair,
      .book = &tracked.book,
      .is_best_changed = true});
}

void OrderBookTracker::OnTrade(InstrumentIndex instrument, const TradeMessage& trade) {
  const Instrument& traded = instruments_.at(instrument);
  events_.Publish(PublicTrade{
      .header = MakeHeader(venue_, trade.venue_time_ms, trade.receive_time_ns, Source::kStream),
      .pair = &traded.pair,
      .trade_id = ToTradeId(trade.trade_id),
      .taker_side = trade.taker_side,
      .price = Price::FromScaled(trade.price, traded.scale.price_decimals),
      .quantity = Quantity::FromScaled(trade.quantity, traded.scale.quantity_decimals)});
}

void OrderBookTracker::OnFunding(InstrumentIndex instrument, const FundingMessage& funding) {
  funding_.Apply(instruments_.at(instrument).pair, funding);
}

void OrderBookTracker::OnLiquidation(InstrumentIndex instrument,
                                     const LiquidationMessage& liquidation) {
  events_.Publish(PublicLiquidation{
      .header = MakeHeader(
          venue_, liquidation.venue_time_ms, liquidation.receive_time_ns, Source::kStream),
      .pair = &instruments_.at(instrument).pair,
      .side = liquidation.side,
      .price = liquidation.price,
      .quantity = liquidation.quantity});
}

void OrderBookTracker::OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  const Instrument& quoted = instruments_.at(instrument);
  const BookScale& scale = quoted.scale;
  events_.Publish(BestQuoteChanged{
      .header = MakeHeader(venue_, quote.venue_time_ms, quote.receive_time_ns, Source::kStream),
      .pair = &quoted.pair,
      .update_id = quote.update_id,
      .bid_price = Price::FromScaled(quote.bid.price, scale.price_decimals),
      .bid_quantity = Quantity::FromScaled(quote.bid.quantity, scale.quantity_decimals),
      .ask_price = Price::FromScaled(quote.ask.price, scale.price_decimals),
      .ask_quantity = Quantity::FromScaled(quote.ask.quantity, scale.quantity_decimals)});
}

void OrderBookTracker::OnCandle(InstrumentIndex instrument, const CandleMessage& candle) {
  if (!candle.is_closed) {
    return;
  }
  events_.Publish(CandleClosed{
      .header = MakeHeader(venue_, candle.close_time_ms, candle.receive_time_ns, Source::kStream),
      .pair = &instruments_.at(instrument).pair,
      .interval = candle.interval,
      .open_time = absl::FromUnixMillis(candle.open_time_ms),
      .close_time = absl::FromUnixMillis(candle.close_time_ms),
      .open = candle.open,
      .high = candle.high,
      .low = candle.low,
      .close = candle.close,
      .volume = candle.volume,
      .quote_volume = candle.quote_volume,
      .trade_count = candle.trade_count});
}

void OrderBookTracker::OnNotice(MarketNotice /*notice*/, std::string_view /*text*/) {}

void OrderBookTracker::NoteLost(InstrumentRange books, std::string_view reason) {
  for (InstrumentIndex i = books.begin; i < books.end; ++i) {
    TrackedBook& tracked = at(i);
    tracked.is_connected = false;
    ++tracked.connection;
    if (tracked.sequencer.state() != BookState::kEmpty) {
      BecomeStale(i, tracked, reason);
    } else if (health_ != nullptr) {
      const TradingPair& pair = instruments_.at(i).pair;
      health_->Set(Health::BookCapability(pair), false, clock_.now(), reason);
    }
  }
}

void OrderBookTracker::MarkAllStale(std::string_view reason) {
  NoteLost({.begin = 0, .end = static_cast<InstrumentIndex>(instruments_.size())}, reason);
}

void OrderBookTracker::NoteConnected(InstrumentRange books) {
  for (InstrumentIndex i = books.begin; i < books.end; ++i) {
    at(i).is_connected = true;
  }
}

void OrderBookTracker::NoteFollowed(InstrumentIndex instrument, int64_t update_id) {
  if (at(instrument).sequencer.NoteFollowed(update_id)) {
    RequestSnapshot(instrument);
  }
}

std::optional<int64_t> OrderBookTracker::connection(InstrumentIndex instrument) const {
  CHECK(instrument < books_.size());
  const TrackedBook& tracked = *books_[instrument];
  return tracked.is_connected ? std::optional(tracked.connection) : std::nullopt;
}

void OrderBookTracker::MarkStale(InstrumentIndex instrument, std::string_view reason) {
  TrackedBook& tracked = at(instrument);
  if (tracked.sequencer.is_synced()) {
    BecomeStale(instrument, tracked, reason);
  }
}

void OrderBookTracker::BecomeStale(InstrumentIndex instrument,
                                   TrackedBook& tracked,
                                   std::string_view reason) {
  const bool was_synced = tracked.sequencer.is_synced();
  tracked.sequencer.MarkStale(reason);
  if (was_synced) {
    NoteStale(instrument, tracked);
  }
}

void OrderBookTracker::NoteStale(InstrumentIndex instrument, TrackedBook& tracked) {
  const TradingPair& pair = instruments_.at(instrument).pair;
  const absl::Time now = clock_.now();
  if (health_ != nullptr) {
    health_->Set(Health::BookCapability(pair), false, now, tracked.sequencer.stale_reason());
  }
  events_.Publish(BookChanged{.header = {.venue = venue_,
                                         .venue_time = absl::InfinitePast(),
                                         .receive_time = now,
                                         .source = Source::kLocal},
                              .pair = &pair,
                              .book = &tracked.book,
                              .is_stale = true});
}

std::string OrderBookTracker::FindFault(const OrderBook& book,
                                        std::optional<uint32_t> checksum) const {
  if (book.is_crossed()) {
    return "the book is crossed: best bid at or above best ask";
  }
  if (checksum.has_value() && checksum_ != nullptr) {
    if (const uint32_t ours = checksum_(book); ours != *checksum) {
      return StrCat("checksum ", ours, " of the book, and ", *checksum, " by the venue");
    }
  }
  return "";
}

void OrderBookTracker::RequestSnapshot(InstrumentIndex instrument) {
  if (request_snapshot_) {
    request_snapshot_(instrument);
  }
}

absl::StatusOr<const OrderBook*> OrderBookTracker::book(const TradingPair& pair) const {
  const Instrument* instrument = instruments_.FindPair(pair);
  if (instrument == nullptr) {
    return absl::NotFoundError(
        StrCat("no book of ", pair, " on ", venue_, ": add the pair to the configuration"));
  }
  if (instrument->index >= books_.size()) {
    return absl::UnavailableError(StrCat("book ", pair, ": ", kNoSnapshot));
  }
  const TrackedBook& tracked = *books_[instrument->index];
  if (tracked.sequencer.is_synced()) {
    return &tracked.book;
  }
  const std::string& reason = tracked.sequencer.stale_reason();
  return absl::UnavailableError(StrCat("book ",
                                       pair,
                                       " is ",
                                       ToString(tracked.sequencer.state()),
                                       ": ",
                                       reason.empty() ? std::string(kNoSnapshot) : reason));
}

const OrderBook* OrderBookTracker::FindSynced(InstrumentIndex instrument) const {
  const bool is_synced = instrument < books_.size() && books_[instrument]->sequencer.is_synced();
  return is_synced ? &books_[instrument]->book : nullptr;
}

const OrderBook& OrderBookTracker::raw_book(InstrumentIndex instrument) const {
  CHECK(instrument < books_.size());
  return books_[instrument]->book;
}

const BookSequencer& OrderBookTracker::sequencer(InstrumentIndex instrument) const {
  CHECK(instrument < books_.size());
  return books_[instrument]->sequencer;
}

bool OrderBookTracker::all_synced() const {
  for (const auto& tracked : books_) {
    if (!tracked->sequencer.is_synced()) {
      return false;
    }
  }
  return books_.size() == instruments_.size();
}

int64_t OrderBookTracker::gaps() const {
  int64_t sum = 0;
  for (const auto& tracked : books_) {
    sum += tracked->sequencer.gap_count();
  }
  return sum;
}

}  // namespace colibri
