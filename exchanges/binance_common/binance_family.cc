#include "exchanges/binance_common/binance_family.h"

#include "core/strings.h"
#include "exchanges/binance_common/binance_auth.h"

namespace colibri::binance {
namespace {

constexpr std::string_view kIdAlphabet =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

constexpr std::string_view kTimeSkewHint =
    "Binance refuses requests whose timestamp is more than 1 s ahead of its clock or older than "
    "the receive window; synchronise this machine's clock (timedatectl set-ntp true)";

}  // namespace

RateLimitPool WeightPool(int64_t per_minute) {
  return {.name = std::string(kRequestWeightPool),
          .limit = per_minute,
          .interval = absl::Minutes(1),
          .window = LimitWindow::kSliding,
          .used_header = "x-mbx-used-weight-1m"};
}

// A day is a long window with room to spare: a counter is enough for it.
RateLimitPool OrderPool(std::string_view name,
                        int64_t limit,
                        absl::Duration interval,
                        std::string_view interval_suffix) {
  return {.name = std::string(name),
          .limit = limit,
          .interval = interval,
          .window = interval < absl::Hours(24) ? LimitWindow::kSliding : LimitWindow::kFixed,
          .used_header = StrCat("x-mbx-order-count-", interval_suffix)};
}

VenueSpec FamilySpec(std::string_view name, std::string_view display_name) {
  VenueSpec spec;
  spec.name = std::string(name);
  spec.display_name = std::string(display_name);
  spec.client_order_id_alphabet = std::string(kIdAlphabet);
  spec.client_order_id_length_max = 36;
  spec.session_lifetime = absl::Hours(24);
  spec.market_silence_max = absl::Seconds(60);
  // The private stream is silent while nothing happens; the venue pings below it.
  spec.private_silence_max = absl::Minutes(3);
  spec.time_skew_hint = std::string(kTimeSkewHint);
  return spec;
}

FeeSchema PercentFees(int64_t maker, int64_t taker, FeeCharge charge) {
  FeeSchema fees;
  fees.percent = {.maker = Decimal::FromScaled(maker, 4), .taker = Decimal::FromScaled(taker, 4)};
  fees.charge = charge;
  return fees;
}

std::string LowerAscii(std::string_view symbol) {
  std::string lower(symbol);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return lower;
}

std::pair<std::string, std::string> DefaultSymbols(const TradingPair& pair) {
  const std::string symbol = StrCat(pair.base, pair.quote);
  return {symbol, LowerAscii(symbol)};
}

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials) {
  return BinanceAuth::Make(credentials, config.receive_window);
}

}  // namespace colibri::binance
