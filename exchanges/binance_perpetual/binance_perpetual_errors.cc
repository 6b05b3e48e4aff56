#include "exchanges/binance_perpetual/binance_perpetual_errors.h"

namespace colibri::binance::perpetual {
namespace {

using absl::StatusCode;

constexpr ErrorMeaning kAlreadySo = {
    StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kAlreadySo};

constexpr CodeRow kCodes[] = {
    {-1125, -1125, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOther}},  // listen key
    {-2018, -2019, kMeansNoFunds},
    // Unable to fill, would trigger, in liquidation, position or margin too small, too many orders,
    // reduce-only refused, beyond the leverage's maximum.
    {-2020, -2028, kMeansRefused},
    {-4003, -4005, kMeansBadRequest},  // quantity
    {-4013, -4016, kMeansBadRequest},  // price, client order id
    {-4023, -4024, kMeansBadRequest},
    {-4028, -4028, kMeansBadRequest},  // leverage
    {-4046, -4046, kAlreadySo},        // margin type
    {-4047, -4048, kMeansRefused},     // margin type, with orders or positions
    {-4059, -4059, kAlreadySo},        // position mode
    {-4061, -4061, kMeansRefused},     // position side of the other mode
    {-4067, -4068, kMeansRefused},     // position mode, with orders or positions
    {-4087, -4088, {StatusCode::kPermissionDenied, Outcome::kRejected, ErrorKind::kOther}},
    // The first copy may be live, or may be over: only the order itself tells.
    {-4116, -4116, kMeansDuplicate},
    {-4118, -4118, kMeansNoFunds},
    {-4120, -4120, kMeansBadRequest},  // a conditional type
    {-4131, -4131, kMeansRefused},     // no price to match within the bounds
    {-4140, -4141, kMeansRefused},     // symbol not trading
    {-4164, -4164, kMeansBadRequest},  // notional
    {-4192, -4192, kMeansRefused},     // cooling-off
    {-4400, -4401, kMeansRefused},     // only reduce-only is allowed
    {-4531, -4531, kMeansRefused},     // position modes of two products in conflict
    {-5021, -5021, kMeansRefused},     // fill or kill
    {-5022, -5022, kMeansWouldTake},
    {-5024, -5026, kMeansRefused},  // an amendment; the order is as it was
    {-5027, -5027, kAlreadySo},     // an amendment that changes nothing
    {-5028, -5028, kMeansClockSkew},
    {-5037, -5041, kMeansBadRequest},
};

// HTTP 503 stands for several things; "Unknown error" and "Internal error" may have been executed.
constexpr WordsRow kWords[] = {
    {503, std::nullopt, "Service Unavailable.", kMeansBusy},
};

}  // namespace

const ErrorTable& PerpetualErrors() {
  static const ErrorTable table = {
      .codes = kCodes, .words = kWords, .region_hint = "use domain testnet"};
  return table;
}

}  // namespace colibri::binance::perpetual
