// A venue's private stream: own orders, fills and balances. The base runs the connection; a venue
// supplies addresses and a pure parser. Logging in is the venue's Auth::LoginFrame, or a listen
// key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "connector/venue_spec.h"
#include "core/balance.h"
#include "core/order_update.h"
#include "core/position.h"

namespace colibri {

struct BalanceUpdate {
  std::string asset;
  Balance balance;
  absl::Time venue_time;  // InfinitePast: the venue does not say, as of when it came
  Source source = Source::kStream;
  // The venue tells the total only: what is available changes by as much, until it is asked.
  bool is_total_only = false;
};

// Unlike every other by pair, time and id: in hedge mode each side of a pair pays at one time.
struct FundingPaymentUpdate {
  TradingPair pair;
  PaymentId payment_id = {};  // empty where the venue gives none
  std::string asset;
  Decimal amount;  // negative: paid
  std::optional<Decimal> rate = std::nullopt;
  absl::Time venue_time;
};

struct LiquidationUpdate {
  TradingPair pair;
  PositionSide position_side = PositionSide::kNet;
  Side side = Side::kBuy;  // of the closing order
  Price price;
  Quantity quantity;
  bool is_auto_deleveraging = false;
  absl::Time venue_time;
};

struct MarginCallUpdate {
  Position position;
  std::optional<Notional> maintenance_margin = std::nullopt;
};

struct LeverageUpdate {
  TradingPair pair;
  std::optional<int> leverage = std::nullopt;
  std::optional<MarginMode> margin_mode = std::nullopt;
};

// One private frame in our words. Trades are applied before orders.
struct PrivateMessage {
  enum class Kind : uint8_t {
    kIgnored,    // known, of no use
    kHeartbeat,  // an answer to ours: no sign that anything else comes
    kLoginAccepted,
    kLoginRefused,  // status says why
    kUpdate,
    kStreamEnded,  // the venue ended the subscription: log in again
  };

  Kind kind = Kind::kIgnored;
  absl::Status status;
  absl::InlinedVector<TradeUpdate, 1> trades;
  absl::InlinedVector<OrderUpdate, 1> orders;
  absl::InlinedVector<BalanceUpdate, 4> balances;
  bool is_balance_due = false;  // something moved balances that are not told here: ask

  // Of perpetuals.
  std::vector<Position> positions = {};
  bool is_position_snapshot = false;  // all there are: others of the connector's pairs are flat
  std::vector<FundingPaymentUpdate> funding_payments = {};
  bool is_funding_due = false;  // some was paid, and not told of which pair: ask
  std::vector<LiquidationUpdate> liquidations = {};
  std::vector<MarginCallUpdate> margin_calls = {};
  std::vector<LeverageUpdate> leverages = {};
  std::optional<PositionMode> position_mode = std::nullopt;
};

class UserStreamDataSource {
 public:
  virtual ~UserStreamDataSource() = default;

  // Where to connect; listen_key is empty unless the domain uses one.
  virtual std::string StreamUrl(std::string_view listen_key) const = 0;
  // Sent once connected and, where the venue has one, after the login frame. With frames here and
  // no login, kLoginAccepted of the last one's acknowledgement is the login.
  virtual std::vector<std::string> SubscribeFrames() const { return {}; }
  // DataLoss when the frame can't be read: it is counted and skipped, and a reconciliation follows.
  virtual absl::StatusOr<PrivateMessage> Parse(std::string_view frame) = 0;

  // Listen keys; only asked where DomainSpec::uses_listen_key.
  virtual std::optional<VenueCall> CreateListenKeyCall() const { return std::nullopt; }
  virtual std::optional<VenueCall> KeepListenKeyCall(std::string_view listen_key) const;
  virtual absl::StatusOr<std::string> ParseListenKey(std::string_view body) const;
  virtual absl::Duration listen_key_renewal() const { return absl::Minutes(25); }
};

}  // namespace colibri
