#include "exchanges/hyperliquid/hyperliquid_spec.h"

#include <algorithm>
#include <optional>

#include "core/decimal.h"

namespace colibri::hyperliquid {
namespace {

constexpr size_t kCloidDigits = 32;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr unsigned kIdBase = 37;  // no digit, and the 36 of the alphabet

DomainSpec Domain(std::string name, std::string rest_url, std::string stream_url) {
  return {.name = std::move(name),
          .hosts = {.rest_url = std::move(rest_url),
                    .market_stream_url = stream_url,
                    .private_stream_url = stream_url}};
}

VenueSpec MakeSpec() {
  VenueSpec spec;
  spec.name = std::string(kVenue);
  spec.display_name = "Hyperliquid perpetuals";
  spec.domains = {
      Domain("live", "https://api.hyperliquid.xyz", "wss://api.hyperliquid.xyz/ws"),
      Domain(std::string(kTestnet),
             "https://api.hyperliquid-testnet.xyz",
             "wss://api.hyperliquid-testnet.xyz/ws"),
      Domain("local", "http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
  };
  spec.capabilities = {.can_trade = true,
                       .can_query_by_client_order_id = true,
                       .can_cancel_by_client_order_id = true,
                       .can_cancel_all_on_pair = false,
                       .can_amend = true,
                       .has_best_quote_stream = true,
                       .has_candles = true,
                       .has_balance_events = true,
                       .is_cancel_answer_final = false,  // it does not say what was filled
                       .needs_market_price = true,
                       .has_position_events = true,
                       .has_dead_mans_switch = true};
  spec.gap_rule = GapRule::kSnapshotOnly;
  spec.client_order_id_alphabet = std::string(kIdAlphabet);
  spec.client_order_id_length_max = kIdLengthMax;
  for (const std::string_view pool : {kWeightPool, kActionPool}) {
    spec.limits.push_back({.name = std::string(pool),
                           .limit = 1200,
                           .interval = absl::Minutes(1),
                           .window = LimitWindow::kSliding,
                           .used_header = ""});
  }
  spec.fees.percent = {.maker = Decimal::FromScaled(15, 5), .taker = Decimal::FromScaled(45, 5)};
  spec.fees.charge = FeeCharge::kAddedToCost;
  // It closes a connection that it has sent nothing on for 60 s.
  spec.heartbeat_frame = R"({"method":"ping"})";
  spec.heartbeat_period = absl::Seconds(40);
  spec.fill_lag = absl::Milliseconds(500);  // a list of fills weighs 25 of 1200 a minute
  spec.signs_with_wallet = true;
  spec.position_modes = {PositionMode::kOneWay};
  spec.margin_modes = {MarginMode::kCross, MarginMode::kIsolated};
  spec.time_skew_hint =
      "Hyperliquid takes nonces from two days before to one day after its clock, and each once; "
      "synchronise this machine's clock, and sign with this key in one process only";
  return spec;
}

// The number that the hex digits after 0x spell; nullopt for another form.
std::optional<Uint128> ReadCloid(std::string_view cloid) {
  if (cloid.size() != 2 + kCloidDigits || cloid.substr(0, 2) != "0x") {
    return std::nullopt;
  }
  Uint128 value = 0;
  for (const char c : cloid.substr(2)) {
    const size_t digit = kHexDigits.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

const VenueSpec& HyperliquidSpec() {
  static const VenueSpec spec = MakeSpec();
  return spec;
}

std::string CloidOf(const ClientOrderId& id) {
  const std::string_view text = id.view();
  if (text.empty() || text.size() > kIdLengthMax) {
    return std::string(text);
  }
  Uint128 value = 0;  // 37^24 is below 2^126
  for (const char c : text) {
    const size_t digit = kIdAlphabet.find(c);
    if (digit == std::string_view::npos) {
      return std::string(text);
    }
    value = value * kIdBase + digit + 1;
  }
  std::string cloid(2 + kCloidDigits, '0');
  cloid[1] = 'x';
  for (size_t i = cloid.size(); value != 0; value >>= 4) {
    cloid[--i] = kHexDigits[static_cast<size_t>(value & 0xf)];
  }
  return cloid;
}

ClientOrderId ClientOrderIdOf(std::string_view cloid) {
  if (cloid.size() > ClientOrderId::kMaxLength) {
    return ClientOrderId();
  }
  std::optional<Uint128> value = ReadCloid(cloid);
  std::string id;
  while (value.has_value() && *value != 0 && id.size() < kIdLengthMax) {
    const auto digit = static_cast<size_t>(*value % kIdBase);
    if (digit == 0) {
      break;  // no id of ours spells so
    }
    id.push_back(kIdAlphabet[digit - 1]);
    *value /= kIdBase;
  }
  if (!value.has_value() || *value != 0 || id.empty()) {
    return ClientOrderId(cloid);
  }
  std::reverse(id.begin(), id.end());
  return ClientOrderId(id);
}

}  // namespace colibri::hyperliquid
