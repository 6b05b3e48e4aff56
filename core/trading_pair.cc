#include "core/trading_pair.h"

#include <algorithm>

#include "absl/strings/escaping.h"

#include "core/strings.h"

namespace colibri {
namespace {

bool IsBlankOrControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

}  // namespace

absl::StatusOr<TradingPair> TradingPair::Parse(std::string_view text) {
  const size_t dash = text.rfind('-');
  const bool is_well_formed = dash != std::string_view::npos && dash > 0 &&
                              dash + 1 < text.size() &&
                              std::none_of(text.begin(), text.end(), IsBlankOrControl);
  if (!is_well_formed) {
    return absl::InvalidArgumentError(StrCat("not a trading pair: \"",
                                             absl::CHexEscape(Abs(text.substr(0, 64))),
                                             "\"; write it as BASE-QUOTE, like BTC-USDT"));
  }
  return TradingPair{std::string(text.substr(0, dash)), std::string(text.substr(dash + 1))};
}

}  // namespace colibri
