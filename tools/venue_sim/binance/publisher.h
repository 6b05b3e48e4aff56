// Turns what happens at the venue into the messages of its streams.
//
//   Publisher publisher(state);
//   publisher.Start();       // diffs every 100 ms and 1000 ms, tickers and klines each second or
//   two
//
// Trades, best bid and ask, and user events leave at once; everything else on the clock. The ids of
// a stream are the same for every connection.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "tools/venue_sim/binance/order_desk.h"

namespace colibri::venue_sim::binance {

struct VenueState;

class Publisher final : public DeskObserver {
 public:
  // The state may be constructed after this.
  explicit Publisher(VenueState& state) : state_(state) {}

  void Start();
  void Stop();

  void OnExecution(Account& account, const Market& market, const ExecutionNote& note) override;
  void OnBalances(Account& account, const std::set<std::string>& assets) override;
  void OnTrades(const Market& market,
                const std::vector<PublicTrade>& trades,
                const std::vector<AggregateTrade>& aggregates) override;
  void OnBookChanged(Market& market) override;
  void OnOrderAccepted(const Account& account) override;
  void OnFirstFill(const Account& account, bool is_maker) override;

 private:
  void OnTick();
  void PublishDiff(Market& market, PendingDiff& diff, std::string_view suffix);
  void PublishTop(const Market& market, std::string_view suffix);
  void PublishTickers(const Market& market);
  void PublishKlines(Market& market, bool is_even_second);
  void PublishAllTickers();

  VenueState& state_;
  TimerId timer_ = 0;
  int64_t tick_ = 0;
  std::map<std::string, int64_t> kline_open_ms_;  // last sent, by stream
};

}  // namespace colibri::venue_sim::binance
