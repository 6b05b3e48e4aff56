// Binance USD-M futures, simulated: the venue's own wire protocol over a margin engine and seeded
// traders.
//
//   SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
//   BinancePerpetualSim sim(clock, {.seed = 7});
//   sim.Start();
//   HttpReply reply = sim.Handle({.method = "GET", .target = "/fapi/v1/depth?symbol=BTCUSDT"});
//
// Deterministic: the same seed, calls and times give the same bytes. Written from the venue's
// documentation alone. Thread: the clock's.
#pragma once

#include <cstdint>
#include <deque>
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
#include "tools/venue_sim/margin/margin_account.h"
#include "tools/venue_sim/perpetual_options.h"
#include "tools/venue_sim/sim_traffic.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

namespace binance_perpetual {
class Venue;
}

struct PerpetualOrderView {
  std::string symbol = {};
  int64_t order_id = 0;
  std::string client_order_id = {};
  std::string side = {};  // the venue's words: "BUY", "BOTH", "LIMIT", "PARTIALLY_FILLED"
  std::string position_side = {};
  std::string type = {};
  std::string status = {};
  Decimal price = {};
  Decimal quantity = {};
  Decimal executed_quantity = {};
  Decimal executed_quote = {};
  bool reduce_only = false;
  bool is_open = false;
};

// A conditional order; order_id is of the order that it became, 0 until then.
struct PerpetualAlgoView {
  std::string client_algo_id = {};
  std::string status = {};
  int64_t order_id = 0;
  Decimal quantity = {};
};

struct PerpetualPositionView {
  std::string symbol = {};
  std::string position_side = {};  // "BOTH", "LONG", "SHORT"
  Decimal quantity = {};           // signed
  Decimal entry_price = {};
  Decimal unrealized_profit = {};
  Decimal isolated_wallet = {};
};

struct PerpetualAccountView {
  std::map<std::string, margin::MarginFigures> collateral = {};  // by asset
  std::vector<PerpetualPositionView> positions = {};             // open ones
  std::vector<PerpetualOrderView> orders = {};   // open and remembered, by symbol, then order id
  std::vector<PerpetualAlgoView> algos = {};     // by algo id
  std::vector<margin::MarginTrade> trades = {};  // remembered, by symbol, then trade id
  std::deque<margin::Income> income = {};        // oldest first
  bool is_two_sided = false;

  size_t open_order_count() const;
};

struct PerpetualBookView {
  int64_t last_update_id = 0;
  std::vector<std::pair<Decimal, Decimal>> bids = {};  // price, quantity; best first
  std::vector<std::pair<Decimal, Decimal>> asks = {};
};

class BinancePerpetualSim final : public SimVenue {
 public:
  using Options = BinancePerpetualSimOptions;

  BinancePerpetualSim(Clock& clock, BinancePerpetualSimOptions options);
  ~BinancePerpetualSim() override;
  BinancePerpetualSim(const BinancePerpetualSim&) = delete;
  BinancePerpetualSim& operator=(const BinancePerpetualSim&) = delete;

  // Fills the books and starts the publishers and traders on the clock. Once.
  void Start();

  void set_sink(SessionSink* sink) override;
  HttpReply Handle(const HttpCall& call) override;
  SessionId Open(std::string_view target, std::string_view remote_ip) override;
  void OnText(SessionId session, std::string_view text) override;
  void Close(SessionId session) override;

  Faults& faults();

  // For tests and tools: the venue's own truth.
  std::optional<PerpetualAccountView> account(std::string_view api_key) const;
  std::optional<PerpetualBookView> book(std::string_view symbol) const;
  SimTrafficView traffic() const;
  // Wallets of all accounts less the cost of positions, plus fees, by asset: constant but for
  // Deposit.
  std::map<std::string, Decimal> total_supply() const;
  // A signed call on behalf of an account, without key, signature, clock or limits.
  HttpReply AdminCall(std::string_view api_key, std::string_view method, std::string_view target);
  // Credits (or debits, when negative and available) an account, with the venue's events. False
  // when it cannot.
  bool Deposit(std::string_view api_key, std::string_view asset, Decimal amount);
  // Holds index and mark where they are put, and liquidates whom that ruins. The symbol is known.
  void SetPrices(std::string_view symbol, Decimal index, Decimal mark);
  // The rate of the next payment; without a value it follows the premium again.
  void SetFundingRate(std::string_view symbol, std::optional<Decimal> rate);
  // "TRADING", "SETTLING", ...: tells contractInfo; orders are taken in TRADING alone.
  void SetSymbolStatus(std::string_view symbol, std::string_view status);
  // Takes the insurance fund away, so that liquidations end in deleveraging.
  void DrainInsuranceFund();
  // Paused, the background traders leave the books as they are.
  void SetTradersPaused(bool is_paused);
  size_t session_count() const;

 private:
  std::unique_ptr<binance_perpetual::Venue> venue_;
};

}  // namespace colibri::venue_sim
