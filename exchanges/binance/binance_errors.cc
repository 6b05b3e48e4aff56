#include "exchanges/binance/binance_errors.h"

namespace colibri::binance {
namespace {

using absl::StatusCode;

constexpr CodeRow kCodes[] = {
    // One half of a cancel-replace may have been done: the answer's halves tell.
    {-2021, -2021, {StatusCode::kAborted, Outcome::kUnknown, ErrorKind::kOther}},
    {-2026, -2026, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOrderNotFound}},
    {-2035, -2035, {StatusCode::kAlreadyExists, Outcome::kRejected, ErrorKind::kOther}},
    {-2036, -2036, {StatusCode::kNotFound, Outcome::kRejected, ErrorKind::kOther}},
    {-2038, -2039, kMeansRefused},
    {-2042, -2043, kMeansRefused},
};

// -2010: new order rejected, and only the words say why.
constexpr int64_t kNewOrderRejected = -2010;
constexpr WordsRow kWords[] = {
    {0, kNewOrderRejected, "insufficient balance", kMeansNoFunds},
    {0, kNewOrderRejected, "Duplicate order sent", kMeansDuplicate},
    {0, kNewOrderRejected, "would immediately match and take", kMeansWouldTake},
    {0,
     kNewOrderRejected,
     "not permitted for this account",
     {StatusCode::kPermissionDenied, Outcome::kRejected, ErrorKind::kOther}},
};

}  // namespace

const ErrorTable& SpotErrors() {
  static const ErrorTable table = {
      .codes = kCodes, .words = kWords, .region_hint = "use domain us for binance.us, or testnet"};
  return table;
}

}  // namespace colibri::binance
