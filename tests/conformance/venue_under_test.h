// One venue's real connector against its scripted far side: what every case works on.
//
//   ASSERT_OK(at.Start());
//   const ClientOrderId id = at.Place();               // the order that venue.json gives
//   at.venue.Push("stream_fill_full");
//   at.Run(absl::Seconds(1));
//   EXPECT_THAT(at.seen, ElementsAre("order_created", "order_filled", "order_completed"));
//
// The connector comes from the registry, time is virtual. The destructor stops it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

#include "connector/connector.h"
#include "connector/exchange_config.h"
#include "connector/memory_files.h"
#include "connector/perpetual_exchange.h"
#include "connector/registry.h"
#include "connector/simulated_environment.h"
#include "tests/conformance/scripted_venue.h"
#include "tests/support/fake_transport.h"

namespace colibri::conformance {

// Of the program's registry.
const VenueEntry& EntryOf(std::string_view venue);

Decimal DecimalOf(const Json& text);
Side SideOf(const Json& text);

class VenueUnderTest {
 public:
  explicit VenueUnderTest(std::string_view name);
  ~VenueUnderTest();

  absl::Status Start(absl::Duration timeout = absl::Seconds(30));
  // Stops while it starts; what Start made of it.
  absl::Status StartAndStopAfter(absl::Duration delay);
  ShutdownReport Stop(absl::Duration timeout = absl::Seconds(20));
  // The process dies: what is in the journal is all that is left of it. Start makes the next one.
  void Kill();
  void Run(absl::Duration duration) { environment.RunFor(duration); }

  // The order of venue.json; its price is the passive one of the side.
  OrderRequest Request(Side side = Side::kBuy) const;
  // Places it and waits for the answer; an empty id, and a failure, when it was refused here.
  ClientOrderId Place(const OrderRequest& request);
  ClientOrderId Place(Side side = Side::kBuy) { return Place(Request(side)); }
  // The state of the order; kRejected, and a failure, when it is unknown.
  OrderState StateOf(const ClientOrderId& id) const;
  const Order& OrderOf(const ClientOrderId& id) const;
  // How many of the events of this name were seen.
  int Count(std::string_view name) const;

  const Json& session() const { return *settings; }

  template <typename E>
  std::vector<E> All() const {
    std::vector<E> found;
    for (const Event& event : events) {
      if (const E* one = std::get_if<E>(&event)) {
        found.push_back(*one);
      }
    }
    return found;
  }

  // A blank one, and a failure, when there is none.
  template <typename E>
  E First() const {
    const std::vector<E> all = All<E>();
    EXPECT_FALSE(all.empty()) << "no " << EventName(Event(E{}));
    return all.empty() ? E{} : all.front();
  }

  // Price, quantity, fee, side of the trade and id, as "expected" says.
  void ExpectFill(const Fill& fill, const Json& expected) const;
  void ExpectPosition(const Position& position, const Json& expected) const;
  // DESIGN section 1 and 5, of all orders that were seen: one Created, first; one end, last; fills
  // add up, and none counts twice.
  void CheckInvariants() const;

  const VenueEntry& entry;
  const VenueSpec& spec;
  FakeHttpTransport http;
  FakeWebSocketTransport web_sockets;
  MemoryFiles disk;
  SimulatedEnvironment environment;
  ScriptedVenue venue;
  const std::shared_ptr<const Json> settings;  // venue.json
  const TradingPair pair;
  ExchangeConfig config;
  bool has_keys = true;
  std::unique_ptr<Connector> exchange;
  std::vector<Event> events;
  std::vector<std::string> seen;  // names of the events of orders

 private:
  void Build();

  std::vector<Subscription> subscriptions_;
  bool is_stopped_ = false;
};

}  // namespace colibri::conformance
