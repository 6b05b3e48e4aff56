#include "core/fees.h"

#include "core/order.h"
#include "core/status_macros.h"
#include "core/strings.h"

namespace colibri {
namespace {

// Quote value of the fill, rounded so that a fee or a rebate on it comes out against us.
absl::StatusOr<Decimal> QuoteValue(Price price, Quantity quantity, Decimal rate) {
  return Multiply(
      price.value(), quantity.value(), rate.is_negative() ? Rounding::kDown : Rounding::kUp);
}

absl::StatusOr<AssetAmount> QuoteFee(const TradingPair& pair,
                                     Price price,
                                     Quantity quantity,
                                     Decimal rate) {
  ASSIGN_OR_RETURN(const Decimal value, QuoteValue(price, quantity, rate));
  ASSIGN_OR_RETURN(const Decimal amount, Multiply(value, rate, Rounding::kUp));
  return AssetAmount{pair.quote, amount};
}

absl::StatusOr<AssetAmount> ThirdAssetFee(const FeeSchema& schema,
                                          Price price,
                                          Quantity quantity,
                                          Decimal rate) {
  if (schema.third_asset.empty()) {
    return absl::FailedPreconditionError(
        "fees are charged in a third asset and the fee schema names none: set third_asset");
  }
  if (!schema.third_asset_price.has_value() || !schema.third_asset_price->is_positive()) {
    return absl::FailedPreconditionError(
        StrCat("fees are charged in ",
               schema.third_asset,
               ", whose price in the quote asset is not known: set third_asset_price"));
  }
  ASSIGN_OR_RETURN(const Decimal value, QuoteValue(price, quantity, rate));
  ASSIGN_OR_RETURN(const Decimal in_quote, Multiply(value, rate, Rounding::kUp));
  ASSIGN_OR_RETURN(const Decimal amount,
                   Divide(in_quote, schema.third_asset_price->value(), Rounding::kUp));
  return AssetAmount{schema.third_asset, amount};
}

absl::StatusOr<AssetAmount> PercentFee(const FeeSchema& schema,
                                       const TradingPair& pair,
                                       Side side,
                                       Price price,
                                       Quantity quantity,
                                       Decimal rate) {
  switch (schema.charge) {
    case FeeCharge::kThirdAsset:
      return ThirdAssetFee(schema, price, quantity, rate);
    case FeeCharge::kAddedToCost:
      return QuoteFee(pair, price, quantity, rate);
    case FeeCharge::kDeductedFromReturns:
      break;
  }
  if (side == Side::kSell) {
    return QuoteFee(pair, price, quantity, rate);
  }
  ASSIGN_OR_RETURN(const Decimal amount, Multiply(quantity.value(), rate, Rounding::kUp));
  return AssetAmount{pair.base, amount};
}

}  // namespace

bool AddFee(FeeAmounts& total, const AssetAmount& fee) {
  for (AssetAmount& entry : total) {
    if (entry.asset == fee.asset) {
      const absl::StatusOr<Decimal> sum = CheckedAdd(entry.amount, fee.amount);
      if (sum.ok()) {
        entry.amount = *sum;
      }
      return sum.ok();
    }
  }
  total.push_back(fee);
  return true;
}

absl::StatusOr<FeeAmounts> FeeSchema::Estimate(
    const TradingPair& pair, Side side, Price price, Quantity quantity, bool is_maker) const {
  FeeAmounts total;
  const Decimal rate = percent.rate(is_maker);
  if (!rate.is_zero()) {
    ASSIGN_OR_RETURN(const AssetAmount fee, PercentFee(*this, pair, side, price, quantity, rate));
    if (!fee.amount.is_zero()) {
      total.push_back(fee);
    }
  }
  for (const AssetAmount& fee : is_maker ? maker_fixed : taker_fixed) {
    if (!fee.amount.is_zero() && !AddFee(total, fee)) {
      return absl::OutOfRangeError(StrCat("the fees in ", fee.asset, " are beyond 1.7e20"));
    }
  }
  return total;
}

}  // namespace colibri
