// Binance Spot's connector, whole, ready to trade one pair on a venue of fakes: its paths without
// the cost of sockets.
//
//   ReadyConnector connector(OrderChannel::kSocket);
//   connector.set_on_wire([&](const ReadyConnector::Departure& departure) { ... });
//   connector.Receive(frame);       // from the bytes of a message to its event
//   connector.Place();              // from a wish to its end
//
// Thread: one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "connector/connector.h"
#include "connector/registry.h"
#include "connector/simulated_environment.h"
#include "core/order.h"
#include "tests/support/fake_transport.h"

namespace colibri::bench {

class ReadyConnector {
 public:
  // The moment at which a request of an order is handed to its connection.
  struct Departure {
    int64_t allocations = 0;  // of operator new, since Place was called
  };

  explicit ReadyConnector(OrderChannel channel);
  ~ReadyConnector();

  void set_on_wire(std::function<void(const Departure&)> on_wire) { on_wire_ = std::move(on_wire); }
  Exchange& exchange() { return *connector_; }

  void Receive(std::string_view frame);
  // An order that expires at once, with the venue's answer.
  void Place();
  // The same without the answer: returns with the request at its connection.
  void Send();
  // Answers all that was sent.
  void Settle();

  // Since it was made.
  int64_t orders() const { return orders_; }
  int64_t events() const { return events_; }
  template <typename E>
  void CountEvents() {
    events_ = 0;
    subscription_ = connector_->events().Subscribe<E>([this](const E&) { ++events_; });
  }

 private:
  std::optional<HttpResult> Answer(const HttpRequest& request);
  void AnswerFrame(FakeWebSocketPeer& peer, std::string_view frame);
  void NoteDeparture();

  const TradingPair pair_{"P0000", "USDT"};
  const Registry registry_;
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  std::function<void(const Departure&)> on_wire_;
  std::unique_ptr<Connector> connector_;
  FakeWebSocketPeer* market_ = nullptr;
  int64_t allocations_before_ = 0;
  int64_t orders_ = 0;
  int64_t events_ = 0;
  Subscription subscription_;
};

}  // namespace colibri::bench
