#include "exchanges/hyperliquid_perpetual/hyperliquid_perpetual_requests.h"

#include "core/strings.h"
#include "exchanges/hyperliquid_common/hyperliquid_actions.h"

namespace colibri::hyperliquid::perpetual {
VenueCall PerpetualRequests::Rules() const {
  return InfoCall(R"({"type":"meta","dex":""})", kWeight);
}

VenueCall PerpetualRequests::Contexts() const {
  return InfoCall(R"({"type":"metaAndAssetCtxs","dex":""})", kWeight);
}

VenueCall PerpetualRequests::Balances() const {
  return InfoCall(OfAccount("clearinghouseState", R"(,"dex":"")"), kLightWeight);
}

VenueCall PerpetualRequests::Leverage(const Instrument& instrument) const {
  return InfoCall(OfAccount("activeAssetData", StrCat(",\"coin\":", JsonText(instrument.symbol))),
                  kWeight);
}

VenueCall PerpetualRequests::FundingPayments(absl::Time since) const {
  return InfoCall(OfAccount("userFunding", StrCat(",\"startTime\":", Milliseconds(since))),
                  kListWeight);
}

VenueCall PerpetualRequests::SetLeverage(const Instrument& instrument,
                                         const LeverageSetting& wanted) const {
  return ActionCall(UpdateLeverageAction(static_cast<uint64_t>(instrument.venue_id),
                                         wanted.margin_mode == MarginMode::kCross,
                                         wanted.leverage),
                    CallPriority::kReconcile);
}

VenueCall PerpetualRequests::ScheduleCancel(std::optional<absl::Time> time) const {
  return ActionCall(ScheduleCancelAction(time), CallPriority::kCancel);
}

}  // namespace colibri::hyperliquid::perpetual
