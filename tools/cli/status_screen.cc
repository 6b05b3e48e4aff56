#include "tools/cli/status_screen.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

#include "connector/perpetual_exchange.h"
#include "core/strings.h"

namespace colibri::cli {
namespace {

constexpr size_t kBookDepth = 5;
constexpr size_t kOrdersShown = 12;
constexpr char kHomeAndClear[] = "\x1b[H\x1b[2J";
constexpr char kHome[] = "\x1b[H";
constexpr char kClearToLineEnd[] = "\x1b[K";
constexpr char kClearBelow[] = "\x1b[J";

std::string TextOf(const std::optional<Notional>& amount) {
  return amount.has_value() ? amount->ToString() : "-";
}

std::string Millis(absl::Duration duration) {
  return absl::StrFormat("%.2f ms", absl::ToDoubleMilliseconds(duration));
}

// " stop at 45000 by mark price", of a conditional order that waits.
std::string WaitsText(const Order& order) {
  if (!order.is_waiting()) {
    return {};
  }
  const OrderTrigger& trigger = *order.trigger;
  return StrCat(" ",
                ToString(trigger.kind),
                " at ",
                trigger.price,
                " by ",
                ToString(trigger.source),
                " price");
}

}  // namespace

StatusScreen::StatusScreen(CliIo& io, const Connector& connector, TradingPair pair)
    : io_(io), connector_(connector), pair_(std::move(pair)) {}

void StatusScreen::Draw(const StatusView& view) {
  if (!io_.is_terminal) {
    io_.out << RenderLine(view) << '\n' << std::flush;
    return;
  }
  io_.out << (is_first_ ? kHomeAndClear : kHome);
  is_first_ = false;
  for (const char c : Render(view)) {
    if (c == '\n') {
      io_.out << kClearToLineEnd;
    }
    io_.out << c;
  }
  io_.out << kClearBelow << std::flush;
}

std::string StatusScreen::Render(const StatusView& view) const {
  std::string text =
      absl::StrFormat("Colibri  %s  %s on %s  %s\n\n",
                      pair_.ToString(),
                      view.strategy.name,
                      std::string(connector_.name()),
                      absl::FormatDuration(absl::Trunc(view.elapsed, absl::Seconds(1))));
  AddBook(text);
  AddOrders(text);
  AddResults(text, view);
  AddHealth(text, view);
  return text;
}

std::string StatusScreen::RenderLine(const StatusView& view) const {
  const absl::StatusOr<const OrderBook*> book = connector_.book(pair_);
  std::string top = "book=stale";
  if (book.ok() && (*book)->best_bid() && (*book)->best_ask()) {
    top = StrCat("bid=", (*book)->best_bid()->price, " ask=", (*book)->best_ask()->price);
  }
  return StrCat(absl::FormatDuration(absl::Trunc(view.elapsed, absl::Seconds(1))),
                " ",
                top,
                " open_orders=",
                connector_.open_orders().size(),
                " fills=",
                view.report.counts.fills,
                " position=",
                view.report.position,
                " profit=",
                TextOf(view.report.net_profit),
                " state=",
                ToString(view.strategy.state));
}

void StatusScreen::AddBook(std::string& text) const {
  const absl::StatusOr<const OrderBook*> book = connector_.book(pair_);
  if (!book.ok()) {
    absl::StrAppend(&text, "book     ", book.status().message(), "\n\n");
    return;
  }
  const std::vector<PriceLevel> bids = (*book)->levels(Side::kBuy, kBookDepth);
  const std::vector<PriceLevel> asks = (*book)->levels(Side::kSell, kBookDepth);
  absl::StrAppendFormat(&text, "%14s %14s   %-14s %-14s\n", "quantity", "bid", "ask", "quantity");
  for (size_t i = 0; i < std::max(bids.size(), asks.size()); ++i) {
    absl::StrAppendFormat(&text,
                          "%14s %14s   %-14s %-14s\n",
                          i < bids.size() ? bids[i].quantity.ToString() : "",
                          i < bids.size() ? bids[i].price.ToString() : "",
                          i < asks.size() ? asks[i].price.ToString() : "",
                          i < asks.size() ? asks[i].quantity.ToString() : "");
  }
  text += '\n';
}

void StatusScreen::AddOrders(std::string& text) const {
  const std::vector<const Order*> orders = connector_.open_orders();
  absl::StrAppendFormat(&text, "orders   %d open\n", static_cast<int>(orders.size()));
  for (size_t i = 0; i < std::min(orders.size(), kOrdersShown); ++i) {
    const Order& order = *orders[i];
    absl::StrAppendFormat(&text,
                          "  %-4s %12s @ %-12s %-16s%s%s%s\n",
                          std::string(ToString(order.side)),
                          order.remaining().ToString(),
                          order.price.has_value() ? order.price->ToString() : "market",
                          std::string(ToString(order.state)),
                          WaitsText(order),
                          order.is_cancel_requested ? " canceling" : "",
                          order.is_in_doubt ? " in doubt" : "");
  }
  text += '\n';
}

void StatusScreen::AddBalances(std::string& text) const {
  const Balance base = connector_.balance(pair_.base);
  const Balance quote = connector_.balance(pair_.quote);
  absl::StrAppendFormat(&text,
                        "balance  %s %s (%s free)   %s %s (%s free)\n",
                        base.total.ToString(),
                        pair_.base,
                        base.available.ToString(),
                        quote.total.ToString(),
                        pair_.quote,
                        quote.available.ToString());
}

void StatusScreen::AddPerpetual(const PerpetualExchange& perpetual,
                                const PerformanceReport& report,
                                std::string& text) const {
  const TradingRule* rule = connector_.rules(pair_);
  const std::string collateral = rule == nullptr ? std::string() : rule->collateral;
  const Balance balance = connector_.balance(collateral);
  const LeverageSetting leverage = perpetual.leverage(pair_);
  const std::optional<FundingInfo> funding = perpetual.funding(pair_);
  absl::StrAppendFormat(&text,
                        "balance  %s %s (%s free)   %dx %s, %s\n",
                        balance.total.ToString(),
                        collateral,
                        balance.available.ToString(),
                        leverage.leverage,
                        std::string(ToString(leverage.margin_mode)),
                        std::string(ToString(perpetual.position_mode())));
  for (const Position& position : perpetual.positions()) {
    const absl::StatusOr<Notional> profit =
        ProfitAt(position, funding.has_value() ? funding->mark_price : position.entry_price);
    absl::StrAppendFormat(
        &text,
        "position %s %s %s @ %s  unrealised %s  liquidation %s\n",
        std::string(ToString(position.side)),
        position.quantity.ToString(),
        position.pair.ToString(),
        position.entry_price.ToString(),
        profit.ok() ? profit->ToString() : "-",
        position.liquidation_price.has_value() ? position.liquidation_price->ToString() : "-");
  }
  if (funding.has_value()) {
    absl::StrAppendFormat(
        &text,
        "funding  mark %s  rate %s  next %s  so far %s %s\n",
        funding->mark_price.ToString(),
        funding->rate.ToString(),
        absl::FormatTime("%H:%M:%S", funding->next_funding_time, absl::UTCTimeZone()),
        report.funding.ToString(),
        collateral);
  }
}

void StatusScreen::AddResults(std::string& text, const StatusView& view) const {
  const PerformanceReport& report = view.report;
  if (const PerpetualExchange* perpetual = connector_.perpetual()) {
    AddPerpetual(*perpetual, report, text);
  } else {
    AddBalances(text);
  }
  absl::StrAppendFormat(&text,
                        "orders   %d created  %d filled  %d canceled  %d rejected  %d expired\n",
                        static_cast<int>(report.counts.created),
                        static_cast<int>(report.counts.filled),
                        static_cast<int>(report.counts.canceled),
                        static_cast<int>(report.counts.rejected),
                        static_cast<int>(report.counts.expired));
  absl::StrAppendFormat(&text,
                        "fills    %d  bought %s  sold %s  position %s %s\n",
                        static_cast<int>(report.counts.fills),
                        report.bought.ToString(),
                        report.sold.ToString(),
                        report.position.ToString(),
                        pair_.base);
  absl::StrAppendFormat(&text,
                        "profit   %s %s  (realised %s, unrealised %s, fees %s)\n",
                        TextOf(report.net_profit),
                        pair_.quote,
                        report.realised_profit.ToString(),
                        TextOf(report.unrealised_profit),
                        TextOf(report.fees_value));
}

void StatusScreen::AddHealth(std::string& text, const StatusView& view) const {
  const ConnectorCounters counters = connector_.counters();
  const std::string why = connector_.health().Why(pair_);
  absl::StrAppendFormat(&text, "health   %s\n", why.empty() ? "all well" : why);
  absl::StrAppendFormat(&text,
                        "latency  order %s, slowest %s\n",
                        Millis(counters.order_latency_last),
                        Millis(counters.order_latency_max));
  absl::StrAppendFormat(
      &text,
      "traffic  %d market, %d private frames  %d resyncs  %d reconnects  %d errors\n",
      static_cast<int>(counters.market_frames),
      static_cast<int>(counters.private_frames),
      static_cast<int>(counters.book_resyncs),
      static_cast<int>(counters.reconnects),
      static_cast<int>(counters.parse_errors + counters.request_errors));
  absl::StrAppendFormat(&text,
                        "strategy %s%s%s\n",
                        std::string(ToString(view.strategy.state)),
                        view.strategy.reason.empty() ? "" : ": ",
                        view.strategy.reason);
  for (const std::string& warning : view.strategy.warnings) {
    absl::StrAppendFormat(&text, "warning  %s\n", warning);
  }
}

}  // namespace colibri::cli
