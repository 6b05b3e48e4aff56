#include "strategies/performance.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/event.h"
#include "core/order_book.h"
#include "core/status_macros.h"

namespace colibri {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

// False, and the total stays, when the sum leaves the range.
bool AddTo(Decimal& total, Decimal amount) {
  const absl::StatusOr<Decimal> sum = CheckedAdd(total, amount);
  if (sum.ok()) {
    total = *sum;
  }
  return sum.ok();
}

template <typename Value>
bool AddTo(Value& total, Value amount) {
  Decimal sum = total.value();
  const bool is_added = AddTo(sum, amount.value());
  total = Value(sum);
  return is_added;
}

Decimal AmountOf(const FeeAmounts& fees, std::string_view asset) {
  for (const AssetAmount& fee : fees) {
    if (fee.asset == asset) {
      return fee.amount;
    }
  }
  return Decimal();
}

// base * price + quote; nullopt on overflow.
std::optional<Notional> ValueOf(Decimal base, Decimal quote, Price price) {
  const absl::StatusOr<Notional> base_value = CheckedMultiply(price, Quantity(base));
  Notional value(quote);
  if (!base_value.ok() || !AddTo(value, *base_value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

bool PerformanceReport::is_reconciled() const {
  return overflows == 0 &&
         std::all_of(balances.begin(), balances.end(), [](const AssetReconciliation& asset) {
           return asset.expected == asset.actual;
         });
}

PerformanceTracker::PerformanceTracker(Exchange& exchange,
                                       TradingPair pair,
                                       size_t fills_kept,
                                       FillWriter writer)
    : exchange_(exchange),
      pair_(std::move(pair)),
      fills_kept_(fills_kept),
      writer_(std::move(writer)) {
  Restart();
  subscription_ = exchange_.events().SubscribeAll([this](const Event& event) { OnEvent(event); });
}

void PerformanceTracker::Restart() {
  report_ = PerformanceReport();
  report_.pair = pair_;
  position_ = TradedPosition();
  fills_.clear();
  flows_.clear();
  const std::string collateral = Collateral(pair_);
  const std::vector<std::string> assets = collateral.empty()
                                              ? std::vector<std::string>{pair_.base, pair_.quote}
                                              : std::vector<std::string>{collateral};
  for (const std::string& asset : assets) {
    flows_[asset].start = exchange_.balance(asset).total;
  }
  for (const auto& [asset, balance] : exchange_.balances()) {
    flows_[asset].start = balance.total;
  }
}

void PerformanceTracker::OnEvent(const Event& event) {
  OrderCounts& counts = report_.counts;
  const auto count_end = [this](const auto& e) {
    if (IsOfPair(e.order)) {
      CountEnd(e.order.state, 1);
    }
  };
  std::visit(
      Overloaded{
          [&](const BookChanged& e) {
            if (e.is_best_changed && !e.is_stale && e.book != nullptr && *e.pair == pair_) {
              if (const std::optional<Price> mid = e.book->mid_price(); mid.has_value()) {
                last_mid_ = mid;
              }
            }
          },
          [&](const OrderCreated& e) { counts.created += IsOfPair(e.order) ? 1 : 0; },
          [&](const OrderFilled& e) { OnFill(e.fill, e.header, e.is_after_terminal, false); },
          [&](const ForeignFill& e) { OnFill(e.fill, e.header, false, true); },
          [&](const OrderCompleted& e) {
            count_end(e);
            counts.incomplete += IsOfPair(e.order) && e.is_incomplete ? 1 : 0;
          },
          [&](const OrderCanceled& e) { count_end(e); },
          [&](const OrderRejected& e) { count_end(e); },
          [&](const OrderExpired& e) { count_end(e); },
          [&](const OrderCorrected& e) {
            if (IsOfPair(e.order)) {
              ++counts.corrected;
              CountEnd(e.previous_state, -1);
              CountEnd(e.order.state, 1);
            }
          },
          [&](const FundingPayment& e) { AddFunding(e); },
          [&](const CancelRejected& e) { counts.cancel_rejected += IsOfPair(e.order) ? 1 : 0; },
          [&](const OrderInDoubt& e) { counts.in_doubt += IsOfPair(e.order) ? 1 : 0; },
          [](const auto&) {}},
      event);
}

void PerformanceTracker::CountEnd(OrderState state, int64_t change) {
  OrderCounts& counts = report_.counts;
  switch (state) {
    case OrderState::kFilled:
      counts.filled += change;
      break;
    case OrderState::kCanceled:
      counts.canceled += change;
      break;
    case OrderState::kRejected:
      counts.rejected += change;
      break;
    case OrderState::kExpired:
      counts.expired += change;
      break;
    case OrderState::kPendingCreate:
    case OrderState::kOpen:
    case OrderState::kPartiallyFilled:
      break;  // no end
  }
}

void PerformanceTracker::OnFill(const Fill& fill,
                                const EventHeader& header,
                                bool is_after_terminal,
                                bool is_foreign) {
  const absl::StatusOr<Notional> notional = CheckedMultiply(fill.price, fill.quantity);
  if (!notional.ok() || !AddFlows(fill, *notional)) {
    ++report_.overflows;
    return;
  }
  const FillRecord record{.fill = fill,
                          .notional = *notional,
                          .receive_time = header.receive_time,
                          .is_after_terminal = is_after_terminal,
                          .is_foreign = is_foreign};
  if (fill.pair == pair_) {
    AddToPair(record);
  }
  fills_.push_back(record);
  if (fills_.size() > fills_kept_) {
    fills_.pop_front();
  }
  if (writer_) {
    writer_(record);
  }
}

std::string PerformanceTracker::Collateral(const TradingPair& pair) const {
  const TradingRule* rule = exchange_.rules(pair);
  return rule == nullptr ? std::string() : rule->collateral;
}

void PerformanceTracker::AddFunding(const FundingPayment& payment) {
  const bool is_added = AddTo(flows_[payment.asset].traded, payment.amount) &&
                        (payment.pair != pair_ || AddTo(report_.funding, Notional(payment.amount)));
  report_.overflows += is_added ? 0 : 1;
}

bool PerformanceTracker::AddFlows(const Fill& fill, Notional notional) {
  const std::string collateral = Collateral(fill.pair);
  const bool is_buy = fill.side == Side::kBuy;
  const auto flow = [this](const std::string& asset) -> Flow { return flows_[asset]; };
  // On copies first: all is added, or nothing.
  std::map<std::string, Flow> changed;
  bool is_added = true;
  if (collateral.empty()) {
    changed.emplace(fill.pair.base, flow(fill.pair.base));
    changed.emplace(fill.pair.quote, flow(fill.pair.quote));
    const Decimal base = fill.quantity.value();
    const Decimal quote = notional.value();
    is_added = AddTo(changed[fill.pair.base].traded, is_buy ? base : -base) &&
               AddTo(changed[fill.pair.quote].traded, is_buy ? -quote : quote);
  } else {
    changed.emplace(collateral, flow(collateral));
    is_added = AddTo(changed[collateral].traded, fill.realised_profit.value_or(Notional()).value());
  }
  for (const AssetAmount& fee : fill.fees) {
    changed.emplace(fee.asset, flow(fee.asset));
    is_added = is_added && AddTo(changed[fee.asset].fees, fee.amount);
  }
  if (is_added) {
    for (auto& [asset, value] : changed) {
      flows_[asset] = value;
    }
  }
  return is_added;
}

void PerformanceTracker::AddToPair(const FillRecord& record) {
  const Fill& fill = record.fill;
  const bool is_buy = fill.side == Side::kBuy;
  OrderCounts& counts = report_.counts;
  counts.fills += record.is_foreign ? 0 : 1;
  counts.foreign_fills += record.is_foreign ? 1 : 0;
  counts.late_fills += record.is_after_terminal ? 1 : 0;
  report_.maker_fills += fill.is_maker && !record.is_foreign ? 1 : 0;
  bool is_added = AddTo(is_buy ? report_.bought : report_.sold, fill.quantity) &&
                  AddTo(is_buy ? report_.spent : report_.earned, record.notional) &&
                  position_.Add(fill.side, fill.price, fill.quantity).ok();
  for (const AssetAmount& fee : fill.fees) {
    is_added = AddFee(report_.fees, fee) && is_added;
  }
  report_.overflows += is_added ? 0 : 1;
}

PerformanceReport PerformanceTracker::Report() const {
  PerformanceReport report = report_;
  report.mid = last_mid_;
  if (const absl::StatusOr<const OrderBook*> book = exchange_.book(pair_); book.ok()) {
    if (const std::optional<Price> mid = (*book)->mid_price(); mid.has_value()) {
      report.mid = mid;
    }
  }
  report.position = position_.quantity();
  report.average_cost = position_.average_cost();
  report.realised_profit = position_.realised_profit();
  Value(report);
  report.balances = Reconcile();
  return report;
}

void PerformanceTracker::Value(PerformanceReport& report) const {
  if (!report.mid.has_value()) {
    return;
  }
  const Price mid = *report.mid;
  if (const auto unrealised = position_.UnrealisedProfit(mid); unrealised.ok()) {
    report.unrealised_profit = *unrealised;
  }
  const std::string collateral = Collateral(pair_);
  const std::string& quote = collateral.empty() ? pair_.quote : collateral;
  report.fees_value = ValueOf(AmountOf(report.fees, pair_.base), AmountOf(report.fees, quote), mid);
  if (report.unrealised_profit.has_value() && report.fees_value.has_value()) {
    Notional net = report.realised_profit;
    if (AddTo(net, *report.unrealised_profit) && AddTo(net, -*report.fees_value) &&
        AddTo(net, report.funding)) {
      report.net_profit = net;
    }
  }
  if (!collateral.empty()) {
    Notional value(exchange_.balance(collateral).total);
    if (report.unrealised_profit.has_value() && AddTo(value, *report.unrealised_profit)) {
      report.value = value;
    }
    report.value_if_held = Notional(flows_.at(collateral).start);
    return;
  }
  report.value =
      ValueOf(exchange_.balance(pair_.base).total, exchange_.balance(pair_.quote).total, mid);
  report.value_if_held = ValueOf(flows_.at(pair_.base).start, flows_.at(pair_.quote).start, mid);
}

std::vector<AssetReconciliation> PerformanceTracker::Reconcile() const {
  std::map<std::string, Flow> flows = flows_;
  for (const auto& [asset, balance] : exchange_.balances()) {
    flows[asset];  // came since the start: from nothing
  }
  std::vector<AssetReconciliation> rows;
  rows.reserve(flows.size());
  for (const auto& [asset, flow] : flows) {
    AssetReconciliation row{.asset = asset,
                            .start = flow.start,
                            .traded = flow.traded,
                            .fees = flow.fees,
                            .expected = flow.start,
                            .actual = exchange_.balance(asset).total};
    // Out of range stays the start, and shows as a difference.
    Decimal expected = flow.start;
    if (AddTo(expected, flow.traded) && AddTo(expected, -flow.fees)) {
      row.expected = expected;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace colibri
