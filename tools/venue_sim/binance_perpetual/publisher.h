// Turns what happens at the venue into the messages of its streams, and moves its prices and time.
//
//   Publisher publisher(state);
//   publisher.Start();
//
// Best bid and ask, user events and forced orders leave at once; everything else on the clock. The
// ids of a stream are the same for every connection.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "tools/venue_sim/binance_common/traders.h"
#include "tools/venue_sim/binance_perpetual/venue_state.h"
#include "tools/venue_sim/margin/margin_exchange.h"

namespace colibri::venue_sim::binance_perpetual {

class Publisher final : public margin::MarginObserver {
 public:
  // The state may be constructed after this.
  explicit Publisher(VenueState& state) : state_(state) {}

  // Where index prices come from; without traders they stand still.
  void set_traders(const binance::Traders* traders) { traders_ = traders; }
  void Start();
  void Stop();
  // The next diff messages of a symbol link to ids that were never sent.
  void BreakLinks(std::string_view symbol, int count);
  // A listing or a change of status.
  void PublishContractInfo(const Contract& contract);

  void OnExecution(margin::MarginAccount& account,
                   const margin::Instrument& instrument,
                   const margin::ExecutionNote& note) override;
  void OnAccount(margin::MarginAccount& account, const margin::AccountNote& note) override;
  void OnTrades(const margin::Instrument& instrument,
                absl::Span<const margin::TapeTrade> trades) override;
  void OnBookChanged(margin::Instrument& instrument) override;
  void OnLiquidation(const margin::Instrument& instrument,
                     const margin::MarginOrder& order) override;
  void OnMarginCall(margin::MarginAccount& account,
                    const std::set<margin::PositionKey>& open) override;

 private:
  void OnTick();
  bool IsEvery(int64_t milliseconds) const;
  void UpdatePrices();
  void PublishDiff(Contract& contract, size_t pace, std::string_view suffix);
  void PublishTop(const Contract& contract, std::string_view suffix);
  void PublishTrades(Contract& contract);
  void PublishKlines(Contract& contract);
  void PublishMark(std::string_view suffix);
  void PublishTickers(bool is_even_second);
  template <typename Render>
  void PublishJson(const std::string& stream, Render render);

  VenueState& state_;
  const binance::Traders* traders_ = nullptr;
  TimerId timer_ = 0;
  int64_t tick_ = 0;
  std::map<std::string, int64_t> kline_open_ms_;        // last sent, by stream
  std::map<std::string, int64_t> liquidation_told_ms_;  // by symbol
};

}  // namespace colibri::venue_sim::binance_perpetual
