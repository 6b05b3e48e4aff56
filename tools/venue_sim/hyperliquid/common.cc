#include "tools/venue_sim/hyperliquid/common.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace colibri::venue_sim::hyperliquid {

std::string NumberText(Decimal value) {
  std::string text = value.ToString();
  if (text.find('.') == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string NumberText(Decimal value, int decimals) {
  return NumberText(value.RoundToMultiple(Decimal::FromScaled(1, decimals), Rounding::kHalfEven));
}

bool IsHex(std::string_view text, size_t digits) {
  return text.size() == digits + 2 && text.starts_with("0x") &&
         std::all_of(text.begin() + 2, text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace colibri::venue_sim::hyperliquid
