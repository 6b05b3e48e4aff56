// A market stream on fakes, with two pairs, and all that it works with.
#pragma once

#include <memory>

#include "gtest/gtest.h"

#include "connector/market_stream.h"
#include "connector/simulated_environment.h"
#include "tests/support/fake_venue.h"

namespace colibri {

inline const TradingPair kBtc{"BTC", "USDT"};
inline const TradingPair kEth{"ETH", "USDT"};

class MarketStreamFixture : public ::testing::Test {
 protected:
  explicit MarketStreamFixture(GapRule rule) : rule_(rule) {
    http_.AnswerAlways("GET /depth", "snapshot 100 b99:1 a101:1");
  }
  ~MarketStreamFixture() override { environment_.Await(tasks_.CancelAndJoin()); }

  void Run(absl::Duration duration = absl::ZeroDuration()) { environment_.RunFor(duration); }
  void Start() {
    tasks_.Spawn("market", stream_.Run());
    environment_.RunUntilIdle();
  }

  GapRule rule_;
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  VenueSpec spec_ = FakeVenueSpec();
  std::unique_ptr<VenueProtocol> protocol_ = MakeFakeProtocol(spec_);
  Throttler throttler_{spec_.limits, environment_.clock()};
  TimeSynchronizer time_{environment_.clock()};
  RestAssistant rest_{
      environment_, *protocol_, throttler_, time_, nullptr, *Url::Parse("http://fake")};
  InstrumentTable instruments_ = [] {
    InstrumentTable table;
    table.Add(kBtc, "BTCUSDT", "s_BTCUSDT", BookScale{2, 5});
    table.Add(kEth, "ETHUSDT", "s_ETHUSDT", BookScale{2, 5});
    return table;
  }();
  EventBus events_;
  Health health_;
  std::unique_ptr<OrderBookDataSource> source_ = MakeFakeBookSource(instruments_);
  TaskGroup tasks_{environment_.executor()};
  OrderBookTracker books_{"fake",
                          instruments_,
                          rule_,
                          environment_.clock(),
                          events_,
                          &health_,
                          [this](InstrumentIndex i) { snapshots_.Request(i); }};
  SnapshotFetcher snapshots_{environment_, tasks_, rest_, instruments_, *source_, books_, health_};
  MarketStream stream_{environment_,
                       tasks_,
                       instruments_,
                       *source_,
                       books_,
                       snapshots_,
                       MarketStreamOptions{.venue = "fake"}};
};

}  // namespace colibri
