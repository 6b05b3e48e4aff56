// Binance Spot's connector, whole, ready to trade on a venue of fakes: its paths without the cost
// of sockets.
//
//   ReadyConnector connector(OrderChannel::kSocket, KeyKind::kHmac);
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
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "connector/connector.h"
#include "connector/registry.h"
#include "connector/simulated_environment.h"
#include "core/order.h"
#include "tests/support/fake_transport.h"

namespace colibri::bench {

enum class KeyKind { kHmac, kEd25519 };

class ReadyConnector {
 public:
  // The moment at which the bytes of an order's request are ready for its socket.
  struct Departure {
    // Since Place was called.
    int64_t allocations = 0;
    absl::Duration elapsed = absl::ZeroDuration();
  };

  // Orders are of the first pair.
  explicit ReadyConnector(OrderChannel channel, KeyKind key = KeyKind::kHmac, int pairs = 1);
  ~ReadyConnector();

  void set_on_wire(std::function<void(const Departure&)> on_wire) { on_wire_ = std::move(on_wire); }
  Exchange& exchange() { return *connector_; }

  void Receive(std::string_view frame);
  // The same for several that one read brings: queued, and then taken.
  void Queue(std::string_view frame);
  void TakeQueued();
  // An order that expires at once, with the venue's answer.
  void Place();
  // The same without the answer: returns with the request at its connection. Inside the loop, as a
  // strategy does it.
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

  void PlaceNow();

  const int pairs_;
  const Registry registry_;
  FakeHttpTransport http_;
  FakeWebSocketTransport web_sockets_;
  SimulatedEnvironment environment_{/*seed=*/1, http_, web_sockets_};
  std::function<void(const Departure&)> on_wire_;
  std::string text_;  // of a request, for its room
  std::unique_ptr<Connector> connector_;
  FakeWebSocketPeer* market_ = nullptr;
  int64_t allocations_before_ = 0;
  int64_t begun_ns_ = 0;
  int64_t orders_ = 0;
  int64_t orders_sent_ = 0;
  int64_t events_ = 0;
  Subscription subscription_;
};

}  // namespace colibri::bench
