#include "tools/venue_sim/binance_perpetual/publisher.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance_perpetual/render.h"

namespace colibri::venue_sim::binance_perpetual {
namespace {

constexpr int64_t kTickMs = 50;
// Ids that a change of the book leaves out, at most: they prove nothing here.
constexpr uint64_t kIdGapMax = 7;
constexpr int64_t kLiquidationPauseMs = 1000;

std::vector<BookLevel> LevelsOf(const auto& changes) {
  std::vector<BookLevel> levels;
  levels.reserve(changes.size());
  for (const auto& [price, quantity] : changes) {
    levels.push_back({.price = price, .quantity = quantity});
  }
  return levels;
}

std::string StreamOf(const Contract& contract, std::string_view suffix) {
  return StrCat(std::string_view(contract.market.stream_prefix()), suffix);
}

}  // namespace

void Publisher::Start() {
  timer_ = state_.clock.ScheduleAfter(absl::Milliseconds(kTickMs), [this] { OnTick(); });
}

void Publisher::Stop() {
  state_.clock.CancelTimer(std::exchange(timer_, 0));
}

bool Publisher::IsEvery(int64_t milliseconds) const {
  return tick_ % (milliseconds / kTickMs) == 0;
}

template <typename Render>
void Publisher::PublishJson(const std::string& stream, Render render) {
  if (state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, Text(render()));
  }
}

void Publisher::OnTick() {
  timer_ = state_.clock.ScheduleAfter(absl::Milliseconds(kTickMs), [this] { OnTick(); });
  ++tick_;
  if (IsEvery(1000)) {
    UpdatePrices();
  }
  if (IsEvery(100)) {
    state_.exchange.OnTime();
    state_.algos.CheckAll();
    state_.privates.ExpireKeys(state_.NowMs());
  }
  for (auto& [symbol, contract] : state_.contracts) {
    if (IsEvery(100)) {
      PublishDiff(contract, 0, "@depth@100ms");
      PublishTop(contract, "@100ms");
      PublishTrades(contract);
    }
    if (IsEvery(250)) {
      PublishDiff(contract, 1, "@depth");
      PublishTop(contract, "");
      PublishKlines(contract);
    }
    if (IsEvery(500)) {
      PublishDiff(contract, 2, "@depth@500ms");
      PublishTop(contract, "@500ms");
    }
    if (IsEvery(5000) && state_.streams.HasSubscribers("!bookTicker")) {
      state_.streams.Publish("!bookTicker", BookTickerText(contract, state_.NowMs()));
    }
  }
  if (IsEvery(1000)) {
    PublishMark("@1s");
    PublishTickers(IsEvery(2000));
  }
  if (IsEvery(3000)) {
    PublishMark("");
  }
}

void Publisher::UpdatePrices() {
  for (auto& [symbol, contract] : state_.contracts) {
    if (traders_ != nullptr && !contract.has_pinned_prices) {
      state_.exchange.UpdatePrices(
          contract.instrument, contract.instrument.PriceOf(traders_->FairPrice(contract.market)));
    }
  }
}

void Publisher::PublishDiff(Contract& contract, size_t pace, std::string_view suffix) {
  PendingDiff& diff = contract.market.diffs[pace];
  if (diff.empty()) {
    return;
  }
  const std::string stream = StreamOf(contract, suffix);
  if (state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream,
                           DepthText(contract,
                                     diff.first_update_id,
                                     diff.last_update_id,
                                     contract.last_told_ids[pace],
                                     LevelsOf(diff.bids),
                                     LevelsOf(diff.asks),
                                     state_.NowMs()));
  }
  contract.last_told_ids[pace] = diff.last_update_id;
  diff = PendingDiff();
}

void Publisher::PublishTop(const Contract& contract, std::string_view suffix) {
  for (const size_t depth : {5, 10, 20}) {
    const std::string stream = StreamOf(contract, StrCat("@depth", depth, suffix));
    if (state_.streams.HasSubscribers(stream)) {
      const int64_t id = contract.market.last_update_id();
      state_.streams.Publish(stream,
                             DepthText(contract,
                                       id,
                                       id,
                                       id - 1,
                                       contract.market.engine.Levels(Side::kBuy, depth),
                                       contract.market.engine.Levels(Side::kSell, depth),
                                       state_.NowMs()));
    }
  }
}

void Publisher::PublishTrades(Contract& contract) {
  const std::string stream = StreamOf(contract, "@aggTrade");
  if (state_.streams.HasSubscribers(stream)) {
    for (const AggregateTrade& trade : contract.untold_trades) {
      state_.streams.Publish(stream, AggregateText(contract, trade, state_.NowMs()));
    }
  }
  contract.untold_trades.clear();
}

// A candle that ended since the last message is told once more, closed.
void Publisher::PublishKlines(Contract& contract) {
  const int64_t now_ms = state_.NowMs();
  contract.market.candles.RollTo(now_ms);
  for (const std::string_view interval : binance::Candles::intervals()) {
    const std::string names[] = {
        StreamOf(contract, StrCat("@kline_", interval)),
        StreamOf(contract, StrCat("_perpetual@continuousKline_", interval))};
    for (const std::string& stream : names) {
      if (!state_.streams.HasSubscribers(stream)) {
        kline_open_ms_.erase(stream);
        continue;
      }
      const std::deque<Candle>& series = *contract.market.candles.Find(interval);
      const auto last_sent = kline_open_ms_.find(stream);
      const auto publish = [&](const Candle& candle, bool is_closed) {
        Json json = KlineJson(contract, interval, candle, now_ms, is_closed);
        if (stream == names[1]) {
          json["e"] = "continuous_kline";
          json["ct"] = "PERPETUAL";
        }
        state_.streams.Publish(stream, Text(json));
      };
      for (const Candle& candle : series) {
        if (last_sent != kline_open_ms_.end() && candle.open_time_ms >= last_sent->second &&
            candle.open_time_ms < series.back().open_time_ms) {
          publish(candle, true);
        }
      }
      publish(series.back(), false);
      kline_open_ms_[stream] = series.back().open_time_ms;
    }
  }
}

void Publisher::PublishMark(std::string_view suffix) {
  const int64_t now_ms = state_.NowMs();
  for (const auto& [symbol, contract] : state_.contracts) {
    PublishJson(StreamOf(contract, StrCat("@markPrice", suffix)),
                [&] { return MarkPriceJson(contract, now_ms); });
  }
  PublishJson(StrCat("!markPrice@arr", suffix), [&] {
    Json list = Json::array();
    for (const auto& [symbol, contract] : state_.contracts) {
      list.push_back(MarkPriceJson(contract, now_ms));
    }
    for (const ListedSymbol& listed : state_.options.listed) {
      list.push_back(ListedMarkPriceJson(listed, now_ms));
    }
    return list;
  });
}

void Publisher::PublishTickers(bool is_even_second) {
  const int64_t now_ms = state_.NowMs();
  for (const auto& [symbol, contract] : state_.contracts) {
    if (is_even_second) {
      PublishJson(StreamOf(contract, "@ticker"), [&] { return TickerJson(contract, now_ms); });
      PublishJson(StreamOf(contract, "@miniTicker"),
                  [&] { return MiniTickerJson(contract, now_ms); });
    }
  }
  for (const bool is_mini : {false, true}) {
    PublishJson(is_mini ? "!miniTicker@arr" : "!ticker@arr", [&] {
      Json list = Json::array();
      for (const auto& [symbol, contract] : state_.contracts) {
        list.push_back(is_mini ? MiniTickerJson(contract, now_ms) : TickerJson(contract, now_ms));
      }
      for (const ListedSymbol& listed : state_.options.listed) {
        list.push_back(ListedTickerJson(listed, now_ms, is_mini));
      }
      return list;
    });
  }
}

void Publisher::BreakLinks(std::string_view symbol, int count) {
  for (auto& [name, contract] : state_.contracts) {
    if (symbol.empty() || name == symbol) {
      contract.market.SkipUpdateIds(count);
      for (int64_t& id : contract.last_told_ids) {
        id += count;
      }
    }
  }
}

void Publisher::PublishContractInfo(const Contract& contract) {
  PublishJson("!contractInfo", [&] {
    return Json{{"e", "contractInfo"},
                {"E", state_.NowMs()},
                {"s", contract.symbol()},
                {"ps", contract.symbol()},
                {"ct", "PERPETUAL"},
                {"dt", 4'133'404'800'000},
                {"ot", 1'569'398'400'000},
                {"cs", contract.status},
                {"st", 1}};
  });
}

void Publisher::OnExecution(margin::MarginAccount& account,
                            const margin::Instrument& instrument,
                            const margin::ExecutionNote& note) {
  const Contract& contract = state_.ContractOf(instrument.symbol());
  const int64_t now_ms = state_.NowMs();
  if (note.kind == margin::ExecutionKind::kTrade) {
    state_.privates.Push(account.id(), "TRADE_LITE", TradeLiteJson(contract, note, now_ms));
  }
  state_.privates.Push(account.id(), "ORDER_TRADE_UPDATE", OrderEventJson(contract, note, now_ms));
  if (!note.order.is_open()) {
    state_.algos.OnOrderEnded(note.order);
  }
}

void Publisher::OnAccount(margin::MarginAccount& account, const margin::AccountNote& note) {
  state_.privates.Push(
      account.id(),
      "ACCOUNT_UPDATE",
      AccountEventJson(state_.exchange, state_.contracts, account, note, state_.NowMs()));
}

void Publisher::OnTrades(const margin::Instrument& instrument,
                         absl::Span<const margin::TapeTrade> trades) {
  Contract& contract = state_.ContractOf(instrument.symbol());
  std::vector<PublicTrade> told;
  for (const margin::TapeTrade& trade : trades) {
    told.push_back({.id = trade.id,
                    .price = trade.price,
                    .quantity = trade.quantity,
                    .base = instrument.QuantityOf(trade.quantity),
                    .quote = instrument.NotionalOf(trade.price, trade.quantity),
                    .time_ms = trade.time_ms,
                    .is_buyer_maker = trade.taker_side == Side::kSell});
    contract.highest_trade = std::max(contract.highest_trade, trade.price);
    contract.lowest_trade =
        contract.lowest_trade == 0 ? trade.price : std::min(contract.lowest_trade, trade.price);
  }
  const std::string stream = StreamOf(contract, "@trade");
  if (state_.streams.HasSubscribers(stream)) {
    for (const PublicTrade& trade : told) {
      state_.streams.Publish(stream, TradeText(contract, trade, state_.NowMs()));
    }
  }
  const std::vector<AggregateTrade> aggregates = contract.market.RecordTrades(told);
  contract.untold_trades.insert(contract.untold_trades.end(), aggregates.begin(), aggregates.end());
}

void Publisher::OnBookChanged(margin::Instrument& instrument) {
  Contract& contract = state_.ContractOf(instrument.symbol());
  if (!contract.market.AbsorbChanges(static_cast<int64_t>(state_.random.Uniform(kIdGapMax))) ||
      !contract.market.TakeTopChange()) {
    return;
  }
  const std::string stream = StreamOf(contract, "@bookTicker");
  if (state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, BookTickerText(contract, state_.NowMs()));
  }
}

// At most one a second is told of each symbol.
void Publisher::OnLiquidation(const margin::Instrument& instrument,
                              const margin::MarginOrder& order) {
  int64_t& told_ms = liquidation_told_ms_[instrument.symbol()];
  if (told_ms != 0 && state_.NowMs() - told_ms < kLiquidationPauseMs) {
    return;
  }
  told_ms = state_.NowMs();
  const Contract& contract = state_.ContractOf(instrument.symbol());
  const Json event = LiquidationJson(contract, order, told_ms);
  state_.streams.Publish(StreamOf(contract, "@forceOrder"), Text(event));
  state_.streams.Publish("!forceOrder@arr", Text(event));
}

void Publisher::OnMarginCall(margin::MarginAccount& account,
                             const std::set<margin::PositionKey>& open) {
  state_.privates.Push(
      account.id(),
      "MARGIN_CALL",
      MarginCallJson(state_.contracts, state_.exchange, account, open, state_.NowMs()));
}

}  // namespace colibri::venue_sim::binance_perpetual
