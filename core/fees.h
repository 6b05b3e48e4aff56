// Fees: the rates of a venue, and what one fill cost.
//
//   ASSIGN_OR_RETURN(FeeAmounts fees,
//                    schema.Estimate(pair, Side::kBuy, price, quantity, /*is_maker=*/true));
//
// A percentage fee is either added to the cost (a buy pays more quote) or deducted from what is
// returned (a buy receives less base, a sell less quote), or charged in a third asset at that
// asset's price. Rates are fractions: 0.001 is 0.1 %.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

#include "core/decimal.h"
#include "core/trading_pair.h"
#include "core/units.h"

namespace colibri {

enum class Side : uint8_t;

struct AssetAmount {
  std::string asset;
  Decimal amount;

  bool operator==(const AssetAmount&) const = default;
};

// One fill's fees; usually one entry. Empty means free. A negative amount is a rebate.
using FeeAmounts = absl::InlinedVector<AssetAmount, 1>;

// Adds `fee` to the entry of its asset; an entry that comes to zero stays. False, with `total` as
// it was, when the sum would leave the range of Decimal.
bool AddFee(FeeAmounts& total, const AssetAmount& fee);

struct FeeRates {
  Decimal maker;
  Decimal taker;

  Decimal rate(bool is_maker) const { return is_maker ? maker : taker; }
  bool operator==(const FeeRates&) const = default;
};

enum class FeeCharge : uint8_t {
  kDeductedFromReturns,  // base on a buy, quote on a sell
  kAddedToCost,          // quote on a buy; a sell is still deducted
  kThirdAsset,           // in `asset`, both legs gross
};

struct FeeSchema {
  FeeRates percent;
  FeeCharge charge = FeeCharge::kDeductedFromReturns;
  std::string third_asset;                 // for kThirdAsset
  std::optional<Price> third_asset_price;  // quote per third asset; kThirdAsset needs it
  FeeAmounts maker_fixed;
  FeeAmounts taker_fixed;

  // What one fill costs. FailedPrecondition when a third asset has no price; OutOfRange on
  // overflow. Amounts round up at the 18th decimal, against us.
  absl::StatusOr<FeeAmounts> Estimate(
      const TradingPair& pair, Side side, Price price, Quantity quantity, bool is_maker) const;
};

}  // namespace colibri
