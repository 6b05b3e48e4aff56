// Decimal survives any text and any operands, and its arithmetic equals the naive oracle's.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/decimal.h"
#include "tests/support/naive_integer.h"

namespace colibri {
namespace {

void CheckText(std::string_view text) {
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  if (!value.ok()) {
    return;
  }
  CHECK(*Decimal::Parse(value->ToString()) == *value);
  CHECK(*Decimal::Parse(value->ToFixed(Decimal::kFractionDigits)) == *value);
  CHECK(value->ToString() == value->ToFixed(value->decimals()));
  const absl::StatusOr<int64_t> scaled = value->ToScaled(8);
  CHECK(!scaled.ok() || Decimal::FromScaled(*scaled, 8) == *value);
}

void CheckArithmetic(Int128 a, Int128 b, Rounding rounding) {
  const Decimal left = Decimal::FromUnits(a);
  const Decimal right = Decimal::FromUnits(b);
  const absl::StatusOr<Decimal> product = Multiply(left, right, rounding);
  CHECK((product.ok() ? NaiveUnits(*product) : "") ==
        NaiveMultiplyThenDivide(a, b, Decimal::kOne, rounding));
  const absl::StatusOr<Decimal> sum = CheckedAdd(left, right);
  CHECK(!sum.ok() || *sum - right == left);
  if (b == 0) {
    CHECK(!Divide(left, right, rounding).ok());
    return;
  }
  const absl::StatusOr<Decimal> quotient = Divide(left, right, rounding);
  CHECK((quotient.ok() ? NaiveUnits(*quotient) : "") ==
        NaiveMultiplyThenDivide(a, Decimal::kOne, b, rounding));
  const Decimal multiple = left.RoundToMultiple(Abs(right), rounding);
  CHECK(multiple.IsMultipleOf(Abs(right)));
}

// Any bits but the one value that is out of range.
Int128 UnitsOf(const uint8_t* bytes) {
  Int128 units = 0;
  std::memcpy(&units, bytes, sizeof(units));
  return units == kLowestInt128 ? 0 : units;
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  colibri::CheckText(std::string_view(reinterpret_cast<const char*>(bytes), size));
  constexpr size_t kOperands = 2 * sizeof(colibri::Int128);
  if (size > kOperands) {
    // Shifts make operands of all sizes likely.
    const int shift = bytes[kOperands] / 4 * 2;
    colibri::CheckArithmetic(colibri::UnitsOf(bytes),
                             colibri::UnitsOf(bytes + sizeof(colibri::Int128)) >> shift,
                             static_cast<colibri::Rounding>(bytes[kOperands] % 4));
  }
  return 0;
}
