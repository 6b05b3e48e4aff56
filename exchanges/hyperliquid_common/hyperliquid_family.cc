#include "exchanges/hyperliquid_common/hyperliquid_family.h"

#include <string>
#include <utility>

#include "exchanges/hyperliquid_common/cloid.h"
#include "exchanges/hyperliquid_common/hyperliquid_auth.h"

namespace colibri::hyperliquid {
namespace {

DomainSpec Domain(std::string name, std::string rest_url, std::string stream_url) {
  return {.name = std::move(name),
          .hosts = {.rest_url = std::move(rest_url),
                    .market_stream_url = stream_url,
                    .private_stream_url = stream_url,
                    .order_socket_url = stream_url}};
}

}  // namespace

VenueSpec FamilySpec(std::string_view name, std::string_view display_name) {
  VenueSpec spec;
  spec.name = std::string(name);
  spec.display_name = std::string(display_name);
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
                       .needs_market_price = true};
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
  // It closes a connection that it has sent nothing on for 60 s.
  spec.heartbeat_frame = R"({"method":"ping"})";
  spec.heartbeat_period = absl::Seconds(40);
  spec.fill_lag = absl::Milliseconds(500);  // a list of fills weighs 25 of 1200 a minute
  spec.signs_with_wallet = true;
  spec.time_skew_hint =
      "Hyperliquid takes nonces from two days before to one day after its clock, and each once; "
      "synchronise this machine's clock, and sign with this key in one process only";
  return spec;
}

absl::StatusOr<std::unique_ptr<Auth>> MakeAuth(const ExchangeConfig& config,
                                               const Credentials& credentials) {
  return HyperliquidAuth::Make(
      credentials,
      {.is_mainnet = config.domain != kTestnet, .receive_window = config.receive_window});
}

}  // namespace colibri::hyperliquid
