#include "exchanges/paper/perpetual_venue.h"

#include <algorithm>
#include <utility>

#include "connector/margin_checks.h"
#include "core/check.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Where neither the rules nor the configuration tell.
constexpr int kLeverageMaxDefault = 100;
// A margin call comes when the positions need so much of the margin, and may come again once it is
// less than the other.
const Decimal kMarginCallShare = Decimal::FromScaled(8, 1);
const Decimal kMarginCallOver = Decimal::FromScaled(7, 1);

bool NeedsShare(const MarginState& state, Decimal share) {
  const absl::StatusOr<Notional> part = Scale(state.margin, share, Rounding::kDown);
  return part.ok() && state.maintenance_of_all.is_positive() && state.maintenance_of_all >= *part;
}

}  // namespace

PerpetualVenue::PerpetualVenue(const PaperConfig& config,
                               FeeRates fees,
                               const MarketFeed& feed,
                               Clock& clock,
                               ReportSink report)
    : PerpetualVenue(config,
                     std::make_unique<MarginFunds>(
                         config.balances, feed.pairs(), fees, config.perpetual.liquidation_fee),
                     feed,
                     clock,
                     std::move(report)) {}

PerpetualVenue::PerpetualVenue(const PaperConfig& config,
                               std::unique_ptr<MarginFunds> margin,
                               const MarketFeed& feed,
                               Clock& clock,
                               ReportSink report)
    : PaperVenue(config, std::move(margin), feed, clock, std::move(report)),
      margin_(static_cast<MarginFunds&>(funds())),
      config_(config.perpetual),
      settings_(config.market.perpetual) {
  for (const TradingPair& pair : feed.pairs()) {
    contracts_.emplace(pair, Contract{.funding = PaperFunding(config_)});
  }
}

PerpetualVenue::~PerpetualVenue() {
  for (const auto& [pair, contract] : contracts_) {
    clock().CancelTimer(contract.timer);
  }
}

int PerpetualVenue::leverage_max(const TradingPair& pair) const {
  const TradingRule* rule = feed().rules(pair);
  if (config_.leverage_max.has_value()) {
    return *config_.leverage_max;
  }
  if (rule != nullptr && rule->leverage_max > 0) {
    return rule->leverage_max;
  }
  return config_.maintenance_rate.has_value() ? LeverageMaxOf(*config_.maintenance_rate)
                                              : kLeverageMaxDefault;
}

absl::Status PerpetualVenue::Open(const VenueSpec& spec) {
  const PositionMode mode = settings_.position_mode.value_or(PositionMode::kOneWay);
  RETURN_IF_ERROR(CheckPositionMode(spec, mode));
  RETURN_IF_ERROR(margin_.SetPositionMode(mode, /*has_open_orders=*/false));
  for (auto& [pair, contract] : contracts_) {
    const TradingRule* rule = feed().rules(pair);
    if (rule == nullptr) {
      return absl::FailedPreconditionError(
          StrCat("the trading rules of ", pair, " are not known yet"));
    }
    margin_.SetContract(
        pair,
        {.collateral = rule->collateral.empty() ? pair.quote : rule->collateral,
         .maintenance_rate = config_.maintenance_rate.value_or(MaintenanceRate(leverage_max(pair))),
         .tick = rule->price_increment});
    const LeverageSetting wanted = WantedLeverage(settings_, pair, margin_.leverage(pair));
    RETURN_IF_ERROR(CheckLeverage(spec, pair, wanted, leverage_max(pair)));
    RETURN_IF_ERROR(margin_.SetLeverage(pair, wanted, /*has_open_orders=*/false));
  }
  return absl::OkStatus();
}

bool PerpetualVenue::OnBook(const BookChanged& change) {
  const bool has_changed = PaperVenue::OnBook(change);
  const auto contract = contracts_.find(*change.pair);
  if (change.is_stale || contract == contracts_.end()) {
    return has_changed;
  }
  const std::optional<Price> mid = change.book->mid_price();
  if (change.is_best_changed && mid.has_value() && !change.book->is_crossed()) {
    if (auto info = contract->second.funding.NoteMid(*mid, clock().now())) {
      contract->second.untold = info;
    }
    NoteMark(contract->first);
  } else if (has_changed) {
    Send({});  // what could not be closed may be now
  }
  return has_changed;
}

FundingInfo PerpetualVenue::OnFunding(const FundingInfoChanged& event) {
  const auto contract = contracts_.find(*event.pair);
  if (contract == contracts_.end()) {
    return event.funding;
  }
  FundingInfo info = contract->second.funding.Note(event.funding, clock().now());
  NoteMark(contract->first);
  return info;
}

std::optional<FundingInfo> PerpetualVenue::TakeMidFunding(const TradingPair& pair) {
  const auto contract = contracts_.find(pair);
  return contract == contracts_.end() ? std::nullopt
                                      : std::exchange(contract->second.untold, std::nullopt);
}

void PerpetualVenue::NoteMark(const TradingPair& pair) {
  const PaperFunding& funding = contracts_.at(pair).funding;
  if (const std::optional<Price> mark = funding.mark()) {
    margin_.SetMark(pair, *mark);
    Trigger(pair, TriggerSource::kMark, *mark);
  }
  PaperReport report;
  PayFunding(pair, report);
  ArmFunding(pair);
  if (!told_open_.empty() && clock().monotonic() - told_at_ >= kWordPeriod) {
    NoteAssets(pair, report);
  }
  Send(std::move(report));
}

void PerpetualVenue::ArmFunding(const TradingPair& pair) {
  Contract& contract = contracts_.at(pair);
  const absl::Time next = contract.funding.next_due();
  if (next == contract.armed_for) {
    return;
  }
  clock().CancelTimer(std::exchange(contract.timer, 0));
  contract.armed_for = next;
  if (next == absl::InfiniteFuture()) {
    return;
  }
  contract.timer = clock().ScheduleAfter(std::max(next - clock().now(), absl::ZeroDuration()),
                                         [this, &pair, &contract] {
                                           contract.timer = 0;
                                           contract.armed_for = absl::InfiniteFuture();
                                           PaperReport report;
                                           PayFunding(pair, report);
                                           ArmFunding(pair);
                                           Send(std::move(report));
                                         });
}

void PerpetualVenue::PayFunding(const TradingPair& pair, PaperReport& report) {
  while (const std::optional<FundingDue> due = contracts_.at(pair).funding.TakeDue(clock().now())) {
    for (const auto& [key, amount] : margin_.PayFunding(pair, due->mark, due->rate)) {
      report.funding_payments.push_back(
          {.pair = pair,
           .payment_id = PaymentId::FromNumber(++last_payment_number_),
           .asset = margin_.AssetsOf(pair).front(),
           .amount = amount,
           .rate = due->rate,
           .venue_time = clock().now()});
      NoteAssets(pair, report);
    }
  }
}

void PerpetualVenue::SetLeverage(const TradingPair& pair, LeverageSetting wanted) {
  PaperReport report;
  const absl::Status set = margin_.SetLeverage(pair, wanted, has_open_orders(pair));
  if (set.ok()) {
    report.leverages.push_back(
        {.pair = pair, .leverage = wanted.leverage, .margin_mode = wanted.margin_mode});
    NoteAssets(pair, report);
  } else {
    report.refusals.push_back({.pair = pair, .reason = std::string(Std(set.message()))});
  }
  Send(std::move(report));
}

void PerpetualVenue::SetPositionMode(PositionMode mode) {
  PaperReport report;
  const absl::Status set = margin_.SetPositionMode(mode, has_open_orders(std::nullopt));
  if (set.ok()) {
    report.position_mode = mode;
  } else {
    report.refusals.push_back({.pair = std::nullopt, .reason = std::string(Std(set.message()))});
  }
  Send(std::move(report));
}

bool PerpetualVenue::has_open_orders(const std::optional<TradingPair>& pair) const {
  bool has_any = false;
  ForEachOpenOrder(
      [&](const Order& order) { has_any |= !pair.has_value() || order.pair == *pair; });
  return has_any;
}

void PerpetualVenue::Complete(PaperReport& report) {
  ExpireReduceOnly(report);
  CheckMargin(report);
  NoteMarginCalls(report);
  if (!report.is_empty()) {
    NotePositions(report);
  }
}

void PerpetualVenue::ExpireReduceOnly(PaperReport& report) {
  ExpireOrders(
      [this](const Order& order) {
        return order.position_action == PositionAction::kClose && !margin_.Tradable(order).ok();
      },
      "reduce-only: the position is closed",
      report);
}

void PerpetualVenue::CheckMargin(PaperReport& report) {
  // Each round closes a position or ends; a bound all the same.
  for (size_t round = 0; round < 3 * contracts_.size(); ++round) {
    const std::optional<PositionKey> key = margin_.ToLiquidate();
    if (!key.has_value() || !Liquidate(*key, report)) {
      break;
    }
    ExpireReduceOnly(report);
  }
}

bool PerpetualVenue::Liquidate(const PositionKey& key, PaperReport& report) {
  if (!feed().book(key.pair).ok()) {
    return false;
  }
  const bool is_isolated = margin_.leverage(key.pair).margin_mode == MarginMode::kIsolated;
  const std::string collateral = margin_.AssetsOf(key.pair).front();
  ExpireOrders(
      [&](const Order& order) {
        const bool is_cross = margin_.leverage(order.pair).margin_mode == MarginMode::kCross;
        return order.pair == key.pair ||
               (!is_isolated && is_cross && margin_.AssetsOf(order.pair).front() == collateral);
      },
      "the position is liquidated",
      report);
  return CloseAtBook(key, report);
}

bool PerpetualVenue::CloseAtBook(const PositionKey& key, PaperReport& report) {
  const absl::StatusOr<const OrderBook*> book = feed().book(key.pair);
  const TradingRule* rule = feed().rules(key.pair);
  Market* const market = FindMarket(key.pair);
  if (!book.ok() || rule == nullptr || market == nullptr) {
    return false;
  }
  const Quantity held = margin_.position(key).quantity;
  const bool is_long = held.is_positive();
  const Side side = is_long ? Side::kSell : Side::kBuy;
  const TakePlan plan = market->simulator.Plan(**book,
                                               {.side = side,
                                                .limit = std::nullopt,
                                                .quantity = is_long ? held : -held,
                                                .budget = std::nullopt,
                                                .step = StepOf(*rule, **book)});
  market->simulator.Take(**book, side, plan);
  const std::optional<Price> bound = margin_.BankruptcyBound(key);
  std::vector<Closing> closings;
  Price last = bound.value_or(margin_.position(key).entry_price);
  for (const TakePlan::Level& level : plan.levels) {
    last = level.displayed.price;
    const Price limit = bound.value_or(last);
    closings.push_back({is_long ? std::max(last, limit) : std::min(last, limit), level.quantity});
  }
  if (const Quantity left = (is_long ? held : -held) - plan.filled; left.is_positive()) {
    closings.push_back({bound.value_or(last), left});
  }
  // The fees come last: what they would take from the margin before is there for the losses.
  Notional total;
  for (const Closing& closing : closings) {
    total += CheckedMultiply(closing.price, closing.quantity).value_or(Notional());
    if (!CloseAt(key, closing, &closing == &closings.back() ? total : Notional(), report)) {
      return false;
    }
  }
  return true;
}

bool PerpetualVenue::CloseAt(const PositionKey& key,
                             const Closing& closing,
                             Notional charged,
                             PaperReport& report) {
  const Side side = margin_.position(key).quantity.is_positive() ? Side::kSell : Side::kBuy;
  const absl::StatusOr<PaperSettlement> settled =
      margin_.Liquidate(key, closing.price, closing.quantity, charged);
  if (!settled.ok()) {
    return false;
  }
  const uint64_t number = NextOrderNumber();
  report.liquidation_fills.push_back(
      {.trade_id = NextTradeId(),
       .client_order_id = ClientOrderId(StrCat("autoclose-", number)),
       .exchange_order_id = ExchangeOrderId::FromNumber(number),
       .pair = key.pair,
       .side = side,
       .price = closing.price,
       .quantity = closing.quantity,
       .fees = settled->fees,
       .is_maker = false,
       .venue_time = clock().now(),
       .position_side = key.side,
       .realised_profit = settled->realised_profit});
  report.liquidations.push_back({.pair = key.pair,
                                 .position_side = key.side,
                                 .side = side,
                                 .price = closing.price,
                                 .quantity = closing.quantity,
                                 .is_auto_deleveraging = false,
                                 .venue_time = clock().now()});
  NoteAssets(key.pair, report);
  return true;
}

void PerpetualVenue::NoteMarginCalls(PaperReport& report) {
  std::set<PositionKey> called;
  for (const MarginState& state : margin_.states()) {
    const PositionKey key = {state.position.pair, state.position.side};
    const bool was_called = called_.contains(key);
    if (!NeedsShare(state, was_called ? kMarginCallOver : kMarginCallShare)) {
      continue;
    }
    called.insert(key);
    if (!was_called) {
      MarginCallUpdate call = {.position = state.position, .maintenance_margin = state.maintenance};
      call.position.venue_time = clock().now();
      report.margin_calls.push_back(std::move(call));
    }
  }
  called_ = std::move(called);
}

// All that are open, and those that were: a liquidation price moves with what others do.
void PerpetualVenue::NotePositions(PaperReport& report) {
  std::set<PositionKey> open;
  for (const MarginState& state : margin_.states()) {
    open.insert({state.position.pair, state.position.side});
    report.positions.push_back(state.position);
  }
  for (const PositionKey& key : told_open_) {
    if (!open.contains(key)) {
      report.positions.push_back(margin_.position(key));
    }
  }
  for (Position& position : report.positions) {
    position.venue_time = clock().now();
  }
  told_open_ = std::move(open);
  told_at_ = clock().monotonic();
}

}  // namespace colibri
