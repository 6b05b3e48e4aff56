// A venue as data: hosts, capabilities, limits, fees, id alphabet. Configuration may override any
// of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"

#include "auth/rest_request.h"
#include "core/book_sequencer.h"
#include "core/fees.h"
#include "core/order.h"
#include "core/position.h"

namespace colibri {

struct VenueHosts {
  std::string rest_url;           // "https://api.binance.com"
  std::string market_stream_url;  // "wss://stream.binance.com:9443/stream"
  // Trades, candles and funding, where they have a socket of their own; empty: the one above.
  std::string trade_stream_url = {};
  std::string private_stream_url;  // "wss://ws-api.binance.com:443/ws-api/v3"
  // Where the venue takes orders over a WebSocket; empty: by REST alone.
  std::string order_socket_url = {};
};

struct DomainSpec {
  std::string name;  // live, testnet, us, local
  VenueHosts hosts;
  bool uses_listen_key = false;  // private stream by listen key instead of a login frame
};

// How the venue packs the frames that it sends.
enum class FrameEncoding : uint8_t { kText, kGzip };

// One pool of a venue's rate limit.
enum class LimitWindow : uint8_t { kSliding, kFixed, kTokenBucket };
struct RateLimitPool {
  std::string name;   // "request_weight"
  int64_t limit = 0;  // weight per interval
  absl::Duration interval;
  LimitWindow window = LimitWindow::kSliding;
  std::string used_header;  // response header that tells the weight used, lower case; empty: none
};
struct LimitCharge {
  std::string_view pool;  // literal, or outlives the call
  int64_t weight = 1;
};
using LimitCharges = absl::InlinedVector<LimitCharge, 3>;

// Order of service when the limit is short.
enum class CallPriority : uint8_t { kCancel, kReduceOnly, kCreate, kReconcile, kMarketData };

enum class CallSecurity : uint8_t { kNone, kKey, kSigned };

// One REST call, ready but for host, time and signature.
struct VenueCall {
  RestRequest request;
  CallSecurity security = CallSecurity::kNone;
  CallPriority priority = CallPriority::kReconcile;
  LimitCharges charges;
  absl::Duration timeout =
      absl::Seconds(10);  // waiting for the limit included; then it is never sent
};

struct VenueCapabilities {
  bool can_trade = true;  // false: market data only
  bool can_query_by_client_order_id = true;
  bool can_cancel_by_client_order_id = true;
  bool can_cancel_all_on_pair = false;
  bool can_amend = false;
  bool has_best_quote_stream = false;
  bool has_candles = false;
  bool has_balance_events = true;
  bool is_cancel_answer_final = true;  // a successful cancel answer means canceled
  // Market orders are sent with the worst price that they may have.
  bool needs_market_price = false;
  // Of perpetuals: the private stream tells positions of its own accord.
  bool has_position_events = true;
  bool has_dead_mans_switch = false;
  // Conditional orders that wait have a list, and a call that cancels all, of their own.
  bool keeps_conditional_orders_apart = false;
  bool has_open_interest_call = false;  // false: told with the funding, or not at all
};

struct VenueSpec {
  std::string name;  // registry name: "binance"
  std::string display_name;
  std::vector<DomainSpec> domains;
  VenueCapabilities capabilities;
  GapRule gap_rule = GapRule::kContiguousIds;
  bool has_book_checksum = false;  // some of its book messages carry one
  FrameEncoding frame_encoding = FrameEncoding::kText;
  std::string client_order_id_alphabet;  // every character allowed
  size_t client_order_id_length_max = 36;
  std::vector<RateLimitPool> limits;
  FeeSchema fees;                                         // until the account's own are known
  absl::Duration session_lifetime = absl::Hours(24);      // the venue closes sockets after it
  absl::Duration market_silence_max = absl::Seconds(60);  // without a frame: reconnect
  absl::Duration private_silence_max = absl::Minutes(3);
  // Sent on every socket so often, for venues that close those they hear nothing from.
  std::string heartbeat_frame;
  absl::Duration heartbeat_period = absl::InfiniteDuration();
  // Of perpetuals; empty: spot.
  std::vector<PositionMode> position_modes = {};
  std::vector<MarginMode> margin_modes = {};
  // Conditional orders: what they may wait for. Empty: the venue takes none.
  std::vector<TriggerKind> trigger_kinds = {};
  std::vector<TriggerSource> trigger_sources = {};
  absl::Duration funding_poll_period = absl::Minutes(10);
  // How long fills may come after the status that counts them: not asked for before. Zero where
  // asking costs little.
  absl::Duration fill_lag = absl::ZeroDuration();
  bool signs_with_wallet = false;  // keys are a wallet's and an account's address
  std::string time_skew_hint;      // what to tell a user whose clock is wrong

  bool is_perpetual() const { return !position_modes.empty(); }
  // Of any domain.
  bool has_order_socket() const;
  const DomainSpec* FindDomain(std::string_view domain) const;
};

}  // namespace colibri
