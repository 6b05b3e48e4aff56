// A venue in a few lines of text, to test ExchangeBase without any real venue's protocol.
//
//   FakeVenue venue;                                   // transports, clock and a started connector
//   ASSERT_THAT(venue.Start(), IsOk());
//   venue.http.Answer("POST /order", "order C1 X1 open 0 1700000000000");
//   venue.exchange->Place(venue.Buy("100", "1"));
//   venue.environment.RunUntilIdle();
//   EXPECT_THAT(venue.seen, ElementsAre("order_created"));
//
// The wire is described in fake_exchange.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/connector.h"
#include "connector/exchange_config.h"
#include "connector/simulated_environment.h"
#include "connector/venue_spec.h"
#include "tests/support/fake_exchange.h"
#include "tests/support/fake_transport.h"

namespace colibri {

// What the fake venue can do, and where; one per test, so that a test may change it.
VenueSpec FakeVenueSpec();
// The same with perpetuals: both position modes, both margin modes, leverage 10 cross.
VenueSpec FakePerpetualSpec();

class FakeVenue {
 public:
  static inline const TradingPair kPair = kFakePair;

  // Standing answers for everything that Start asks; a book of 99 / 101; 10,000 USDT and 10 BTC.
  explicit FakeVenue(bool has_keys = true, VenueSpec venue_spec = FakeVenueSpec());
  ~FakeVenue();

  // Makes the exchange; Start does it too.
  void Build();
  // After Stop: a new one can be made.
  void Destroy();
  absl::Status Start(absl::Duration timeout = absl::Seconds(30));
  ShutdownReport Stop(absl::Duration timeout = absl::Seconds(20));

  OrderRequest Buy(std::string_view price, std::string_view quantity) const;
  OrderRequest Sell(std::string_view price, std::string_view quantity) const;
  // Places and runs until idle; CHECKs that the connector took it.
  ClientOrderId Place(const OrderRequest& request);
  // An order that the venue has acknowledged as open, of exchange id X1.
  ClientOrderId PlaceOpen(const OrderRequest& request);
  void Run(absl::Duration duration) { environment.RunFor(duration); }

  FakeWebSocketPeer& market() { return *web_sockets.find("/market"); }
  FakeWebSocketPeer& user() { return *web_sockets.find("/private"); }
  // "order ID EXCHANGE STATE FILLED MS", at the venue's time now.
  std::string OrderLine(const ClientOrderId& id,
                        std::string_view exchange_id,
                        std::string_view state,
                        std::string_view filled) const;
  std::string TradeLine(std::string_view trade_id,
                        const ClientOrderId& id,
                        std::string_view exchange_id,
                        std::string_view price,
                        std::string_view quantity) const;
  int64_t now_ms() const;

  FakeHttpTransport http;
  FakeWebSocketTransport web_sockets;
  SimulatedEnvironment environment;
  VenueSpec spec;
  ExchangeConfig config;
  bool has_keys = true;
  bool answers_login = true;
  std::string login_answer = "login ok";
  std::unique_ptr<Connector> exchange;
  // Names of order events, in order: "order_created", ...
  std::vector<std::string> seen;
  std::vector<Event> events;

 private:
  std::vector<Subscription> subscriptions_;
  bool is_stopped_ = false;
};

}  // namespace colibri
