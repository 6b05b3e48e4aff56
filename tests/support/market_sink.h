// A MarketMessageSink that keeps copies of what it is told, as lines of text to compare.
//
//   MarketSink sink;
//   parser.Parse(frame, 7, sink);
//   EXPECT_THAT(sink.lines(), ElementsAre("diff 0 U=157 u=160 pu=-1 ..."));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/market_message.h"
#include "core/strings.h"

namespace colibri {

class MarketSink final : public MarketMessageSink {
 public:
  void OnBookDiff(InstrumentIndex instrument, const BookDiff& diff) override {
    Add(StrCat("diff ",
               instrument,
               " U=",
               diff.first_update_id,
               " u=",
               diff.last_update_id,
               " pu=",
               diff.previous_update_id,
               " E=",
               diff.venue_time_ms,
               " at=",
               diff.receive_time_ns,
               " b=",
               Levels(diff.bids),
               " a=",
               Levels(diff.asks)));
  }
  void OnBookSnapshot(InstrumentIndex instrument, const BookSnapshot& snapshot) override {
    Add(StrCat("snapshot ",
               instrument,
               " u=",
               snapshot.last_update_id,
               " E=",
               snapshot.venue_time_ms,
               " at=",
               snapshot.receive_time_ns,
               " b=",
               Levels(snapshot.bids),
               " a=",
               Levels(snapshot.asks)));
  }
  void OnTrade(InstrumentIndex instrument, const TradeMessage& trade) override {
    Add(StrCat("trade ",
               instrument,
               " t=",
               trade.trade_id,
               trade.taker_side == Side::kBuy ? " buy " : " sell ",
               trade.quantity,
               "@",
               trade.price,
               " T=",
               trade.venue_time_ms,
               " at=",
               trade.receive_time_ns));
  }
  void OnBestQuote(InstrumentIndex instrument, const BestQuoteMessage& quote) override {
    Add(StrCat("quote ",
               instrument,
               " u=",
               quote.update_id,
               " b=",
               Levels({&quote.bid, 1}),
               " a=",
               Levels({&quote.ask, 1}),
               " E=",
               quote.venue_time_ms,
               " at=",
               quote.receive_time_ns));
  }
  void OnCandle(InstrumentIndex instrument, const CandleMessage& candle) override {
    Add(StrCat("candle ",
               instrument,
               " ",
               candle.interval,
               " ",
               candle.open_time_ms,
               "-",
               candle.close_time_ms,
               " o=",
               candle.open,
               " h=",
               candle.high,
               " l=",
               candle.low,
               " c=",
               candle.close,
               " v=",
               candle.volume,
               " q=",
               candle.quote_volume,
               " n=",
               candle.trade_count,
               candle.is_closed ? " closed" : " open",
               " at=",
               candle.receive_time_ns));
  }
  void OnFunding(InstrumentIndex instrument, const FundingMessage& funding) override {
    std::string line = StrCat("funding ", instrument);
    const auto add = [&line](std::string_view name, const auto& value) {
      if (value.has_value()) {
        line.append(StrCat(" ", name, "=", *value));
      }
    };
    add("mark", funding.mark_price);
    add("index", funding.index_price);
    add("rate", funding.rate);
    if (funding.next_funding_time.has_value()) {
      line.append(StrCat(" next=", absl::ToUnixMillis(*funding.next_funding_time)));
    }
    add("open", funding.open_interest);
    Add(StrCat(line, " E=", funding.venue_time_ms, " at=", funding.receive_time_ns));
  }
  void OnLiquidation(InstrumentIndex instrument, const LiquidationMessage& liquidation) override {
    Add(StrCat("liquidation ",
               instrument,
               liquidation.side == Side::kBuy ? " buy " : " sell ",
               liquidation.quantity,
               "@",
               liquidation.price,
               " T=",
               liquidation.venue_time_ms,
               " at=",
               liquidation.receive_time_ns));
  }
  void OnNotice(MarketNotice notice, std::string_view text) override {
    constexpr std::string_view kNames[] = {
        "subscribed", "refused", "server_shutdown", "heartbeat", "ignored"};
    Add(StrCat(kNames[static_cast<size_t>(notice)], " ", text));
  }

  const std::vector<std::string>& lines() const { return lines_; }
  void Clear() { lines_.clear(); }

 private:
  static std::string Levels(absl::Span<const BookLevel> levels) {
    std::string text;
    for (const BookLevel& level : levels) {
      text.append(text.empty() ? "" : ",").append(StrCat(level.price, ":", level.quantity));
    }
    return text.empty() ? "-" : text;
  }
  void Add(std::string line) { lines_.push_back(std::move(line)); }

  std::vector<std::string> lines_;
};

}  // namespace colibri
