// What a strategy sees of positions, settings and funding on paper: the far end of PerpetualVenue.
//
//   PaperPerpetual perpetual(name, spec, venue, to_venue, clock, events);
//   RETURN_IF_ERROR(perpetual.Open());
//   perpetual.Apply(report);                  // what came back over the wire
//
// Positions are the venue's word, compared with what the fills made of them, as live. Thread: the
// loop's.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "connector/account_positions.h"
#include "connector/funding_payments.h"
#include "connector/perpetual_exchange.h"
#include "connector/venue_spec.h"
#include "core/event_bus.h"
#include "exchanges/paper/delay_line.h"
#include "exchanges/paper/perpetual_venue.h"

namespace colibri {

class PaperPerpetual final : public PerpetualExchange {
 public:
  // All references, and the name, outlive this.
  PaperPerpetual(std::string_view name,
                 const VenueSpec& spec,
                 const std::vector<TradingPair>& pairs,
                 PerpetualVenue& venue,
                 DelayLine& to_venue,
                 Clock& clock,
                 EventBus& events);

  // Opens the venue and learns the settings that it starts with.
  absl::Status Open();
  void Apply(const PaperReport& report);
  void NoteFunding(const TradingPair& pair, const FundingInfo& info);

  PositionMode position_mode() const override { return mode_; }
  Position position(const TradingPair& pair, PositionSide side) const override {
    return positions_.position(pair, side);
  }
  std::vector<Position> positions() const override { return positions_.positions(); }
  LeverageSetting leverage(const TradingPair& pair) const override;
  std::optional<FundingInfo> funding(const TradingPair& pair) const override;
  absl::Status SetLeverage(const TradingPair& pair, LeverageSetting wanted) override;
  absl::Status SetPositionMode(PositionMode mode) override;

  // Differences between the venue's positions and what the fills made: there are none on paper.
  int64_t mismatches() const { return positions_.mismatches(); }

 private:
  EventHeader Header() const;
  void Set(const TradingPair& pair, const LeverageSetting& setting);
  void TellLiquidations(const PaperReport& report);

  std::string_view name_;
  const VenueSpec& spec_;
  const std::vector<TradingPair>& pairs_;
  PerpetualVenue& venue_;
  DelayLine& to_venue_;
  Clock& clock_;
  EventBus& events_;
  AccountPositions positions_;
  FundingPayments payments_;
  PositionMode mode_ = PositionMode::kOneWay;
  std::map<TradingPair, LeverageSetting> leverages_;
  std::map<TradingPair, FundingInfo> funding_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace colibri
