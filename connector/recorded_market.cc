#include "connector/recorded_market.h"

#include <utility>

#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

absl::Status At(const std::string& where, const absl::Status& status) {
  return absl::Status(status.code(), StrCat(where, ": ", Std(status.message())));
}

}  // namespace

RecordedMarket::RecordedMarket(const VenueEntry& venue,
                               Recording recording,
                               SimulatedClock& clock,
                               EventBus& events)
    : recording_(std::move(recording)), clock_(clock), reader_(recording_.files) {
  CHECK(venue.make_market_data != nullptr && venue.default_symbols != nullptr);
  auto [symbol, stream_symbol] = venue.default_symbols(recording_.pair);
  instruments_.Add(recording_.pair, std::move(symbol), std::move(stream_symbol), recording_.scale);
  source_ =
      venue.make_market_data({.venue = venue.spec.name, .pairs = {recording_.pair}}, instruments_);
  books_ = std::make_unique<OrderBookTracker>(venue.spec.name,
                                              instruments_,
                                              venue.spec.gap_rule,
                                              clock_,
                                              events,
                                              &health_,
                                              /*request_snapshot=*/[](InstrumentIndex) {});
  books_->SetKind(0, recording_.book);
  if (venue.spec.has_book_checksum) {
    books_->set_checksum([this](const OrderBook& book) { return source_->Checksum(book); });
  }
}

RecordedMarket::~RecordedMarket() = default;

absl::StatusOr<bool> RecordedMarket::Step() {
  ASSIGN_OR_RETURN(const std::optional<RecordedLine> line, reader_.Next());
  if (!line.has_value()) {
    return false;
  }
  ++totals_.lines;
  clock_.AdvanceTo(absl::FromUnixNanos(line->receive_time_ns));
  const absl::Status status =
      source_->IsSnapshotAnswer(line->text)
          ? source_->ParseSnapshot(line->text, instruments_.at(0), line->receive_time_ns, *this)
          : source_->Parse(line->text, line->receive_time_ns, *this);
  if (!status.ok()) {
    return At(Where(), status);
  }
  return true;
}

void RecordedMarket::OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) {
  ++totals_.depth_messages;
  books_->OnBookDiff(instrument, diff);
}

void RecordedMarket::OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) {
  ++totals_.snapshots;
  books_->OnBookSnapshot(instrument, snapshot);
}

void RecordedMarket::OnTrade(InstrumentIndex instrument, const TradeMessage& trade) {
  const BookScale& scale = instruments_.at(instrument).scale;
  const Quantity quantity = Quantity::FromScaled(trade.quantity, scale.quantity_decimals);
  ++totals_.trades;
  totals_.trade_quantity += quantity.value();
  totals_.trade_notional +=
      (Price::FromScaled(trade.price, scale.price_decimals) * quantity).value();
  books_->OnTrade(instrument, trade);
}

void RecordedMarket::OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) {
  ++totals_.best_quotes;
  books_->OnBestQuote(instrument, quote);
}

void RecordedMarket::OnCandle(InstrumentIndex instrument, const CandleMessage& candle) {
  books_->OnCandle(instrument, candle);
}

void RecordedMarket::OnFunding(InstrumentIndex instrument, const FundingMessage& funding) {
  books_->OnFunding(instrument, funding);
}

void RecordedMarket::OnLiquidation(InstrumentIndex instrument,
                                   const LiquidationMessage& liquidation) {
  books_->OnLiquidation(instrument, liquidation);
}

void RecordedMarket::OnNotice(MarketNotice notice, std::string_view text) {
  books_->OnNotice(notice, text);
}

}  // namespace colibri
