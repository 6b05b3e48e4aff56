#include "exchanges/paper/paper_perpetual.h"

#include <algorithm>
#include <utility>

#include "connector/margin_checks.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {

PaperPerpetual::PaperPerpetual(std::string_view name,
                               const VenueSpec& spec,
                               const std::vector<TradingPair>& pairs,
                               PerpetualVenue& venue,
                               DelayLine& to_venue,
                               Clock& clock,
                               EventBus& events)
    : name_(name),
      spec_(spec),
      pairs_(pairs),
      venue_(venue),
      to_venue_(to_venue),
      clock_(clock),
      events_(events),
      positions_(name, pairs, clock, events),
      payments_(name, clock, events) {
  subscriptions_.push_back(events.Subscribe<OrderFilled>(
      [this](const OrderFilled& event) { positions_.NoteFill(event.fill); }));
  subscriptions_.push_back(events.Subscribe<ForeignFill>(
      [this](const ForeignFill& event) { positions_.NoteFill(event.fill); }));
}

EventHeader PaperPerpetual::Header() const {
  return {.venue = name_,
          .venue_time = absl::InfinitePast(),
          .receive_time = clock_.now(),
          .source = Source::kStream};
}

absl::Status PaperPerpetual::Open() {
  RETURN_IF_ERROR(venue_.Open(spec_));
  mode_ = venue_.margin().position_mode();
  for (const TradingPair& pair : pairs_) {
    Set(pair, venue_.margin().leverage(pair));
  }
  positions_.ApplySnapshot({}, clock_.now(), Source::kRest);
  payments_.Begin({.since = clock_.now()});
  return absl::OkStatus();
}

void PaperPerpetual::Set(const TradingPair& pair, const LeverageSetting& setting) {
  const LeverageSetting previous = std::exchange(leverages_[pair], setting);
  if (previous != setting) {
    events_.Publish(LeverageChanged{
        .header = Header(), .pair = pair, .setting = setting, .previous = previous});
  }
}

// As live: what is known of positions first, then what happened to them.
void PaperPerpetual::Apply(const PaperReport& report) {
  if (report.position_mode.has_value() && std::exchange(mode_, *report.position_mode) != mode_) {
    events_.Publish(PositionModeChanged{.header = Header(), .mode = mode_});
  }
  for (const LeverageUpdate& update : report.leverages) {
    LeverageSetting setting = leverage(update.pair);
    setting.leverage = update.leverage.value_or(setting.leverage);
    setting.margin_mode = update.margin_mode.value_or(setting.margin_mode);
    Set(update.pair, setting);
  }
  for (const SettingRefusal& refusal : report.refusals) {
    events_.Publish(
        SettingRejected{.header = Header(), .pair = refusal.pair, .reason = refusal.reason});
  }
  for (const Position& position : report.positions) {
    positions_.Apply(position, Source::kStream);
  }
  for (const FundingPaymentUpdate& payment : report.funding_payments) {
    payments_.Apply(payment, Source::kStream);
    payments_.NotePolled(payment.venue_time);
  }
  TellLiquidations(report);
  for (const MarginCallUpdate& call : report.margin_calls) {
    EventHeader header = Header();
    header.venue_time = call.position.venue_time;
    events_.Publish(MarginCall{.header = header,
                               .position = call.position,
                               .maintenance_margin = call.maintenance_margin});
  }
}

void PaperPerpetual::TellLiquidations(const PaperReport& report) {
  for (const LiquidationUpdate& liquidation : report.liquidations) {
    EventHeader header = Header();
    header.venue_time = liquidation.venue_time;
    events_.Publish(Liquidation{.header = header,
                                .pair = liquidation.pair,
                                .position_side = liquidation.position_side,
                                .side = liquidation.side,
                                .price = liquidation.price,
                                .quantity = liquidation.quantity,
                                .is_auto_deleveraging = liquidation.is_auto_deleveraging});
  }
  // Nobody's order: there is no acknowledgement that the tracker would have to wait for.
  for (const Fill& fill : report.liquidation_fills) {
    EventHeader header = Header();
    header.venue_time = fill.venue_time;
    events_.Publish(ForeignFill{.header = header, .fill = fill});
  }
}

void PaperPerpetual::NoteFunding(const TradingPair& pair, const FundingInfo& info) {
  funding_[pair] = info;
}

LeverageSetting PaperPerpetual::leverage(const TradingPair& pair) const {
  const auto found = leverages_.find(pair);
  return found == leverages_.end() ? LeverageSetting{} : found->second;
}

std::optional<FundingInfo> PaperPerpetual::funding(const TradingPair& pair) const {
  const auto found = funding_.find(pair);
  return found == funding_.end() ? std::nullopt : std::optional(found->second);
}

absl::Status PaperPerpetual::SetLeverage(const TradingPair& pair, LeverageSetting wanted) {
  if (std::find(pairs_.begin(), pairs_.end(), pair) == pairs_.end()) {
    return absl::NotFoundError(StrCat(pair, " is not one of the pairs of ", name_));
  }
  RETURN_IF_ERROR(CheckLeverage(spec_, pair, wanted, venue_.leverage_max(pair)));
  if (leverages_.empty()) {
    return absl::FailedPreconditionError(StrCat(name_, " has not been started"));
  }
  to_venue_.Send([this, pair, wanted] { venue_.SetLeverage(pair, wanted); });
  return absl::OkStatus();
}

absl::Status PaperPerpetual::SetPositionMode(PositionMode mode) {
  RETURN_IF_ERROR(CheckPositionMode(spec_, mode));
  if (leverages_.empty()) {
    return absl::FailedPreconditionError(StrCat(name_, " has not been started"));
  }
  to_venue_.Send([this, mode] { venue_.SetPositionMode(mode); });
  return absl::OkStatus();
}

}  // namespace colibri
