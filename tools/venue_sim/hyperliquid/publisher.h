// Turns what happens at the venue into records and messages, and moves its prices and time.
//
//   Publisher publisher(state);
//   publisher.Start();
//
// Events of users leave at the end of what caused them; everything of the market with the blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/clock.h"
#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/hyperliquid/venue_state.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::hyperliquid {

class Publisher final : public margin::MarginObserver {
 public:
  // The state may be constructed after this.
  explicit Publisher(VenueState& state) : state_(state) {}

  // Where index prices come from; without traders they stand still.
  void set_traders(const binance::Traders* traders) { traders_ = traders; }
  // Runs with every block, after time and prices have moved.
  void set_on_block(std::function<void()> on_block) { on_block_ = std::move(on_block); }
  void Start();
  void Stop();

  // A record of the user has changed, or is new: it is told with the next Flush.
  void NoteOrder(User& user, const OrderRecord& record);
  // Of the money of the user that has moved: the delta as JSON. Told at once.
  void NoteLedger(User& user, std::string delta);
  // Tells what waits.
  void Flush(User& user);
  void FlushAll();
  // What a subscription begins with.
  void SendFirst(SessionId session, const Topic& topic);

  void OnExecution(margin::MarginAccount& account,
                   const margin::Instrument& instrument,
                   const margin::ExecutionNote& note) override;
  void OnAccount(margin::MarginAccount& account, const margin::AccountNote& note) override;
  void OnTrades(const margin::Instrument& instrument,
                absl::Span<const margin::TapeTrade> trades) override;
  void OnBookChanged(margin::Instrument& instrument) override;
  void OnLiquidation(const margin::Instrument& instrument,
                     const margin::MarginOrder& order) override;
  void OnFunding(const margin::Instrument& instrument,
                 const margin::FundingSettlement& paid) override;

 private:
  void OnBlock();
  void UpdatePrices();
  void PublishMarket(Asset& asset);
  void PublishSlow();
  void PublishStates(bool is_all);
  void AddFill(User& user, Asset& asset, const margin::ExecutionNote& note);
  void AddSpotFill(User& user, Asset& asset, const margin::ExecutionNote& note);
  void KeepFill(User& user, Fill fill);
  void UpdateRecord(User& user, Asset& asset, const margin::ExecutionNote& note);
  void TellUser(User& user, std::string_view type, std::string_view channel, Json data);

  VenueState& state_;
  const binance::Traders* traders_ = nullptr;
  std::function<void()> on_block_;
  TimerId timer_ = 0;
  int64_t block_ = 0;
  uint64_t ledger_rows_ = 0;
  std::map<std::string, int64_t> told_candles_;  // trades in the candle last told, by topic
};

}  // namespace colibri::venue_sim::hyperliquid
