// ParseScaled says of every text what Decimal::Parse and ToScaled together say.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/decimal.h"
#include "core/scaled_parse.h"

namespace colibri {
namespace {

// The error that the slow way finds; kTooLarge also where Decimal itself is too small.
ScaledParse ParseSlowly(std::string_view text, int decimals, int64_t& out) {
  const absl::StatusOr<Decimal> value = Decimal::Parse(text);
  if (!value.ok()) {
    return absl::IsOutOfRange(value.status()) ? ScaledParse::kTooLarge : ScaledParse::kNotANumber;
  }
  const absl::StatusOr<int64_t> scaled = value->ToScaled(decimals);
  if (!scaled.ok()) {
    return absl::IsOutOfRange(scaled.status()) ? ScaledParse::kTooLarge : ScaledParse::kTooFine;
  }
  out = *scaled;
  return ScaledParse::kOk;
}

// Decimal calls its own 19th decimal no number, and its own range too large before any scale.
bool AreCompatible(ScaledParse fast, ScaledParse slow) {
  return fast == slow || (fast == ScaledParse::kTooFine && slow != ScaledParse::kOk);
}

}  // namespace
}  // namespace colibri

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) {
    return 0;
  }
  const int decimals = bytes[0] % 19;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  constexpr int64_t kUntouched = -777;
  int64_t fast = kUntouched;
  int64_t slow = kUntouched;
  const colibri::ScaledParse fast_result = colibri::ParseScaled(text, decimals, fast);
  const colibri::ScaledParse slow_result = colibri::ParseSlowly(text, decimals, slow);
  CHECK(colibri::AreCompatible(fast_result, slow_result));
  CHECK(fast == slow);
  return 0;
}
