// Looks, between events, at what a strategy would read: the books and the open orders.
//
//   StateChecker checker(venue, pair, [&](std::string violation) { ... });
//   checker.Watch(*connector, network.checker(), now);   // always
//   checker.Look(*connector, network.checker(), now);    // often
//
// A book that reads as right has every diff that has reached the process, has the venue's levels
// where it has the venue's id, and is not of a connection that is gone or long silent. Where
// messages are whole books it equals the newest that has reached the process. An order is
// acknowledged, refused or in doubt soon; one with fills is not called open; one whose cancel was
// asked for ends, or the cancel is called refused. Nobody may trade before the open orders were
// read on a private stream that is back. Thread: the environment's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "connector/connector.h"
#include "tests/simulation/simulated_venue.h"
#include "tests/simulation/wire_checker.h"

namespace colibri::simulation {

class StateChecker {
 public:
  using Reporter = std::function<void(std::string violation)>;

  // A book whose connection tells nothing any more: 60 s until that is noticed, or half of it when
  // trades flow, and what the venue holds back before.
  static constexpr absl::Duration kBookAgeMax = absl::Seconds(120);
  // Of a placement's answer: its deadline, and a request that asks for the time within it.
  static constexpr absl::Duration kPendingMax = absl::Seconds(60);
  // Of a cancel: its tries, each with a question after it, and a wait that the venue asked for.
  static constexpr absl::Duration kCancelMax = absl::Minutes(4);
  // Of one whose order is in doubt: the venue must deny it twice, each time by three answers that
  // bad weather may lose.
  static constexpr absl::Duration kDoubtMax = absl::Minutes(10);

  StateChecker(const SimulatedVenue& venue, const TradingPair& pair, Reporter reporter);

  void Look(const Connector& connector, const WireChecker& wire, absl::Time now);
  // What is cheap enough to look at after each step of the loop.
  void Watch(const Connector& connector, const WireChecker& wire, absl::Time now);
  // Another process.
  void Restart();

 private:
  void LookAtBook(const Connector& connector, const WireChecker& wire, absl::Time now);
  void LookAtOrders(const Connector& connector, absl::Time now);
  // What a message told whole, of the same id.
  void CompareWhole(const OrderBook& book, const WireChecker& wire);
  // Once in each life, since what is wrong stays so for a while.
  void Report(std::string_view subject, std::string_view what);

  const SimulatedVenue& venue_;
  const TradingPair pair_;
  Reporter reporter_;
  std::deque<std::pair<absl::Time, int64_t>> venue_ids_;  // of its book, oldest first
  std::map<ClientOrderId, absl::Time> canceling_since_;
  std::map<std::string, int, std::less<>> reported_;
};

}  // namespace colibri::simulation
