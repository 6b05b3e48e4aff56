// A market feed that a test draws: one pair, BTC-USDT, tick 0.01, lot 0.001, at least 5 USDT.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "exchanges/paper/market_feed.h"

namespace colibri {

inline Price P(std::string_view text) {
  return *Price::Parse(text);
}
inline Quantity Q(std::string_view text) {
  return *Quantity::Parse(text);
}
inline Decimal D(std::string_view text) {
  return *Decimal::Parse(text);
}

class FakeFeed final : public MarketFeed {
 public:
  using Levels = std::vector<std::pair<std::string_view, std::string_view>>;

  FakeFeed() : book_(BookScale{2, 3}) {
    rule_.pair = pairs_[0];
    rule_.symbol = "BTCUSDT";
    rule_.price_increment = P("0.01");
    rule_.quantity_increment = Q("0.001");
    rule_.quantity_min = Q("0.001");
    rule_.notional_min = Notional(D("5"));
  }

  // The whole book, best first.
  void ShowBook(const Levels& bids, const Levels& asks) {
    const std::vector<BookLevel> bid_levels = Scaled(bids);
    const std::vector<BookLevel> ask_levels = Scaled(asks);
    is_synced_ = true;
    book_.ApplySnapshot({.last_update_id = ++update_id_, .bids = bid_levels, .asks = ask_levels});
    Publish(/*is_stale=*/false);
  }
  // Changed levels; quantity 0 deletes.
  void ShowBids(const Levels& bids) { Show(bids, {}); }
  void ShowAsks(const Levels& asks) { Show({}, asks); }
  void Show(const Levels& bids, const Levels& asks) {
    const std::vector<BookLevel> bid_levels = Scaled(bids);
    const std::vector<BookLevel> ask_levels = Scaled(asks);
    ++update_id_;
    book_.Apply({.first_update_id = update_id_,
                 .last_update_id = update_id_,
                 .bids = bid_levels,
                 .asks = ask_levels});
    Publish(/*is_stale=*/false);
  }
  void ShowTrade(Side taker_side, std::string_view price, std::string_view quantity) {
    events_.Publish(PublicTrade{.header = Header(),
                                .pair = &pairs_[0],
                                .trade_id = TradeId("17"),
                                .taker_side = taker_side,
                                .price = P(price),
                                .quantity = Q(quantity)});
  }
  // ahead: how many updates the quote is ahead of the book.
  void ShowQuote(std::pair<std::string_view, std::string_view> bid,
                 std::pair<std::string_view, std::string_view> ask,
                 int64_t ahead) {
    events_.Publish(BestQuoteChanged{.header = Header(),
                                     .pair = &pairs_[0],
                                     .update_id = update_id_ + ahead,
                                     .bid_price = P(bid.first),
                                     .bid_quantity = Q(bid.second),
                                     .ask_price = P(ask.first),
                                     .ask_quantity = Q(ask.second)});
  }
  void ShowMark(std::string_view mark, std::string_view rate, absl::Time next_funding_time) {
    events_.Publish(FundingInfoChanged{
        .header = Header(),
        .pair = &pairs_[0],
        .funding = {
            .mark_price = P(mark), .rate = D(rate), .next_funding_time = next_funding_time}});
  }
  void MakeStale() {
    is_synced_ = false;
    Publish(/*is_stale=*/true);
  }

  TradingRule& rule() { return rule_; }
  const OrderBook& raw_book() const { return book_; }

  const std::vector<TradingPair>& pairs() const override { return pairs_; }
  EventBus& events() override { return events_; }
  absl::StatusOr<const OrderBook*> book(const TradingPair& pair) const override {
    if (!is_synced_ || pair != pairs_[0]) {
      return absl::UnavailableError("book BTC-USDT is stale: a gap");
    }
    return &book_;
  }
  const TradingRule* rules(const TradingPair& pair) const override {
    return pair == pairs_[0] ? &rule_ : nullptr;
  }
  ConnectorCounters counters() const override { return {}; }
  Task<absl::Status> Start(absl::Duration /*timeout*/) override { co_return absl::OkStatus(); }
  Task<void> Stop(absl::Duration /*timeout*/) override { co_return; }

 private:
  static EventHeader Header() {
    EventHeader header;
    header.venue = "market";
    return header;
  }
  static std::vector<BookLevel> Scaled(const Levels& levels) {
    std::vector<BookLevel> scaled;
    for (const auto& [price, quantity] : levels) {
      scaled.push_back({*D(price).ToScaled(2), *D(quantity).ToScaled(3)});
    }
    return scaled;
  }
  void Publish(bool is_stale) {
    events_.Publish(BookChanged{.header = Header(),
                                .pair = &pairs_[0],
                                .book = &book_,
                                .is_best_changed = true,
                                .is_stale = is_stale});
  }

  std::vector<TradingPair> pairs_ = {{"BTC", "USDT"}};
  TradingRule rule_;
  EventBus events_;
  OrderBook book_;
  bool is_synced_ = false;
  int64_t update_id_ = 100;
};

}  // namespace colibri
