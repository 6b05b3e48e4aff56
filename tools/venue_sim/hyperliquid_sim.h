// Hyperliquid, perpetuals and spot on one host, simulated: the venue's own wire protocol over a
// margin engine, token wallets and seeded traders.
//
//   SimulatedClock clock(absl::FromUnixSeconds(1'700'000'000));
//   HyperliquidSim sim(clock, {.seed = 7});
//   sim.Start();
//   HttpReply reply = sim.Handle({.method = "POST", .target = "/info", .body =
//                                 R"({"type":"l2Book","coin":"BTC"})"});
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
#include "tools/venue_sim/hyperliquid_options.h"
#include "tools/venue_sim/margin/margin_account.h"
#include "tools/venue_sim/sim_traffic.h"
#include "tools/venue_sim/sim_venue.h"

namespace colibri::venue_sim {

namespace hyperliquid {
class Venue;
}

struct HyperliquidOrderView {
  std::string coin = {};
  int64_t oid = 0;
  std::string cloid = {};
  bool is_buy = true;
  Decimal price = {};
  Decimal full_size = {};
  Decimal size = {};        // that is left
  std::string status = {};  // the venue's word
  int64_t status_time_ms = 0;
  Decimal filled_quote = {};
  bool is_open = false;
};

struct HyperliquidFillView {
  std::string coin = {};
  int64_t tid = 0;
  int64_t oid = 0;
  std::string cloid = {};
  bool is_buy = true;
  Decimal price = {};
  Decimal size = {};
  Decimal fee = {};
  std::string fee_token = {};
  Decimal closed_profit = {};
  bool is_taker = false;
};

struct HyperliquidPositionView {
  std::string coin = {};
  Decimal size = {};  // signed
  Decimal entry_price = {};
  Decimal unrealized_profit = {};
  int leverage = 1;
  bool is_isolated = false;
};

struct HyperliquidSpotBalanceView {
  int token = 0;
  std::string name = {};
  Decimal total = {};
  Decimal hold = {};  // of open orders
};

struct HyperliquidFundingView {
  std::string coin = {};
  int64_t time_ms = 0;
  Decimal amount = {};  // negative: paid
  Decimal rate = {};
};

struct HyperliquidAccountView {
  margin::MarginFigures figures = {};                   // in USDC
  std::vector<HyperliquidPositionView> positions = {};  // open ones
  std::vector<HyperliquidOrderView> orders = {};        // open and remembered, by oid
  std::vector<HyperliquidFillView> fills = {};          // remembered, oldest first
  std::vector<HyperliquidFundingView> fundings = {};    // likewise
  std::vector<HyperliquidSpotBalanceView> spot = {};    // of tokens it has had, by index
  int64_t actions_used = 0;

  size_t open_order_count() const;
  // Nothing of a token that it has never had.
  HyperliquidSpotBalanceView SpotBalance(int token) const;
};

struct HyperliquidBookView {
  std::vector<std::pair<Decimal, Decimal>> bids = {};  // price, size; best first
  std::vector<std::pair<Decimal, Decimal>> asks = {};
};

class HyperliquidSim final : public SimVenue {
 public:
  using Options = HyperliquidSimOptions;

  HyperliquidSim(Clock& clock, HyperliquidSimOptions options);
  ~HyperliquidSim() override;
  HyperliquidSim(const HyperliquidSim&) = delete;
  HyperliquidSim& operator=(const HyperliquidSim&) = delete;

  // Fills the books and starts the blocks and traders on the clock. Once.
  void Start();

  void set_sink(SessionSink* sink) override;
  HttpReply Handle(const HttpCall& call) override;
  SessionId Open(std::string_view target, std::string_view remote_ip) override;
  void OnText(SessionId session, std::string_view text) override;
  void Close(SessionId session) override;

  Faults& faults();

  // For tests and tools: the venue's own truth. Addresses and coins that are given must be known,
  // but for those of account() and book().
  std::optional<HyperliquidAccountView> account(std::string_view address) const;
  std::optional<HyperliquidBookView> book(std::string_view coin) const;
  // The newest that had the id.
  std::optional<HyperliquidOrderView> FindOrder(std::string_view address,
                                                std::string_view cloid) const;
  int64_t block_time_ms() const;
  SimTrafficView traffic() const;
  // Collateral: wallets of all accounts less the cost of positions, plus fees. Constant but for
  // Deposit and transfers to and from spot.
  Decimal total_supply() const;
  // The same of spot accounts, by token.
  std::map<int, Decimal> spot_supply() const;
  // An action (JSON, as it is signed) of an account, without signature, nonce and limits. The
  // answer is the venue's JSON.
  std::string AdminAction(std::string_view address, std::string_view action);
  // Credits (or debits, when negative and available) an account. False when it cannot.
  bool Deposit(std::string_view address, Decimal amount);
  bool DepositSpot(std::string_view address, int token, Decimal amount);
  // Holds index and mark where they are put, and liquidates whom that ruins. A spot pair has no
  // index.
  void SetPrices(std::string_view coin, Decimal index, Decimal mark);
  // The rate of the next payment; without a value it follows the premium again.
  void SetFundingRate(std::string_view coin, std::optional<Decimal> rate);
  // Takes the insurance fund away, so that liquidations end in deleveraging.
  void DrainInsuranceFund();
  // Paused, the background traders leave the books as they are.
  void SetTradersPaused(bool is_paused);
  size_t session_count() const;

 private:
  std::unique_ptr<hyperliquid::Venue> venue_;
};

}  // namespace colibri::venue_sim
