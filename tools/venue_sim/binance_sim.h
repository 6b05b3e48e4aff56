// Binance spot, simulated: the venue's own wire protocol over a matching engine, exact balances and
// seeded traders.
//
//   SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
//   BinanceSim sim(clock, {.seed = 7});
//   sim.Start();
//   HttpReply reply = sim.Handle({.method = "GET", .target = "/api/v3/depth?symbol=BTCUSDT"});
//
// Deterministic: the same seed, calls and times give the same bytes. Written from the venue's
// documentation alone. Thread: the clock's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/decimal.h"
#include "tools/venue_sim/faults.h"
#include "tools/venue_sim/sim_options.h"
#include "tools/venue_sim/sim_traffic.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

namespace binance {
class Venue;
}

struct SimBalance {
  Decimal free = {};
  Decimal locked = {};

  Decimal total() const { return free + locked; }
  bool operator==(const SimBalance&) const = default;
};

struct SimOrderView {
  std::string symbol = {};
  int64_t order_id = 0;
  std::string client_order_id = {};                       // the current one
  std::vector<std::string> former_client_order_ids = {};  // before amendments, oldest first
  std::string side = {};  // the venue's words: "BUY", "LIMIT", "PARTIALLY_FILLED"
  std::string type = {};
  std::string status = {};
  Decimal price = {};
  Decimal quantity = {};
  Decimal executed_quantity = {};
  Decimal executed_quote = {};
  bool is_open = false;
};

struct SimTradeView {
  std::string symbol = {};
  int64_t trade_id = 0;
  int64_t order_id = 0;
  Decimal price = {};
  Decimal quantity = {};
  Decimal fee = {};
  std::string fee_asset = {};
  bool is_buyer = false;
  bool is_maker = false;
};

struct SimAccountView {
  std::map<std::string, SimBalance> balances = {};  // by asset
  std::vector<SimOrderView> orders = {};            // open and remembered, by symbol, then order id
  std::vector<SimTradeView> trades = {};            // remembered, by symbol, then trade id

  size_t open_order_count() const;
};

struct SimBookView {
  int64_t last_update_id = 0;
  std::vector<std::pair<Decimal, Decimal>> bids = {};  // price, quantity; best first
  std::vector<std::pair<Decimal, Decimal>> asks = {};
};

class BinanceSim final : public SimVenue {
 public:
  using Options = BinanceSimOptions;

  BinanceSim(Clock& clock, BinanceSimOptions options);
  ~BinanceSim() override;
  BinanceSim(const BinanceSim&) = delete;
  BinanceSim& operator=(const BinanceSim&) = delete;

  // Fills the books and starts the publishers and traders on the clock. Once.
  void Start();

  void set_sink(SessionSink* sink) override;
  HttpReply Handle(const HttpCall& call) override;
  SessionId Open(std::string_view target, std::string_view remote_ip) override;
  void OnText(SessionId session, std::string_view text) override;
  void Close(SessionId session) override;

  Faults& faults();

  // For tests and tools: the venue's own truth.
  std::optional<SimAccountView> account(std::string_view api_key) const;
  std::optional<SimBookView> book(std::string_view symbol) const;
  SimTrafficView traffic() const;
  // Free and locked of every account plus the fees taken, by asset: constant but for Deposit.
  std::map<std::string, Decimal> total_supply() const;
  // A signed call on behalf of an account, without key, signature, clock or limits: AdminCall(key,
  // "POST",
  // "/api/v3/order?symbol=BTCUSDT&side=BUY&...").
  HttpReply AdminCall(std::string_view api_key, std::string_view method, std::string_view target);
  // Credits (or debits, when negative and covered) an account, with the venue's events. False when
  // it cannot.
  bool Deposit(std::string_view api_key, std::string_view asset, Decimal amount);
  // Paused, the background traders leave the books as they are.
  void SetTradersPaused(bool is_paused);
  size_t session_count() const;

 private:
  std::unique_ptr<binance::Venue> venue_;
};

}  // namespace colibri::venue_sim
