#include "tools/venue_sim/binance_common/number_text.h"

#include "absl/strings/str_cat.h"

#include "core/check.h"

namespace colibri::venue_sim::binance {

std::string Fixed8(Decimal value) {
  return value.ToFixed(kVenueDecimals);
}

void AppendFixed8(std::string& text, int64_t scaled, int decimals) {
  CHECK(decimals >= 0 && decimals <= kVenueDecimals);
  const int64_t one = Decimal::PowerOfTen(decimals);
  if (scaled < 0) {
    text += '-';
    scaled = -scaled;
  }
  absl::StrAppend(&text, scaled / one, ".");
  char fraction[kVenueDecimals + 1] = "00000000";
  int64_t rest = scaled % one;
  for (int i = decimals - 1; i >= 0; --i) {
    fraction[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  text.append(fraction, kVenueDecimals);
}

std::string Fixed8(int64_t scaled, int decimals) {
  std::string text;
  AppendFixed8(text, scaled, decimals);
  return text;
}

}  // namespace colibri::venue_sim::binance
