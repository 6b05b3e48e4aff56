// What a venue of perpetuals says and understands over REST beyond VenueProtocol: settings,
// positions, funding. Pure, like it; every Parse returns DataLoss when the body can't be read,
// naming the field. The defaults are of a venue that has one position mode and no dead man's
// switch.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/instrument.h"
#include "connector/user_stream_data_source.h"
#include "connector/venue_spec.h"
#include "core/position.h"

namespace colibri {

class PerpetualProtocol {
 public:
  virtual ~PerpetualProtocol() = default;

  // nullopt where VenueSpec::position_modes names one mode only.
  virtual std::optional<VenueCall> PositionModeCall() const { return std::nullopt; }
  virtual absl::StatusOr<PositionMode> ParsePositionMode(std::string_view /*body*/) const {
    return PositionMode::kOneWay;
  }
  virtual std::optional<VenueCall> SetPositionModeCall(PositionMode /*mode*/) const {
    return std::nullopt;
  }

  virtual VenueCall LeverageCall(const Instrument& instrument) const = 0;
  virtual absl::StatusOr<LeverageSetting> ParseLeverage(std::string_view body,
                                                        const Instrument& instrument) const = 0;
  // What to send, in order, to come from one to the other. A refusal of kind kAlreadySo is good.
  virtual std::vector<VenueCall> SetLeverageCalls(const Instrument& instrument,
                                                  const LeverageSetting& current,
                                                  const LeverageSetting& wanted) const = 0;

  // All positions of the account on the instruments of the connector: what is not in the answer is
  // flat. Others are left out.
  virtual VenueCall PositionsCall() const = 0;
  virtual absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view body) const = 0;

  virtual VenueCall FundingInfoCall(const Instrument& instrument) const = 0;
  virtual absl::StatusOr<FundingInfo> ParseFundingInfo(std::string_view body,
                                                       const Instrument& instrument) const = 0;
  // Of all that is held on the pair, where the spec's has_open_interest_call.
  virtual std::optional<VenueCall> OpenInterestCall(const Instrument& /*instrument*/) const {
    return std::nullopt;
  }
  virtual absl::StatusOr<Quantity> ParseOpenInterest(std::string_view /*body*/,
                                                     const Instrument& /*instrument*/) const {
    return absl::UnimplementedError("the venue has no such call");
  }
  // Of the whole account, from then on (inclusive), oldest first. A full page is asked on from its
  // last time.
  virtual VenueCall FundingPaymentsCall(absl::Time since) const = 0;
  virtual absl::StatusOr<std::vector<FundingPaymentUpdate>> ParseFundingPayments(
      std::string_view body) const = 0;

  // What makes the venue cancel our orders unless it hears again within `countdown`, which is zero
  // to end it. Empty where it has no such thing.
  virtual std::vector<VenueCall> DeadMansSwitchCalls(const InstrumentTable& /*instruments*/,
                                                     absl::Time /*venue_now*/,
                                                     absl::Duration /*countdown*/) const {
    return {};
  }
};

}  // namespace colibri
