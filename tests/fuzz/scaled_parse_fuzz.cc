// ParseScaled and Decimal::Parse say of every text what a reader by character says.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/decimal.h"
#include "core/scaled_parse.h"
#include "tests/support/naive_decimal_text.h"

namespace colibri {
namespace {

void CheckScaled(std::string_view text, int decimals) {
  constexpr int64_t kUntouched = -777;
  int64_t value = kUntouched;
  const ScaledParse result = ParseScaled(text, decimals, value);
  const NaiveDecimalText expected = ReadNaively(
      text, decimals, NaiveInteger("9223372036854775807"), NaiveInteger("9223372036854775808"));
  CHECK(result == expected.result);
  CHECK(result == ScaledParse::kOk ? std::to_string(value) == expected.units : value == kUntouched);
}

void CheckDecimal(std::string_view text) {
  const NaiveInteger max("170141183460469231731687303715884105727");
  const NaiveDecimalText expected = ReadNaively(text, Decimal::kFractionDigits, max, max);
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  CHECK(value.ok() == (expected.result == ScaledParse::kOk));
  CHECK(absl::IsOutOfRange(value.status()) == (expected.result == ScaledParse::kTooLarge));
  CHECK(!value.ok() || NaiveUnits(*value) == expected.units);
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  colibri::CheckScaled(text, bytes[0] % 19);
  colibri::CheckDecimal(text);
  return 0;
}
