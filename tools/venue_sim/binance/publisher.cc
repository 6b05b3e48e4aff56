#include "tools/venue_sim/binance/publisher.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/strings.h"
#include "tools/venue_sim/binance/render.h"
#include "tools/venue_sim/binance/ticker.h"
#include "tools/venue_sim/binance/venue_state.h"
#include "tools/venue_sim/binance_common/number_text.h"

namespace colibri::venue_sim::binance {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(100);
constexpr int64_t kTicksPerSecond = 10;

void AppendLevel(std::string& text, const Market& market, int64_t price, int64_t quantity) {
  text += text.back() == '[' ? "[\"" : ",[\"";
  AppendFixed8(text, price, market.price_decimals());
  text += "\",\"";
  AppendFixed8(text, quantity, market.quantity_decimals());
  text += "\"]";
}

// {"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[]}
std::string DiffText(const Market& market, const PendingDiff& diff, int64_t now_ms) {
  std::string text = StrCat("{\"e\":\"depthUpdate\",\"E\":",
                            now_ms,
                            ",\"s\":\"",
                            std::string_view(market.symbol()),
                            "\",\"U\":",
                            diff.first_update_id,
                            ",\"u\":",
                            diff.last_update_id,
                            ",\"b\":[");
  for (const auto& [price, quantity] : diff.bids) {
    AppendLevel(text, market, price, quantity);
  }
  text += "],\"a\":[";
  for (const auto& [price, quantity] : diff.asks) {
    AppendLevel(text, market, price, quantity);
  }
  return text + "]}";
}

// {"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}
std::string TopText(const Market& market, size_t depth) {
  std::string text = StrCat("{\"lastUpdateId\":", market.last_update_id(), ",\"bids\":[");
  for (const BookLevel& level : market.engine.Levels(Side::kBuy, depth)) {
    AppendLevel(text, market, level.price, level.quantity);
  }
  text += "],\"asks\":[";
  for (const BookLevel& level : market.engine.Levels(Side::kSell, depth)) {
    AppendLevel(text, market, level.price, level.quantity);
  }
  return text + "]}";
}

std::string TradeText(const Market& market, const PublicTrade& trade, int64_t now_ms) {
  return StrCat("{\"e\":\"trade\",\"E\":",
                now_ms,
                ",\"s\":\"",
                std::string_view(market.symbol()),
                "\",\"t\":",
                trade.id,
                ",\"p\":\"",
                Fixed8(trade.price, market.price_decimals()),
                "\",\"q\":\"",
                Fixed8(trade.quantity, market.quantity_decimals()),
                "\",\"T\":",
                trade.time_ms,
                ",\"m\":",
                trade.is_buyer_maker ? "true" : "false",
                ",\"M\":true}");
}

std::string AggregateText(const Market& market, const AggregateTrade& trade, int64_t now_ms) {
  return StrCat("{\"e\":\"aggTrade\",\"E\":",
                now_ms,
                ",\"s\":\"",
                std::string_view(market.symbol()),
                "\",\"a\":",
                trade.id,
                ",\"p\":\"",
                Fixed8(trade.price, market.price_decimals()),
                "\",\"q\":\"",
                Fixed8(trade.quantity, market.quantity_decimals()),
                "\",\"f\":",
                trade.first_trade_id,
                ",\"l\":",
                trade.last_trade_id,
                ",\"T\":",
                trade.time_ms,
                ",\"m\":",
                trade.is_buyer_maker ? "true" : "false",
                ",\"M\":true}");
}

std::string BookTickerText(const Market& market) {
  const TopOfBook top = TopOf(market);
  return StrCat("{\"u\":",
                market.last_update_id(),
                ",\"s\":\"",
                std::string_view(market.symbol()),
                "\",\"b\":\"",
                Fixed8(top.bid.price, market.price_decimals()),
                "\",\"B\":\"",
                Fixed8(top.bid.quantity, market.quantity_decimals()),
                "\",\"a\":\"",
                Fixed8(top.ask.price, market.price_decimals()),
                "\",\"A\":\"",
                Fixed8(top.ask.quantity, market.quantity_decimals()),
                "\"}");
}

}  // namespace

void Publisher::Start() {
  timer_ = state_.clock.ScheduleAfter(kTick, [this] { OnTick(); });
}

void Publisher::Stop() {
  state_.clock.CancelTimer(std::exchange(timer_, 0));
}

void Publisher::OnTick() {
  timer_ = state_.clock.ScheduleAfter(kTick, [this] { OnTick(); });
  ++tick_;
  const bool is_second = tick_ % kTicksPerSecond == 0;
  const bool is_even_second = tick_ % (2 * kTicksPerSecond) == 0;
  for (auto& [symbol, market] : state_.markets) {
    PublishDiff(market, market.diffs[0], "@depth@100ms");
    PublishTop(market, "@100ms");
    if (is_second) {
      PublishDiff(market, market.diffs[1], "@depth");
      PublishTop(market, "");
      PublishTickers(market);
      PublishKlines(market, is_even_second);
    }
  }
  if (is_second) {
    PublishAllTickers();
  }
}

void Publisher::PublishDiff(Market& market, PendingDiff& diff, std::string_view suffix) {
  if (diff.empty()) {
    return;
  }
  const std::string stream = StrCat(std::string_view(market.stream_prefix()), suffix);
  if (state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, DiffText(market, diff, state_.NowMs()));
  }
  diff = PendingDiff();
}

void Publisher::PublishTop(const Market& market, std::string_view suffix) {
  for (const size_t depth : {5, 10, 20}) {
    const std::string stream =
        StrCat(std::string_view(market.stream_prefix()), "@depth", depth, suffix);
    if (state_.streams.HasSubscribers(stream)) {
      state_.streams.Publish(stream, TopText(market, depth));
    }
  }
}

void Publisher::PublishTickers(const Market& market) {
  const int64_t now_ms = state_.NowMs();
  const std::string_view prefix = market.stream_prefix();
  if (const std::string stream = StrCat(prefix, "@ticker"); state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, Text(TickerEventJson(market, now_ms)));
  }
  if (const std::string stream = StrCat(prefix, "@miniTicker");
      state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, Text(MiniTickerEventJson(market, now_ms)));
  }
  if (const std::string stream = StrCat(prefix, "@avgPrice");
      state_.streams.HasSubscribers(stream)) {
    const Json event = {{"e", "avgPrice"},
                        {"E", now_ms},
                        {"s", market.symbol()},
                        {"i", "5m"},
                        {"w", Fixed8(market.AveragePrice(5, now_ms))},
                        {"T", market.trades.empty() ? 0 : market.trades.back().time_ms}};
    state_.streams.Publish(stream, Text(event));
  }
}

void Publisher::PublishAllTickers() {
  constexpr std::string_view kStream = "!miniTicker@arr";
  if (!state_.streams.HasSubscribers(kStream)) {
    return;
  }
  Json list = Json::array();
  for (const auto& [symbol, market] : state_.markets) {
    list.push_back(MiniTickerEventJson(market, state_.NowMs()));
  }
  state_.streams.Publish(kStream, Text(list));
}

// A candle that ended since the last message is told once more, closed.
void Publisher::PublishKlines(Market& market, bool is_even_second) {
  const int64_t now_ms = state_.NowMs();
  market.candles.RollTo(now_ms);
  for (const std::string_view interval : Candles::intervals()) {
    const std::string stream =
        StrCat(std::string_view(market.stream_prefix()), "@kline_", interval);
    if (!state_.streams.HasSubscribers(stream)) {
      kline_open_ms_.erase(stream);
      continue;
    }
    if (interval != "1s" && !is_even_second) {
      continue;
    }
    const std::deque<Candle>& series = *market.candles.Find(interval);
    const auto last_sent = kline_open_ms_.find(stream);
    for (const Candle& candle : series) {
      if (last_sent != kline_open_ms_.end() && candle.open_time_ms >= last_sent->second &&
          candle.open_time_ms < series.back().open_time_ms) {
        state_.streams.Publish(stream,
                               Text(KlineEventJson(market, interval, candle, now_ms, true)));
      }
    }
    state_.streams.Publish(stream,
                           Text(KlineEventJson(market, interval, series.back(), now_ms, false)));
    kline_open_ms_[stream] = series.back().open_time_ms;
  }
}

void Publisher::OnExecution(Account& account, const Market& market, const ExecutionNote& note) {
  state_.users.Push(account, ExecutionReportJson(market, note, state_.NowMs()));
}

void Publisher::OnBalances(Account& account, const std::set<std::string>& assets) {
  state_.users.Push(account, AccountPositionJson(account, assets, state_.NowMs()));
}

void Publisher::OnTrades(const Market& market,
                         const std::vector<PublicTrade>& trades,
                         const std::vector<AggregateTrade>& aggregates) {
  const std::string_view prefix = market.stream_prefix();
  const int64_t now_ms = state_.NowMs();
  if (const std::string stream = StrCat(prefix, "@trade"); state_.streams.HasSubscribers(stream)) {
    for (const PublicTrade& trade : trades) {
      state_.streams.Publish(stream, TradeText(market, trade, now_ms));
    }
  }
  if (const std::string stream = StrCat(prefix, "@aggTrade");
      state_.streams.HasSubscribers(stream)) {
    for (const AggregateTrade& trade : aggregates) {
      state_.streams.Publish(stream, AggregateText(market, trade, now_ms));
    }
  }
}

void Publisher::OnBookChanged(Market& market) {
  if (!market.TakeTopChange()) {
    return;
  }
  const std::string stream = StrCat(std::string_view(market.stream_prefix()), "@bookTicker");
  if (state_.streams.HasSubscribers(stream)) {
    state_.streams.Publish(stream, BookTickerText(market));
  }
}

void Publisher::OnOrderAccepted(const Account& account) {
  state_.limits.CountOrder(account.id(), state_.NowMs());
}

void Publisher::OnFirstFill(const Account& account, bool is_maker) {
  state_.limits.CreditFill(account.id(), is_maker, state_.NowMs());
}

}  // namespace colibri::venue_sim::binance
